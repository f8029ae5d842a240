-- Who may write. Names, passwords and tokens are in these tables and nowhere else, so that
-- deleting an account's rows forgets its holder. Tokens are kept as SHA-256 only. The same
-- tables and indexes exist for PostgreSQL.
CREATE TABLE accounts (
  id BLOB NOT NULL PRIMARY KEY,
  issuer TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  disabled BOOLEAN NOT NULL,
  password_hash TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  UNIQUE (issuer, name)
);
CREATE TABLE account_organisations (
  account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  organisation_id BLOB NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, position)
) WITHOUT ROWID;
CREATE INDEX account_organisations_organisation ON account_organisations (organisation_id);
CREATE TABLE sessions (
  id BLOB NOT NULL PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  started_at TIMESTAMP NOT NULL,
  seen_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
-- Every refresh token of a session: one that comes a second time was stolen.
CREATE TABLE refresh_tokens (
  hash BLOB NOT NULL PRIMARY KEY,
  session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  used_at TIMESTAMP
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
-- Failures to open accounts, by the SHA-256 of the name given, whether there is such an account
-- or not: so neither answers nor times tell.
CREATE TABLE login_failures (
  name_hash BLOB NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_at TIMESTAMP NOT NULL
);
CREATE INDEX login_failures_last ON login_failures (last_at);
CREATE TABLE read_tokens (
  id BLOB NOT NULL PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  made_by TEXT NOT NULL,
  label TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  revoked_at TIMESTAMP
);
CREATE INDEX read_tokens_account ON read_tokens (account_id);
