//! Records of whichever kind, by their ids.

use super::{
    Conn, agreement, call, claim, organisation, participation, programme, project, relation,
    source, statement,
};
use crate::conn::Stamp;
use crate::error::Result;
use crate::types::Id;
use consortia_domain::decode::decode;
use consortia_domain::id::EntityKind;
use consortia_domain::record::{AnyRecord, Record};
use serde_json::Value;
use uuid::Uuid;

/// Those of `ids` that are there, in no order.
pub(crate) fn load(c: &mut Conn, kind: EntityKind, ids: &[Id]) -> Result<Vec<Box<dyn AnyRecord>>> {
    Ok(match kind {
        EntityKind::Organisation => boxed(organisation::load(c, ids)?),
        EntityKind::Programme => boxed(programme::load(c, ids)?),
        EntityKind::Call => boxed(call::load(c, ids)?),
        EntityKind::Project => boxed(project::load(c, ids)?),
        EntityKind::Participation => boxed(participation::load(c, ids)?),
        EntityKind::Relation => boxed(relation::load(c, ids)?),
        EntityKind::Agreement => boxed(agreement::load(c, ids)?),
        EntityKind::Source => boxed(source::load(c, ids)?),
        EntityKind::Claim => boxed(claim::load(c, ids)?),
        EntityKind::Statement => boxed(statement::load(c, ids)?),
    })
}

/// Registers a record under an id that nothing has; a participation in `project`.
pub(crate) fn insert(
    c: &mut Conn,
    by: &Stamp,
    kind: EntityKind,
    id: Uuid,
    project: Option<Uuid>,
    content: &Value,
) -> Result<()> {
    macro_rules! insert {
        ($module:ident $(, $within:expr)?) => {
            $module::insert(c, by, id.into(), $($within,)? &decode(content)?).map(drop)
        };
    }
    match kind {
        EntityKind::Organisation => insert!(organisation),
        EntityKind::Programme => insert!(programme),
        EntityKind::Call => insert!(call),
        EntityKind::Project => insert!(project),
        EntityKind::Participation => insert!(participation, project.unwrap_or_default().into()),
        EntityKind::Relation => insert!(relation),
        EntityKind::Agreement => insert!(agreement),
        EntityKind::Source => insert!(source),
        EntityKind::Claim => insert!(claim),
        EntityKind::Statement => insert!(statement),
    }
}

fn boxed<R: Record>(records: Vec<R>) -> Vec<Box<dyn AnyRecord>> {
    records.into_iter().map(|record| Box::new(record) as Box<dyn AnyRecord>).collect()
}
