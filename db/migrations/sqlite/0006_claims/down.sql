DELETE FROM search_index WHERE rowid IN (
  SELECT doc FROM search_documents WHERE record_id IN (SELECT id FROM claims)
);
DELETE FROM search_documents WHERE record_id IN (SELECT id FROM claims);
-- Nothing may be said of what is not there.
DELETE FROM revisions WHERE entity = 'statement' AND record_id IN
  (SELECT id FROM statements WHERE about_kind = 'claim');
DELETE FROM statements WHERE about_kind = 'claim';
DROP TABLE claims;
-- The version before knows no such records, and could not read what happened to them.
DELETE FROM revisions WHERE entity = 'claim';
