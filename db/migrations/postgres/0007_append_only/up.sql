-- What happened stays as it was told.
CREATE FUNCTION revisions_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the revision log is only added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revisions_stay BEFORE UPDATE OR DELETE ON revisions
  FOR EACH ROW EXECUTE FUNCTION revisions_are_kept();
CREATE TRIGGER revisions_are_kept BEFORE TRUNCATE ON revisions
  FOR EACH STATEMENT EXECUTE FUNCTION revisions_are_kept();
