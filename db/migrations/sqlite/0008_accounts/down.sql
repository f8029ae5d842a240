DROP TABLE read_tokens;
DROP TABLE login_failures;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE account_organisations;
DROP TABLE accounts;
