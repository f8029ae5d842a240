-- What organisations have agreed to do together. The same tables and indexes exist for
-- SQLite. `content` is all that was stated; beside it stand what lists are sorted by and
-- chosen by, and the dates as days. The label names the parties where there is no title.
CREATE TABLE agreements (
  id UUID NOT NULL PRIMARY KEY,
  label TEXT COLLATE "C" NOT NULL,
  label_key TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C",
  signed TEXT COLLATE "C",
  signed_earliest DATE,
  signed_latest DATE,
  starts_earliest DATE,
  ends_latest DATE,
  content JSON NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX agreements_updated ON agreements (updated_at, id);

-- Who agreed, in the order stated.
CREATE TABLE agreement_parties (
  agreement_id UUID NOT NULL REFERENCES agreements (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  PRIMARY KEY (agreement_id, position),
  UNIQUE (agreement_id, organisation_id)
);
CREATE INDEX agreement_parties_organisation ON agreement_parties (organisation_id, agreement_id);

-- Derived from `content`: each thing an agreement is found by, once. `facet` says what it is,
-- `key` is a code or a folded text.
CREATE TABLE agreement_facets (
  agreement_id UUID NOT NULL REFERENCES agreements (id) ON DELETE CASCADE,
  facet TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (agreement_id, facet, key)
);
CREATE INDEX agreement_facets_key ON agreement_facets (facet, key, agreement_id);
