//! Opening the registry: to serve it, to look at it, or to begin one.

use super::{StartFault, make_data_dir};
use crate::config::Config;
use consortia_db::{DatabaseUrl, Db, DbConfig, import};

/// Opens the configured database; makes the directory of an SQLite file.
///
/// # Errors
/// When the directory cannot be made or the database cannot be opened.
pub fn open_database(config: &Config) -> Result<Db, StartFault> {
    make_data_dir(config)?;
    Ok(Db::open(&database_settings(config)?)?)
}

/// Opens the configured database where a registry is in it; makes nothing, so that a mistyped
/// place is not taken for an empty registry.
///
/// # Errors
/// When there is no registry or the database cannot be opened.
pub fn open_existing(config: &Config) -> Result<Db, StartFault> {
    let settings = database_settings(config)?;
    let nothing = || StartFault::NoRegistry(settings.url.to_string());
    // Opening it would make it.
    if let DatabaseUrl::Sqlite(path) = &settings.url
        && !path.is_file()
    {
        return Err(nothing());
    }
    let db = Db::open(&settings)?;
    if db.holds_registry()? { Ok(db) } else { Err(nothing()) }
}

/// As [`open_existing`], the schema being of this version: what only looks changes nothing, and
/// nobody updates a registry unawares that others serve.
///
/// # Errors
/// Those, and when migrations wait.
pub fn open_current(config: &Config) -> Result<Db, StartFault> {
    let db = open_existing(config)?;
    refuse_earlier(&db)?;
    Ok(db)
}

/// Opens the configured database as [`open_current`] does, and begins a registry where there is
/// none.
///
/// # Errors
/// When migrations wait, or the database cannot be opened or refuses writes.
pub fn open_begun(config: &Config) -> Result<Db, StartFault> {
    let db = open_database(config)?;
    if db.holds_registry()? {
        refuse_earlier(&db)?;
    }
    prepare(&db)?;
    Ok(db)
}

fn refuse_earlier(db: &Db) -> Result<(), StartFault> {
    match db.pending_migrations()?.as_slice() {
        [] => Ok(()),
        waiting => Err(StartFault::Earlier(db.name().to_owned(), waiting.join(", "))),
    }
}

/// What `config` says of the database.
///
/// # Errors
/// When its address is not one.
pub fn database_settings(config: &Config) -> Result<DbConfig, StartFault> {
    let mut settings = DbConfig::new(config.database_url.parse()?);
    settings.pool_size = config.database_pool_size;
    settings.statement_timeout = config.request_timeout;
    // As many as are let in to read, so that one that is let in waits as long for the disk as a
    // reader may for the processor.
    settings.write_queue = config.limits.at_work + config.limits.waiting;
    Ok(settings)
}

/// Refuses a place where there is neither a signing key nor a registry: a key made there would
/// be nobody's. Where there is a key, the database may be out of reach.
///
/// # Errors
/// As [`open_existing`].
pub fn must_be_begun(config: &Config) -> Result<(), StartFault> {
    if config.signing_key_path().exists() { Ok(()) } else { open_existing(config).map(drop) }
}

/// Brings the schema of `db` up to date and adds the programmes that ship with the registry.
///
/// # Errors
/// When a migration fails or the database refuses writes.
pub fn prepare(db: &Db) -> Result<(), consortia_db::Error> {
    for name in db.migrate()? {
        tracing::info!(name, "applied a migration");
    }
    let programmes = db.write_blocking(import::seeder(), import::seed_programmes)?;
    if programmes.created > 0 {
        tracing::info!(programmes = programmes.created, "added known programmes");
    }
    Ok(())
}
