-- The registry core. The same tables, columns and indexes exist for PostgreSQL.
-- Ids are the 16 bytes of a UUID; texts compare by their bytes; instants are UTC.
-- `*_key` columns hold texts folded by the program; `*_minor` hold hundredths (or
-- whatever the currency's smallest unit is). Vocabularies carry no CHECK: they grow,
-- and the program alone writes them, from closed enums. Tables of short rows are
-- WITHOUT ROWID, kept in the order of their keys; long rows would make such trees deep.

CREATE TABLE organisations (
  id BLOB NOT NULL PRIMARY KEY,
  label TEXT NOT NULL,
  label_key TEXT NOT NULL,
  short_name TEXT,
  names TEXT NOT NULL,
  country TEXT,
  city TEXT,
  city_key TEXT,
  postcode TEXT,
  nuts TEXT,
  latitude DOUBLE,
  longitude DOUBLE,
  type TEXT,
  kind TEXT,
  sector TEXT,
  legal_form TEXT,
  sme BOOLEAN,
  homepage TEXT,
  founded TEXT,
  parent_id BLOB REFERENCES organisations (id),
  status TEXT,
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
  record_id BLOB NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (record_id, position)
) WITHOUT ROWID;
CREATE INDEX organisation_external_ids_value ON organisation_external_ids (scheme, value);
CREATE UNIQUE INDEX organisation_external_ids_unique
  ON organisation_external_ids (scheme, value) WHERE scheme <> 'vat';

CREATE TABLE programmes (
  id BLOB NOT NULL PRIMARY KEY,
  label TEXT NOT NULL,
  label_key TEXT NOT NULL,
  parent_id BLOB REFERENCES programmes (id),
  level TEXT,
  code TEXT,
  titles TEXT NOT NULL,
  starts TEXT,
  starts_earliest DATE,
  starts_latest DATE,
  ends TEXT,
  ends_earliest DATE,
  ends_latest DATE,
  budget_minor BIGINT,
  budget_currency TEXT,
  homepage TEXT,
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
  programme_id BLOB NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  alias TEXT NOT NULL,
  alias_key TEXT NOT NULL,
  PRIMARY KEY (programme_id, position)
) WITHOUT ROWID;
CREATE INDEX programme_aliases_key ON programme_aliases (alias_key, programme_id);

CREATE TABLE programme_funders (
  programme_id BLOB NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  PRIMARY KEY (programme_id, position)
) WITHOUT ROWID;
CREATE INDEX programme_funders_organisation ON programme_funders (organisation_id);

CREATE TABLE programme_external_ids (
  record_id BLOB NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (record_id, position)
) WITHOUT ROWID;
CREATE INDEX programme_external_ids_value ON programme_external_ids (scheme, value);
CREATE UNIQUE INDEX programme_external_ids_unique
  ON programme_external_ids (scheme, value) WHERE scheme <> 'vat';

CREATE TABLE calls (
  id BLOB NOT NULL PRIMARY KEY,
  label TEXT NOT NULL,
  label_key TEXT NOT NULL,
  programme_id BLOB REFERENCES programmes (id),
  identifier TEXT,
  identifier_key TEXT,
  titles TEXT NOT NULL,
  year INTEGER,
  opening TEXT,
  opening_earliest DATE,
  opening_latest DATE,
  budget_minor BIGINT,
  budget_currency TEXT,
  type_of_action TEXT,
  type_of_action_key TEXT,
  homepage TEXT,
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
  call_id BLOB NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  deadline TEXT NOT NULL,
  earliest DATE NOT NULL,
  latest DATE NOT NULL,
  PRIMARY KEY (call_id, position)
) WITHOUT ROWID;

CREATE TABLE call_external_ids (
  record_id BLOB NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (record_id, position)
) WITHOUT ROWID;
CREATE INDEX call_external_ids_value ON call_external_ids (scheme, value);
CREATE UNIQUE INDEX call_external_ids_unique
  ON call_external_ids (scheme, value) WHERE scheme <> 'vat';

CREATE TABLE projects (
  id BLOB NOT NULL PRIMARY KEY,
  label TEXT NOT NULL,
  label_key TEXT NOT NULL,
  acronym TEXT,
  acronym_key TEXT,
  starts TEXT,
  starts_earliest DATE,
  starts_latest DATE,
  ends TEXT,
  ends_earliest DATE,
  ends_latest DATE,
  stated_status TEXT,
  total_cost_minor BIGINT,
  total_cost_currency TEXT,
  homepage TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  titles TEXT NOT NULL,
  abstract TEXT NOT NULL,
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
  project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  programme_id BLOB REFERENCES programmes (id),
  funder_id BLOB REFERENCES organisations (id),
  call_id BLOB REFERENCES calls (id),
  type_of_action TEXT,
  type_of_action_key TEXT,
  kind TEXT NOT NULL,
  amount_minor BIGINT,
  amount_currency TEXT,
  PRIMARY KEY (project_id, position),
  CHECK ((amount_minor IS NULL) = (amount_currency IS NULL))
) WITHOUT ROWID;
CREATE INDEX project_fundings_programme ON project_fundings (programme_id, project_id);
CREATE INDEX project_fundings_funder ON project_fundings (funder_id, project_id);
CREATE INDEX project_fundings_call ON project_fundings (call_id, project_id);
CREATE INDEX project_fundings_type_of_action
  ON project_fundings (type_of_action_key, project_id);

CREATE TABLE project_keywords (
  project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  keyword TEXT NOT NULL,
  keyword_key TEXT NOT NULL,
  PRIMARY KEY (project_id, position)
) WITHOUT ROWID;
CREATE INDEX project_keywords_key ON project_keywords (keyword_key, project_id);

-- `path_key` holds the folded terms from the top, each between slashes.
CREATE TABLE project_themes (
  project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  vocabulary TEXT NOT NULL,
  code TEXT NOT NULL,
  label TEXT,
  path TEXT,
  path_key TEXT NOT NULL,
  PRIMARY KEY (project_id, position)
) WITHOUT ROWID;
CREATE INDEX project_themes_code ON project_themes (code, project_id);

CREATE TABLE project_external_ids (
  record_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (record_id, position)
) WITHOUT ROWID;
CREATE INDEX project_external_ids_value ON project_external_ids (scheme, value);
CREATE UNIQUE INDEX project_external_ids_unique
  ON project_external_ids (scheme, value) WHERE scheme <> 'vat';

CREATE TABLE participations (
  id BLOB NOT NULL PRIMARY KEY,
  project_id BLOB NOT NULL REFERENCES projects (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  role TEXT,
  position INTEGER,
  starts TEXT,
  starts_earliest DATE,
  starts_latest DATE,
  ends TEXT,
  ends_earliest DATE,
  ends_latest DATE,
  ec_contribution_minor BIGINT,
  ec_contribution_currency TEXT,
  net_ec_contribution_minor BIGINT,
  net_ec_contribution_currency TEXT,
  total_cost_minor BIGINT,
  total_cost_currency TEXT,
  ended BOOLEAN,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  CHECK ((ec_contribution_minor IS NULL) = (ec_contribution_currency IS NULL)),
  CHECK ((net_ec_contribution_minor IS NULL) = (net_ec_contribution_currency IS NULL)),
  CHECK ((total_cost_minor IS NULL) = (total_cost_currency IS NULL))
) WITHOUT ROWID;
CREATE INDEX participations_project ON participations (project_id, organisation_id, role);
CREATE INDEX participations_organisation ON participations (organisation_id, project_id, role);
CREATE INDEX participations_updated ON participations (updated_at, id);

-- Every change of every record, in the order it became visible.
CREATE TABLE revisions (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  entity TEXT NOT NULL,
  record_id BLOB NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TIMESTAMP NOT NULL,
  change TEXT
);
CREATE UNIQUE INDEX revisions_record ON revisions (record_id, version);

-- What a request that may be repeated was answered, for a day.
CREATE TABLE idempotency_keys (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  answer BLOB NOT NULL,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE imports (
  id BLOB NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  status TEXT NOT NULL,
  actor TEXT NOT NULL,
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  counts TEXT NOT NULL,
  rejects TEXT NOT NULL,
  fault TEXT
);
CREATE INDEX imports_started ON imports (started_at, id);

-- What deleted records were known by, so that an import does not bring them back unasked.
CREATE TABLE tombstones (
  entity TEXT NOT NULL,
  key TEXT NOT NULL,
  record_id BLOB NOT NULL,
  PRIMARY KEY (entity, key, record_id)
) WITHOUT ROWID;

-- When a source last updated what it says of a record, as far as imports have seen.
CREATE TABLE import_dates (
  record_id BLOB NOT NULL PRIMARY KEY,
  as_of TIMESTAMP NOT NULL
) WITHOUT ROWID;

-- Search: what of each record is ranked, and the index of its words, which the program
-- keeps up to date in the transaction that changes the record. `doc` is the row of the
-- index. `names` holds every folded name between line breaks, words between blanks;
-- `weight` counts the projects of an organisation and the organisations of a project.
CREATE TABLE search_documents (
  doc INTEGER NOT NULL PRIMARY KEY,
  record_id BLOB NOT NULL UNIQUE,
  weight BIGINT NOT NULL DEFAULT 0,
  label_length INTEGER NOT NULL,
  label_key TEXT NOT NULL,
  names TEXT NOT NULL
);
CREATE VIRTUAL TABLE search_index
  USING fts5(words, content='', contentless_delete=1, detail='none', tokenize='ascii');

-- Words of names, to which typing errors are mended. They are never taken out.
CREATE TABLE search_words (
  word_id INTEGER NOT NULL PRIMARY KEY,
  entity TEXT NOT NULL,
  word TEXT NOT NULL,
  UNIQUE (entity, word)
);
CREATE VIRTUAL TABLE search_trigrams
  USING fts5(word, content='', tokenize='trigram case_sensitive 1');
CREATE TRIGGER search_words_learnt AFTER INSERT ON search_words BEGIN
  INSERT INTO search_trigrams (rowid, word) VALUES (new.word_id, '  ' || new.word || ' ');
END;
