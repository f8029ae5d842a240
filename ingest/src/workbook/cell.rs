//! What was found in a cell.

/// A cell as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    /// What cannot be taken for a text, and why not.
    Fault {
        value: String,
        reason: String,
    },
}

impl Cell {
    /// What a formula could not compute, such as `#REF!`.
    pub(super) fn error(error: String) -> Self {
        let reason = format!("The cell holds the error {error}; expected a value.");
        Self::Fault { value: error, reason }
    }

    /// A formula without what it comes to.
    pub(super) fn formula() -> Self {
        let reason = "The cell holds a formula without what it comes to. Open the file in a \
                      spreadsheet and save it there, or write the value.";
        Self::Fault { value: String::new(), reason: reason.to_owned() }
    }

    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) | Self::Fault { value: text, .. } => text,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }

    /// Roughly the memory it takes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => size_of::<Self>() + text.len(),
            Self::Fault { value, reason } => size_of::<Self>() + value.len() + reason.len(),
        }
    }
}
