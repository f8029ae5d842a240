//! Statements: what a source says of one field of a record.
//!
//! The record itself says what the registry holds to be so. Statements stand beside it: where
//! that comes from, and what else has been said. Which of them are preferred is not stored but
//! seen: those with which the record agrees.

mod field;
mod said;

pub use field::FieldPath;
pub use said::Said;

use crate::decode::{Decode, Object, decode};
use crate::error::{Errors, Invalid, Location, Pointer};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::id::{AnyId, EntityKind, RecordRef, SourceId, StatementId};
use crate::record::{Stamp, Timestamp};
use crate::source::SourceRef;
use crate::text::{Line, Prose};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

crate::vocabulary! {
    /// How somebody came to state something.
    pub enum StatementBasis: "statement_basis" {
        Stated = "stated", "Stated by the source";
        Inferred = "inferred", "Inferred from what is stated";
        Computed = "computed", "Computed from other figures";
    }
}

/// The records that nothing is stated about: they are what statements are made of.
const NOT_SUBJECTS: [EntityKind; 2] = [EntityKind::Source, EntityKind::Statement];

/// All that a writer may state about a statement.
///
/// `value` is what a writer would give to `field` of the record, or one element of it where the
/// field is a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "about_kind": "organisation",
    "about_id": "0198c0de-0000-7000-8000-000000000000",
    "field": "/founded",
    "value": "1993",
    "basis": "stated",
    "source_id": "0198c0de-0000-7000-8000-000000000000",
    "quotation": "since 1993"
}))]
pub struct StatementContent {
    /// What kind of record it is about: any but sources and statements.
    pub about_kind: EntityKind,
    /// Which record it is about.
    #[schema(value_type = String, format = Uuid)]
    pub about_id: Uuid,
    /// Which field of it.
    pub field: FieldPath,
    /// What the field is said to be.
    #[schema(example = "1993")]
    pub value: Value,
    /// How it came to be stated.
    pub basis: StatementBasis,
    /// Where it is stated; what is stated has a source.
    pub source_id: Option<SourceId>,
    /// The words of the source, in short.
    #[schema(example = "since 1993")]
    pub quotation: Option<Prose>,
    /// Where in the source: a page, a section.
    #[schema(example = "p. 12")]
    pub locator: Option<Line>,
    /// How it was inferred or computed, and what else there is to say.
    pub note: Option<Line>,
}

/// A value of any type but null, which would state nothing.
struct Anything(Value);

impl Decode for Anything {
    fn decode(value: &Value, _: &Pointer, _: &mut Errors) -> Option<Self> {
        Some(Self(value.clone()))
    }
}

impl Decode for StatementContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&[
            "id",
            "about",
            "source",
            "preferred",
            "version",
            "created_at",
            "updated_at",
        ]);
        let about_kind: Option<EntityKind> = object.required("about_kind");
        let about_id: Option<AnyId> = object.required("about_id");
        let field = object.required("field");
        let value: Option<Anything> = object.required("value");
        let basis = object.optional("basis").unwrap_or(StatementBasis::Stated);
        let source_id: Option<SourceId> = object.optional("source_id");
        let quotation = object.optional("quotation");
        let locator = object.optional("locator");
        let note = object.optional("note");
        if let Some(kind) = about_kind.filter(|kind| NOT_SUBJECTS.contains(kind)) {
            let detail = format!("Nothing is stated about {}; name another.", kind.with_article());
            object.fault("about_kind", Invalid::new("not_a_subject", detail));
        }
        if basis == StatementBasis::Stated && source_id.is_none() && !object.has("source_id") {
            let detail = "What is stated has a source: give its 'source_id', or say with 'basis' \
                          that this is inferred or computed.";
            object.fault("source_id", Invalid::new("required", detail));
        }
        let sound = object.finish();
        let ((about_kind, about_id), (field, value)) =
            about_kind.zip(about_id).zip(field.zip(value)).filter(|_| sound)?;
        Some(Self {
            about_kind,
            about_id: about_id.0,
            field,
            value: value.0,
            basis,
            source_id,
            quotation,
            locator,
            note,
        })
    }
}

impl StatementContent {
    /// The value as the field of a record would have it whose content was written as `stated`, and
    /// whether it is one element of what is listed there: it is read as the list would read it.
    fn as_the_field(&self, stated: &Value) -> (Value, bool) {
        let listed = stated.pointer(self.field.as_str()).is_some_and(Value::is_array);
        if listed && !self.value.is_array() {
            (Value::Array(vec![self.value.clone()]), true)
        } else {
            (self.value.clone(), false)
        }
    }

    /// Refuses what no record of a kind could say. All else that one of which the content was
    /// written as `stated` says of the same field is forgotten first; what the rest of it says
    /// does not matter: sources may contradict it.
    ///
    /// # Errors
    /// When the field is not one of such records, or the value is not one it could have; with
    /// pointers into the statement.
    pub fn could_be<T: Decode>(&self, stated: &Value) -> Result<(), Errors> {
        let (value, is_element) = self.as_the_field(stated);
        let mut alone = stated.clone();
        let top = self.field.names().next().unwrap_or_default();
        if let Value::Object(fields) = &mut alone {
            fields.shift_remove(&top);
            if let Value::Object(patch) = self.field.patch(value) {
                fields.extend(patch);
            }
        }
        let Err(faults) = decode::<T>(&alone) else { return Ok(()) };
        let inside = if is_element { format!("{}/0", self.field) } else { self.field.to_string() };
        let mut errors = Errors::new();
        for fault in faults.iter() {
            let Location::Pointer(at) = &fault.at else { continue };
            let unknown = ["unknown_field", "read_only"].contains(&fault.code);
            let below = at.as_str().strip_prefix(&inside);
            let named = below == Some("") && unknown;
            let of_value = below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
                && !named
                && fault.code != "duplicate_language";
            // Somewhere above the value there is no object that could hold it.
            let above = inside.starts_with(at.as_str()) && below.is_none();
            let no_such = above && (unknown || fault.code == "wrong_type");
            if of_value || named || no_such {
                let at = Pointer::root().field(if of_value { "value" } else { "field" });
                errors.body(&at, Invalid::new(fault.code, fault.detail.clone()));
            }
        }
        errors.into_result(Some(()))
    }
}

/// A statement of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// What was stated.
    #[serde(flatten)]
    pub content: StatementContent,
    /// What to show for the record it is about.
    #[schema(example = "Fondazione ISMU ETS")]
    pub about: String,
    /// The source, in short.
    pub source: Option<SourceRef>,
    /// Whether the record says so now.
    #[schema(example = true)]
    pub preferred: bool,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// Which statements a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementFilter {
    /// Record it is about, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub about: Conditions<RecordRef>,
    /// Kind of the record it is about.
    #[param(value_type = Option<String>, example = "organisation")]
    pub about_kind: Conditions<EntityKind>,
    /// Field it is about, those inside it included.
    #[param(value_type = Option<String>, example = "/founded")]
    pub field: Conditions<FieldPath>,
    /// How it came to be stated.
    #[param(value_type = Option<String>, example = "stated")]
    pub basis: Conditions<StatementBasis>,
    /// Source it comes from, by id.
    #[param(value_type = Option<String>)]
    pub source: Conditions<SourceId>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for StatementFilter {
    const SORTS: &'static [&'static str] = &["field", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            about: query.conditions("about"),
            about_kind: query.conditions("about_kind"),
            field: query.conditions("field"),
            basis: query.conditions("basis"),
            source: query.conditions("source"),
            updated_at: query.instants("updated_at"),
        }
    }
}
