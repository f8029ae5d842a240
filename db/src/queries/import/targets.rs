//! Finding which known record each record of a batch is about.

use super::super::external_ids;
use super::super::{Conn, LOOKUP, tombstones};
use crate::error::Result;
use crate::import::{Conflict, ConflictKind, Outcome};
use crate::schema::{calls, programme_aliases};
use crate::types::Id;
use consortia_domain::external_id::ExternalId;
use consortia_domain::id::{CallId, EntityKind, ProgrammeId};
use consortia_domain::import::Origin;
use consortia_domain::programme::code_key;
use consortia_domain::text::{Code, search_key};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Where a record of a batch goes.
pub(super) enum Target {
    /// To a known record, or one earlier in the batch.
    Known(Uuid),
    /// To a new record.
    New,
    /// Nowhere: the record was deleted.
    Deleted,
}

/// Matches records by the identifiers that belong to one record only.
pub(super) struct ByExternalId {
    kind: EntityKind,
    known: HashMap<ExternalId, Uuid>,
    deleted: HashMap<String, Uuid>,
}

impl ByExternalId {
    /// Looks up all identifiers of a batch.
    pub(super) fn look_up<'a>(
        c: &mut Conn,
        kind: EntityKind,
        ids: impl Iterator<Item = &'a ExternalId>,
    ) -> Result<Self> {
        let ids: HashSet<&ExternalId> = ids.filter(|id| id.scheme().identifies()).collect();
        let ids: Vec<ExternalId> = ids.into_iter().cloned().collect();
        let found = match kind {
            EntityKind::Organisation => external_ids::organisation::find_all(c, &ids)?,
            _ => external_ids::project::find_all(c, &ids)?,
        };
        let first = |(id, of): (ExternalId, Vec<Id>)| Some((id, of.first()?.0));
        let known: HashMap<ExternalId, Uuid> = found.into_iter().filter_map(first).collect();
        let unknown: Vec<String> = ids
            .iter()
            .filter(|id| !known.contains_key(id))
            .filter_map(tombstones::external)
            .collect();
        let deleted = tombstones::buried(c, kind, &unknown)?;
        Ok(Self { kind, known, deleted })
    }

    /// The known record of an identifier.
    pub(super) fn get(&self, id: &ExternalId) -> Option<Uuid> {
        self.known.get(id).copied()
    }

    /// The deleted record of an identifier.
    pub(super) fn deleted(&self, id: &ExternalId) -> Option<Uuid> {
        self.deleted.get(&id.to_string()).copied()
    }

    /// Decides for a record with `ids`, the most telling first, and takes from them those
    /// of other records. What stays belongs to the target from now on, or to `fresh` when
    /// it is new.
    pub(super) fn decide(
        &mut self,
        ids: &mut Vec<ExternalId>,
        fresh: Uuid,
        origin: &Origin,
        outcome: &mut Outcome,
    ) -> Target {
        let conflict = |record_id, kind| Conflict {
            entity: self.kind,
            record_id,
            kind,
            origin: origin.clone(),
        };
        let known = ids.iter().find_map(|id| self.get(id));
        if known.is_none()
            && let Some(id) = ids.iter().find_map(|id| self.deleted(id))
        {
            outcome.conflicts.push(conflict(id, ConflictKind::Deleted));
            return Target::Deleted;
        }
        let own = known.unwrap_or(fresh);
        ids.retain(|id| match self.known.get(id) {
            Some(by) if *by != own => {
                let external_id = id.to_string();
                outcome.conflicts.push(conflict(own, ConflictKind::Taken { external_id, by: *by }));
                false
            }
            _ => true,
        });
        let identifying = ids.iter().filter(|id| id.scheme().identifies()).cloned();
        self.known.extend(identifying.map(|id| (id, own)));
        known.map_or(Target::New, Target::Known)
    }
}

/// Programmes by their codes.
pub(super) struct ByCode(HashMap<String, ProgrammeId>);

impl ByCode {
    /// Looks up all codes at once. A code that is one programme's own goes before aliases;
    /// one that several programmes share is nobody's.
    pub(super) fn look_up<'a>(c: &mut Conn, codes: impl Iterator<Item = &'a Code>) -> Result<Self> {
        let keys: HashSet<String> = codes.map(|code| code_key(code.as_str())).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let mut own: HashMap<String, HashSet<Id>> = HashMap::new();
        let mut other: HashMap<String, HashSet<Id>> = HashMap::new();
        for keys in keys.chunks(LOOKUP) {
            let rows: Vec<(String, i32, Id)> = programme_aliases::table
                .filter(programme_aliases::alias_key.eq_any(keys))
                .select((
                    programme_aliases::alias_key,
                    programme_aliases::position,
                    programme_aliases::programme_id,
                ))
                .load(c)?;
            for (key, place, id) in rows {
                let of = if place == 0 { &mut own } else { &mut other };
                of.entry(key).or_default().insert(id);
            }
        }
        let mut found = HashMap::new();
        for key in keys {
            let candidates = own.remove(&key).or_else(|| other.remove(&key)).unwrap_or_default();
            let mut candidates = candidates.into_iter();
            if let (Some(id), None) = (candidates.next(), candidates.next()) {
                found.insert(key, id.0.into());
            }
        }
        Ok(Self(found))
    }

    /// The programme of a code.
    pub(super) fn get(&self, code: &Code) -> Option<ProgrammeId> {
        self.0.get(&code_key(code.as_str())).copied()
    }

    /// Notes a new programme.
    pub(super) fn insert(&mut self, code: &Code, id: ProgrammeId) {
        self.0.insert(code_key(code.as_str()), id);
    }
}

/// Calls by their identifiers.
pub(super) struct ByIdentifier(HashMap<String, Vec<(CallId, Option<ProgrammeId>)>>);

impl ByIdentifier {
    /// Looks up all identifiers at once.
    pub(super) fn look_up<'a>(
        c: &mut Conn,
        identifiers: impl Iterator<Item = &'a Code>,
    ) -> Result<Self> {
        let keys: HashSet<String> = identifiers.map(|code| search_key(code.as_str())).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let mut found: HashMap<String, Vec<_>> = HashMap::new();
        for keys in keys.chunks(LOOKUP) {
            let rows: Vec<(Option<String>, Id, Option<Id>)> = calls::table
                .filter(calls::identifier_key.eq_any(keys))
                .select((calls::identifier_key, calls::id, calls::programme_id))
                .order(calls::id)
                .load(c)?;
            for (key, id, programme) in rows {
                let call = (id.0.into(), programme.map(|id| id.0.into()));
                found.entry(key.unwrap_or_default()).or_default().push(call);
            }
        }
        Ok(Self(found))
    }

    /// The call of an identifier within a programme; any call of the identifier where one
    /// of both sides states no programme.
    pub(super) fn within(
        &self,
        identifier: &Code,
        programme: Option<ProgrammeId>,
    ) -> Option<CallId> {
        let calls = self.0.get(&search_key(identifier.as_str()))?;
        let same = calls.iter().find(|(_, of)| *of == programme);
        let agrees = || calls.iter().find(|(_, of)| of.is_none() || programme.is_none());
        same.or_else(agrees).map(|(id, _)| *id)
    }

    /// The call a project names: the only one of the identifier, or the first made.
    pub(super) fn any(&self, identifier: &Code) -> Option<CallId> {
        self.0.get(&search_key(identifier.as_str()))?.first().map(|(id, _)| *id)
    }

    /// Notes a new call.
    pub(super) fn insert(&mut self, identifier: &Code, id: CallId, programme: Option<ProgrammeId>) {
        self.0.entry(search_key(identifier.as_str())).or_default().push((id, programme));
    }
}
