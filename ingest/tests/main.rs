//! What sources are read as.

mod common;
mod h2020;
mod quirks;
mod samples;
mod sources;
mod vintages;
mod workbook;
