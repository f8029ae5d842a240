//! Consortia over HTTP and on the command line.
//!
//! - The service: [`server`] builds and runs it, [`app`] puts routes together, `frame`
//!   surrounds every handler, [`routes`] holds one file per resource.
//! - Requests and answers: [`extract`] reads, [`respond`] answers, [`problem`] says what
//!   went wrong, from one table of codes.
//! - [`import`] fills the registry from files, [`export`] and [`workbook`] write it to files, for
//!   the command line and for the API.
//! - [`network`] holds the partner network in memory and asks it, [`themes`] the themes in use.
//! - `admission` lets in as many requests as can be answered, [`limits`] as many as one client may
//!   make; `metrics` and `traces` tell those who watch.
//! - [`auth`] tells who may write, [`config`] what is set, [`openapi`] describes it all.
//! - [`cli`] is the `consortia` program.

mod admission;
mod agent;
pub mod app;
mod attribution;
pub mod auth;
pub mod cli;
mod compress;
pub mod config;
mod cors;
pub mod drawing;
mod erasure;
pub mod export;
pub mod extract;
mod frame;
pub mod funding;
pub mod import;
pub mod limits;
mod metrics;
pub mod network;
pub mod openapi;
mod personal_data;
pub mod problem;
pub mod request_id;
pub mod respond;
pub mod routes;
mod security_headers;
pub mod server;
pub mod state;
pub mod telemetry;
pub mod themes;
mod traces;
mod words;
pub mod workbook;
mod xml;
