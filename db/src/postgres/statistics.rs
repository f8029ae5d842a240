//! Keeping PostgreSQL's planner informed while an import fills empty tables.
//!
//! Autovacuum looks once a minute; until then the planner takes tables for empty and reads
//! all of them where an index would do, which makes an import some times slower.

use super::Conn;
use crate::error::Result;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Takes new statistics of those of `tables` that grew tenfold since the last ones.
pub(crate) fn refresh(c: &mut Conn, tables: &[&str]) -> Result<()> {
    let grown: Vec<Table> = diesel::sql_query(
        "SELECT oid::regclass::text AS name FROM pg_class \
         WHERE oid = ANY($1::regclass[]) \
         AND pg_relation_size(oid) > 10 * relpages::bigint * current_setting('block_size')::int",
    )
    .bind::<Array<Text>, _>(tables)
    .load(c)?;
    for table in grown {
        c.batch_execute(&format!("ANALYZE {}", table.name))?;
    }
    Ok(())
}
