//! Bundles: storing lines one by one, reading records page by page.

mod target;

use super::{
    Conn, agreement, any, call, claim, organisation, participation, programme, project, relation,
    source, statement,
};
use crate::bundle::{BundleOutcome, Numbered};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::import::Counts;
use crate::schema;
use crate::types::Id;
use consortia_domain::bundle::RecordLine;
use consortia_domain::decode::decode;
use consortia_domain::error::Invalid;
use consortia_domain::id::EntityKind;
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::record::Record;
use consortia_domain::{Errors, Pointer};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use serde_json::Value;
use target::Target;
use uuid::Uuid;

/// What a line did.
enum Done {
    Created,
    Updated,
    Unchanged,
}

pub(crate) fn apply(
    c: &mut Conn,
    by: &Stamp,
    outcome: &mut BundleOutcome,
    lines: &[Numbered],
) -> Result<()> {
    for line in lines {
        let named = target::named(&line.record);
        let faults = match whole(c, |c| one(c, by, outcome, line.record.clone())) {
            Ok(done) => {
                let counts = outcome.counts.entry(line.record.entity).or_default();
                count(counts, &done);
                continue;
            }
            Err(Error::Invalid(faults)) => faults,
            Err(gone @ (Error::Gone { .. } | Error::Ambiguous { .. } | Error::NotFound { .. })) => {
                let detail = format!("{gone} Name another record.");
                fault("id", Invalid::new("no_such_record", detail))
            }
            Err(other) => return Err(other),
        };
        outcome.refused.extend(named.map(|id| (id, line.origin.line)));
        outcome.reject(line, &faults);
    }
    Ok(())
}

fn count(counts: &mut Counts, done: &Done) {
    match done {
        Done::Created => counts.created += 1,
        Done::Updated => counts.updated += 1,
        Done::Unchanged => counts.unchanged += 1,
    }
}

/// One fault of the field `name`.
fn fault(name: &str, fault: Invalid) -> Errors {
    let mut errors = Errors::new();
    errors.body(&Pointer::root().field(name), fault);
    errors
}

/// What `work` does, or nothing of it when it fails.
fn whole<T>(c: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    c.batch_execute("SAVEPOINT line")?;
    let done = work(c);
    if done.is_err() {
        c.batch_execute("ROLLBACK TO SAVEPOINT line")?;
    }
    c.batch_execute("RELEASE SAVEPOINT line")?;
    done
}

/// Stores one line.
fn one(
    c: &mut Conn,
    by: &Stamp,
    outcome: &mut BundleOutcome,
    mut line: RecordLine,
) -> Result<Done> {
    target::refer(c, outcome, &mut line)?;
    let target = target::find(c, outcome, &line)?;
    let (Target::Known(id) | Target::New(id)) = target;
    outcome.met.insert(id);
    match line.entity {
        EntityKind::Organisation => store::<OrganisationKind>(c, by, target, &line),
        EntityKind::Programme => store::<ProgrammeKind>(c, by, target, &line),
        EntityKind::Call => store::<CallKind>(c, by, target, &line),
        EntityKind::Project => store::<ProjectKind>(c, by, target, &line),
        EntityKind::Participation => participate(c, by, target, line),
        EntityKind::Relation => store::<RelationKind>(c, by, target, &line),
        EntityKind::Agreement => store::<AgreementKind>(c, by, target, &line),
        EntityKind::Source => store::<SourceKind>(c, by, target, &line),
        EntityKind::Claim => store::<ClaimKind>(c, by, target, &line),
        EntityKind::Statement => store::<StatementKind>(c, by, target, &line),
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

/// Makes the record, or changes the fields the line gives.
fn store<K: Kept>(c: &mut Conn, by: &Stamp, target: Target, line: &RecordLine) -> Result<Done> {
    match target {
        Target::New(id) => {
            let content = decode(line.fields()).map_err(Error::Invalid)?;
            K::insert(c, by, id, &content)?;
            Ok(Done::Created)
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

/// As [`store`], for participations, which stay in their project.
fn participate(c: &mut Conn, by: &Stamp, target: Target, mut line: RecordLine) -> Result<Done> {
    let within: Option<Uuid> =
        line.take("project_id").and_then(|id| id.as_str().and_then(|id| id.parse().ok()));
    match target {
        Target::New(id) => {
            let project = within.ok_or_else(|| {
                let detail = "A participation is in a project; name it by its 'project_id'.";
                Error::Invalid(fault("project_id", Invalid::new("required", detail)))
            })?;
            let content = decode(line.fields()).map_err(Error::Invalid)?;
            participation::insert(c, by, id.into(), project.into(), &content)?;
            Ok(Done::Created)
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

/// The ids of a table after one.
macro_rules! ids_of {
    ($c:ident, $after:ident, $limit:ident: $table:ident) => {{
        let mut ids = schema::$table::table
            .select(schema::$table::id)
            .order(schema::$table::id)
            .limit($limit.into())
            .into_boxed::<super::Backend>();
        if let Some(after) = $after {
            ids = ids.filter(schema::$table::id.gt(Id(after)));
        }
        ids.load::<Id>($c)?
    }};
}

pub(crate) fn page(
    c: &mut Conn,
    kind: EntityKind,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<(Uuid, Value)>> {
    let ids = match kind {
        EntityKind::Organisation => ids_of!(c, after, limit: organisations),
        EntityKind::Programme => ids_of!(c, after, limit: programmes),
        EntityKind::Call => ids_of!(c, after, limit: calls),
        EntityKind::Project => ids_of!(c, after, limit: projects),
        EntityKind::Participation => ids_of!(c, after, limit: participations),
        EntityKind::Relation => ids_of!(c, after, limit: relations),
        EntityKind::Agreement => ids_of!(c, after, limit: agreements),
        EntityKind::Source => ids_of!(c, after, limit: sources),
        EntityKind::Claim => ids_of!(c, after, limit: claims),
        EntityKind::Statement => ids_of!(c, after, limit: statements),
    };
    let mut records = any::load(c, kind, &ids)?;
    records.sort_by_key(|record| record.id());
    Ok(records.iter().map(|record| (record.id(), RecordLine::of(record.as_ref()))).collect())
}
