//! Organisations: reading and writing single ones. Lists are in `list`.

mod bulk;
mod list;

pub(crate) use bulk::{load, update_unchecked};
pub(crate) use list::list;

use super::external_ids::organisation as external_ids;
use super::levels::Tree;
use super::lookup::organisation as lookup;
use super::references::References;
use super::revision::{self, Change};
use super::rows::{from_doc, integer, naive, parse_opt, stamp, text, to_doc};
use super::usage::usage_of;
use super::{Backend, CHUNK, Conn, LOOKUP, check_version, contact, search, tombstones};
use crate::conn::Stamp;
use crate::error::{Error, Result, Usage};
use crate::schema::{
    agreement_parties, claims, organisations, participations, programme_funders, project_fundings,
    relations,
};
use crate::search::Document;
use crate::types::{Doc, Id};
use chrono::NaiveDateTime;
use consortia_domain::decode::{Decode, Object};
use consortia_domain::external_id::ExternalId;
use consortia_domain::group::Group;
use consortia_domain::id::{EntityKind, OrganisationId, RecordRef};
use consortia_domain::organisation::{
    NameKind, Organisation, OrganisationContent, OrganisationRef,
};
use consortia_domain::page::{Correction, SearchQuery};
use consortia_domain::place::{Coordinates, Place};
use consortia_domain::text::search_key;
use consortia_domain::{Errors, Pointer};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use uuid::Uuid;

const KIND: EntityKind = EntityKind::Organisation;
const TREE: Tree = Tree { kind: KIND, table: "organisations" };

/// A row of `organisations`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    pub(crate) id: Id,
    pub(crate) label: String,
    pub(crate) label_key: String,
    short_name: Option<String>,
    names: Doc,
    pub(crate) country: Option<String>,
    city: Option<String>,
    city_key: Option<String>,
    postcode: Option<String>,
    nuts: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    type_: Option<String>,
    kind: Option<String>,
    sector: Option<String>,
    legal_form: Option<String>,
    sme: Option<bool>,
    homepage: Option<String>,
    founded: Option<String>,
    parent_id: Option<Id>,
    status: Option<String>,
    version: i32,
    pub(crate) created_at: NaiveDateTime,
    pub(crate) updated_at: NaiveDateTime,
    details: Option<Doc>,
}

/// What the column `details` holds, null where there is nothing to hold: the lists that are
/// read whole.
#[derive(Serialize)]
struct Details<'a> {
    groups: Cow<'a, [Group]>,
}

impl Decode for Details<'_> {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let groups = Cow::Owned(object.list("groups"));
        object.finish().then_some(Self { groups })
    }
}

impl Row {
    fn write(
        id: Id,
        content: &OrganisationContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        let label = content.label(id.0.into());
        let place = content.place.clone().unwrap_or_default();
        Ok(Self {
            id,
            label_key: search_key(&label),
            label,
            short_name: text(content.name(NameKind::Short)),
            names: to_doc(&content.names)?,
            country: text(content.country.as_ref()),
            city_key: place.city.as_ref().map(|city| search_key(city.as_str())),
            city: text(place.city.as_ref()),
            postcode: text(place.postcode.as_ref()),
            nuts: text(place.nuts.as_ref()),
            latitude: place.coordinates.map(|point| point.latitude),
            longitude: place.coordinates.map(|point| point.longitude),
            type_: text(content.r#type.as_ref()),
            kind: text(content.kind.as_ref()),
            sector: text(content.sector.as_ref()),
            legal_form: text(content.legal_form.as_ref()),
            sme: content.sme,
            homepage: text(content.homepage.as_ref()),
            founded: text(content.founded.as_ref()),
            parent_id: content.parent_id.map(Id::of),
            status: text(content.status.as_ref()),
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
            details: match content.groups.as_slice() {
                [] => None,
                groups => Some(to_doc(&Details { groups: Cow::Borrowed(groups) })?),
            },
        })
    }

    fn place(&self) -> Result<Option<Place>> {
        let coordinates = match self.latitude.zip(self.longitude) {
            None => None,
            Some((latitude, longitude)) => {
                let point = Coordinates::new(latitude, longitude);
                Some(
                    point
                        .map_err(|fault| Error::internal(format!("the database holds {fault}")))?,
                )
            }
        };
        let place = Place {
            city: parse_opt(self.city.as_deref())?,
            postcode: parse_opt(self.postcode.as_deref())?,
            nuts: parse_opt(self.nuts.as_deref())?,
            coordinates,
        };
        Ok(place.known())
    }

    fn read(self, external_ids: &mut HashMap<Id, Vec<ExternalId>>) -> Result<Organisation> {
        let content = OrganisationContent {
            names: from_doc(&self.names)?,
            country: parse_opt(self.country.as_deref())?,
            place: self.place()?,
            r#type: parse_opt(self.type_.as_deref())?,
            kind: parse_opt(self.kind.as_deref())?,
            sector: parse_opt(self.sector.as_deref())?,
            legal_form: parse_opt(self.legal_form.as_deref())?,
            sme: self.sme,
            homepage: parse_opt(self.homepage.as_deref())?,
            founded: parse_opt(self.founded.as_deref())?,
            parent_id: self.parent_id.map(|id| id.0.into()),
            groups: match &self.details {
                None => Vec::new(),
                Some(doc) => from_doc::<Details<'_>>(doc)?.groups.into_owned(),
            },
            external_ids: external_ids.remove(&self.id).unwrap_or_default(),
            status: parse_opt(self.status.as_deref())?,
        };
        let stamp = stamp(self.version, self.created_at, self.updated_at)?;
        Ok(Organisation { id: self.id.0.into(), label: self.label, content, sources: None, stamp })
    }
}

/// Rows with what belongs to them, in the order given.
pub(crate) fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Organisation>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut externals = external_ids::load(c, &ids)?;
    rows.into_iter().map(|row| row.read(&mut externals)).collect()
}

fn find(c: &mut Conn, id: Id) -> Result<Organisation> {
    let row = organisations::table.find(id).select(Row::as_select()).first(c).optional()?;
    let Some(row) = row else { return Err(lookup::missing(c, id)?) };
    row.read(&mut external_ids::load(c, &[id])?)
}

pub(crate) fn get(c: &mut Conn, wanted: &RecordRef) -> Result<Organisation> {
    // By id there is no need to look first whether it is there.
    let id = match wanted {
        RecordRef::Id(id) => Id(*id),
        RecordRef::External(_) => lookup::resolve(c, wanted)?,
    };
    find(c, id)
}

pub(crate) fn resolve(c: &mut Conn, wanted: &RecordRef) -> Result<OrganisationId> {
    Ok(lookup::resolve(c, wanted)?.0.into())
}

pub(crate) fn external_ids(
    c: &mut Conn,
    ids: &[OrganisationId],
) -> Result<HashMap<OrganisationId, Vec<ExternalId>>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let some = external_ids::load(c, ids)?;
        found.extend(some.into_iter().map(|(id, own)| (id.0.into(), own)));
    }
    Ok(found)
}

pub(crate) fn references(
    c: &mut Conn,
    ids: &[OrganisationId],
) -> Result<HashMap<OrganisationId, OrganisationRef>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let rows: Vec<(Id, String, Option<String>, Option<String>)> = organisations::table
            .filter(organisations::id.eq_any(ids))
            .select((
                organisations::id,
                organisations::label,
                organisations::short_name,
                organisations::country,
            ))
            .load(c)?;
        for row in rows {
            let found_one = reference(row)?;
            found.insert(found_one.id, found_one);
        }
    }
    Ok(found)
}

/// The short form of an organisation of its columns.
pub(crate) fn reference(
    (id, label, short_name, country): (Id, String, Option<String>, Option<String>),
) -> Result<OrganisationRef> {
    let country = parse_opt(country.as_deref())?;
    Ok(OrganisationRef { id: id.0.into(), label, short_name, country })
}

pub(crate) fn matching(c: &mut Conn, query: &SearchQuery) -> Result<(Vec<Uuid>, Vec<Correction>)> {
    let plan = search::plan(c, KIND, query)?;
    let found: Vec<Id> = search::matching(&plan).load(c)?;
    Ok((found.into_iter().map(|id| id.0).collect(), plan.corrections))
}

/// Content as it will be read back: a place of which nothing is known is none.
fn normalised(content: &OrganisationContent) -> OrganisationContent {
    let mut content = content.clone();
    content.place = content.place.and_then(Place::known);
    content
}

/// Refuses content that cannot be stored of the record `id`, of which the parent `was` another.
fn check(
    c: &mut Conn,
    id: Id,
    was: Option<OrganisationId>,
    content: &OrganisationContent,
) -> Result<()> {
    let mut references = References::default();
    references.organisation(Pointer::root().field("parent_id"), content.parent_id);
    references.check(c)?;
    TREE.check(c, id, was.map(Id::of), content.parent_id.map(Id::of))?;
    external_ids::check(c, id, &content.external_ids)
}

pub(crate) fn create(
    c: &mut Conn,
    by: &Stamp,
    content: &OrganisationContent,
) -> Result<Organisation> {
    insert(c, by, OrganisationId::generate(), content)
}

/// Registers a record under an id that nothing has.
pub(crate) fn insert(
    c: &mut Conn,
    by: &Stamp,
    id: OrganisationId,
    content: &OrganisationContent,
) -> Result<Organisation> {
    check(c, Id::of(id), None, content)?;
    insert_unchecked(c, by, &[(id, content.clone())])?;
    find(c, Id::of(id))
}

/// Writes new records whose references and identifiers the caller has checked: imports
/// check whole batches at once. The database's own constraints still hold.
pub(crate) fn insert_unchecked(
    c: &mut Conn,
    by: &Stamp,
    records: &[(OrganisationId, OrganisationContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    let mut documents = Vec::with_capacity(records.len());
    let mut rows = Vec::with_capacity(records.len());
    for (id, content) in records {
        let content = normalised(content);
        rows.push(Row::write(Id::of(*id), &content, 1, naive(by.now), by)?);
        documents.push(Document::organisation((*id).into(), &content));
        changes.push(Change::created(KIND, (*id).into(), &content)?);
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(organisations::table).values(chunk).execute(c)?;
    }
    let externals =
        records.iter().map(|(id, content)| (Id::of(*id), content.external_ids.as_slice()));
    external_ids::insert(c, externals)?;
    search::index(c, &documents)?;
    revision::append(c, by, changes)
}

pub(crate) fn update(
    c: &mut Conn,
    by: &Stamp,
    id: OrganisationId,
    expected: Option<u32>,
    content: &OrganisationContent,
) -> Result<Organisation> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    let new = normalised(content);
    if new == old.content {
        return Ok(old);
    }
    check(c, key, old.content.parent_id, &new)?;
    update_unchecked(c, by, &[(old, new)])?;
    find(c, key)
}

pub(crate) fn delete(
    c: &mut Conn,
    by: &Stamp,
    id: OrganisationId,
    expected: Option<u32>,
) -> Result<()> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    let taken_part = participations::organisation_id.eq(key);
    let related = relations::from_organisation_id.eq(key).or(relations::to_organisation_id.eq(key));
    let party = agreement_parties::organisation_id.eq(key);
    Usage::none([
        usage_of!(c, Participation, participations.id, taken_part).found_by("organisation", key.0),
        usage_of!(c, Project, project_fundings.project_id, project_fundings::funder_id.eq(key)),
        usage_of!(
            c,
            Programme,
            programme_funders.programme_id,
            programme_funders::organisation_id.eq(key)
        )
        .found_by("funder", key.0),
        usage_of!(c, Organisation, organisations.id, organisations::parent_id.eq(key))
            .found_by("parent", key.0),
        usage_of!(c, Relation, relations.id, related).found_by("organisation", key.0),
        usage_of!(c, Claim, claims.id, claims::organisation_id.eq(key))
            .found_by("organisation", key.0),
        usage_of!(c, Agreement, agreement_parties.agreement_id, party).found_by("party", key.0),
    ])?;
    contact::remove_all_of(c, by, key)?;
    diesel::delete(organisations::table.find(key)).execute(c)?;
    search::remove(c, &[key.0])?;
    let keys = old.content.external_ids.iter().filter_map(tombstones::external);
    tombstones::bury(c, KIND, key.0, keys)?;
    revision::append(c, by, vec![Change::deleted(KIND, id.into(), old.stamp.version)])
}
