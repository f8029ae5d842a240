//! Reading JSON into domain types, reporting every fault at once with its place.
//!
//! serde stops at the first fault; people who fill in a form want all of them.

use crate::error::{Errors, Invalid, Pointer};
use crate::record::Timestamp;
use crate::text::shown;
use chrono::{DateTime, SubsecRound as _};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;

/// A type that can be read from JSON, noting every fault in `errors`.
pub trait Decode: Sized {
    /// The value at `at`, or `None` after noting at least one fault.
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self>;
}

/// Reads a whole document.
///
/// # Errors
/// Every fault found, each with its JSON pointer.
pub fn decode<T: Decode>(value: &Value) -> Result<T, Errors> {
    let mut errors = Errors::new();
    let decoded = T::decode(value, &Pointer::root(), &mut errors);
    errors.into_result(decoded)
}

/// The word for a JSON value's type, as used in messages.
#[must_use]
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The fault of a value of the wrong JSON type. `expected` reads like "a string".
#[must_use]
pub fn wrong_type(expected: &str, found: &Value) -> Invalid {
    Invalid::new("wrong_type", format!("Expected {expected}, found {}.", kind_of(found)))
}

/// A JSON object being read field by field.
///
/// Fields are asked for by name; [`Object::finish`] then reports those nobody asked for.
pub struct Object<'a> {
    map: &'a Map<String, Value>,
    at: &'a Pointer,
    known: Vec<&'static str>,
    read_only: Vec<&'static str>,
    errors: &'a mut Errors,
    complete: bool,
}

impl<'a> Object<'a> {
    /// Starts reading `value`, which must be an object.
    pub fn open(value: &'a Value, at: &'a Pointer, errors: &'a mut Errors) -> Option<Self> {
        let Value::Object(map) = value else {
            errors.body(at, wrong_type("an object", value));
            return None;
        };
        Some(Self { map, at, known: Vec::new(), read_only: Vec::new(), errors, complete: true })
    }

    /// The field `name`, which must be present and not null.
    pub fn required<T: Decode>(&mut self, name: &'static str) -> Option<T> {
        let found = self.optional(name);
        if matches!(self.map.get(name), None | Some(Value::Null)) {
            let detail = format!("The field '{name}' is required; give it a value.");
            self.errors.body(&self.at.field(name), Invalid::new("required", detail));
            self.complete = false;
        }
        found
    }

    /// The field `name`; absent and null both mean unknown.
    pub fn optional<T: Decode>(&mut self, name: &'static str) -> Option<T> {
        self.known.push(name);
        match self.map.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => {
                let decoded = T::decode(value, &self.at.field(name), self.errors);
                self.complete &= decoded.is_some();
                decoded
            }
        }
    }

    /// The list `name`; absent and null both mean the empty list.
    pub fn list<T: Decode>(&mut self, name: &'static str) -> Vec<T> {
        self.optional::<Vec<T>>(name).unwrap_or_default()
    }

    /// Whether the field `name` is there and not null.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|value| !value.is_null())
    }

    /// The list `name`, in which nothing may be twice; absent and null both mean the empty list.
    pub fn distinct<T: Decode + Eq + Hash + Display>(&mut self, name: &'static str) -> Vec<T> {
        let list = self.list::<T>(name);
        self.once_each(name, &list, "repeated_value");
        list
    }

    /// Notes a fault, `code`, of each of `list`, which stands in the field `name`, that was there
    /// before.
    pub fn once_each<T: Eq + Hash + Display>(
        &mut self,
        name: &str,
        list: &[T],
        code: &'static str,
    ) {
        let mut seen = HashSet::with_capacity(list.len());
        for (n, item) in list.iter().enumerate() {
            if !seen.insert(item) {
                let detail = format!("{item} is listed twice; list it once.");
                self.fault_at(&format!("{name}/{n}"), Invalid::new(code, detail));
            }
        }
    }

    /// Notes a fault, `code`, of the field `name` when there are more than `most` in it.
    pub fn at_most(&mut self, name: &str, most: usize, found: usize, code: &'static str) {
        if found > most {
            let detail = format!(
                "There may be {most} of '{name}', found {found}; leave out those that matter least."
            );
            self.fault(name, Invalid::new(code, detail));
        }
    }

    /// Names fields a record shows but nobody may write.
    pub fn read_only(&mut self, names: &[&'static str]) {
        self.read_only.extend_from_slice(names);
    }

    /// Notes a fault of the field `name` found after reading it (a rule across fields).
    pub fn fault(&mut self, name: &str, fault: Invalid) {
        self.errors.body(&self.at.field(name), fault);
        self.complete = false;
    }

    /// Notes a fault at `place` below this object, such as `deadlines/0`.
    pub fn fault_at(&mut self, place: &str, fault: Invalid) {
        let at = place.split('/').fold(self.at.clone(), |at, part| at.field(part));
        self.errors.body(&at, fault);
        self.complete = false;
    }

    /// Notes a fault of the object as a whole, `fault`, unless one of the fields `names` says
    /// anything. What it says may be at fault itself.
    pub fn demand_any(&mut self, names: &[&str], fault: impl FnOnce() -> Invalid) {
        let says = |value: &Value| match value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            _ => true,
        };
        if !names.iter().any(|name| self.map.get(*name).is_some_and(says)) {
            self.errors.body(self.at, fault());
            self.complete = false;
        }
    }

    /// Reports fields nobody asked for; true when every field read was sound.
    #[must_use]
    pub fn finish(self) -> bool {
        let mut complete = self.complete;
        for name in self.map.keys().filter(|name| !self.known.contains(&name.as_str())) {
            complete = false;
            let fault = if self.read_only.contains(&name.as_str()) {
                let detail = format!("'{name}' is set by the registry; leave it out.");
                Invalid::new("read_only", detail)
            } else {
                let allowed = self.known.join(", ");
                let detail = format!("'{name}' is not a field here. Allowed: {allowed}.");
                Invalid::new("unknown_field", detail)
            };
            self.errors.body(&self.at.field(name), fault);
        }
        complete
    }
}

/// The longest list a body may hold, so that no single request can exhaust memory.
pub const MAX_LIST: usize = 10_000;

/// The fault of a value that is no array: whether it would do as the one element of one, or else
/// what it lacks for that, which tells what elements look like.
fn no_array<T: Decode>(value: &Value) -> Invalid {
    let mut errors = Errors::new();
    let element = T::decode(value, &Pointer::root(), &mut errors);
    let Invalid { code, detail } = wrong_type("an array", value);
    let hint = match (element, errors.iter().last()) {
        (None, Some(fault)) => format!("Write […]. As an element of that: {}", fault.detail),
        _ => format!("Write [{}].", shape(value)),
    };
    Invalid::new(code, format!("{detail} {hint}"))
}

/// A value as an example shows it.
fn shape(value: &Value) -> String {
    match value {
        Value::Object(_) => "{…}".to_owned(),
        Value::String(_) => "\"…\"".to_owned(),
        other => other.to_string(),
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let Value::Array(items) = value else {
            errors.body(at, no_array::<T>(value));
            return None;
        };
        if items.len() > MAX_LIST {
            let found = items.len();
            let detail = format!("A list may hold {MAX_LIST} items, found {found}; split it up.");
            errors.body(at, Invalid::new("too_long", detail));
            return None;
        }
        let read = |(n, item)| T::decode(item, &at.index(n), errors);
        // Collecting into a Vec first, so that every element's faults are reported.
        let decoded: Vec<Option<T>> = items.iter().enumerate().map(read).collect();
        decoded.into_iter().collect()
    }
}

impl Decode for bool {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let decoded = value.as_bool();
        if decoded.is_none() {
            errors.body(at, wrong_type("true or false", value));
        }
        decoded
    }
}

impl Decode for Timestamp {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let fault = match value {
            Value::String(text) => {
                if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
                    return Some(instant.to_utc().trunc_subsecs(6));
                }
                let shown = shown(text);
                let detail = format!(
                    "{shown} is no instant. Expected RFC 3339, such as 2027-01-31T12:00:00Z."
                );
                Invalid::new("invalid_instant", detail)
            }
            other => wrong_type("a string", other),
        };
        errors.body(at, fault);
        None
    }
}

impl Decode for f64 {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        if !value.is_number() {
            errors.body(at, wrong_type("a number", value));
            return None;
        }
        let decoded = value.as_f64().filter(|number| number.is_finite());
        if decoded.is_none() {
            let detail = format!("{value} is too large a number to work with.");
            errors.body(at, Invalid::new("number_out_of_range", detail));
        }
        decoded
    }
}

impl Decode for u32 {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let decoded = value.as_u64().and_then(|number| Self::try_from(number).ok());
        if decoded.is_none() {
            let detail = format!("Expected a whole number from 0 to {}, found {value}.", Self::MAX);
            errors.body(at, Invalid::new("not_a_whole_number", detail));
        }
        decoded
    }
}

/// Implements [`Decode`] for types that parse from a JSON string by `FromStr<Err = Invalid>`.
#[macro_export]
macro_rules! decode_from_str {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::decode::Decode for $type {
            fn decode(
                value: &serde_json::Value,
                at: &$crate::error::Pointer,
                errors: &mut $crate::error::Errors,
            ) -> Option<Self> {
                let serde_json::Value::String(text) = value else {
                    errors.body(at, $crate::decode::wrong_type("a string", value));
                    return None;
                };
                match text.parse() {
                    Ok(decoded) => Some(decoded),
                    Err(fault) => {
                        errors.body(at, fault);
                        None
                    }
                }
            }
        }
    )+};
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::fmt;
    use std::hash::Hasher;

    thread_local! {
        static COMPARED: Cell<usize> = const { Cell::new(0) };
    }

    /// A number that counts how often two are compared.
    struct Counting(usize);

    impl PartialEq for Counting {
        fn eq(&self, other: &Self) -> bool {
            COMPARED.set(COMPARED.get() + 1);
            self.0 == other.0
        }
    }

    impl Eq for Counting {}

    impl Hash for Counting {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }

    impl Display for Counting {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f)
        }
    }

    #[test]
    fn a_long_list_is_looked_through_once() {
        let list: Vec<_> = (0..MAX_LIST).chain([7]).map(Counting).collect();
        let (at, mut errors) = (Pointer::root(), Errors::new());
        let body = Value::Object(Map::new());
        let mut object = Object::open(&body, &at, &mut errors).expect("an object");
        object.once_each("numbers", &list, "repeated_value");
        assert_eq!(errors.to_string(), "/numbers/10000: 7 is listed twice; list it once.");
        assert!(COMPARED.get() < list.len(), "{}", COMPARED.get());
    }
}
