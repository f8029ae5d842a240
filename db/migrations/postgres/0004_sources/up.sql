-- Where facts come from, and what each source says of one field of a record. The same tables
-- and indexes exist for SQLite.
CREATE TABLE sources (
  id UUID NOT NULL PRIMARY KEY,
  label TEXT COLLATE "C" NOT NULL,
  label_key TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C",
  url TEXT COLLATE "C",
  seen_earliest DATE,
  seen_latest DATE,
  content JSON NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX sources_label ON sources (label_key, id);
CREATE INDEX sources_updated ON sources (updated_at, id);
-- The record a statement is about may be of any kind, so no foreign key can hold it; it is
-- checked when the statement is written, and the statement goes with it.
CREATE TABLE statements (
  id UUID NOT NULL PRIMARY KEY,
  about_kind TEXT COLLATE "C" NOT NULL,
  about_id UUID NOT NULL,
  field TEXT COLLATE "C" NOT NULL,
  basis TEXT COLLATE "C" NOT NULL,
  source_id UUID REFERENCES sources (id),
  content JSON NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX statements_about ON statements (about_id, field);
CREATE INDEX statements_source ON statements (source_id);
CREATE INDEX statements_updated ON statements (updated_at, id);
