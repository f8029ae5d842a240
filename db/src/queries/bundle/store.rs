//! Making and changing records as lines say.

use super::super::{
    Conn, agreement, call, claim, organisation, participation, programme, project, relation,
    source, statement,
};
use super::target::Target;
use super::{Done, fault};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::types::Id;
use consortia_domain::bundle::RecordLine;
use consortia_domain::decode::decode;
use consortia_domain::error::{Errors, Invalid};
use consortia_domain::id::EntityKind;
use consortia_domain::merge_patch::{MergePatch, onto_nothing};
use consortia_domain::participation::ParticipationContent;
use consortia_domain::record::Record;
use serde_json::Value;
use std::borrow::Cow;
use uuid::Uuid;

/// Makes the record a line is about, or changes the fields the line gives.
pub(super) fn store(c: &mut Conn, by: &Stamp, target: Target, line: RecordLine) -> Result<Done> {
    match line.entity {
        EntityKind::Organisation => keep::<OrganisationKind>(c, by, target, &line),
        EntityKind::Programme => keep::<ProgrammeKind>(c, by, target, &line),
        EntityKind::Call => keep::<CallKind>(c, by, target, &line),
        EntityKind::Project => keep::<ProjectKind>(c, by, target, &line),
        EntityKind::Participation => participate(c, by, target, line),
        EntityKind::Relation => keep::<RelationKind>(c, by, target, &line),
        EntityKind::Agreement => keep::<AgreementKind>(c, by, target, &line),
        EntityKind::Source => keep::<SourceKind>(c, by, target, &line),
        EntityKind::Claim => keep::<ClaimKind>(c, by, target, &line),
        EntityKind::Statement => keep::<StatementKind>(c, by, target, &line),
    }
}

/// What a line states of a record that is not there yet: as a patch, in which null forgets. But
/// what a statement quotes may hold nulls of its own.
fn stated(line: &RecordLine) -> Cow<'_, Value> {
    match line.entity {
        EntityKind::Statement => Cow::Borrowed(line.fields()),
        _ => Cow::Owned(onto_nothing(line.fields())),
    }
}

/// What is wrong with the fields of a line, whatever record it is about.
pub(super) fn faults(line: &RecordLine) -> Errors {
    macro_rules! of {
        ($Content:ty) => {
            decode::<$Content>(&stated(line)).err().unwrap_or_default()
        };
    }
    type Content<K> = <<K as Kept>::Record as Record>::Content;
    match line.entity {
        EntityKind::Organisation => of!(Content<OrganisationKind>),
        EntityKind::Programme => of!(Content<ProgrammeKind>),
        EntityKind::Call => of!(Content<CallKind>),
        EntityKind::Project => of!(Content<ProjectKind>),
        EntityKind::Participation => {
            let mut line = line.clone();
            line.take("project_id");
            decode::<ParticipationContent>(&stated(&line)).err().unwrap_or_default()
        }
        EntityKind::Relation => of!(Content<RelationKind>),
        EntityKind::Agreement => of!(Content<AgreementKind>),
        EntityKind::Source => of!(Content<SourceKind>),
        EntityKind::Claim => of!(Content<ClaimKind>),
        EntityKind::Statement => of!(Content<StatementKind>),
    }
}

/// A kind of record that lines may make or change.
trait Kept {
    type Record: Record;

    fn load(c: &mut Conn, ids: &[Id]) -> Result<Vec<Self::Record>>;
    fn insert(
        c: &mut Conn,
        by: &Stamp,
        id: Uuid,
        content: &<Self::Record as Record>::Content,
    ) -> Result<()>;
    fn update(
        c: &mut Conn,
        by: &Stamp,
        id: Uuid,
        content: &<Self::Record as Record>::Content,
    ) -> Result<Self::Record>;
}

macro_rules! kept {
    ($($name:ident: $module:ident, $Record:ty;)+) => {$(
        struct $name;

        impl Kept for $name {
            type Record = $Record;

            fn load(c: &mut Conn, ids: &[Id]) -> Result<Vec<$Record>> {
                $module::load(c, ids)
            }

            fn insert(
                c: &mut Conn,
                by: &Stamp,
                id: Uuid,
                content: &<$Record as Record>::Content,
            ) -> Result<()> {
                $module::insert(c, by, id.into(), content).map(|_| ())
            }

            fn update(
                c: &mut Conn,
                by: &Stamp,
                id: Uuid,
                content: &<$Record as Record>::Content,
            ) -> Result<$Record> {
                $module::update(c, by, id.into(), None, content)
            }
        }
    )+};
}

kept! {
    OrganisationKind: organisation, consortia_domain::organisation::Organisation;
    ProgrammeKind: programme, consortia_domain::programme::Programme;
    CallKind: call, consortia_domain::call::Call;
    ProjectKind: project, consortia_domain::project::Project;
    RelationKind: relation, consortia_domain::relation::Relation;
    AgreementKind: agreement, consortia_domain::agreement::Agreement;
    SourceKind: source, consortia_domain::source::Source;
    ClaimKind: claim, consortia_domain::claim::Claim;
    StatementKind: statement, consortia_domain::statement::Statement;
}

fn keep<K: Kept>(c: &mut Conn, by: &Stamp, target: Target, line: &RecordLine) -> Result<Done> {
    match target {
        Target::New(id) => {
            let content = decode(&stated(line)).map_err(Error::Invalid)?;
            K::insert(c, by, id, &content)?;
            Ok(Done::Created(id))
        }
        Target::Known(id) => {
            let old = K::load(c, &[Id(id)])?.pop();
            let old = old.ok_or_else(|| Error::internal("a record found is not there"))?;
            let content = patched(line.fields(), old.content())?;
            let new = K::update(c, by, id, &content)?;
            Ok(changed(&old, &new))
        }
    }
}

fn patched<T: consortia_domain::decode::Decode + serde::Serialize>(
    fields: &Value,
    old: &T,
) -> Result<T> {
    let patch: MergePatch<T> = decode(fields).map_err(Error::Invalid)?;
    patch.apply(old).map_err(Error::Invalid)
}

fn changed<R: Record>(old: &R, new: &R) -> Done {
    if old.stamp().version == new.stamp().version { Done::Unchanged } else { Done::Updated }
}

/// As [`keep`], for participations, which stay in their project.
fn participate(c: &mut Conn, by: &Stamp, target: Target, mut line: RecordLine) -> Result<Done> {
    let within: Option<Uuid> =
        line.take("project_id").and_then(|id| id.as_str().and_then(|id| id.parse().ok()));
    match target {
        Target::New(id) => {
            let project = within.ok_or_else(|| {
                let detail = "A participation is in a project; name it by its 'project_id'.";
                Error::Invalid(fault("project_id", Invalid::new("required", detail)))
            })?;
            let content = decode(&stated(&line)).map_err(Error::Invalid)?;
            participation::insert(c, by, id.into(), project.into(), &content)?;
            Ok(Done::Created(id))
        }
        Target::Known(id) => {
            let old = participation::get(c, id.into())?;
            let own: Uuid = old.project_id.into();
            if within.is_some_and(|project| project != own) {
                let detail = format!("A participation stays in its project, here {own}.");
                return Err(Error::Invalid(fault(
                    "project_id",
                    Invalid::new("another_project", detail),
                )));
            }
            let content = patched(line.fields(), &old.content)?;
            let new = participation::update(c, by, id.into(), None, &content)?;
            Ok(changed(&old, &new))
        }
    }
}
