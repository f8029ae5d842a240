-- The registry core. The same tables, columns and indexes exist for SQLite.
-- Texts compare by their bytes (COLLATE "C"), so that both engines order alike; instants
-- are UTC; documents are json, not jsonb, because the order of their fields is kept.
-- `*_key` columns hold texts folded by the program; `*_minor` hold hundredths (or
-- whatever the currency's smallest unit is). Vocabularies carry no CHECK: they grow,
-- and the program alone writes them, from closed enums.

CREATE TABLE organisations (
  id UUID NOT NULL PRIMARY KEY,
  label TEXT COLLATE "C" NOT NULL,
  label_key TEXT COLLATE "C" NOT NULL,
  short_name TEXT COLLATE "C",
  names JSON NOT NULL,
  country TEXT COLLATE "C",
  city TEXT COLLATE "C",
  city_key TEXT COLLATE "C",
  postcode TEXT COLLATE "C",
  nuts TEXT COLLATE "C",
  latitude DOUBLE PRECISION,
  longitude DOUBLE PRECISION,
  type TEXT COLLATE "C",
  kind TEXT COLLATE "C",
  sector TEXT COLLATE "C",
  legal_form TEXT COLLATE "C",
  sme BOOLEAN,
  homepage TEXT COLLATE "C",
  founded TEXT COLLATE "C",
  parent_id UUID REFERENCES organisations (id),
  status TEXT COLLATE "C",
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX organisations_label ON organisations (label_key, id);
CREATE INDEX organisations_country ON organisations (country, id);
CREATE INDEX organisations_city ON organisations (city_key);
CREATE INDEX organisations_nuts ON organisations (nuts);
CREATE INDEX organisations_parent ON organisations (parent_id);
CREATE INDEX organisations_created ON organisations (created_at, id);
CREATE INDEX organisations_updated ON organisations (updated_at, id);

CREATE TABLE organisation_external_ids (
  record_id UUID NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scheme TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (record_id, position)
);
CREATE INDEX organisation_external_ids_value ON organisation_external_ids (scheme, value);
CREATE UNIQUE INDEX organisation_external_ids_unique
  ON organisation_external_ids (scheme, value) WHERE scheme <> 'vat';

CREATE TABLE programmes (
  id UUID NOT NULL PRIMARY KEY,
  label TEXT COLLATE "C" NOT NULL,
  label_key TEXT COLLATE "C" NOT NULL,
  parent_id UUID REFERENCES programmes (id),
  level TEXT COLLATE "C",
  code TEXT COLLATE "C",
  titles JSON NOT NULL,
  starts TEXT COLLATE "C",
  starts_earliest DATE,
  starts_latest DATE,
  ends TEXT COLLATE "C",
  ends_earliest DATE,
  ends_latest DATE,
  budget_minor BIGINT,
  budget_currency TEXT COLLATE "C",
  homepage TEXT COLLATE "C",
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  CHECK ((budget_minor IS NULL) = (budget_currency IS NULL))
);
CREATE INDEX programmes_parent ON programmes (parent_id);
CREATE INDEX programmes_label ON programmes (label_key, id);
CREATE INDEX programmes_updated ON programmes (updated_at, id);

-- The code (position 0) and the aliases (from 1), folded for look-up.
CREATE TABLE programme_aliases (
  programme_id UUID NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  alias TEXT COLLATE "C" NOT NULL,
  alias_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (programme_id, position)
);
CREATE INDEX programme_aliases_key ON programme_aliases (alias_key, programme_id);

CREATE TABLE programme_funders (
  programme_id UUID NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  PRIMARY KEY (programme_id, position)
);
CREATE INDEX programme_funders_organisation ON programme_funders (organisation_id);

CREATE TABLE programme_external_ids (
  record_id UUID NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scheme TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (record_id, position)
);
CREATE INDEX programme_external_ids_value ON programme_external_ids (scheme, value);
CREATE UNIQUE INDEX programme_external_ids_unique
  ON programme_external_ids (scheme, value) WHERE scheme <> 'vat';

CREATE TABLE calls (
  id UUID NOT NULL PRIMARY KEY,
  label TEXT COLLATE "C" NOT NULL,
  label_key TEXT COLLATE "C" NOT NULL,
  programme_id UUID REFERENCES programmes (id),
  identifier TEXT COLLATE "C",
  identifier_key TEXT COLLATE "C",
  titles JSON NOT NULL,
  year INTEGER,
  opening TEXT COLLATE "C",
  opening_earliest DATE,
  opening_latest DATE,
  budget_minor BIGINT,
  budget_currency TEXT COLLATE "C",
  type_of_action TEXT COLLATE "C",
  type_of_action_key TEXT COLLATE "C",
  homepage TEXT COLLATE "C",
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  CHECK ((budget_minor IS NULL) = (budget_currency IS NULL))
);
CREATE INDEX calls_programme ON calls (programme_id);
CREATE INDEX calls_identifier ON calls (identifier_key);
CREATE INDEX calls_label ON calls (label_key, id);
CREATE INDEX calls_year ON calls (year, id);
CREATE INDEX calls_updated ON calls (updated_at, id);

CREATE TABLE call_deadlines (
  call_id UUID NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  deadline TEXT COLLATE "C" NOT NULL,
  earliest DATE NOT NULL,
  latest DATE NOT NULL,
  PRIMARY KEY (call_id, position)
);

CREATE TABLE call_external_ids (
  record_id UUID NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scheme TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (record_id, position)
);
CREATE INDEX call_external_ids_value ON call_external_ids (scheme, value);
CREATE UNIQUE INDEX call_external_ids_unique
  ON call_external_ids (scheme, value) WHERE scheme <> 'vat';

CREATE TABLE projects (
  id UUID NOT NULL PRIMARY KEY,
  label TEXT COLLATE "C" NOT NULL,
  label_key TEXT COLLATE "C" NOT NULL,
  acronym TEXT COLLATE "C",
  acronym_key TEXT COLLATE "C",
  starts TEXT COLLATE "C",
  starts_earliest DATE,
  starts_latest DATE,
  ends TEXT COLLATE "C",
  ends_earliest DATE,
  ends_latest DATE,
  stated_status TEXT COLLATE "C",
  total_cost_minor BIGINT,
  total_cost_currency TEXT COLLATE "C",
  homepage TEXT COLLATE "C",
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  titles JSON NOT NULL,
  abstract JSON NOT NULL,
  CHECK ((total_cost_minor IS NULL) = (total_cost_currency IS NULL))
);
CREATE INDEX projects_label ON projects (label_key, id);
-- Lists put the unknown last whichever way they are sorted, so each way has its index.
CREATE INDEX projects_acronym ON projects (acronym_key, id);
CREATE INDEX projects_acronym_up ON projects ((acronym_key IS NULL), acronym_key, id);
CREATE INDEX projects_acronym_down ON projects ((acronym_key IS NULL), acronym_key DESC, id DESC);
CREATE INDEX projects_starts_up ON projects ((starts_earliest IS NULL), starts_earliest, id);
CREATE INDEX projects_starts_down ON projects ((starts_earliest IS NULL), starts_earliest DESC, id DESC);
CREATE INDEX projects_ends_up ON projects ((ends_latest IS NULL), ends_latest, id);
CREATE INDEX projects_ends_down ON projects ((ends_latest IS NULL), ends_latest DESC, id DESC);
CREATE INDEX projects_total_cost_up ON projects ((total_cost_minor IS NULL), total_cost_minor, id);
CREATE INDEX projects_total_cost_down ON projects ((total_cost_minor IS NULL), total_cost_minor DESC, id DESC);
CREATE INDEX projects_created ON projects (created_at, id);
CREATE INDEX projects_updated ON projects (updated_at, id);

CREATE TABLE project_fundings (
  project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  programme_id UUID REFERENCES programmes (id),
  funder_id UUID REFERENCES organisations (id),
  call_id UUID REFERENCES calls (id),
  type_of_action TEXT COLLATE "C",
  type_of_action_key TEXT COLLATE "C",
  kind TEXT COLLATE "C" NOT NULL,
  amount_minor BIGINT,
  amount_currency TEXT COLLATE "C",
  PRIMARY KEY (project_id, position),
  CHECK ((amount_minor IS NULL) = (amount_currency IS NULL))
);
CREATE INDEX project_fundings_programme ON project_fundings (programme_id, project_id);
CREATE INDEX project_fundings_funder ON project_fundings (funder_id, project_id);
CREATE INDEX project_fundings_call ON project_fundings (call_id, project_id);
CREATE INDEX project_fundings_type_of_action
  ON project_fundings (type_of_action_key, project_id);

CREATE TABLE project_keywords (
  project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  keyword TEXT COLLATE "C" NOT NULL,
  keyword_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (project_id, position)
);
CREATE INDEX project_keywords_key ON project_keywords (keyword_key, project_id);

-- `path_key` holds the folded terms from the top, each between slashes.
CREATE TABLE project_themes (
  project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  vocabulary TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  label TEXT COLLATE "C",
  path TEXT COLLATE "C",
  path_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (project_id, position)
);
CREATE INDEX project_themes_code ON project_themes (code, project_id);

CREATE TABLE project_external_ids (
  record_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scheme TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (record_id, position)
);
CREATE INDEX project_external_ids_value ON project_external_ids (scheme, value);
CREATE UNIQUE INDEX project_external_ids_unique
  ON project_external_ids (scheme, value) WHERE scheme <> 'vat';

CREATE TABLE participations (
  id UUID NOT NULL PRIMARY KEY,
  project_id UUID NOT NULL REFERENCES projects (id),
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  role TEXT COLLATE "C",
  position INTEGER,
  starts TEXT COLLATE "C",
  starts_earliest DATE,
  starts_latest DATE,
  ends TEXT COLLATE "C",
  ends_earliest DATE,
  ends_latest DATE,
  ec_contribution_minor BIGINT,
  ec_contribution_currency TEXT COLLATE "C",
  net_ec_contribution_minor BIGINT,
  net_ec_contribution_currency TEXT COLLATE "C",
  total_cost_minor BIGINT,
  total_cost_currency TEXT COLLATE "C",
  ended BOOLEAN,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  CHECK ((ec_contribution_minor IS NULL) = (ec_contribution_currency IS NULL)),
  CHECK ((net_ec_contribution_minor IS NULL) = (net_ec_contribution_currency IS NULL)),
  CHECK ((total_cost_minor IS NULL) = (total_cost_currency IS NULL))
);
CREATE INDEX participations_project ON participations (project_id, organisation_id, role);
CREATE INDEX participations_organisation ON participations (organisation_id, project_id, role);
CREATE INDEX participations_updated ON participations (updated_at, id);

-- Every change of every record, in the order it became visible.
CREATE TABLE revisions (
  seq BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  entity TEXT COLLATE "C" NOT NULL,
  record_id UUID NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  action TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  at TIMESTAMP NOT NULL,
  change JSON
);
CREATE UNIQUE INDEX revisions_record ON revisions (record_id, version);

-- What a request that may be repeated was answered, for a day.
CREATE TABLE idempotency_keys (
  actor TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  request_hash TEXT COLLATE "C" NOT NULL,
  answer BYTEA NOT NULL,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE imports (
  id UUID NOT NULL PRIMARY KEY,
  source TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  counts JSON NOT NULL,
  rejects JSON NOT NULL,
  fault TEXT COLLATE "C"
);
CREATE INDEX imports_started ON imports (started_at, id);

-- What deleted records were known by, so that an import does not bring them back unasked.
CREATE TABLE tombstones (
  entity TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  record_id UUID NOT NULL,
  PRIMARY KEY (entity, key, record_id)
);

-- When a source last updated what it says of a record, as far as imports have seen.
CREATE TABLE import_dates (
  record_id UUID NOT NULL PRIMARY KEY,
  as_of TIMESTAMP NOT NULL
);

-- Search: what of each record is ranked, and the index of its words, which the program
-- keeps up to date in the transaction that changes the record. `names` holds every folded
-- name between line breaks, words between blanks; `weight` counts the projects of an
-- organisation and the organisations of a project. Room is left on the pages because
-- weights change often.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE search_documents (
  record_id UUID NOT NULL PRIMARY KEY,
  weight BIGINT NOT NULL DEFAULT 0,
  label_length INTEGER NOT NULL,
  label_key TEXT COLLATE "C" NOT NULL,
  names TEXT COLLATE "C" NOT NULL,
  words TSVECTOR NOT NULL
) WITH (fillfactor = 75);
CREATE INDEX search_documents_words ON search_documents USING gin (words);

-- Words of names, to which typing errors are mended. They are never taken out.
CREATE TABLE search_words (
  entity TEXT COLLATE "C" NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (entity, word)
);
CREATE INDEX search_words_trigrams ON search_words USING gin (word gin_trgm_ops);
