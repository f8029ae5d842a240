//! The store on both engines, through its public face.

mod agreements;
mod backup;
mod common;
mod erasing;
mod facts;
mod import;
mod lists;
mod migrations;
mod records;
mod relations;
mod search;
mod tls;
mod untidy;
mod writer;
