//! Reading single cells. Every reader takes trimmed text, yields `None` for a cell that says
//! nothing, and a [`Misfit`] for one that does not fit its column.

mod amount;
mod country;
mod date;
mod text;
mod words;

pub(crate) use amount::amount;
pub(crate) use country::{CountryCell, Evidence, country};
pub(crate) use date::{DateOrder, date, date_time};
pub(crate) use text::{code, first_address, is_said, line, lines_of, prose, spelling};
pub(crate) use words::{
    activity_type, boolean, coordinates, order, pic, project_id, project_status, rcn, role,
    unique_part, vat_number,
};

/// Why a cell does not fit its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// What was expected, a phrase or a sentence.
    pub(crate) expected: String,
    /// Whether the cell may still belong to its column: a word or code of the right shape that
    /// is not known. Anything else is evidence that the row is shifted.
    pub(crate) is_unknown_word: bool,
}

impl Misfit {
    fn new(expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), is_unknown_word: false }
    }

    /// A misfit of `text`, which is an unknown word where it has the letters of one.
    fn of_word(text: &str, letters: std::ops::RangeInclusive<usize>, expected: &str) -> Self {
        let is_word = text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '_' | '-'));
        let is_unknown_word = is_word && letters.contains(&text.chars().count());
        Self { expected: expected.to_owned(), is_unknown_word }
    }
}

impl From<consortia_domain::Invalid> for Misfit {
    fn from(fault: consortia_domain::Invalid) -> Self {
        Self::new(fault.detail)
    }
}

/// What a cell says.
pub(crate) type Cell<T> = Result<Option<T>, Misfit>;
