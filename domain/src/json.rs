//! JSON text, read so that nothing it says is lost in silence: serde's own reader takes the last
//! of two fields with one name.

use crate::error::{Errors, Invalid, Pointer};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Why a text is not taken.
#[derive(Debug)]
pub enum Fault {
    /// It is not JSON.
    Syntax(serde_json::Error),
    /// A field of an object is there more than once.
    Repeated(Errors),
}

/// By this name serde's reader hands over a number with all of its digits.
const NUMBER: &str = "$serde_json::private::Number";

/// What `text` says.
///
/// # Errors
/// When it is not JSON, or gives a field more than once; the first such field is named, since
/// naming many would take more room than the text.
pub fn read(text: &[u8]) -> Result<Value, Fault> {
    let mut repeated = None;
    let mut reader = serde_json::Deserializer::from_slice(text);
    let part = Part { place: &Place::Root, repeated: &mut repeated };
    let read = part.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    let value = read.map_err(Fault::Syntax)?;
    let Some((at, name)) = repeated else { return Ok(value) };
    let detail = format!("'{name}' is given more than once here; give it once.");
    let mut errors = Errors::new();
    errors.body(&at, Invalid::new("repeated_field", detail));
    Err(Fault::Repeated(errors))
}

/// Where a value stands. Made a [`Pointer`] only when something is wrong there, so that long names
/// are not copied for all that stands below them.
enum Place<'a> {
    Root,
    Field(&'a Self, &'a str),
    Item(&'a Self, usize),
}

impl Place<'_> {
    fn pointer(&self) -> Pointer {
        match self {
            Self::Root => Pointer::root(),
            Self::Field(above, name) => above.pointer().field(name),
            Self::Item(above, index) => above.pointer().index(*index),
        }
    }
}

/// Reads the value at `place`, noting the first field that is there again.
struct Part<'a> {
    place: &'a Place<'a>,
    repeated: &'a mut Option<(Pointer, String)>,
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let place = Place::Item(self.place, items.len());
            let part = Part { place: &place, repeated: &mut *self.repeated };
            match seq.next_element_seed(part)? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if fields.is_empty() && name == NUMBER {
                let digits: String = map.next_value()?;
                return digits.parse::<Number>().map(Value::Number).map_err(A::Error::custom);
            }
            let place = Place::Field(self.place, &name);
            let part = Part { place: &place, repeated: &mut *self.repeated };
            let value = map.next_value_seed(part)?;
            if self.repeated.is_none() && fields.contains_key(&name) {
                *self.repeated = Some((place.pointer(), name.clone()));
            }
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_what_serde_takes_it_for() {
        for text in [
            r#"{"b":[1,-0.50,1e400,"\u0061",{}],"a":null,"c":{"b":true,"d":[[]]}}"#,
            "100000000000000000000.10",
            "\"x\"",
            " null ",
        ] {
            let read = read(text.as_bytes()).expect("JSON");
            assert_eq!(read, serde_json::from_str::<Value>(text).expect("JSON"), "{text}");
            assert_eq!(read.to_string(), serde_json::from_str::<Value>(text).unwrap().to_string());
        }
    }

    #[test]
    fn what_is_no_json_is_refused_as_serde_refuses_it() {
        let deep = "[".repeat(1000);
        for text in ["", "{", "[1,]", "{} {}", "01", "{\"a\":1 \"b\"}", "\"\\ud800\"", &deep] {
            let Err(Fault::Syntax(fault)) = read(text.as_bytes()) else {
                panic!("{text} is taken")
            };
            let serde = serde_json::from_str::<Value>(text).expect_err(text);
            assert_eq!(fault.to_string(), serde.to_string(), "{text}");
        }
    }

    #[test]
    fn a_field_that_is_there_again_is_named_with_its_place() {
        for (text, at) in [
            (r#"{"a":1,"b":2,"a":1}"#, "/a"),
            (r#"{"a":1,"\u0061":2}"#, "/a"),
            (r#"{"x":[0,{"a/b":[],"a/b":[]}]}"#, "/x/1/a~1b"),
            (r#"{"a":{"b":1,"b":2},"a":3}"#, "/a/b"),
        ] {
            let Err(Fault::Repeated(errors)) = read(text.as_bytes()) else { panic!("{text}") };
            let places: Vec<_> = errors.iter().map(|error| error.at.clone()).collect();
            let expected = crate::Location::Pointer(
                at.split('/')
                    .skip(1)
                    .fold(Pointer::root(), |at, part| at.field(&part.replace("~1", "/"))),
            );
            assert_eq!(places, [expected], "{text}");
        }
        let apart = r#"[{"a":{"a":1}},{"a":1}]"#;
        assert!(read(apart.as_bytes()).is_ok(), "one name in several objects");
    }
}
