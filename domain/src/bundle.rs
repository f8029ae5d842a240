//! Bundles: everything a registry holds, or a part of it, as lines of JSON (NDJSON).
//!
//! The first line may say what the file is. Every other line is one record: its `entity`, its
//! `id`, and fields as in requests. Wherever a line names a record, its own or another, it may
//! do so by UUID, by an identifier of another registry (`pic:968823876`), or by a handle that
//! its author made up (`#mse`); a programme also by code, alias or title. Lines may come in
//! any order.

mod name;

pub(crate) use name::id_of;
pub use name::{Handle, Name};

use crate::decode::{Decode, Object, decode};
use crate::error::{Errors, Invalid, Pointer};
use crate::id::EntityKind;
use crate::record::AnyRecord;
use crate::relation_kind::RelationBetween;
use crate::statement::FieldPath;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What the first line of a bundle calls its format.
pub const FORMAT: &str = "consortia-bundle";
/// The version of the format that is written, and the only one that is read.
pub const VERSION: u32 = 1;
/// The media type of bundles.
pub const MEDIA_TYPE: &str = "application/x-ndjson";

/// The kinds of records in the order in which they can be stored: those that others refer to
/// first.
pub const ORDER: &[EntityKind] = &[
    EntityKind::Organisation,
    EntityKind::Programme,
    EntityKind::Call,
    EntityKind::Project,
    EntityKind::Participation,
    EntityKind::Relation,
    EntityKind::Agreement,
    EntityKind::Source,
    EntityKind::Claim,
    EntityKind::Statement,
];

/// The first line of a bundle.
#[must_use]
pub fn header() -> Value {
    json!({"format": FORMAT, "version": VERSION})
}

/// What one line of a bundle holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// What the file is.
    Header,
    /// A record.
    Record(RecordLine),
}

/// A record as a line of a bundle.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordLine {
    /// What kind of record it is.
    pub entity: EntityKind,
    /// What the line names the record by.
    pub name: Option<Name>,
    /// Its fields, as in a request; of a participation also its `project_id`.
    fields: Value,
}

/// A place where a record refers to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where.
    pub at: Pointer,
    /// The kind of record referred to.
    pub to: EntityKind,
    /// What it is named by.
    pub name: String,
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// Every fault of what the line says of itself; its fields are read when it is stored.
    pub fn read(value: &Value) -> Result<Self, Errors> {
        if value.get("format").is_some() {
            return decode::<Header>(value).map(|Header| Self::Header);
        }
        decode(value).map(Self::Record)
    }
}

/// The first line, of a version that can be read.
struct Header;

impl Decode for Header {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let format: Option<crate::text::Line> = object.required("format");
        let version: Option<u32> = object.required("version");
        if let Some(format) = format.filter(|format| format.as_str() != FORMAT) {
            let detail = format!("'{format}' is not a format known here. Expected '{FORMAT}'.");
            object.fault("format", Invalid::new("unknown_format", detail));
        }
        if let Some(version) = version.filter(|version| *version != VERSION) {
            let detail = format!(
                "Version {version} of the format is not known here, only {VERSION}; use the \
                 version of Consortia that wrote the file, or a newer one."
            );
            object.fault("version", Invalid::new("unknown_version", detail));
        }
        object.finish().then_some(Self)
    }
}

impl Decode for RecordLine {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        // Only these two are read here; all others belong to the record.
        let own = |name: &str| value.get(name).cloned().unwrap_or_default();
        let head = json!({"entity": own("entity"), "id": own("id")});
        let mut fields = match value {
            Value::Object(fields) => fields.clone(),
            _ => Map::new(),
        };
        fields.retain(|name, _| name != "entity" && name != "id");
        let mut object = Object::open(if value.is_object() { &head } else { value }, at, errors)?;
        let entity = object.required("entity");
        let name = object.optional("id");
        let sound = object.finish();
        let entity = entity.filter(|_| sound)?;
        Some(Self { entity, name, fields: Value::Object(fields) })
    }
}

impl RecordLine {
    /// A line that says `fields` of a record.
    #[must_use]
    pub fn new(entity: EntityKind, name: Option<Name>, fields: Value) -> Self {
        Self { entity, name, fields }
    }

    /// The line of a record.
    #[must_use]
    pub fn of(record: &dyn AnyRecord) -> Value {
        let mut line = Map::new();
        line.insert("entity".to_owned(), record.kind().code().into());
        line.insert("id".to_owned(), record.id().to_string().into());
        line.extend(record.within().map(|(name, id)| (name.to_owned(), id.to_string().into())));
        if let Value::Object(content) = record.stated() {
            line.extend(content);
        }
        Value::Object(line)
    }

    /// The fields, as in a request.
    #[must_use]
    pub fn fields(&self) -> &Value {
        &self.fields
    }

    /// One field, as it was given.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// Takes a field away.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.as_object_mut()?.shift_remove(name)
    }

    /// Every place where the record refers to another. What is no text there is left for the
    /// reader of the fields to refuse.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        use EntityKind::{Call, Organisation, Programme, Project, Source};
        let mut found = Vec::new();
        let root = Pointer::root();
        let mut one = |at: Pointer, to: EntityKind| {
            let text = self.fields.pointer(at.as_str()).and_then(Value::as_str);
            found.extend(text.map(|name| Reference { at, to, name: name.to_owned() }));
        };
        match self.entity {
            Organisation => one(root.field("parent_id"), Organisation),
            Programme => {
                one(root.field("parent_id"), Programme);
                for n in 0..self.length("funder_ids") {
                    one(root.field("funder_ids").index(n), Organisation);
                }
            }
            Call => one(root.field("programme_id"), Programme),
            Project => {
                for n in 0..self.length("fundings") {
                    let at = root.field("fundings").index(n);
                    one(at.field("programme_id"), Programme);
                    one(at.field("funder_id"), Organisation);
                    one(at.field("call_id"), Call);
                }
            }
            EntityKind::Participation => {
                one(root.field("project_id"), Project);
                one(root.field("organisation_id"), Organisation);
            }
            EntityKind::Relation => {
                let between = self.parsed("between").unwrap_or(RelationBetween::Projects);
                let to = match between {
                    RelationBetween::Projects => Project,
                    RelationBetween::Organisations => Organisation,
                };
                one(root.field("from_id"), to);
                one(root.field("to_id"), to);
            }
            EntityKind::Agreement => {
                for n in 0..self.length("party_ids") {
                    one(root.field("party_ids").index(n), Organisation);
                }
            }
            Source => {}
            EntityKind::Claim => {
                one(root.field("organisation_id"), Organisation);
                one(root.field("source_id"), Source);
            }
            EntityKind::Statement => {
                if let Some(kind) = self.parsed("about_kind") {
                    one(root.field("about_id"), kind);
                }
                one(root.field("source_id"), Source);
                found.extend(self.stated_references());
            }
        }
        found
    }

    /// Every place in the value of a statement where the record it is about would refer to
    /// another if it said so.
    fn stated_references(&self) -> Vec<Reference> {
        let field = self.parsed::<FieldPath>("field");
        let stated = field.zip(self.field("value")).zip(self.parsed("about_kind"));
        let Some(((field, value), about)) = stated else { return Vec::new() };
        let within = |value: Value, place: &str| {
            let record = Self { entity: about, name: None, fields: field.patch(value) };
            let inside = |reference: Reference| {
                let rest = reference.at.as_str().strip_prefix(place)?;
                let names = rest.split('/').skip(1);
                let at = names.fold(Pointer::root().field("value"), |at, name| at.field(name));
                Some(Reference { at, ..reference })
            };
            record.references().into_iter().filter_map(inside).collect::<Vec<_>>()
        };
        // The value of the field, or one element of the list that the field is.
        let mut found = within(value.clone(), field.as_str());
        found.extend(within(Value::Array(vec![value.clone()]), &format!("{field}/0")));
        found
    }

    /// Puts the id of the record referred to in the place of its name.
    pub fn refer(&mut self, reference: &Reference, id: Uuid) {
        if let Some(place) = self.fields.pointer_mut(reference.at.as_str()) {
            *place = id.to_string().into();
        }
    }

    fn length(&self, list: &str) -> usize {
        self.fields.get(list).and_then(Value::as_array).map_or(0, Vec::len)
    }

    fn parsed<T: std::str::FromStr>(&self, field: &str) -> Option<T> {
        self.fields.get(field)?.as_str()?.parse().ok()
    }
}
