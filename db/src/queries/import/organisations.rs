//! Organisations of a batch.

use super::super::{Conn, organisation};
use super::dates::Dates;
use super::edits::keep;
use super::gather::{Gathered, Sorted};
use super::targets::{ByExternalId, Target};
use crate::conn::Stamp;
use crate::error::Result;
use crate::import::{Outcome, merge};
use consortia_domain::id::{EntityKind, OrganisationId};
use consortia_domain::import::OrganisationRecord;
use consortia_domain::organisation::{Organisation, OrganisationContent};
use consortia_domain::place::Place;
use std::collections::HashMap;

const KIND: EntityKind = EntityKind::Organisation;

pub(super) fn apply(
    c: &mut Conn,
    by: &Stamp,
    records: &[OrganisationRecord],
    outcome: &mut Outcome,
) -> Result<()> {
    let ids = records
        .iter()
        .flat_map(|record| std::iter::once(&record.key).chain(&record.content.external_ids));
    let mut targets = ByExternalId::look_up(c, KIND, ids)?;
    // What is said of each target: several records may be about one.
    let mut gathered = Gathered::new();
    for record in records {
        let mut content = stated(record);
        let fresh = OrganisationId::generate();
        let ids = &mut content.external_ids;
        let target = match targets.decide(ids, fresh.into(), &record.origin, outcome) {
            Target::Deleted => continue,
            Target::Known(id) => (id.into(), true),
            Target::New => (fresh, false),
        };
        gathered.add(target, content, record.as_of, &record.origin);
    }
    let known = gathered.known();
    let mut dates = Dates::load(c, &known)?;
    let stored = organisation::load(c, &known)?;
    let stored: HashMap<OrganisationId, Organisation> =
        stored.into_iter().map(|record| (record.id, record)).collect();
    let Sorted { known, new } =
        gathered.merged(stored, &mut dates, |record| &record.content, merge::organisation);
    outcome.organisations.created += new.len() as u64;
    organisation::insert_unchecked(c, by, &new)?;
    let changed = keep(c, KIND, known, |record| &record.content, outcome)?;
    organisation::update_unchecked(c, by, &changed)?;
    dates.store(c)
}

/// What a record states, in the form it will be kept in: its key among its identifiers.
fn stated(record: &OrganisationRecord) -> OrganisationContent {
    let mut content = record.content.clone();
    content.place = content.place.and_then(Place::known);
    content.parent_id = None;
    if !content.external_ids.contains(&record.key) {
        content.external_ids.insert(0, record.key.clone());
    }
    content
}
