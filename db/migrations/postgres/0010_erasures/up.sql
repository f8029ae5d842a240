-- Erasures whose bytes may still lie in the files of the database. A row goes when they have been
-- wiped, so that a server that was stopped meanwhile goes on. The same table exists for SQLite.
CREATE TABLE erasures (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  erased_at TIMESTAMP NOT NULL
);
-- ANALYZE keeps values it has seen in a catalogue that only superusers can rewrite, so it must see
-- none of these. All are looked up by unique indexes.
ALTER TABLE accounts ALTER COLUMN name SET STATISTICS 0,
  ALTER COLUMN password_hash SET STATISTICS 0;
ALTER TABLE refresh_tokens ALTER COLUMN hash SET STATISTICS 0;
ALTER TABLE login_failures ALTER COLUMN name_hash SET STATISTICS 0;
ALTER TABLE read_tokens ALTER COLUMN hash SET STATISTICS 0,
  ALTER COLUMN label SET STATISTICS 0;
ALTER TABLE idempotency_keys ALTER COLUMN key SET STATISTICS 0,
  ALTER COLUMN request_hash SET STATISTICS 0,
  ALTER COLUMN answer SET STATISTICS 0;
