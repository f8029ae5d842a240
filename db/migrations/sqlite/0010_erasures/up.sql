-- Erasures whose bytes may still lie in the files of the database. A row goes when they have been
-- wiped, so that a server that was stopped meanwhile goes on. The same table exists for PostgreSQL.
CREATE TABLE erasures (
  seq INTEGER NOT NULL PRIMARY KEY,
  erased_at TIMESTAMP NOT NULL
);
