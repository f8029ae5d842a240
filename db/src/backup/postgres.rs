//! Backups of PostgreSQL: what COPY writes of every table, at one snapshot.

mod tables;

use super::archive::{Archive, Writing};
use super::digest::Digesting;
use super::manifest::{Manifest, Sequence, Table};
use super::{Fault, Restored, Tell, quoted};
use crate::config::DbConfig;
use crate::conn::Engine;
use crate::database::EngineKind;
use crate::error::Result as Stored;
use crate::migrations;
use crate::postgres::{Conn, PostgresUrl, Session, connect};
use diesel::connection::SimpleConnection as _;
use std::collections::BTreeSet;
use std::io::{self, Read as _, Write};

/// The rows of a table in the archive.
fn entry(table: &str) -> String {
    format!("tables/{table}.copy")
}

pub(super) fn take(
    url: &PostgresUrl,
    config: &DbConfig,
    file: &std::path::Path,
    tell: &mut Tell<'_>,
) -> Result<Manifest, Fault> {
    let migration = migrations::postgres::last(&mut connect(url, config)?)?;
    let migration =
        migration.ok_or_else(|| Fault::Refused(format!("{url} holds no registry to back up.")))?;
    let mut manifest = Manifest::new(EngineKind::Postgres, migration);
    let session = Session::open(url, config)?;
    session.run(Conn::BEGIN_READ)?;
    manifest.tables = tables::tables(&session)?;
    manifest.sequences = tables::sequences(&session)?;
    let mut writing = Writing::begin(file)?;
    for table in &mut manifest.tables {
        let out = writing.entry(&entry(&table.name))?;
        (table.rows, table.sha256) = copy(&session, table, out)?.map_err(Fault::io(file))?;
        tell(&table.name, table.rows);
    }
    session.run("COMMIT")?;
    writing.finish(&manifest)?;
    Ok(manifest)
}

/// Writes the rows of a table to `out`; gives their number and digest.
fn copy(session: &Session, table: &Table, out: impl Write) -> Stored<io::Result<(u64, String)>> {
    let sql = format!(
        "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT",
        tables::list(&table.columns),
        quoted(&table.name),
        tables::order(table)
    );
    let mut digesting = Digesting::new(out);
    let copied = session.copy_out(&sql, &mut digesting)?;
    Ok(copied.map(|()| digesting.finish()))
}

pub(super) fn check(archive: &mut Archive) -> Result<(), Fault> {
    for table in archive.manifest().tables.clone() {
        let mut digesting = Digesting::new(io::sink());
        let read = archive
            .entry(&entry(&table.name))
            .map(|mut rows| io::copy(&mut rows, &mut digesting))?;
        read.map_err(|fault| archive.damaged(&fault))?;
        if digesting.finish() != (table.rows, table.sha256) {
            return Err(archive.damaged(&format!("the table {} has changed", table.name)));
        }
    }
    Ok(())
}

/// Restores in three transactions: the schema as it was, the rows, the schema as it is now.
/// The file is sound and the place empty by then, so the second fails only when the server
/// does, and the first is undone.
pub(super) fn restore(
    url: &PostgresUrl,
    config: &DbConfig,
    archive: &mut Archive,
    tell: &mut Tell<'_>,
) -> Result<Restored, Fault> {
    check(archive)?;
    let mut conn = connect(url, config)?;
    let before = migrations::postgres::last(&mut conn)?;
    let manifest = archive.manifest().clone();
    let filled = migrations::bring_to(&mut conn, Some(&manifest.migration), must_be_empty)?;
    if let Some(table) = filled {
        return Err(Fault::Refused(format!(
            "{url} is not empty: its table {table} has rows. Make a database for what is to be \
             restored (createdb), and name it with --database-url."
        )));
    }
    let session = Session::open(url, config)?;
    let loaded = load(&session, archive, tell);
    // With its transaction, for which undoing would wait.
    drop(session);
    let left_out = loaded.inspect_err(|_| {
        // Told by the fault itself; an empty schema may be restored into as well as none.
        if let Err(error) = migrations::bring_to(&mut conn, before.as_deref(), must_be_empty) {
            tracing::warn!(%error, "the empty schema is left");
        }
    })?;
    let applied = migrations::postgres::run(&mut conn)?;
    conn.batch_execute(Conn::OPTIMISE)?;
    Ok(Restored { manifest, left_out, applied })
}

/// The first table that has rows.
fn must_be_empty(conn: &mut Conn) -> Stored<Option<String>> {
    // Those who write wait until it is seen that nothing was written.
    tables::lock(conn)?;
    tables::filled(conn)
}

/// Loads every table, compares it with the manifest, and sets the sequences, or does nothing.
/// Gives the names of tables that are not the registry's.
fn load(
    session: &Session,
    archive: &mut Archive,
    tell: &mut Tell<'_>,
) -> Result<Vec<String>, Fault> {
    session.run(Conn::BEGIN_WRITE)?;
    let manifest = archive.manifest().clone();
    let ours = tables::tables(session)?;
    let mut left_out: BTreeSet<_> = manifest.tables.iter().map(|it| it.name.as_str()).collect();
    for table in &ours {
        if !left_out.remove(table.name.as_str()) {
            return Err(archive.damaged(&format!("the table {} is missing", table.name)));
        }
    }
    for stated in manifest.tables.iter().filter(|it| !left_out.contains(it.name.as_str())) {
        let name = quoted(&stated.name);
        // The rows are what they were; nothing follows from their being put back.
        session.run(&format!("ALTER TABLE {name} DISABLE TRIGGER USER"))?;
        let sql = format!("COPY {name} ({}) FROM STDIN", tables::list(&stated.columns));
        let copied = session.copy_in(&sql, &mut archive.entry(&entry(&stated.name))?.by_ref());
        copied?.map_err(|fault| archive.damaged(&fault))?;
        session.run(&format!("ALTER TABLE {name} ENABLE TRIGGER USER"))?;
        let found = copy(session, stated, io::sink())?.map_err(|fault| archive.damaged(&fault))?;
        if found != (stated.rows, stated.sha256.clone()) {
            return Err(Fault::Refused(format!(
                "The table {} does not come out as it was taken, so nothing was restored; is \
                 another program writing to the database?",
                stated.name
            )));
        }
        tell(&stated.name, stated.rows);
    }
    let ours: BTreeSet<_> = tables::sequences(session)?.into_iter().map(|it| it.name).collect();
    for Sequence { name, value, is_called } in &manifest.sequences {
        if ours.contains(name) {
            let name = quoted(name).replace('\'', "''");
            session.rows(&format!("SELECT setval('{name}', {value}, {is_called})"))?;
        }
    }
    session.run("COMMIT")?;
    Ok(left_out.into_iter().map(str::to_owned).collect())
}
