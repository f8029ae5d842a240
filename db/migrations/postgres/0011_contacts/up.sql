-- Contact persons of organisations and projects, seen by those who may change these. They are in
-- this table and nowhere else, no history either, so that a person can be forgotten. The same
-- table and indexes exist for SQLite.
CREATE TABLE contacts (
  id UUID NOT NULL PRIMARY KEY,
  of_kind TEXT COLLATE "C" NOT NULL,
  of_id UUID NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  email TEXT COLLATE "C",
  telephone TEXT COLLATE "C",
  role TEXT COLLATE "C",
  language TEXT COLLATE "C",
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX contacts_of ON contacts (of_id);
CREATE INDEX contacts_email ON contacts (email);
-- As in 0010_erasures.
ALTER TABLE contacts ALTER COLUMN name SET STATISTICS 0, ALTER COLUMN email SET STATISTICS 0,
  ALTER COLUMN telephone SET STATISTICS 0, ALTER COLUMN role SET STATISTICS 0;
