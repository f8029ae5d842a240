//! Participations of a batch.

use super::super::{Conn, participation, tombstones};
use super::dates::Dates;
use super::edits::{Merge, keep};
use super::targets::ByExternalId;
use crate::conn::Stamp;
use crate::error::Result;
use crate::import::{Conflict, ConflictKind, Outcome, merge};
use consortia_domain::id::{EntityKind, OrganisationId, ParticipationId, ProjectId};
use consortia_domain::import::{ParticipationRecord, ProjectParticipations, Severity};
use consortia_domain::participation::ParticipationContent;
use participation::Known;
use std::collections::HashMap;

const KIND: EntityKind = EntityKind::Participation;

/// A participation of the batch with its references found.
struct Said<'a> {
    project: ProjectId,
    content: ParticipationContent,
    record: &'a ParticipationRecord,
}

pub(super) fn apply(
    c: &mut Conn,
    by: &Stamp,
    records: &[ProjectParticipations],
    outcome: &mut Outcome,
) -> Result<()> {
    let mut seats = resolve(c, records, outcome)?;
    let mut projects: Vec<ProjectId> = seats.iter().map(|said| said.project).collect();
    projects.sort_unstable();
    projects.dedup();
    let mut known: HashMap<(ProjectId, OrganisationId), Vec<Known>> = HashMap::new();
    let mut met = Vec::new();
    for record in participation::load_of(c, &projects)? {
        met.push(record.id);
        let pair = (record.project_id.0.into(), record.content.organisation_id);
        known.entry(pair).or_default().push(record);
    }
    // Both sides of a pair of project and organisation are matched together.
    let mut said: HashMap<(ProjectId, OrganisationId), Vec<Said<'_>>> = HashMap::new();
    let mut order = Vec::new();
    for seat in seats.drain(..) {
        let pair = (seat.project, seat.content.organisation_id);
        let of_pair = said.entry(pair).or_default();
        if of_pair.is_empty() {
            order.push(pair);
        }
        of_pair.push(seat);
    }
    let mut dates = Dates::load(c, &met)?;
    let mut merges = Vec::new();
    let mut unmatched = Vec::new();
    for pair in order {
        let of_pair = said.remove(&pair).unwrap_or_default();
        let stored = known.remove(&pair).unwrap_or_default();
        let (same, new) = matched(stored, of_pair);
        merges.extend(same.into_iter().map(|(record, said)| Merge {
            id: record.id.0,
            merged: dates.merge(
                record.id.0,
                said.record.as_of,
                &record.content,
                &said.content,
                merge::participation,
            ),
            record,
            origin: &said.record.origin,
        }));
        unmatched.extend(new);
    }
    let new = not_deleted(c, unmatched, &mut dates, outcome)?;
    outcome.participations.created += new.len() as u64;
    participation::insert_unchecked(c, by, &new)?;
    let changed = keep(c, KIND, merges, |record| &record.content, outcome)?;
    participation::update_unchecked(c, by, &changed)?;
    dates.store(c)
}

/// Finds the projects and organisations the batch names; what names none is rejected, what
/// names a deleted one is a conflict.
fn resolve<'a>(
    c: &mut Conn,
    records: &'a [ProjectParticipations],
    outcome: &mut Outcome,
) -> Result<Vec<Said<'a>>> {
    let ids = records.iter().flat_map(|group| &group.project);
    let projects = ByExternalId::look_up(c, EntityKind::Project, ids)?;
    let each = || records.iter().flat_map(|group| &group.participations);
    let organisations =
        ByExternalId::look_up(c, EntityKind::Organisation, each().map(|r| &r.organisation))?;
    let mut seats = Vec::with_capacity(each().count());
    for group in records {
        let project = group.project.iter().find_map(|id| projects.get(id));
        let deleted = group.project.iter().find_map(|id| projects.deleted(id));
        for record in &group.participations {
            let organisation = organisations.get(&record.organisation);
            let deleted = if project.is_none() {
                deleted.map(|id| (EntityKind::Project, id))
            } else {
                let of = organisations.deleted(&record.organisation);
                of.map(|id| (EntityKind::Organisation, id))
            };
            match (project, organisation, deleted) {
                (Some(project), Some(organisation), _) => seats.push(Said {
                    project: project.into(),
                    content: stated(record, organisation.into()),
                    record,
                }),
                (_, _, Some((entity, record_id))) => outcome.conflicts.push(Conflict {
                    entity,
                    record_id,
                    kind: ConflictKind::Deleted,
                    origin: record.origin.clone(),
                }),
                (None, _, None) => {
                    let named: Vec<_> = group.project.iter().map(ToString::to_string).collect();
                    let reason = "There is no project of this identifier; import the projects \
                                  of this participation first.";
                    let value = &named.join(", ");
                    outcome.reject(&record.origin, "project", value, Severity::Rejected, reason);
                }
                (Some(_), None, None) => {
                    let reason = "There is no organisation of this identifier; the row that \
                                  names it was not taken.";
                    let value = &record.organisation;
                    outcome.reject(
                        &record.origin,
                        "organisation",
                        value,
                        Severity::Rejected,
                        reason,
                    );
                }
            }
        }
    }
    Ok(seats)
}

fn stated(record: &ParticipationRecord, organisation: OrganisationId) -> ParticipationContent {
    ParticipationContent {
        role: record.role,
        order: record.order,
        ec_contribution: record.ec_contribution,
        net_ec_contribution: record.net_ec_contribution,
        total_cost: record.total_cost,
        ended: record.ended,
        ..ParticipationContent::of(organisation)
    }
}

/// Pairs what is known of an organisation in a project with what is said: the nth of a role
/// with the nth of that role; then, when each side has one left, those two, so that a
/// changed role is a change. Gives the pairs and what was said of no known one.
fn matched(mut known: Vec<Known>, said: Vec<Said<'_>>) -> (Vec<(Known, Said<'_>)>, Vec<Said<'_>>) {
    let mut pairs = Vec::new();
    let mut left = Vec::new();
    for said in said {
        match known.iter().position(|known| known.content.role == said.content.role) {
            Some(place) => pairs.push((known.remove(place), said)),
            None => left.push(said),
        }
    }
    if known.len() == 1 && left.len() == 1 {
        pairs.extend(known.into_iter().zip(left.drain(..)));
    }
    (pairs, left)
}

/// What of `said` may be created: not what somebody deleted.
fn not_deleted(
    c: &mut Conn,
    said: Vec<Said<'_>>,
    dates: &mut Dates,
    outcome: &mut Outcome,
) -> Result<Vec<(ParticipationId, ProjectId, ParticipationContent)>> {
    let key = |said: &Said<'_>| {
        tombstones::seat(said.project, said.content.organisation_id, said.content.role)
    };
    let keys: Vec<String> = said.iter().map(key).collect();
    let deleted = tombstones::buried(c, KIND, &keys)?;
    let mut new = Vec::with_capacity(said.len());
    for (said, key) in said.into_iter().zip(keys) {
        let Some(record_id) = deleted.get(&key) else {
            let id = ParticipationId::generate();
            dates.note(id.into(), said.record.as_of);
            new.push((id, said.project, said.content));
            continue;
        };
        outcome.conflicts.push(Conflict {
            entity: KIND,
            record_id: *record_id,
            kind: ConflictKind::Deleted,
            origin: said.record.origin.clone(),
        });
    }
    Ok(new)
}
