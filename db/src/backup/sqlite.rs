//! Backups of SQLite: the database as `VACUUM INTO` writes it, without stopping anything.

use super::archive::{Archive, Writing, beside, must_not_exist, name};
use super::digest::Digesting;
use super::manifest::{Manifest, Table};
use super::{Fault, Restored, Tell, quoted};
use crate::config::DbConfig;
use crate::database::EngineKind;
use crate::migrations;
use crate::sqlite::Conn;
use diesel::connection::{DefaultLoadingMode, SimpleConnection as _};
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The database in the archive.
const ENTRY: &str = "registry.db";

/// Tables that hold something: not those whose content lies in others, nor what the planner
/// noted, nor which migrations were applied, which the manifest tells.
const TABLES: &str = "
    SELECT name AS text FROM sqlite_master
     WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
       AND (name = 'sqlite_sequence' OR name NOT LIKE 'sqlite\\_%' ESCAPE '\\')
       AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'
     ORDER BY name";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

pub(super) fn take(
    path: &Path,
    config: &DbConfig,
    file: &Path,
    tell: &mut Tell<'_>,
) -> Result<Manifest, Fault> {
    let nothing = || Fault::Refused(format!("{} holds no registry to back up.", path.display()));
    // Opening it would make it.
    if !path.is_file() {
        return Err(nothing());
    }
    let mut conn = open(path)?;
    conn.batch_execute(&format!("PRAGMA busy_timeout = {}", config.busy_timeout.as_millis()))?;
    let migration = migrations::sqlite::last(&mut conn)?.ok_or_else(nothing)?;
    let mut manifest = Manifest::new(EngineKind::Sqlite, migration);
    let copy = beside(file)?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(utf8(copy.path())?).execute(&mut conn)?;
    drop(conn);
    manifest.tables = tables(&mut open(copy.path())?, tell)?;
    let mut writing = Writing::begin(file)?;
    let mut content = copy.reopen().map_err(Fault::io(copy.path()))?;
    io::copy(&mut content, writing.entry(ENTRY)?).map_err(Fault::io(file))?;
    writing.finish(&manifest)?;
    Ok(manifest)
}

pub(super) fn check(archive: &mut Archive) -> Result<(), Fault> {
    let file = archive.file().to_owned();
    unpack(archive, &file, &mut |_, _| {}).map(drop)
}

pub(super) fn restore(
    path: &Path,
    archive: &mut Archive,
    tell: &mut Tell<'_>,
) -> Result<Restored, Fault> {
    must_be_free(path)?;
    let made = unpack(archive, path, tell)?;
    let mut conn = open(made.path())?;
    let applied = migrations::sqlite::run(&mut conn)?;
    drop(conn);
    name(made, path)?;
    Ok(Restored { manifest: archive.manifest().clone(), left_out: Vec::new(), applied })
}

/// Refuses a place where a database is, or where a part of one was left.
fn must_be_free(path: &Path) -> Result<(), Fault> {
    must_not_exist(path)?;
    for suffix in ["-wal", "-journal"] {
        let mut left = OsString::from(path);
        left.push(suffix);
        let left = PathBuf::from(left);
        if left.symlink_metadata().is_ok() {
            return Err(Fault::Refused(format!(
                "{} is left of a database that was here, and SQLite would mix it with the \
                 restored one; move it away first.",
                left.display()
            )));
        }
    }
    Ok(())
}

/// The database of a backup, found sound, in a file beside `place`.
fn unpack(
    archive: &mut Archive,
    place: &Path,
    tell: &mut Tell<'_>,
) -> Result<NamedTempFile, Fault> {
    let mut made = beside(place)?;
    let unpacked = {
        let mut entry = archive.entry(ENTRY)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            // What cannot be read is the backup's fault, what cannot be written is not.
            match io::Read::read(&mut entry, &mut buffer) {
                Ok(0) => break Ok(()),
                Ok(read) => made.write_all(&buffer[..read]).map_err(Fault::io(place))?,
                Err(fault) => break Err(fault),
            }
        }
    };
    unpacked.map_err(|fault| archive.damaged(&fault))?;
    let mut conn = open(made.path())?;
    let broken = |fault: diesel::result::Error| archive.damaged(&fault);
    let faults: Vec<Row> = diesel::sql_query(
        "SELECT integrity_check AS text FROM pragma_integrity_check WHERE integrity_check <> 'ok' \
         UNION ALL SELECT 'a row of ' || \"table\" || ' refers to none' \
         FROM pragma_foreign_key_check",
    )
    .load(&mut conn)
    .map_err(broken)?;
    if let Some(fault) = faults.into_iter().next() {
        return Err(archive.damaged(&fault.text));
    }
    let found = tables(&mut conn, tell)?;
    for (found, stated) in found.iter().zip(&archive.manifest().tables) {
        if found != stated {
            return Err(archive.damaged(&format!("the table {} has changed", stated.name)));
        }
    }
    if found.len() != archive.manifest().tables.len() {
        return Err(archive.damaged(&"it has not the tables that its manifest names"));
    }
    Ok(made)
}

/// Every table, with a digest of its rows.
fn tables(conn: &mut Conn, tell: &mut Tell<'_>) -> Result<Vec<Table>, Fault> {
    let names: Vec<Row> = diesel::sql_query(TABLES).load(conn)?;
    let mut tables = Vec::with_capacity(names.len());
    for Row { text: name } in names {
        let table = digest(conn, name)?;
        tell(&table.name, table.rows);
        tables.push(table);
    }
    Ok(tables)
}

fn digest(conn: &mut Conn, name: String) -> Result<Table, Fault> {
    let mut named = |sql: &str| -> QueryResult<Vec<String>> {
        let rows: Vec<Row> = diesel::sql_query(sql).bind::<Text, _>(&name).load(conn)?;
        Ok(rows.into_iter().map(|row| row.text).collect())
    };
    let columns = named("SELECT name AS text FROM pragma_table_info(?) ORDER BY cid")?;
    let key = named("SELECT name AS text FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")?;
    let key = if key.is_empty() { columns.clone() } else { key };
    // Each value as SQLite would write it down: NULL, 1, 2.5, 'text', X'0A'.
    let values: Vec<_> =
        columns.iter().map(|column| format!("quote({})", quoted(column))).collect();
    let order: Vec<_> = key.iter().map(|column| quoted(column)).collect();
    let sql = format!(
        "SELECT {} || char(10) AS text FROM {} ORDER BY {}",
        values.join(" || ',' || "),
        quoted(&name),
        order.join(", ")
    );
    let mut rows = 0;
    let mut digesting = Digesting::new(io::sink());
    for row in diesel::sql_query(sql).load_iter::<Row, DefaultLoadingMode>(conn)? {
        rows += 1;
        digesting.write_all(row?.text.as_bytes()).map_err(Fault::io(Path::new(&name)))?;
    }
    let (_, sha256) = digesting.finish();
    Ok(Table { name, columns, key, rows, sha256 })
}

fn open(path: &Path) -> Result<Conn, Fault> {
    let cannot =
        |error| crate::Error::unavailable(format!("cannot open {}: {error}", path.display()));
    Ok(Conn::establish(utf8(path)?).map_err(cannot)?)
}

fn utf8(path: &Path) -> Result<&str, Fault> {
    path.to_str().ok_or_else(|| {
        Fault::Refused(format!("{} is not UTF-8, which SQLite needs; rename it.", path.display()))
    })
}
