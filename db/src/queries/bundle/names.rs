//! How records are named for people and for the registry at once.

use super::super::{Conn, any, call, heavy, programme};
use crate::error::Result;
use crate::types::Id;
use consortia_domain::bundle::{Name, RecordLine};
use consortia_domain::decode::decode;
use consortia_domain::external_id::ExternalId;
use consortia_domain::id::EntityKind;
use consortia_domain::programme::ProgrammeKey;
use consortia_domain::sheet::labelled;
use serde_json::Value;
use uuid::Uuid;

pub(crate) fn names(c: &mut Conn, kind: EntityKind, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id).collect();
    let mut names = Vec::with_capacity(ids.len());
    for ids in ids.chunks(heavy::at_a_time(c)?) {
        for record in any::load(c, kind, ids)? {
            let id = record.id();
            let line = RecordLine::of(record.as_ref());
            let label = record.label();
            let told = told_by(c, kind, id, &line)?;
            let cell = told.and_then(|told| labelled(&label, &told));
            // In brackets at the end an id is read whatever the label is.
            names.push((id, cell.unwrap_or_else(|| format!("{label} [{id}]"))));
        }
    }
    Ok(names)
}

/// The shortest thing that names the record and no other, besides its id.
fn told_by(c: &mut Conn, kind: EntityKind, id: Uuid, line: &Value) -> Result<Option<String>> {
    let external = line.get("external_ids").and_then(|ids| decode::<Vec<ExternalId>>(ids).ok());
    let mut identifying = external.into_iter().flatten().filter(|id| id.scheme().identifies());
    if let Some(external) = identifying.next() {
        return Ok(Some(external.to_string()));
    }
    let text = |field: &str| line.get(field).and_then(Value::as_str);
    let (word, named) = match kind {
        EntityKind::Programme => {
            let code = text("code");
            let key = code.and_then(|code| code.parse::<ProgrammeKey>().ok());
            (code, key.map(|key| programme::resolve_key(c, &key)).transpose()?)
        }
        EntityKind::Call => {
            let identifier = text("identifier");
            (identifier, identifier.map(|word| call::named(c, word)).transpose()?)
        }
        _ => return Ok(None),
    };
    let is_alone = named.is_some_and(|found| found == [Id(id)]);
    // What reads as an id or an identifier would be looked up as one.
    let is_word = |word: &&str| is_alone && word.parse::<Name>().is_err();
    Ok(word.filter(is_word).map(ToOwned::to_owned))
}
