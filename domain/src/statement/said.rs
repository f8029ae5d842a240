//! Whether a record says what is stated of it.

use super::{FieldPath, StatementContent};
use crate::decode::{Decode, decode};
use crate::error::{Errors, FieldError, Location};
use crate::merge_patch::merge;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;

/// What a record says, to be compared with what many statements do: it is written out once, and so
/// is each of its lists.
pub struct Said<T> {
    content: Value,
    /// The fields that every `T` says something of, as much of them as it takes to read others.
    required: Map<String, Value>,
    /// The elements of the lists that were asked for.
    lists: HashMap<FieldPath, HashSet<Value>>,
    of: PhantomData<fn() -> T>,
}

impl<T: Decode + Serialize> Said<T> {
    /// What a record with this content says. O(content).
    #[must_use]
    pub fn by(content: &T) -> Self {
        let content = serde_json::to_value(content).unwrap_or_default();
        let required = required::<T>(&content);
        Self { content, required, lists: HashMap::new(), of: PhantomData }
    }

    /// Whether the record says what `statement` does: to state it anew would change nothing. What
    /// contradicts the rest of the record, or is no value it could have, it does not say.
    /// O(what is stated); the first time O(list) where that is one element of a list; and O(field)
    /// where the value cannot be read without what the record says beside it.
    pub fn agrees_with(&mut self, statement: &StatementContent) -> bool {
        let field = &statement.field;
        let (value, is_element) = statement.as_the_field(&self.content);
        let patch = field.patch(value);
        let top = field.names().next().unwrap_or_default();
        let mut alone = self.required.clone();
        alone.shift_remove(&top);
        let after = match read::<T>(alone, &patch) {
            Ok(after) => after,
            Err(faults) if is_final(&faults, &top) => return false,
            Err(_) => return self.agrees_beside(field, &patch, &top, is_element),
        };
        if is_element {
            return self.lists(field, &after);
        }
        leaves(&patch, Some(&after), Some(&self.content))
    }

    /// The same of a value that is read with what the record says in the same field, or with all
    /// it says where it takes more to read this.
    fn agrees_beside(
        &mut self,
        field: &FieldPath,
        patch: &Value,
        top: &str,
        is_element: bool,
    ) -> bool {
        let mut part = self.required.clone();
        part.extend(self.content.get(top).map(|known| (top.to_owned(), known.clone())));
        let after = match read::<T>(part, patch) {
            Ok(after) => Ok(after),
            Err(faults) if faults.iter().all(|fault| fault.is_below(top)) => return false,
            Err(_) => read::<T>(self.content.as_object().cloned().unwrap_or_default(), patch),
        };
        let Ok(after) = after else { return false };
        if is_element { self.lists(field, &after) } else { after.get(top) == self.content.get(top) }
    }

    /// Whether the list `field` has the one element that it has in `after`.
    fn lists(&mut self, field: &FieldPath, after: &Value) -> bool {
        let list = |of: &Value| of.pointer(field.as_str()).and_then(Value::as_array).cloned();
        let Some(element) = list(after).and_then(|list| list.into_iter().next()) else {
            return false;
        };
        let known = self.lists.entry(field.clone());
        let content = &self.content;
        known
            .or_insert_with(|| list(content).unwrap_or_default().into_iter().collect())
            .contains(&element)
    }
}

/// What `known` says after `patch`, as it is kept.
fn read<T: Decode + Serialize>(known: Map<String, Value>, patch: &Value) -> Result<Value, Errors> {
    let mut after = Value::Object(known);
    merge(&mut after, patch);
    decode::<T>(&after).map(|after| serde_json::to_value(after).unwrap_or_default())
}

/// Whether a value with these faults, alone in the field `top`, has them whatever stands beside it.
fn is_final(faults: &Errors, top: &str) -> bool {
    faults.iter().all(|fault| fault.is_below(top) && fault.code != "required")
}

/// Whether `content` says all that `patch` does, of which alone `after` was read.
fn leaves(patch: &Value, after: Option<&Value>, content: Option<&Value>) -> bool {
    match (patch, after) {
        (Value::Null, _) => content.is_none_or(Value::is_null),
        (Value::Object(changes), Some(Value::Object(read))) => {
            let known = |name| content.and_then(|content| content.get(name));
            changes.iter().all(|(name, change)| leaves(change, read.get(name), known(name)))
        }
        // It was read as another field, which does not keep what it said.
        (_, None) => false,
        (_, after) => after == content,
    }
}

/// What `content` says of the fields that every `T` says something of: of lists the first two
/// elements, where these do.
fn required<T: Decode>(content: &Value) -> Map<String, Value> {
    let Err(faults) = decode::<T>(&Value::Object(Map::new())) else { return Map::new() };
    let place = |fault: &FieldError| match &fault.at {
        Location::Pointer(at) if fault.code == "required" => Some(at.as_str()[1..].to_owned()),
        _ => None,
    };
    let names: Vec<String> = faults.iter().filter_map(place).collect();
    let fields = |short: fn(&Value) -> Value| -> Map<String, Value> {
        let known = |name: &String| Some((name.clone(), short(content.get(name)?)));
        names.iter().filter_map(known).collect()
    };
    let begun = Value::Object(fields(|field| match field {
        Value::Array(list) => list.iter().take(2).cloned().collect(),
        other => other.clone(),
    }));
    match begun {
        Value::Object(begun) if decode::<T>(&Value::Object(begun.clone())).is_ok() => begun,
        _ => fields(Value::clone),
    }
}
