-- What is claimed of organisations. The same table and indexes exist for SQLite.
CREATE TABLE claims (
  id UUID NOT NULL PRIMARY KEY,
  label TEXT COLLATE "C" NOT NULL,
  label_key TEXT COLLATE "C" NOT NULL,
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  source_id UUID REFERENCES sources (id),
  content JSON NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX claims_label ON claims (label_key, id);
CREATE INDEX claims_organisation ON claims (organisation_id);
CREATE INDEX claims_source ON claims (source_id);
CREATE INDEX claims_updated ON claims (updated_at, id);
