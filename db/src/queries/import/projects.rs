//! Projects of a batch.

use super::super::{Conn, project};
use super::dates::Dates;
use super::edits::keep;
use super::gather::{Gathered, Sorted};
use super::targets::{ByCode, ByExternalId, ByIdentifier, Target};
use crate::conn::Stamp;
use crate::error::Result;
use crate::import::{Outcome, merge};
use consortia_domain::funding::Funding;
use consortia_domain::id::{EntityKind, ProjectId};
use consortia_domain::import::{FundingRecord, Origin, ProjectRecord, Severity};
use consortia_domain::project::Project;
use std::collections::HashMap;

const KIND: EntityKind = EntityKind::Project;

pub(super) fn apply(
    c: &mut Conn,
    by: &Stamp,
    records: &[ProjectRecord],
    outcome: &mut Outcome,
) -> Result<()> {
    let fundings = || records.iter().flat_map(|record| &record.fundings);
    let named = Named {
        programmes: ByCode::look_up(c, fundings().filter_map(|f| f.programme.as_ref()))?,
        calls: ByIdentifier::look_up(c, fundings().filter_map(|f| f.call.as_ref()))?,
    };
    let ids = records.iter().flat_map(|record| &record.content.external_ids);
    let mut targets = ByExternalId::look_up(c, KIND, ids)?;
    let mut gathered = Gathered::new();
    for record in records {
        let mut content = record.content.clone();
        let fresh = ProjectId::generate();
        let ids = &mut content.external_ids;
        let target = match targets.decide(ids, fresh.into(), &record.origin, outcome) {
            Target::Deleted => continue,
            Target::Known(id) => (id.into(), true),
            Target::New if record.only_adds => {
                let named: Vec<_> = content.external_ids.iter().map(ToString::to_string).collect();
                let reason = "There is no project of this identifier to add to; import the \
                              table of projects too.";
                let value = &named.join(", ");
                outcome.reject(&record.origin, "project", value, Severity::Rejected, reason);
                continue;
            }
            Target::New => (fresh, false),
        };
        let fundings = record.fundings.iter();
        content.fundings =
            fundings.map(|funding| named.funding(funding, &record.origin, outcome)).collect();
        gathered.add(target, content, record.as_of, &record.origin);
    }
    let known = gathered.known();
    let mut dates = Dates::load(c, &known)?;
    let stored = project::load(c, &known)?;
    let stored: HashMap<ProjectId, Project> =
        stored.into_iter().map(|record| (record.id, record)).collect();
    let Sorted { known, new } =
        gathered.merged(stored, &mut dates, |record| &record.content, merge::project);
    outcome.projects.created += new.len() as u64;
    project::insert_unchecked(c, by, &new)?;
    let changed = keep(c, KIND, known, |record| &record.content, outcome)?;
    project::update_unchecked(c, by, &changed)?;
    dates.store(c)
}

/// What the fundings of a batch name.
struct Named {
    programmes: ByCode,
    calls: ByIdentifier,
}

impl Named {
    /// A funding with its names turned into references. A name nobody bears is left out
    /// and reported.
    fn funding(&self, said: &FundingRecord, origin: &Origin, outcome: &mut Outcome) -> Funding {
        let mut funding = Funding::of(said.kind);
        funding.amount = said.amount;
        funding.type_of_action.clone_from(&said.type_of_action);
        if let Some(code) = &said.programme {
            funding.programme_id = self.programmes.get(code);
            if funding.programme_id.is_none() {
                let reason = "There is no programme, or more than one, of this code; the \
                              funding was stored without.";
                outcome.reject(origin, "programme", code, Severity::Notice, reason);
            }
        }
        if let Some(identifier) = &said.call {
            funding.call_id = self.calls.any(identifier);
            if funding.call_id.is_none() {
                let reason = "There is no call of this identifier; the funding was stored \
                              without.";
                outcome.reject(origin, "call", identifier, Severity::Notice, reason);
            }
        }
        funding
    }
}
