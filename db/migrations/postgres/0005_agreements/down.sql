DELETE FROM search_documents WHERE record_id IN (SELECT id FROM agreements);
-- Statements about what the version before does not know go with it.
DELETE FROM revisions WHERE entity = 'statement' AND record_id IN
  (SELECT id FROM statements WHERE about_kind = 'agreement'
   OR about_id IN (SELECT id FROM relations WHERE kind = 'member_of'));
DELETE FROM statements WHERE about_kind = 'agreement'
  OR about_id IN (SELECT id FROM relations WHERE kind = 'member_of');
DROP TABLE agreement_facets;
DROP TABLE agreement_parties;
DROP TABLE agreements;
-- The version before knows no such records, and could not read what happened to them.
DELETE FROM revisions WHERE entity = 'agreement';
-- Nor does it know this kind of relation.
DELETE FROM revisions WHERE entity = 'relation'
  AND record_id IN (SELECT id FROM relations WHERE kind = 'member_of');
DELETE FROM relations WHERE kind = 'member_of';
