//! The service inside its process: what needs no socket and no binary.

mod authorisation;
mod common;
mod configuration;
mod imports;
mod panics;
mod problems;
mod representations;
mod resources;
mod server;
mod surface;
