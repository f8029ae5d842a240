-- What one project is to another, or one organisation to another. The same table and
-- indexes exist for SQLite. Of the four ends one pair is given: four columns, so that
-- the database itself holds each to its table.
CREATE TABLE relations (
  id UUID NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  from_project_id UUID REFERENCES projects (id),
  to_project_id UUID REFERENCES projects (id),
  from_organisation_id UUID REFERENCES organisations (id),
  to_organisation_id UUID REFERENCES organisations (id),
  starts TEXT COLLATE "C",
  starts_earliest DATE,
  starts_latest DATE,
  ends TEXT COLLATE "C",
  ends_earliest DATE,
  ends_latest DATE,
  note TEXT COLLATE "C",
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  CHECK ((from_project_id IS NULL) = (to_project_id IS NULL)),
  CHECK ((from_organisation_id IS NULL) = (to_organisation_id IS NULL)),
  CHECK ((from_project_id IS NULL) <> (from_organisation_id IS NULL)),
  CHECK (from_project_id <> to_project_id),
  CHECK (from_organisation_id <> to_organisation_id)
);
-- The same is said once; these also find what is said of a record.
CREATE UNIQUE INDEX relations_from_project ON relations
  (from_project_id, to_project_id, kind, COALESCE(starts, ''), COALESCE(ends, ''))
  WHERE from_project_id IS NOT NULL;
CREATE UNIQUE INDEX relations_from_organisation ON relations
  (from_organisation_id, to_organisation_id, kind, COALESCE(starts, ''), COALESCE(ends, ''))
  WHERE from_organisation_id IS NOT NULL;
CREATE INDEX relations_to_project ON relations (to_project_id)
  WHERE to_project_id IS NOT NULL;
CREATE INDEX relations_to_organisation ON relations (to_organisation_id)
  WHERE to_organisation_id IS NOT NULL;
CREATE INDEX relations_updated ON relations (updated_at, id);
