-- What happened stays as it was told. REPLACE deletes without asking the triggers for that.
CREATE TRIGGER revisions_are_not_replaced BEFORE INSERT ON revisions
WHEN EXISTS (SELECT 1 FROM revisions WHERE seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM revisions WHERE record_id = NEW.record_id AND version = NEW.version)
BEGIN
  SELECT RAISE(ABORT, 'the revision log is only added to');
END;
CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions BEGIN
  SELECT RAISE(ABORT, 'the revision log is only added to');
END;
CREATE TRIGGER revisions_are_kept BEFORE DELETE ON revisions BEGIN
  SELECT RAISE(ABORT, 'the revision log is only added to');
END;
