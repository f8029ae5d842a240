//! Applying batches of an import: whole batches are looked up, compared and written at
//! once. How the parts of one kind of record are matched is in the files below.

mod calls;
mod dates;
mod edits;
mod gather;
mod organisations;
mod participations;
mod programmes;
mod projects;
mod targets;

pub(crate) use dates::forget;
pub(crate) use programmes::seed_programmes;

use super::{Conn, statistics};
use crate::conn::Stamp;
use crate::error::Result;
use crate::import::Outcome;
use consortia_domain::import::Batch;

pub(crate) fn apply(c: &mut Conn, by: &Stamp, batch: &Batch) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    // The tables the next batch of the same kind is looked up in.
    let tables: &[&str] = match batch {
        Batch::Programmes(records) => {
            programmes::apply(c, by, records, &mut outcome)?;
            &["programmes", "programme_aliases"]
        }
        Batch::Calls(records) => {
            calls::apply(c, by, records, &mut outcome)?;
            &["calls"]
        }
        Batch::Organisations(records) => {
            organisations::apply(c, by, records, &mut outcome)?;
            &["organisations", "organisation_external_ids", "search_documents", "revisions"]
        }
        Batch::Projects(records) => {
            projects::apply(c, by, records, &mut outcome)?;
            &["projects", "project_external_ids", "project_fundings", "search_documents"]
        }
        Batch::Participations(records) => {
            participations::apply(c, by, records, &mut outcome)?;
            &["participations", "revisions"]
        }
    };
    statistics::refresh(c, tables)?;
    Ok(outcome)
}
