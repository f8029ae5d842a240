//! Relations read from JSON: what exists between what, and every fault at once.

use consortia_domain::Location;
use consortia_domain::decode::decode;
use consortia_domain::relation::RelationContent;
use consortia_domain::relation_kind::{RelationBetween, RelationKind};
use serde_json::{Value, json};

const ONE: &str = "0198c0de-0000-7000-8000-000000000001";
const OTHER: &str = "0198c0de-0000-7000-8000-000000000002";

fn body(kind: &str, between: &str) -> Value {
    json!({"kind": kind, "between": between, "from_id": ONE, "to_id": OTHER})
}

/// The faults as `pointer code`.
fn refused(body: &Value) -> Vec<String> {
    let errors = decode::<RelationContent>(body).unwrap_err();
    let place = |at: &Location| match at {
        Location::Pointer(pointer) => pointer.to_string(),
        other => panic!("{other:?}"),
    };
    errors.iter().map(|fault| format!("{} {}", place(&fault.at), fault.code)).collect()
}

#[test]
fn what_is_stated_is_read_and_the_rest_is_unknown() {
    let read: RelationContent = decode(&body("Stems from", "projects")).unwrap();
    assert_eq!((read.kind, read.between), (RelationKind::StemsFrom, RelationBetween::Projects));
    assert_eq!((read.from_id.to_string(), read.to_id.to_string()), (ONE.into(), OTHER.into()));
    assert!(read.period.is_unknown() && read.note.is_none());
    let mut full = body("renamed_to", "organisations");
    full["period"] = json!({"start": "2019-06", "end": ".."});
    full["note"] = json!("By decree");
    let read: RelationContent = decode(&full).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), full);
}

#[test]
fn each_kind_exists_between_its_records_only() {
    let between = |sort: RelationBetween| -> Vec<&str> {
        let kinds = RelationKind::ALL.iter().filter(|kind| kind.exists_between(sort));
        kinds.map(|kind| kind.code()).collect()
    };
    assert_eq!(
        between(RelationBetween::Projects),
        ["continues", "stems_from", "part_of", "funded_under", "planned_follow_up", "output_of"]
    );
    assert_eq!(
        between(RelationBetween::Organisations),
        ["part_of", "renamed_to", "merged_into", "succeeded_by", "member_of"]
    );
    for kind in RelationKind::ALL {
        for sort in RelationBetween::ALL {
            let read = decode::<RelationContent>(&body(kind.code(), sort.code()));
            assert_eq!(read.is_ok(), kind.exists_between(*sort), "{kind} between {sort}");
        }
    }
    let errors = decode::<RelationContent>(&body("renamed_to", "projects")).unwrap_err();
    let detail = errors.to_string();
    assert!(detail.contains("Between projects there are: continues, stems_from"), "{detail}");
}

#[test]
fn each_kind_reads_differently_both_ways() {
    let mut read: Vec<&str> =
        RelationKind::ALL.iter().flat_map(|kind| [kind.reads(), kind.reads_back()]).collect();
    let all = read.len();
    read.sort_unstable();
    read.dedup();
    assert_eq!(read.len(), all);
}

#[test]
fn every_fault_is_reported_at_once() {
    assert_eq!(
        refused(&json!({})),
        ["/kind required", "/between required", "/from_id required", "/to_id required"]
    );
    let wrong = json!({
        "kind": "merged_into", "between": "projects", "from_id": "pic:968823876", "to_id": 7,
        "period": "2020/2019", "note": "a\nb", "reads": "formerly", "colour": "red"
    });
    assert_eq!(
        refused(&wrong),
        [
            "/from_id invalid_id",
            "/to_id wrong_type",
            "/period end_before_start",
            "/note control_character",
            "/kind kind_not_between",
            "/reads read_only",
            "/colour unknown_field",
        ]
    );
    let same = json!({"kind": "friend_of", "between": "people", "from_id": ONE, "to_id": ONE});
    assert_eq!(
        refused(&same),
        ["/kind unknown_relation_kind", "/between unknown_relation_between", "/to_id same_record",]
    );
}
