//! What is wrong with a value, a field or a whole request, said so that it can be mended.

use std::fmt;

/// Why a text (or number) is not a value of some type.
///
/// `detail` is a whole sentence for people: it names the offending value, what was
/// expected and, where there is one, the remedy. `code` is the stable machine name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Invalid {
    /// Stable, `lower_snake_case` name of the kind of fault.
    pub code: &'static str,
    /// A sentence naming the value, the expectation and the remedy.
    pub detail: String,
}

impl Invalid {
    /// A fault of kind `code`, explained by `detail`.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// A JSON Pointer (RFC 6901) to a place in a request body; empty for the whole body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The member `name` below this place, escaped as RFC 6901 wants.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        Self(format!("{}/{}", self.0, name.replace('~', "~0").replace('/', "~1")))
    }

    /// The element `index` (from 0) below this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer as written in a problem document.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The part of a request a fault lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A place in the JSON body.
    Pointer(Pointer),
    /// A query or path parameter, by name.
    Parameter(String),
    /// A request header, by name.
    Header(String),
}

/// One fault of a request: where, what kind, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where the fault lies.
    pub at: Location,
    /// Stable, `lower_snake_case` name of the kind of fault.
    pub code: &'static str,
    /// A sentence naming the value, the expectation and the remedy.
    pub detail: String,
}

impl FieldError {
    /// Whether it lies in the field `name` of the body or inside it.
    pub(crate) fn is_below(&self, name: &str) -> bool {
        let Location::Pointer(at) = &self.at else { return false };
        let inside = at.as_str().strip_prefix(Pointer::root().field(name).as_str());
        inside.is_some_and(|inside| inside.is_empty() || inside.starts_with('/'))
    }
}

/// Every fault found in one request, in the order found. Never stops at the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    /// No faults yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a fault in the body.
    pub fn body(&mut self, at: &Pointer, fault: Invalid) {
        self.push(Location::Pointer(at.clone()), fault);
    }

    /// Notes a fault in the parameter `name`.
    pub fn parameter(&mut self, name: &str, fault: Invalid) {
        self.push(Location::Parameter(name.to_owned()), fault);
    }

    /// Notes a fault at any place.
    pub fn push(&mut self, at: Location, fault: Invalid) {
        self.0.push(FieldError { at, code: fault.code, detail: fault.detail });
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    /// `value` when nothing is wrong and it was built, otherwise every fault.
    ///
    /// # Errors
    /// The faults collected so far.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            match &fault.at {
                Location::Pointer(at) => write!(f, "{at}: {}", fault.detail)?,
                Location::Parameter(name) | Location::Header(name) => {
                    write!(f, "{name}: {}", fault.detail)?;
                }
            }
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}
