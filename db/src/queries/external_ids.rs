//! Identifiers of other registries: one table per kind of record, one code for all.

use super::rows::{parse, position};
use super::{CHUNK, Conn};
use crate::error::{Error, Result};
use crate::types::Id;
use consortia_domain::error::{Errors, Invalid};
use consortia_domain::external_id::ExternalId;
use consortia_domain::{Location, Pointer};
use diesel::prelude::*;
use std::collections::HashMap;

/// A row of any of the tables: record, place in its list, scheme, value.
type Row = (Id, i32, String, String);

fn read(scheme: &str, value: &str) -> Result<ExternalId> {
    ExternalId::new(parse(scheme)?, value)
        .map_err(|fault| Error::internal(format!("the database holds {fault}")))
}

/// The functions of one table.
macro_rules! external_ids {
    ($(#[doc = $doc:literal] $module:ident: $table:ident;)+) => {$(
        #[doc = $doc]
        pub(crate) mod $module {
            use super::*;
            use crate::schema::$table as ids;

            /// The identifiers of records, each in the order stated.
            pub(crate) fn load(
                c: &mut Conn,
                of: &[Id],
            ) -> Result<HashMap<Id, Vec<ExternalId>>> {
                let rows: Vec<Row> = ids::table
                    .filter(ids::record_id.eq_any(of))
                    .order((ids::record_id, ids::position))
                    .load(c)?;
                let mut found: HashMap<Id, Vec<ExternalId>> = HashMap::new();
                for (id, _, scheme, value) in rows {
                    found.entry(id).or_default().push(read(&scheme, &value)?);
                }
                Ok(found)
            }

            /// The records that carry an identifier, in order of id.
            pub(crate) fn find(c: &mut Conn, wanted: &ExternalId) -> Result<Vec<Id>> {
                Ok(ids::table
                    .filter(ids::scheme.eq(wanted.scheme().code()))
                    .filter(ids::value.eq(wanted.value()))
                    .select(ids::record_id)
                    .order(ids::record_id)
                    .load(c)?)
            }

            /// The records that carry identifiers, by identifier; those nobody carries
            /// are left out. One query for each scheme and some hundred values.
            pub(crate) fn find_all(
                c: &mut Conn,
                wanted: &[ExternalId],
            ) -> Result<HashMap<ExternalId, Vec<Id>>> {
                let mut by_scheme: HashMap<&str, Vec<&str>> = HashMap::new();
                for id in wanted {
                    by_scheme.entry(id.scheme().code()).or_default().push(id.value());
                }
                let mut found: HashMap<ExternalId, Vec<Id>> = HashMap::new();
                for (scheme, values) in by_scheme {
                    for values in values.chunks(500) {
                        let rows: Vec<(Id, String)> = ids::table
                            .filter(ids::scheme.eq(scheme))
                            .filter(ids::value.eq_any(values))
                            .select((ids::record_id, ids::value))
                            .order(ids::record_id)
                            .load(c)?;
                        for (id, value) in rows {
                            found.entry(read(scheme, &value)?).or_default().push(id);
                        }
                    }
                }
                Ok(found)
            }

            /// Refuses identifiers that another record carries, and that belong to one
            /// record only. Writers come one after another, so nothing slips between.
            pub(crate) fn check(c: &mut Conn, own: Id, stated: &[ExternalId]) -> Result<()> {
                let identifies = |id: &&ExternalId| id.scheme().identifies();
                let identifying: Vec<_> = stated.iter().filter(identifies).cloned().collect();
                let carried = find_all(c, &identifying)?;
                let mut errors = Errors::new();
                for (n, id) in stated.iter().enumerate() {
                    let mut carrying = carried.get(id).into_iter().flatten();
                    if let Some(other) = carrying.find(|other| **other != own) {
                        let detail = format!(
                            "{id} belongs to the record {} already; update that one, or merge \
                             what you know into it.",
                            other.0
                        );
                        let at = Pointer::root().field("external_ids").index(n);
                        let fault = Invalid::new("duplicate_external_id", detail);
                        errors.push(Location::Pointer(at), fault);
                    }
                }
                Ok(errors.into_result(Some(()))?)
            }

            /// Adds the identifiers of new records.
            pub(crate) fn insert<'a>(
                c: &mut Conn,
                records: impl IntoIterator<Item = (Id, &'a [ExternalId])>,
            ) -> Result<()> {
                let mut rows = Vec::new();
                for (record, stated) in records {
                    for (n, id) in stated.iter().enumerate() {
                        rows.push((
                            ids::record_id.eq(record),
                            ids::position.eq(position(n)?),
                            ids::scheme.eq(id.scheme().code()),
                            ids::value.eq(id.value().to_owned()),
                        ));
                    }
                }
                for chunk in rows.chunks(CHUNK) {
                    diesel::insert_into(ids::table).values(chunk).execute(c)?;
                }
                Ok(())
            }

            /// Puts new identifiers in the place of the old ones.
            pub(crate) fn replace(c: &mut Conn, record: Id, stated: &[ExternalId]) -> Result<()> {
                diesel::delete(ids::table.filter(ids::record_id.eq(record))).execute(c)?;
                insert(c, [(record, stated)])
            }

        }
    )+};
}

external_ids! {
    #[doc = "Of organisations."]
    organisation: organisation_external_ids;
    #[doc = "Of programmes."]
    programme: programme_external_ids;
    #[doc = "Of calls."]
    call: call_external_ids;
    #[doc = "Of projects."]
    project: project_external_ids;
}
