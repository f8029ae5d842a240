//! Whether a database is sound, asked of the engine itself.

use crate::place::{Engine, Place};

/// The kinds of record that the log tells of, and the table of each.
const KINDS: [(&str, &str); 10] = [
    ("organisation", "organisations"),
    ("programme", "programmes"),
    ("call", "calls"),
    ("project", "projects"),
    ("participation", "participations"),
    ("relation", "relations"),
    ("agreement", "agreements"),
    ("source", "sources"),
    ("statement", "statements"),
    ("claim", "claims"),
];

/// What must hold of every record of a kind, whatever interrupted those who wrote it: each query
/// gives the records of which it does not.
const RULES: [(&str, &str); 4] = [
    (
        "every change is in the log once",
        "SELECT id FROM {table} WHERE version <> \
         (SELECT count(*) FROM revisions r WHERE r.record_id = id AND entity = '{kind}')",
    ),
    (
        "no change is in the log of another kind",
        "SELECT id FROM {table} JOIN revisions ON record_id = id WHERE entity <> '{kind}'",
    ),
    (
        "what the log says was deleted is not there",
        "SELECT id FROM {table} JOIN revisions ON record_id = id WHERE action = 'deleted'",
    ),
    (
        "what the log tells of and does not say was deleted is there",
        "SELECT record_id FROM revisions r WHERE entity = '{kind}' \
         AND record_id NOT IN (SELECT id FROM {table}) AND NOT EXISTS \
         (SELECT 1 FROM revisions d WHERE d.record_id = r.record_id AND d.action = 'deleted')",
    ),
];

/// What must hold of organisations and projects too.
const SEARCHED: &str =
    "SELECT id FROM {table} WHERE id NOT IN (SELECT record_id FROM search_documents)";

/// Makes every foreign key of PostgreSQL anew, which looks at every row, and looks through every
/// index for rows it misses.
const POSTGRES: &str = r"
    DO $$ DECLARE k record; BEGIN
      FOR k IN SELECT conrelid::regclass AS tab, conname, pg_get_constraintdef(oid) AS def
                 FROM pg_constraint
                WHERE contype IN ('f', 'c') AND connamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.tab, k.conname);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.tab, k.conname, k.def);
      END LOOP;
    END $$;
    CREATE EXTENSION IF NOT EXISTS amcheck;
    SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam
     WHERE c.relkind = 'i' AND a.amname = 'btree'
       AND c.relnamespace = 'public'::regnamespace";

/// That the database of a place is sound: its pages, its indexes, its references, and what
/// records and their history say of one another. No server may run on it.
///
/// # Panics
/// When it is not, with what is wrong.
pub fn assert_sound(place: &Place) {
    match place.engine() {
        Engine::Sqlite => {
            assert_eq!(place.query("PRAGMA integrity_check"), ["ok"]);
            assert!(place.query("PRAGMA foreign_key_check").is_empty());
        }
        Engine::Postgres => drop(place.query(POSTGRES)),
    }
    assert_logged(place);
}

/// That what records and their history say of one another is so, for every kind of record. Only
/// reads, so that a server may run.
///
/// # Panics
/// When it is not, with the kind and the ids.
pub fn assert_logged(place: &Place) {
    let searched = ("every one can be searched for", SEARCHED);
    for (kind, table) in KINDS {
        let is_searched = ["organisation", "project"].contains(&kind);
        for (rule, breaking) in RULES.into_iter().chain(is_searched.then_some(searched)) {
            let breaking = breaking.replace("{table}", table).replace("{kind}", kind);
            let broken = place.query(&breaking);
            let engine = place.engine();
            assert!(
                broken.is_empty(),
                "{engine:?}: of {table} it is not so that {rule}: {broken:?}"
            );
        }
    }
}
