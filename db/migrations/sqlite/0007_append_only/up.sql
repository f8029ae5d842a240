-- What happened stays as it was told.
CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions BEGIN
  SELECT RAISE(ABORT, 'the revision log is only added to');
END;
CREATE TRIGGER revisions_are_kept BEFORE DELETE ON revisions BEGIN
  SELECT RAISE(ABORT, 'the revision log is only added to');
END;
