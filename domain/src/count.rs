//! How many, as far as somebody said.

use crate::decode::{Decode, Object, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use crate::text::shown;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::schema::{OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A number of things that lies between two others: 7 is from 7 to 7, "16 to 24" from 16 to
/// 24, "over 4,200" from 4,201 on. At least one end is known, and the least is not above the
/// most.
///
/// In JSON always `{"at_least": 16, "at_most": 24}`, null for an end nobody knows. Requests
/// may also give a number, or the text of [`Count::from_str`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Count {
    at_least: Option<u32>,
    at_most: Option<u32>,
}

impl Count {
    /// Exactly so many.
    #[must_use]
    pub const fn exactly(number: u32) -> Self {
        Self { at_least: Some(number), at_most: Some(number) }
    }

    /// From `at_least` to `at_most`, both included.
    ///
    /// # Errors
    /// `empty_count` when neither is known, `count_reversed` when the least is above the most.
    pub fn between(at_least: Option<u32>, at_most: Option<u32>) -> Result<Self, Invalid> {
        match (at_least, at_most) {
            (None, None) => {
                let detail = "Neither 'at_least' nor 'at_most' is known; give one of them, or \
                              null for the whole count.";
                Err(Invalid::new("empty_count", detail))
            }
            (Some(least), Some(most)) if least > most => {
                let detail = format!("At least {least} and at most {most} cannot be; swap them.");
                Err(Invalid::new("count_reversed", detail))
            }
            _ => Ok(Self { at_least, at_most }),
        }
    }

    /// There are no fewer, where that is known.
    #[must_use]
    pub const fn at_least(self) -> Option<u32> {
        self.at_least
    }

    /// There are no more, where that is known.
    #[must_use]
    pub const fn at_most(self) -> Option<u32> {
        self.at_most
    }

    /// The number, where it is known exactly.
    #[must_use]
    pub fn exact(self) -> Option<u32> {
        self.at_most.filter(|most| self.at_least == Some(*most))
    }
}

impl fmt::Display for Count {
    /// As [`Count::from_str`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) if least == most => write!(f, "{least}"),
            (Some(least), Some(most)) => write!(f, "{least}–{most}"),
            (Some(least), None) => write!(f, "≥{least}"),
            (None, Some(most)) => write!(f, "≤{most}"),
            (None, None) => Ok(()),
        }
    }
}

impl FromStr for Count {
    type Err = Invalid;

    /// `7`, `>4200`, `>=4200`, `<10`, `<=10`, `16-24`; also with `≥`, `≤` and an en dash.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number = |digits: &str| number(digits.trim(), text);
        let stated = text.trim();
        if let Some(least) = stated.strip_prefix(">=").or_else(|| stated.strip_prefix('≥')) {
            Self::between(Some(number(least)?), None)
        } else if let Some(most) = stated.strip_prefix("<=").or_else(|| stated.strip_prefix('≤'))
        {
            Self::between(None, Some(number(most)?))
        } else if let Some(below) = stated.strip_prefix('>') {
            let least = number(below)?.checked_add(1).ok_or_else(|| too_large(text))?;
            Self::between(Some(least), None)
        } else if let Some(above) = stated.strip_prefix('<') {
            let most = number(above)?.checked_sub(1).ok_or_else(|| {
                let detail = format!("{} cannot be: nothing is less than none.", shown(text));
                Invalid::new("invalid_count", detail)
            })?;
            Self::between(None, Some(most))
        } else if let Some((least, most)) = stated.split_once(['-', '–']) {
            Self::between(Some(number(least)?), Some(number(most)?))
        } else {
            number(stated).map(Self::exactly)
        }
    }
}

/// The number that `digits`, a part of `text`, mean.
fn number(digits: &str, text: &str) -> Result<u32, Invalid> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let detail = format!(
            "{} does not say how many. Write whole numbers without separators: 7, 16-24, >4200, \
             >=4200 or <10.",
            shown(text)
        );
        return Err(Invalid::new("invalid_count", detail));
    }
    digits.parse().map_err(|_| too_large(text))
}

fn too_large(text: &str) -> Invalid {
    let detail = format!("{} is too many; numbers here go up to {}.", shown(text), u32::MAX);
    Invalid::new("count_too_large", detail)
}

impl Decode for Count {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let read = match value {
            Value::Number(_) => return u32::decode(value, at, errors).map(Self::exactly),
            Value::String(text) => text.parse(),
            Value::Object(_) => {
                let mut object = Object::open(value, at, errors)?;
                let (at_least, at_most) = (object.optional("at_least"), object.optional("at_most"));
                if !object.finish() {
                    return None;
                }
                Self::between(at_least, at_most)
            }
            other => Err(wrong_type(
                "a whole number, an object with at_least and at_most, or a text such as 16-24",
                other,
            )),
        };
        read.map_err(|fault| errors.body(at, fault)).ok()
    }
}

impl PartialSchema for Count {
    fn schema() -> RefOr<Schema> {
        let end = |what: &str, example: u32| {
            ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
                .description(Some(format!("There are no {what}; null when nobody knows.")))
                .minimum(Some(0))
                .maximum(Some(u32::MAX))
                .examples([example])
        };
        let object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("at_least", end("fewer", 16))
            .property("at_most", end("more", 24));
        let exact = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("Exactly so many."))
            .minimum(Some(0))
            .maximum(Some(u32::MAX))
            .examples([7]);
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("As people write it: 7, 16-24, >4200, >=4200, <10."))
            .pattern(Some(r"^(>=?|<=?|≥|≤)?\s*\d+$|^\d+\s*[-–]\s*\d+$"))
            .examples(["16-24"]);
        OneOfBuilder::new()
            .description(Some(
                "How many, as far as it was stated; at least one end is known. Always an object \
                 in answers; in requests a whole number (exactly so many) or a text is accepted \
                 too.",
            ))
            .item(object)
            .item(exact)
            .item(text)
            .into()
    }
}

impl ToSchema for Count {}
