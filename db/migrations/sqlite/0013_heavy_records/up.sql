-- Which records hold much, so that pages of them can end before they fill the memory, without
-- reading any. All that a record ever was is the most that it can be now; its next change says
-- how much it is. The same table exists for PostgreSQL.
CREATE TABLE heavy_records (
  record_id BLOB PRIMARY KEY NOT NULL,
  bytes BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO heavy_records (record_id, bytes)
  SELECT record_id, sum(octet_length(change)) FROM revisions
  GROUP BY record_id, entity
  HAVING sum(octet_length(change)) > CASE entity WHEN 'statement' THEN 1024 ELSE 8192 END;
