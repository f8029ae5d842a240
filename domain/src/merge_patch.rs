//! Changing part of a record: JSON Merge Patch (RFC 7396), typed by what it changes.
//!
//! Absent means "leave", null means "forget", a value means "set". The patched document
//! is read again by the same [`Decode`] as a new one, so a patch can never make a record
//! that could not have been created.

use crate::decode::{Decode, decode, wrong_type};
use crate::error::{Errors, Pointer};
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::marker::PhantomData;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// A JSON Merge Patch of a `T`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergePatch<T> {
    changes: Map<String, Value>,
    of: PhantomData<fn() -> T>,
}

impl<T> MergePatch<T> {
    /// The top-level fields the patch speaks about.
    pub fn changed_fields(&self) -> impl Iterator<Item = &str> {
        self.changes.keys().map(String::as_str)
    }
}

impl<T: Decode + Serialize> MergePatch<T> {
    /// `current` with the patch applied.
    ///
    /// # Errors
    /// Every fault of the patched document, with pointers into it.
    ///
    /// # Panics
    /// Never for the registry's own content types, which always serialise to an object.
    pub fn apply(&self, current: &T) -> Result<T, Errors> {
        let mut document = serde_json::to_value(current).expect("content serialises");
        // What current content leaves out cannot be forgotten twice, but a null for a field
        // nobody knows must still be reported: so nulls of unknown fields are kept.
        let known = document.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
        merge(&mut document, &Value::Object(self.changes.clone()));
        if let (Some(known), Value::Object(map)) = (known, &mut document) {
            for (name, value) in &self.changes {
                if value.is_null() && !known.contains(name) {
                    map.insert(name.clone(), Value::Null);
                }
            }
        }
        decode(&document)
    }
}

impl<T: ToSchema> PartialSchema for MergePatch<T> {
    /// The schema of `T` with nothing required and null allowed everywhere.
    fn schema() -> RefOr<Schema> {
        let mut schema = T::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.required.clear();
            for property in object.properties.values_mut() {
                let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
                *property = AnyOfBuilder::new().item(property.clone()).item(null).into();
            }
        }
        schema
    }
}

impl<T: ToSchema> ToSchema for MergePatch<T> {
    fn name() -> Cow<'static, str> {
        T::name().replace("Content", "Patch").into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

impl<T> Decode for MergePatch<T> {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        if let Value::Object(changes) = value {
            return Some(Self { changes: changes.clone(), of: PhantomData });
        }
        errors.body(at, wrong_type("an object (a JSON Merge Patch)", value));
        None
    }
}

/// What a patch makes where there is nothing yet: null forgets nothing.
#[must_use]
pub fn onto_nothing(patch: &Value) -> Value {
    let mut made = Value::Null;
    merge(&mut made, patch);
    made
}

/// Applies `patch` to `target` as RFC 7396 section 2 says.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(map) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            map.shift_remove(name);
        } else {
            merge(map.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

/// The smallest merge patch that turns `old` into `new`; `None` when they are equal.
///
/// A null inside `new` counts as absent, as merge patches cannot say otherwise.
#[must_use]
pub fn merge_diff(old: &Value, new: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return (old != new).then(|| new.clone());
    };
    let mut changes = Map::new();
    for name in old.keys().filter(|name| new.get(*name).is_none_or(Value::is_null)) {
        if !old[name].is_null() {
            changes.insert(name.clone(), Value::Null);
        }
    }
    for (name, value) in new.iter().filter(|(_, value)| !value.is_null()) {
        match old.get(name) {
            None | Some(Value::Null) => {
                changes.insert(name.clone(), value.clone());
            }
            Some(before) => {
                if let Some(change) = merge_diff(before, value) {
                    changes.insert(name.clone(), change);
                }
            }
        }
    }
    (!changes.is_empty()).then_some(Value::Object(changes))
}
