-- Contact persons of organisations and projects, seen by those who may change these. They are in
-- this table and nowhere else, no history either, so that a person can be forgotten. The same
-- table and indexes exist for PostgreSQL.
CREATE TABLE contacts (
  id BLOB NOT NULL PRIMARY KEY,
  of_kind TEXT NOT NULL,
  of_id BLOB NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  telephone TEXT,
  role TEXT,
  language TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX contacts_of ON contacts (of_id);
CREATE INDEX contacts_email ON contacts (email);
