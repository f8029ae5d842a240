//! The store on both engines, through its public face.

mod common;
mod import;
mod lists;
mod migrations;
mod partners;
mod records;
mod search;
mod tls;
mod writer;
