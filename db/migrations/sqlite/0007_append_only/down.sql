DROP TRIGGER revisions_are_kept;
DROP TRIGGER revisions_stay;
