//! Checking that what a record refers to is there, before it is written.

use super::{Conn, lookup, source};
use crate::error::Result;
use crate::types::Id;
use consortia_domain::error::{Errors, Invalid, Location, Pointer};
use consortia_domain::id::{CallId, EntityKind, OrganisationId, ProgrammeId, ProjectId, SourceId};
use std::collections::HashSet;

/// References found in a record's content, each with its place.
#[derive(Default)]
pub(crate) struct References {
    organisations: Vec<(Pointer, Id)>,
    programmes: Vec<(Pointer, Id)>,
    calls: Vec<(Pointer, Id)>,
    projects: Vec<(Pointer, Id)>,
    sources: Vec<(Pointer, Id)>,
}

impl References {
    /// A reference to an organisation, at `at`.
    pub(crate) fn organisation(&mut self, at: Pointer, id: Option<OrganisationId>) {
        self.organisations.extend(id.map(|id| (at, Id::of(id))));
    }

    /// A reference to a programme, at `at`.
    pub(crate) fn programme(&mut self, at: Pointer, id: Option<ProgrammeId>) {
        self.programmes.extend(id.map(|id| (at, Id::of(id))));
    }

    /// A reference to a call, at `at`.
    pub(crate) fn call(&mut self, at: Pointer, id: Option<CallId>) {
        self.calls.extend(id.map(|id| (at, Id::of(id))));
    }

    /// A reference to a project, at `at`.
    pub(crate) fn project(&mut self, at: Pointer, id: Option<ProjectId>) {
        self.projects.extend(id.map(|id| (at, Id::of(id))));
    }

    /// A reference to a source, at `at`.
    pub(crate) fn source(&mut self, at: Pointer, id: Option<SourceId>) {
        self.sources.extend(id.map(|id| (at, Id::of(id))));
    }

    /// Refuses references to records that are not there, all at once.
    pub(crate) fn check(self, c: &mut Conn) -> Result<()> {
        let mut errors = Errors::new();
        report(c, EntityKind::Organisation, self.organisations, &mut errors, |c, ids| {
            lookup::organisation::existing(c, ids)
        })?;
        report(c, EntityKind::Programme, self.programmes, &mut errors, |c, ids| {
            lookup::programme::existing(c, ids)
        })?;
        report(c, EntityKind::Call, self.calls, &mut errors, |c, ids| {
            lookup::call::existing(c, ids)
        })?;
        report(c, EntityKind::Project, self.projects, &mut errors, |c, ids| {
            lookup::project::existing(c, ids)
        })?;
        report(c, EntityKind::Source, self.sources, &mut errors, source::existing)?;
        Ok(errors.into_result(Some(()))?)
    }
}

fn report(
    c: &mut Conn,
    kind: EntityKind,
    stated: Vec<(Pointer, Id)>,
    errors: &mut Errors,
    existing: impl FnOnce(&mut Conn, &[Id]) -> Result<Vec<Id>>,
) -> Result<()> {
    if stated.is_empty() {
        return Ok(());
    }
    let ids: Vec<Id> = stated.iter().map(|(_, id)| *id).collect();
    let known: HashSet<Id> = existing(c, &ids)?.into_iter().collect();
    for (at, id) in stated.into_iter().filter(|(_, id)| !known.contains(id)) {
        let detail = format!("There is no {kind} {}; create it first, or leave it out.", id.0);
        errors.push(Location::Pointer(at), Invalid::new("dangling_reference", detail));
    }
    Ok(())
}
