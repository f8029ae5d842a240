//! Who agreed with whom, and what they did together.

use super::super::rows::{from_doc, parse_opt, position, total};
use super::super::{Conn, LOOKUP};
use super::label;
use crate::agreement::AgreementBetween;
use crate::error::Result;
use crate::schema::{agreement_parties, agreements, organisations, participations};
use crate::types::{Doc, Id};
use consortia_domain::agreement::{AgreementContent, AgreementRef, NAMED};
use consortia_domain::id::{AgreementId, OrganisationId, ProjectId};
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(crate) fn count_of(c: &mut Conn, organisation: OrganisationId) -> Result<u64> {
    let of = agreement_parties::organisation_id.eq(Id::of(organisation));
    total(agreement_parties::table.filter(of).count().get_result(c)?)
}

/// Names the agreements anew that are called after one of these organisations.
pub(crate) fn relabel_those_of(c: &mut Conn, organisations: &[Id]) -> Result<()> {
    let named = position(NAMED)?;
    let mut touched: BTreeSet<Id> = BTreeSet::new();
    for some in organisations.chunks(LOOKUP) {
        let of = agreement_parties::table
            .filter(agreement_parties::organisation_id.eq_any(some))
            .filter(agreement_parties::position.lt(named))
            .select(agreement_parties::agreement_id);
        touched.extend(of.load::<Id>(c)?);
    }
    for id in touched {
        let content: Doc = agreements::table.find(id).select(agreements::content).first(c)?;
        let content: AgreementContent = from_doc(&content)?;
        if content.titles.is_empty() {
            label(c, id, &content)?;
        }
    }
    Ok(())
}

pub(crate) fn counterparts(c: &mut Conn, of: &[OrganisationId]) -> Result<Vec<OrganisationId>> {
    let own: Vec<Id> = of.iter().copied().map(Id::of).collect();
    let mut found: BTreeMap<Id, String> = BTreeMap::new();
    for some in own.chunks(LOOKUP) {
        let agreed = agreement_parties::table
            .filter(agreement_parties::organisation_id.eq_any(some))
            .select(agreement_parties::agreement_id);
        let ids: Vec<Id> = agreed.load(c)?;
        for ids in ids.chunks(LOOKUP) {
            let parties: Vec<(Id, String)> = agreement_parties::table
                .inner_join(
                    organisations::table
                        .on(organisations::id.eq(agreement_parties::organisation_id)),
                )
                .filter(agreement_parties::agreement_id.eq_any(ids))
                .select((organisations::id, organisations::label_key))
                .load(c)?;
            found.extend(parties);
        }
    }
    for id in &own {
        found.remove(id);
    }
    let mut found: Vec<(String, Id)> = found.into_iter().map(|(id, label)| (label, id)).collect();
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, id)| id.0.into()).collect())
}

/// The columns of an agreement's short form.
type RefRow = (Id, String, Option<String>, Option<String>);

fn reference((id, label, kind, signed): RefRow) -> Result<AgreementRef> {
    let (kind, signed) = (parse_opt(kind.as_deref())?, parse_opt(signed.as_deref())?);
    Ok(AgreementRef { id: id.0.into(), label, kind, signed })
}

pub(crate) fn between(
    c: &mut Conn,
    organisations: &[OrganisationId],
) -> Result<Vec<AgreementBetween>> {
    let ids: Vec<Id> = organisations.iter().copied().map(Id::of).collect();
    let mut parties: BTreeMap<Id, Vec<(i32, Id)>> = BTreeMap::new();
    for some in ids.chunks(LOOKUP) {
        let rows: Vec<(Id, i32, Id)> = agreement_parties::table
            .filter(agreement_parties::organisation_id.eq_any(some))
            .select((
                agreement_parties::agreement_id,
                agreement_parties::position,
                agreement_parties::organisation_id,
            ))
            .load(c)?;
        for (agreement, position, organisation) in rows {
            parties.entry(agreement).or_default().push((position, organisation));
        }
    }
    parties.retain(|_, parties| parties.len() > 1);
    let ids: Vec<Id> = parties.keys().copied().collect();
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(LOOKUP) {
        let rows: Vec<RefRow> = agreements::table
            .filter(agreements::id.eq_any(some))
            .select((agreements::id, agreements::label, agreements::kind, agreements::signed))
            .order(agreements::id)
            .load(c)?;
        for row in rows {
            let mut parties = parties.remove(&row.0).unwrap_or_default();
            parties.sort_unstable();
            let parties = parties.into_iter().map(|(_, id)| id.0.into()).collect();
            found.push(AgreementBetween { agreement: reference(row)?, parties });
        }
    }
    Ok(found)
}

pub(crate) fn joint_projects(
    c: &mut Conn,
    id: AgreementId,
) -> Result<Vec<(ProjectId, Vec<OrganisationId>)>> {
    let rows: Vec<(Id, i32, Id)> = participations::table
        .inner_join(
            agreement_parties::table
                .on(agreement_parties::organisation_id.eq(participations::organisation_id)),
        )
        .filter(agreement_parties::agreement_id.eq(Id::of(id)))
        .select((
            participations::project_id,
            agreement_parties::position,
            agreement_parties::organisation_id,
        ))
        .distinct()
        .load(c)?;
    let mut projects: HashMap<Id, Vec<(i32, Id)>> = HashMap::new();
    for (project, position, organisation) in rows {
        projects.entry(project).or_default().push((position, organisation));
    }
    let mut joint: Vec<(ProjectId, Vec<OrganisationId>)> = projects
        .into_iter()
        .filter(|(_, parties)| parties.len() > 1)
        .map(|(project, mut parties)| {
            parties.sort_unstable();
            (project.0.into(), parties.into_iter().map(|(_, id)| id.0.into()).collect())
        })
        .collect();
    joint.sort_unstable();
    Ok(joint)
}
