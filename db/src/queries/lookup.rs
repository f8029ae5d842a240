//! From what a path or a filter names a record by to its id.

use super::{Conn, external_ids, revision};
use crate::error::{Error, Result};
use crate::types::Id;
use consortia_domain::id::{EntityKind, RecordRef};
use diesel::prelude::*;

/// The functions of one kind of record.
macro_rules! lookup {
    ($($module:ident: $table:ident, $kind:ident;)+) => {$(
        pub(crate) mod $module {
            use super::*;
            use crate::schema::$table as records;

            const KIND: EntityKind = EntityKind::$kind;

            /// Whether a record is there.
            pub(crate) fn exists(c: &mut Conn, id: Id) -> Result<bool> {
                let found = records::table.find(id).select(records::id).first::<Id>(c);
                Ok(found.optional()?.is_some())
            }

            /// Which of `ids` are there.
            #[allow(dead_code, reason = "not every kind of record is referred to")]
            pub(crate) fn existing(c: &mut Conn, ids: &[Id]) -> Result<Vec<Id>> {
                let known = records::table.filter(records::id.eq_any(ids));
                Ok(known.select(records::id).load(c)?)
            }

            /// Why a record that is not there is not.
            pub(crate) fn missing(c: &mut Conn, id: Id) -> Result<Error> {
                revision::missing(c, KIND, id.0)
            }

            /// The id of the one record meant.
            pub(crate) fn resolve(c: &mut Conn, wanted: &RecordRef) -> Result<Id> {
                match wanted {
                    RecordRef::Id(id) if exists(c, Id(*id))? => Ok(Id(*id)),
                    RecordRef::Id(id) => Err(missing(c, Id(*id))?),
                    RecordRef::External(external) => {
                        let found = external_ids::$module::find(c, external)?;
                        let reference = external.to_string();
                        match found[..] {
                            [] => Err(Error::NotFound { kind: KIND, reference }),
                            [id] => Ok(id),
                            _ => {
                                let candidates = found.into_iter().map(|id| id.0).collect();
                                Err(Error::Ambiguous { reference, candidates })
                            }
                        }
                    }
                }
            }

            /// The ids of every record that may be meant; none when there is none.
            #[allow(dead_code, reason = "not every kind of record is a filter")]
            pub(crate) fn all(c: &mut Conn, wanted: &RecordRef) -> Result<Vec<Id>> {
                match wanted {
                    RecordRef::Id(id) => Ok(vec![Id(*id)]),
                    RecordRef::External(external) => external_ids::$module::find(c, external),
                }
            }
        }
    )+};
}

lookup! {
    organisation: organisations, Organisation;
    programme: programmes, Programme;
    call: calls, Call;
    project: projects, Project;
}
