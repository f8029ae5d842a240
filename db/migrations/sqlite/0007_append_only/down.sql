DROP TRIGGER revisions_are_kept;
DROP TRIGGER revisions_stay;
DROP TRIGGER revisions_are_not_replaced;
