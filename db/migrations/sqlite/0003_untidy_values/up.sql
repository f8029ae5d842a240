-- What projects and organisations hold besides: lists that are read whole in one document,
-- `details`, null where all are empty; and of projects, what lists are chosen by. The same
-- columns, table and index exist for PostgreSQL.
ALTER TABLE organisations ADD COLUMN details TEXT;
ALTER TABLE projects ADD COLUMN details TEXT;

ALTER TABLE project_fundings ADD COLUMN title TEXT;
ALTER TABLE project_fundings ADD COLUMN year INTEGER;
ALTER TABLE project_fundings ADD COLUMN share_hundredths INTEGER;
CREATE INDEX project_fundings_year ON project_fundings (year, project_id)
  WHERE year IS NOT NULL;

-- Derived from `details`: each thing a project is found by, once. `facet` says what it is,
-- `key` is a code or a folded text.
CREATE TABLE project_facets (
  project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  facet TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (project_id, facet, key)
) WITHOUT ROWID;
CREATE INDEX project_facets_key ON project_facets (facet, key, project_id);
