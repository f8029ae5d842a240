//! Agreements: reading and writing single ones. Lists are in `list`, who agreed with whom and
//! what they did together in `parties`.

mod list;
mod parties;

pub(crate) use list::list;
pub(crate) use parties::{between, count_of, counterparts, joint_projects, relabel_those_of};

use super::references::References;
use super::rows::{from_doc, integer, naive, position, stamp, text, to_doc};
use super::written::written;
use super::{Backend, CHUNK, Conn, organisation, search};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::schema::{agreement_facets, agreement_parties, agreements};
use crate::search::Document;
use crate::types::{Doc, Id};
use chrono::{NaiveDate, NaiveDateTime};
use consortia_domain::Pointer;
use consortia_domain::agreement::{Agreement, AgreementContent};
use consortia_domain::id::{AgreementId, OrganisationId};
use consortia_domain::partial_date::PartialDate;
use consortia_domain::territory::Territory;
use consortia_domain::text::search_key;
use diesel::prelude::*;
use std::collections::BTreeSet;

/// The facet of whom an agreement is for; keys are folded.
const TARGET_GROUP: &str = "target_group";
/// The facet of the countries of its territories; keys are codes.
const TERRITORY_COUNTRY: &str = "territory_country";

/// A row of `agreements`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = agreements, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    label: String,
    label_key: String,
    kind: Option<String>,
    signed: Option<String>,
    signed_earliest: Option<NaiveDate>,
    signed_latest: Option<NaiveDate>,
    starts_earliest: Option<NaiveDate>,
    ends_latest: Option<NaiveDate>,
    content: Doc,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    /// The label is the title's as long as [`keep`] has not looked up the parties.
    fn write(
        id: Id,
        content: &AgreementContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        let label = content.label(id.0.into(), &[]);
        Ok(Self {
            id,
            label_key: search_key(&label),
            label,
            kind: text(content.kind.as_ref()),
            signed: text(content.signed.as_ref()),
            signed_earliest: content.signed.map(PartialDate::earliest),
            signed_latest: content.signed.map(PartialDate::latest),
            starts_earliest: content.period.earliest_start(),
            ends_latest: content.period.latest_end(),
            content: to_doc(content)?,
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
        })
    }
}

/// Rows with the short forms of their parties, in the order given. One query, however many
/// rows.
fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Agreement>> {
    let contents =
        rows.iter().map(|row| from_doc(&row.content)).collect::<Result<Vec<AgreementContent>>>()?;
    let parties: BTreeSet<OrganisationId> =
        contents.iter().flat_map(|content| content.party_ids.iter().copied()).collect();
    let known = organisation::references(c, &parties.into_iter().collect::<Vec<_>>())?;
    let read = |(row, content): (Row, AgreementContent)| {
        let parties = content.party_ids.iter().map(|id| {
            let known = known.get(id).cloned();
            known.ok_or_else(|| Error::internal("an agreement has a party that is not there"))
        });
        Ok(Agreement {
            id: row.id.0.into(),
            label: row.label,
            parties: parties.collect::<Result<_>>()?,
            content,
            in_language: None,
            sources: None,
            stamp: stamp(row.version, row.created_at, row.updated_at)?,
        })
    };
    rows.into_iter().zip(contents).map(read).collect()
}

written! {
    agreements: Agreement, AgreementContent, AgreementId, Agreement;
    kept by keep;
    released by release;
}

/// Refuses parties that are not there.
fn check(c: &mut Conn, _: Id, content: &AgreementContent) -> Result<()> {
    let mut references = References::default();
    let at = Pointer::root().field("party_ids");
    for (n, party) in content.party_ids.iter().enumerate() {
        references.organisation(at.index(n), Some(*party));
    }
    references.check(c)
}

/// Writes parties, facets, the label and what is searched.
fn keep(c: &mut Conn, id: Id, content: &AgreementContent) -> Result<()> {
    let parties = agreement_parties::table.filter(agreement_parties::agreement_id.eq(id));
    diesel::delete(parties).execute(c)?;
    let facets = agreement_facets::table.filter(agreement_facets::agreement_id.eq(id));
    diesel::delete(facets).execute(c)?;

    let mut rows = Vec::with_capacity(content.party_ids.len());
    for (n, party) in content.party_ids.iter().enumerate() {
        rows.push((
            agreement_parties::agreement_id.eq(id),
            agreement_parties::position.eq(position(n)?),
            agreement_parties::organisation_id.eq(Id::of(*party)),
        ));
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(agreement_parties::table).values(chunk.to_vec()).execute(c)?;
    }
    let rows: Vec<_> = facets_of(content)
        .into_iter()
        .map(|(facet, key)| {
            (
                agreement_facets::agreement_id.eq(id),
                agreement_facets::facet.eq(facet),
                agreement_facets::key.eq(key),
            )
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(agreement_facets::table).values(chunk.to_vec()).execute(c)?;
    }
    label(c, id, content)
}

/// What an agreement is found by, each once.
fn facets_of(content: &AgreementContent) -> BTreeSet<(&'static str, String)> {
    let groups = content.target_groups.iter().map(|of| (TARGET_GROUP, search_key(of.as_str())));
    let countries = content.territories.iter().filter_map(Territory::lies_in);
    groups.chain(countries.map(|of| (TERRITORY_COUNTRY, of.code().to_owned()))).collect()
}

/// Writes the label anew, after its parties as they are called now, and what is searched.
fn label(c: &mut Conn, id: Id, content: &AgreementContent) -> Result<()> {
    let named = content.named_parties();
    let parties = organisation::references(c, named)?;
    let parties = named.iter().filter_map(|party| parties.get(party));
    let parties: Vec<&str> = parties.map(|party| party.label.as_str()).collect();
    let label = content.label(id.0.into(), &parties);
    let document = Document::agreement(id.0, &label, content);
    diesel::update(agreements::table.find(id))
        .set((agreements::label_key.eq(search_key(&label)), agreements::label.eq(label)))
        .execute(c)?;
    search::index(c, &[document])
}

fn release(c: &mut Conn, id: Id) -> Result<()> {
    search::remove(c, &[id.0])
}
