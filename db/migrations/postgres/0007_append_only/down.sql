DROP TRIGGER revisions_are_kept ON revisions;
DROP TRIGGER revisions_stay ON revisions;
DROP FUNCTION revisions_are_kept();
