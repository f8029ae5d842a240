//! Whether a database is sound, asked of the engine itself.

use crate::place::{Engine, Place};

/// What must hold of every record, whatever interrupted those who wrote it: each query gives
/// the records of which it does not.
const RULES: [(&str, &str); 5] = [
    (
        "every change of a record is in the log once",
        "SELECT label FROM organisations o WHERE version <> \
         (SELECT count(*) FROM revisions r WHERE r.record_id = o.id)",
    ),
    (
        "every organisation can be searched for",
        "SELECT label FROM organisations WHERE id NOT IN (SELECT record_id FROM search_documents)",
    ),
    (
        "every project can be searched for",
        "SELECT label FROM projects WHERE id NOT IN (SELECT record_id FROM search_documents)",
    ),
    (
        "what the log says was deleted is not there",
        "SELECT action FROM revisions WHERE action = 'deleted' \
         AND record_id IN (SELECT id FROM organisations)",
    ),
    (
        "what the log tells of and does not say was deleted is there",
        "SELECT record_id FROM revisions r WHERE entity = 'statement' \
         AND record_id NOT IN (SELECT id FROM statements) AND NOT EXISTS \
         (SELECT 1 FROM revisions d WHERE d.record_id = r.record_id AND d.action = 'deleted')",
    ),
];

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
    for (rule, breaking) in RULES {
        let broken = place.query(breaking);
        assert!(broken.is_empty(), "{:?}: not so that {rule}: {broken:?}", place.engine());
    }
}
