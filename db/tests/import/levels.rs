//! Programmes that would lie deeper than any may.

use super::{apply, code, origin};
use crate::common::{content, on_both, write};
use consortia_db::programme;
use consortia_domain::id::RecordRef;
use consortia_domain::import::{Batch, ProgrammeRecord};
use consortia_domain::language::LocalizedText;
use consortia_domain::programme::ProgrammeKey;
use consortia_domain::record::MAX_LEVELS;
use serde_json::json;
use uuid::Uuid;

#[test]
fn what_would_lie_too_deep_is_put_further_up() {
    on_both(|db| {
        let chain = write(db, |tx| {
            let mut chain: Vec<Uuid> = Vec::new();
            while chain.len() < MAX_LEVELS {
                let code = format!("LEVEL-{}", chain.len() + 1);
                let body = content(json!({"code": code, "parent_id": chain.last()}));
                chain.push(programme::create(tx, &body)?.id.into());
            }
            Ok(chain)
        });
        let chain = chain.expect("programmes");
        let record = |own: &str, above: &[&str]| ProgrammeRecord {
            origin: origin(2),
            code: code(own),
            ancestors: above.iter().map(|above| code(above)).collect(),
            titles: LocalizedText::new(),
        };
        let outcome = apply(
            db,
            Batch::Programmes(vec![
                record("A", &["LEVEL-32", "LEVEL-31", "LEVEL-30", "LEVEL-1"]),
                record("B", &["A", "LEVEL-32", "LEVEL-31", "LEVEL-30", "LEVEL-1"]),
                record("C", &["LEVEL-32"]),
            ]),
        );
        assert_eq!(outcome.programmes.created, 3, "{outcome:?}");
        let parent = |code: &str| {
            let key: ProgrammeKey = code.parse().expect("a code");
            let found = db.read_blocking(|c| {
                let found = programme::tree(c, Some(&key))?;
                programme::get(c, &RecordRef::Id(found[0].programme.id.into()))
            });
            found.expect("a programme").content.parent_id.map(Uuid::from)
        };
        // Below the 31st: the nearest that has room.
        assert_eq!(parent("A"), Some(chain[30]));
        assert_eq!(parent("B"), Some(chain[30]));
        assert_eq!(parent("C"), None);
    });
}
