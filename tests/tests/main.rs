//! The built binary over HTTP and on the command line, on SQLite and on PostgreSQL.

mod agreements;
mod auth;
mod bad_input;
mod calls;
mod claims;
mod cli;
mod conventions;
mod diversity;
mod durability;
mod h2020;
mod h2020_network;
mod idempotency;
mod import;
mod memberships;
mod neighbourhood;
mod network;
mod network_follows;
mod organisations;
mod participations;
mod partners;
mod profile;
mod programmes;
mod projects;
mod relations;
mod search;
mod walk;
