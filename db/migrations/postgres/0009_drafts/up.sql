-- Records that are being prepared. They are in none of the tables that lists, counts, the
-- network and exports are made from, so nothing can show them by mistake. The same tables and
-- indexes exist for SQLite.
CREATE TABLE drafts (
  id UUID NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  project_id UUID,
  content JSON NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX drafts_project ON drafts (project_id);
CREATE INDEX drafts_maker ON drafts (made_by);
-- The organisations its maker acted for: whoever acts for one of them sees it too.
CREATE TABLE draft_organisations (
  draft_id UUID NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  organisation_id UUID NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  PRIMARY KEY (draft_id, organisation_id)
);
CREATE INDEX draft_organisations_organisation ON draft_organisations (organisation_id);
-- Every change of a draft, for as long as it is one.
CREATE TABLE draft_revisions (
  draft_id UUID NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  at TIMESTAMP NOT NULL,
  content JSON NOT NULL,
  PRIMARY KEY (draft_id, version)
);
-- Who drafted a record that somebody else published: it is theirs too.
CREATE TABLE draft_makers (
  record_id UUID NOT NULL PRIMARY KEY,
  made_by TEXT COLLATE "C" NOT NULL
);
