//! What the catalogue of PostgreSQL knows of tables and sequences.

use crate::backup::manifest::{Sequence, Table};
use crate::backup::quoted;
use crate::error::{Error, Result};
use crate::postgres::{Conn, Session};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::BTreeSet;

/// Relations of the schema that no extension brought; `KINDS` stands for which.
const RELATIONS: &str = "
    FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN (KINDS)
     AND NOT c.relispartition AND c.relname NOT LIKE '\\_\\_diesel%'
     AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                     AND d.objid = c.oid AND d.deptype = 'e')
   ORDER BY c.relname COLLATE \"C\"";

/// The stored columns, the primary key, and the other tables it refers to.
const TABLE: &str = "
    SELECT c.relname,
      (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attgenerated = ''),
      (SELECT json_agg(a.attname ORDER BY k.n) FROM pg_index i
        CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = c.oid AND i.indisprimary),
      (SELECT json_agg(DISTINCT r.relname) FROM pg_constraint f
         JOIN pg_class r ON r.oid = f.confrelid
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid)";

/// The name of a table.
#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    relname: String,
}

fn relations(what: &str, kinds: &str) -> String {
    format!("{what}{}", RELATIONS.replace("KINDS", kinds))
}

/// Every table, none before one that it refers to; rows and digests are not known yet.
pub(super) fn tables(session: &Session) -> Result<Vec<Table>> {
    let mut waiting = Vec::new();
    for row in session.rows(&relations(TABLE, "'r', 'p'"))? {
        let names = |n| -> Result<Vec<String>> {
            let told = row.get(n).map(serde_json::from_str).transpose();
            Ok(told.map_err(|fault| Error::internal(fault.to_string()))?.unwrap_or_default())
        };
        let table = Table {
            name: row.get(0).unwrap_or_default().to_owned(),
            columns: names(1)?,
            key: names(2)?,
            rows: 0,
            sha256: String::new(),
        };
        waiting.push((table, names(3)?));
    }
    let mut tables = Vec::with_capacity(waiting.len());
    let mut done = BTreeSet::new();
    while !waiting.is_empty() {
        let is_free = |above: &[String]| above.iter().all(|name| done.contains(name));
        // In a circle none is free; then any will do, and loading tells.
        let next = waiting.iter().position(|(_, above)| is_free(above)).unwrap_or_default();
        let (table, _) = waiting.remove(next);
        done.insert(table.name.clone());
        tables.push(table);
    }
    Ok(tables)
}

/// Every sequence, and where it stands.
pub(super) fn sequences(session: &Session) -> Result<Vec<Sequence>> {
    let mut sequences = Vec::new();
    for row in session.rows(&relations("SELECT c.relname", "'S'"))? {
        let name = row.get(0).unwrap_or_default().to_owned();
        let stands = format!("SELECT last_value, is_called FROM {}", quoted(&name));
        for row in session.rows(&stands)? {
            let value = row.get(0).unwrap_or_default().parse();
            sequences.push(Sequence {
                name: name.clone(),
                value: value.map_err(|_| Error::internal(format!("the sequence {name}")))?,
                is_called: row.get(1) == Some("t"),
            });
        }
    }
    Ok(sequences)
}

/// Makes everyone wait who wants to write, by the lock that every write takes.
pub(super) fn lock(conn: &mut Conn) -> Result<()> {
    Ok(conn.batch_execute("SELECT pg_advisory_xact_lock(7165066974239814761)")?)
}

/// The first table that has rows.
pub(super) fn filled(conn: &mut Conn) -> Result<Option<String>> {
    let tables = diesel::sql_query(relations("SELECT c.relname::text", "'r', 'p'"));
    for Named { relname } in tables.load::<Named>(conn)? {
        let some = format!("SELECT '' AS relname FROM {} LIMIT 1", quoted(&relname));
        if !diesel::sql_query(some).load::<Named>(conn)?.is_empty() {
            return Ok(Some(relname));
        }
    }
    Ok(None)
}

/// What the rows are ordered by.
pub(super) fn order(table: &Table) -> String {
    if table.key.is_empty() {
        let text = |column: &String| format!("{}::text COLLATE \"C\"", quoted(column));
        return table.columns.iter().map(text).collect::<Vec<_>>().join(", ");
    }
    list(&table.key)
}

/// Columns, as SQL lists them.
pub(super) fn list(columns: &[String]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}
