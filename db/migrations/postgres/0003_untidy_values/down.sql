DROP TABLE project_facets;
DROP INDEX project_fundings_year;
ALTER TABLE project_fundings DROP COLUMN share_hundredths;
ALTER TABLE project_fundings DROP COLUMN year;
ALTER TABLE project_fundings DROP COLUMN title;
ALTER TABLE projects DROP COLUMN details;
ALTER TABLE organisations DROP COLUMN details;
-- The version before cannot read dates that lie between two others: to it they are unknown.
UPDATE organisations SET founded = NULL WHERE founded LIKE '[%';
UPDATE calls SET opening = NULL, opening_earliest = NULL, opening_latest = NULL
  WHERE opening LIKE '[%';
DELETE FROM call_deadlines WHERE deadline LIKE '[%';
UPDATE programmes SET starts = NULL, starts_earliest = NULL, starts_latest = NULL WHERE starts LIKE '[%';
UPDATE programmes SET ends = NULL, ends_earliest = NULL, ends_latest = NULL WHERE ends LIKE '[%';
UPDATE projects SET starts = NULL, starts_earliest = NULL, starts_latest = NULL WHERE starts LIKE '[%';
UPDATE projects SET ends = NULL, ends_earliest = NULL, ends_latest = NULL WHERE ends LIKE '[%';
UPDATE participations SET starts = NULL, starts_earliest = NULL, starts_latest = NULL WHERE starts LIKE '[%';
UPDATE participations SET ends = NULL, ends_earliest = NULL, ends_latest = NULL WHERE ends LIKE '[%';
UPDATE relations SET starts = NULL, starts_earliest = NULL, starts_latest = NULL WHERE starts LIKE '[%';
UPDATE relations SET ends = NULL, ends_earliest = NULL, ends_latest = NULL WHERE ends LIKE '[%';
