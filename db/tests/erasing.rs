//! Erasing an account that has much: in parts, between which others write.

use crate::common::{content, on_both, write};
use consortia_db::account::{self, Erased, Opening};
use consortia_db::rights::Rights;
use consortia_db::{Actor, Db, draft};
use consortia_domain::account::{Account, AccountContent, UserRole};
use consortia_domain::draft::DraftContent;
use serde_json::json;

fn new_account(db: &Db, name: &str) -> Account {
    let name = name.parse().expect("a name");
    let content =
        AccountContent { name, role: UserRole::Editor, organisations: vec![], disabled: false };
    write(db, move |tx| account::create(tx, &content, Opening::Password("none"))).expect("opened")
}

/// Drafts of an account, each with one version before.
fn prepare(db: &Db, of: &Account, drafts: u32) {
    for n in 0..drafts {
        let body = |what: &str| {
            let acronym = format!("{what}{n}");
            content::<DraftContent>(json!({"kind": "project", "content": {"acronym": acronym}}))
        };
        let (first, second) = (body("FIRST"), body("SECOND"));
        let actor = Actor::new(format!("account:{}", of.id));
        let prepared = db.write_blocking(actor, move |tx| {
            let made = draft::create(tx, &first, &[])?;
            draft::update(tx, made.id, 1, &second, &Rights::All)
        });
        prepared.expect("no fault").expect("a draft");
    }
}

fn drafts(db: &Db) -> u64 {
    let all = db.read_blocking(|c| draft::list(c, &Rights::All, None, None, 1, 0));
    all.expect("a list").total
}

#[test]
fn who_has_much_is_erased_in_parts() {
    on_both(|db| {
        let (one, other) = (new_account(db, "one"), new_account(db, "other"));
        prepare(db, &one, 40);
        prepare(db, &other, 1);
        let mut parts = vec![];
        while parts.last() != Some(&Erased::Wholly) {
            let (id, before) = (one.id, drafts(db));
            parts.push(write(db, move |tx| account::erase(tx, id)).expect("no fault"));
            let gone = before - drafts(db);
            assert!(gone <= 32, "{gone} drafts at once");
            assert!(parts.len() < 10, "{parts:?}");
        }
        // 80 versions and 40 drafts, 32 at a time.
        assert_eq!(parts, [[Erased::InPart; 3].as_slice(), &[Erased::Wholly]].concat());
        assert_eq!(drafts(db), 1);
        let id = one.id;
        assert!(db.read_blocking(|c| account::find(c, id)).expect("no fault").is_none());
        let again = write(db, move |tx| account::erase(tx, id));
        assert_eq!(again.expect("no fault"), Erased::NotThere);
    });
}
