//! Identifiers other registries gave to a record.

#![expect(clippy::doc_markdown, reason = "RAiD is a name, not code")]

mod checks;
mod forms;

use crate::decode::{Decode, Object, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use crate::text::shown;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

crate::vocabulary! {
    /// Whose identifier it is.
    pub enum Scheme: "scheme" {
        /// Participant Identification Code of the EU's participant register: nine digits.
        Pic = "pic", "PIC";
        /// Project number in CORDIS, which is the grant agreement number: 6 to 9 digits.
        Cordis = "cordis", "CORDIS";
        /// Record control number in CORDIS: digits.
        Rcn = "rcn", "RCN";
        /// Research Organization Registry.
        Ror = "ror", "ROR";
        /// Value added tax number with its country prefix. Shared by many organisations.
        Vat = "vat", "VAT";
        Wikidata = "wikidata", "Wikidata";
        /// International Standard Name Identifier (ISO 27729).
        Isni = "isni", "ISNI";
        /// Global Research Identifier Database (frozen in 2021).
        Grid = "grid", "GRID";
        /// Research Activity Identifier (ISO 23527).
        Raid = "raid", "RAiD";
        /// Digital Object Identifier (ISO 26324).
        Doi = "doi", "DOI";
        /// Project number of Erasmus+ and the programmes before it.
        ErasmusPlus = "erasmus_plus", "Erasmus+";
        /// Organisation ID of Erasmus+ and the European Solidarity Corps.
        Oid = "oid", "OID";
        /// Crossref Funder ID, the part after 10.13039/.
        Fundref = "fundref", "Crossref Funder ID";
        /// Legal Entity Identifier (ISO 17442).
        Lei = "lei", "LEI";
        /// Grant reference of a funding programme without a scheme of its own.
        Grant = "grant", "Grant";
        /// Identifier of the institution that runs this registry.
        Local = "local", "Local";
    }
}

impl Scheme {
    /// Whether one value stands for one record. False for `vat`: departments, groups and
    /// whole universities share one number.
    #[must_use]
    pub const fn identifies(self) -> bool {
        !matches!(self, Self::Vat)
    }
}

/// An identifier in another registry, in the normal form of its scheme.
///
/// As text `pic:968823876`, as JSON `{"scheme": "pic", "value": "968823876"}`.
/// Check digits are verified for ROR, ISNI and LEI. VAT numbers are checked for their
/// structure only: each country has its own check digit, and registries do hold numbers
/// that fail it, which would be lost.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
pub struct ExternalId {
    /// Whose identifier it is.
    scheme: Scheme,
    /// The identifier in its normal form, without prefix or web address.
    #[schema(example = "968823876")]
    value: String,
}

impl ExternalId {
    /// The identifier `value` of `scheme`, brought into its normal form. Web addresses,
    /// blanks and letter case that the scheme does not mind are understood.
    ///
    /// # Errors
    /// `invalid_external_id` when the value has not the form of the scheme,
    /// `wrong_check_digit` when its check digit is wrong.
    pub fn new(scheme: Scheme, value: &str) -> Result<Self, Invalid> {
        forms::normalise(scheme, value.trim()).map(|value| Self { scheme, value })
    }

    /// Whose identifier it is.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The identifier in its normal form.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The identifier as people write it: `PIC 968823876`, `ISNI 0000 0001 2103 2683`.
    #[must_use]
    pub fn label(&self) -> String {
        let scheme = self.scheme.label();
        match self.scheme {
            Scheme::Isni => {
                let groups = [0, 4, 8, 12].map(|n| &self.value[n..n + 4]);
                format!("{scheme} {}", groups.join(" "))
            }
            // The value says what it is.
            Scheme::Grid | Scheme::Local => self.value.clone(),
            _ => format!("{scheme} {}", self.value),
        }
    }

    /// The web address of what is identified, for schemes that have lasting ones.
    #[must_use]
    pub fn href(&self) -> Option<String> {
        forms::href(self.scheme, &self.value)
    }
}

/// The most identifiers of one record. Real ones have a handful.
const MAX_IDS: usize = 200;

/// Reports identifiers that a record lists twice, and too many.
pub(crate) fn check_ids(object: &mut Object<'_>, ids: &[ExternalId]) {
    object.at_most("external_ids", MAX_IDS, ids.len(), "too_many_external_ids");
    object.once_each("external_ids", ids, "repeated_external_id");
}

impl FromStr for ExternalId {
    type Err = Invalid;

    /// Reads `scheme:value`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let Some((scheme, value)) = text.trim().split_once(':') else {
            let detail = format!(
                "{} is not an identifier with its scheme; write scheme:value, such as \
                 pic:968823876.",
                shown(text)
            );
            return Err(Invalid::new("invalid_external_id", detail));
        };
        Self::new(scheme.parse()?, value)
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.value)
    }
}

/// Any string, checked later against its scheme.
struct Text(String);

impl Decode for Text {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self(text.clone())),
            other => {
                errors.body(at, wrong_type("a string", other));
                None
            }
        }
    }
}

impl Decode for ExternalId {
    /// Reads the object form or the text form.
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let read = match value {
            Value::String(text) => text.parse(),
            Value::Object(_) => {
                let mut object = Object::open(value, at, errors)?;
                let scheme = object.required::<Scheme>("scheme");
                let text = object.required::<Text>("value");
                if !object.finish() {
                    return None;
                }
                match Self::new(scheme?, &text?.0) {
                    Ok(id) => return Some(id),
                    Err(fault) => {
                        errors.body(&at.field("value"), fault);
                        return None;
                    }
                }
            }
            other => Err(wrong_type("an object with scheme and value, or scheme:value", other)),
        };
        match read {
            Ok(id) => Some(id),
            Err(fault) => {
                errors.body(at, fault);
                None
            }
        }
    }
}
