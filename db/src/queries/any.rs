//! Records of whichever kind, by their ids.

use super::{
    Conn, agreement, call, claim, organisation, participation, programme, project, relation,
    source, statement,
};
use crate::error::Result;
use crate::types::Id;
use consortia_domain::id::EntityKind;
use consortia_domain::record::{AnyRecord, Record};

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

fn boxed<R: Record>(records: Vec<R>) -> Vec<Box<dyn AnyRecord>> {
    records.into_iter().map(|record| Box::new(record) as Box<dyn AnyRecord>).collect()
}
