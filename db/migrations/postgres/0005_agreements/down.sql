DELETE FROM search_documents WHERE record_id IN (SELECT id FROM agreements);
DROP TABLE agreement_facets;
DROP TABLE agreement_parties;
DROP TABLE agreements;
-- The version before knows no such records, and could not read what happened to them.
DELETE FROM revisions WHERE entity = 'agreement';
-- Nor does it know this kind of relation.
DELETE FROM revisions WHERE entity = 'relation'
  AND record_id IN (SELECT id FROM relations WHERE kind = 'member_of');
DELETE FROM relations WHERE kind = 'member_of';
