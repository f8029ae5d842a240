//! Relations: what one project is to another, or one organisation to another, and when.

use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::id::{AnyId, RecordRef, RelationId};
use crate::period::Period;
use crate::record::{Stamp, Timestamp};
use crate::relation_kind::{RelationBetween, RelationKind};
use crate::statement::Statement;
use crate::text::Line;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// All that a writer may state about a relation.
///
/// It reads from `from_id` to `to_id`: "SUPPORT ME stems from DIME" is from SUPPORT ME to DIME.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "stems_from",
    "between": "projects",
    "from_id": "0198c0de-0000-7000-8000-000000000001",
    "to_id": "0198c0de-0000-7000-8000-000000000000",
    "period": {"start": "2024-01", "end": ".."}
}))]
pub struct RelationContent {
    /// What the one is to the other.
    pub kind: RelationKind,
    /// Whether both are projects or both organisations.
    pub between: RelationBetween,
    /// The record it is said of.
    #[schema(value_type = String, format = Uuid)]
    pub from_id: Uuid,
    /// The record it leads to.
    #[schema(value_type = String, format = Uuid)]
    pub to_id: Uuid,
    /// Since when and until when it holds.
    #[serde(default)]
    pub period: Period,
    /// What else there is to say about it, in short.
    #[schema(example = "Same consortium, without the Greek partner")]
    pub note: Option<Line>,
}

/// The fault of a kind that does not exist between such records.
fn no_such_relation(kind: RelationKind, between: RelationBetween) -> Invalid {
    let there_are: Vec<&str> = RelationKind::ALL
        .iter()
        .filter(|kind| kind.exists_between(between))
        .map(|kind| kind.code())
        .collect();
    let detail = format!(
        "'{kind}' does not exist between {between}. Between {between} there are: {}.",
        there_are.join(", ")
    );
    Invalid::new("kind_not_between", detail)
}

impl Decode for RelationContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&[
            "id",
            "label",
            "reads",
            "reads_back",
            "from",
            "to",
            "sources",
            "version",
            "created_at",
            "updated_at",
        ]);
        let kind: Option<RelationKind> = object.required("kind");
        let between: Option<RelationBetween> = object.required("between");
        let from: Option<AnyId> = object.required("from_id");
        let to: Option<AnyId> = object.required("to_id");
        let period = object.optional("period").unwrap_or_default();
        let note = object.optional("note");
        if let Some((kind, between)) = kind.zip(between)
            && !kind.exists_between(between)
        {
            object.fault("kind", no_such_relation(kind, between));
        }
        if let (Some(AnyId(from)), Some(AnyId(to))) = (&from, &to)
            && from == to
        {
            let detail = "A relation is between two records, and 'from_id' names the same one; \
                          give the id of another.";
            object.fault("to_id", Invalid::new("same_record", detail));
        }
        let sound = object.finish();
        let ((kind, between), (from, to)) = kind.zip(between).zip(from.zip(to))?;
        sound.then_some(Self { kind, between, from_id: from.0, to_id: to.0, period, note })
    }
}

/// A relation of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Relation {
    /// Its id.
    pub id: RelationId,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: RelationContent,
    /// How it reads, `from` first.
    #[schema(value_type = String, example = "stems from")]
    pub reads: &'static str,
    /// How it reads the other way, `to` first.
    #[schema(value_type = String, example = "led to")]
    pub reads_back: &'static str,
    /// The record it is said of, in short.
    pub from: RelationEnd,
    /// The record it leads to, in short.
    pub to: RelationEnd,
    /// Where its facts come from, and what else is said; shown with `include=sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sources: Option<Vec<Statement>>,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// A project or an organisation as its relations show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RelationEnd {
    /// Its id.
    #[schema(value_type = String, format = Uuid, example = "0198c0de-0000-7000-8000-000000000000")]
    pub id: Uuid,
    /// What to show for it.
    #[schema(example = "DIME")]
    pub label: String,
}

/// Which relations a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RelationFilter {
    /// What the one is to the other.
    #[param(value_type = Option<String>, example = "stems_from,continues")]
    pub kind: Conditions<RelationKind>,
    /// Whether between projects or between organisations.
    #[param(value_type = Option<String>, example = "projects")]
    pub between: Conditions<RelationBetween>,
    /// Project at either end, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "cordis:101004635")]
    pub project: Conditions<RecordRef>,
    /// Organisation at either end, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub organisation: Conditions<RecordRef>,
    /// Project or organisation it is said of, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "cordis:101004635")]
    pub from: Conditions<RecordRef>,
    /// Project or organisation it leads to, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "cordis:101004635")]
    pub to: Conditions<RecordRef>,
    /// First and last day of a time in which it may have held.
    #[param(ignore)]
    pub active: Range<NaiveDate>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for RelationFilter {
    const SORTS: &'static [&'static str] = &["start_date", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            kind: query.conditions("kind"),
            between: query.conditions("between"),
            project: query.conditions("project"),
            organisation: query.conditions("organisation"),
            from: query.conditions("from"),
            to: query.conditions("to"),
            active: query.days("active"),
            updated_at: query.instants("updated_at"),
        }
    }
}
