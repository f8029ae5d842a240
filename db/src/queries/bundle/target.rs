//! Which records the lines of a bundle mean.

use super::super::{Conn, call, external_ids, programme, revision};
use crate::bundle::BundleOutcome;
use crate::error::{Error, Result};
use crate::schema;
use crate::types::Id;
use consortia_domain::bundle::{Name, RecordLine, Reference};
use consortia_domain::decode::decode;
use consortia_domain::error::Invalid;
use consortia_domain::external_id::ExternalId;
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::programme::{ProgrammeKey, code_key};
use consortia_domain::{Errors, Pointer};
use diesel::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The record a line is about.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// It is there.
    Known(Uuid),
    /// It is to be made, with this id.
    New(Uuid),
}

impl Target {
    /// The record's id.
    pub(super) fn id(self) -> Uuid {
        let (Self::Known(id) | Self::New(id)) = self;
        id
    }
}

/// The id a line gives its record, if it gives one.
pub(super) fn named(line: &RecordLine) -> Option<Uuid> {
    match line.name.as_ref()? {
        Name::Record(RecordRef::Id(id)) => Some(*id),
        Name::Handle(handle) => Some(handle.id()),
        Name::Record(RecordRef::External(_)) => None,
    }
}

/// Finds the record a line is about: by the id it gives, else by the identifiers it states, a
/// programme also by its code.
pub(super) fn find(c: &mut Conn, outcome: &mut BundleOutcome, line: &RecordLine) -> Result<Target> {
    let kind = line.entity;
    let mut stated: Vec<ExternalId> = Vec::new();
    if let Some(Name::Record(RecordRef::External(external))) = &line.name {
        stated.push(external.clone());
    }
    // What is no list of identifiers is refused when the fields are read.
    let listed = line.field("external_ids").and_then(|ids| decode::<Vec<ExternalId>>(ids).ok());
    stated.extend(listed.unwrap_or_default().into_iter().filter(|id| id.scheme().identifies()));

    let given = named(line).map(|id| outcome.ids.get(&id).copied().unwrap_or(id));
    if let Some(id) = given
        && is_there(c, kind, id)?
    {
        return Ok(Target::Known(id));
    }
    let mut found = BTreeSet::new();
    for external in &stated {
        found.extend(carriers(c, kind, external)?);
    }
    if found.is_empty() && !matches!(line.name, Some(Name::Record(RecordRef::Id(_)))) {
        // Branches of the tree may share a code: what another line stands for is not meant.
        let same = same_code(c, line)?;
        found.extend(same.into_iter().filter(|id| !outcome.met.contains_key(&id.0)));
    }
    let known: Vec<Uuid> = found.into_iter().map(|id| id.0).collect();
    match known[..] {
        [id] => {
            outcome.ids.extend(named(line).map(|named| (named, id)));
            Ok(Target::Known(id))
        }
        [] => new(c, line, given, &stated).map(Target::New),
        _ => {
            let reference = stated.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            Err(Error::Ambiguous { reference, candidates: known })
        }
    }
}

/// The id of a record to be made.
fn new(
    c: &mut Conn,
    line: &RecordLine,
    given: Option<Uuid>,
    stated: &[ExternalId],
) -> Result<Uuid> {
    let at = |detail: String| {
        let mut errors = Errors::new();
        errors.body(&Pointer::root().field("id"), Invalid::new("nameless_record", detail));
        Error::Invalid(errors)
    };
    match (given, &line.name) {
        (Some(id), _) => match revision::deletion(c, line.entity, id)? {
            Some((at, reason)) => Err(Error::Gone { kind: line.entity, id, at, reason }),
            None if revision::known(c, &[Id(id)])?.is_empty() && !is_drafted(c, id)? => Ok(id),
            None => Err(at(format!(
                "{id} is the id of a record of another kind or of a draft; give this {} a name of \
                 its own.",
                line.entity
            ))),
        },
        (None, Some(Name::Record(RecordRef::External(external)))) => {
            let stated = line.field("external_ids");
            let stated = stated.and_then(|ids| decode::<Vec<ExternalId>>(ids).ok());
            if stated.is_some_and(|ids| ids.contains(external)) {
                return Ok(Uuid::now_v7());
            }
            Err(at(format!(
                "There is no {} {external}; to make one, list the identifier among its \
                 'external_ids' too.",
                line.entity
            )))
        }
        (None, None) if !stated.is_empty() => Ok(Uuid::now_v7()),
        (None, _) => Err(at(format!(
            "{} is new and has no name. Give it an 'id': a handle such as #mse, or a UUID.",
            line.entity.label()
        ))),
    }
}

fn is_drafted(c: &mut Conn, id: Uuid) -> Result<bool> {
    let draft = schema::drafts::table.find(Id(id)).select(schema::drafts::id);
    Ok(draft.first::<Id>(c).optional()?.is_some())
}

fn is_there(c: &mut Conn, kind: EntityKind, id: Uuid) -> Result<bool> {
    macro_rules! among {
        ($table:ident) => {{
            let found = schema::$table::table.find(Id(id)).select(schema::$table::id);
            found.first::<Id>(c).optional()?.is_some()
        }};
    }
    Ok(match kind {
        EntityKind::Organisation => among!(organisations),
        EntityKind::Programme => among!(programmes),
        EntityKind::Call => among!(calls),
        EntityKind::Project => among!(projects),
        EntityKind::Participation => among!(participations),
        EntityKind::Relation => among!(relations),
        EntityKind::Agreement => among!(agreements),
        EntityKind::Source => among!(sources),
        EntityKind::Claim => among!(claims),
        EntityKind::Statement => among!(statements),
    })
}

/// The records that carry an identifier.
fn carriers(c: &mut Conn, kind: EntityKind, external: &ExternalId) -> Result<Vec<Id>> {
    match kind {
        EntityKind::Organisation => external_ids::organisation::find(c, external),
        EntityKind::Programme => external_ids::programme::find(c, external),
        EntityKind::Call => external_ids::call::find(c, external),
        EntityKind::Project => external_ids::project::find(c, external),
        _ => Ok(Vec::new()),
    }
}

/// The programmes that have the code the line states.
fn same_code(c: &mut Conn, line: &RecordLine) -> Result<Vec<Id>> {
    let code = line.field("code").and_then(serde_json::Value::as_str);
    let (EntityKind::Programme, Some(code)) = (line.entity, code) else { return Ok(Vec::new()) };
    let Ok(key) = code.parse::<ProgrammeKey>() else { return Ok(Vec::new()) };
    let named = programme::resolve_key(c, &key)?;
    let same = programme::load(c, &named)?.into_iter().filter(|known| {
        let own = known.content.code.as_ref();
        own.is_some_and(|own| code_key(own.as_str()) == code_key(code))
    });
    Ok(same.map(|known| Id::of(known.id)).collect())
}

/// Puts ids in the place of the names by which a line refers to other records, and tells which
/// of them cannot be told.
pub(super) fn refer(
    c: &mut Conn,
    outcome: &BundleOutcome,
    line: &mut RecordLine,
) -> Result<Errors> {
    let mut errors = Errors::new();
    for reference in line.references() {
        match referred(c, outcome, &reference)? {
            Ok(id) => line.refer(&reference, id),
            Err(fault) => errors.body(&reference.at, fault),
        }
    }
    Ok(errors)
}

/// The id of the record that is referred to.
fn referred(
    c: &mut Conn,
    outcome: &BundleOutcome,
    reference: &Reference,
) -> Result<std::result::Result<Uuid, Invalid>> {
    let Reference { to, name, .. } = reference;
    let parsed = name.parse::<Name>();
    let found = match &parsed {
        Ok(Name::Record(RecordRef::Id(id))) => by_id(c, outcome, *to, *id)?,
        Ok(Name::Handle(handle)) => by_id(c, outcome, *to, handle.id())?,
        Ok(Name::Record(RecordRef::External(external))) => carriers(c, *to, external)?,
        Err(_) if *to == EntityKind::Programme => match name.parse::<ProgrammeKey>() {
            Ok(key) => programme::resolve_key(c, &key)?,
            Err(fault) => return Ok(Err(fault)),
        },
        Err(_) if *to == EntityKind::Call => call::named(c, name)?,
        Err(fault) => return Ok(Err(fault.clone())),
    };
    Ok(match found[..] {
        [id] => Ok(id.0),
        [] => {
            let id = match &parsed {
                Ok(Name::Record(RecordRef::Id(id))) => Some(*id),
                Ok(Name::Handle(handle)) => Some(handle.id()),
                _ => None,
            };
            let why = match id.and_then(|id| outcome.refused.get(&id)) {
                Some(line) => format!("line {line}, which describes it, was rejected"),
                None if reference.at.as_str() == "/parent_id" => {
                    "describe it in the file too, or leave it out; no record may be a part of \
                     itself, be it through others"
                        .to_owned()
                }
                None => "describe it in the file too, or leave it out".to_owned(),
            };
            let detail = format!("There is no {to} {name}: {why}.");
            Err(Invalid::new("dangling_reference", detail))
        }
        _ => {
            let detail =
                format!("{name} may be any of {} records; name the one by its id.", found.len());
            Err(Invalid::new("ambiguous_reference", detail))
        }
    })
}

fn by_id(c: &mut Conn, outcome: &BundleOutcome, kind: EntityKind, id: Uuid) -> Result<Vec<Id>> {
    let id = outcome.ids.get(&id).copied().unwrap_or(id);
    Ok(if is_there(c, kind, id)? { vec![Id(id)] } else { Vec::new() })
}
