//! Sheets: organisations, projects and participations, and the programmes and calls they name,
//! as tables that people fill in with a spreadsheet.
//!
//! A row is a record, a column one of its fields; what no column holds stays as it is. A row
//! read back becomes a [`RecordLine`](crate::bundle::RecordLine), so that it means and is
//! checked for the same as a line of a bundle.

mod cell;
mod columns;
mod heading;
mod list;
mod place;
mod row;
mod seal;

pub use cell::labelled;
pub use heading::Headings;
pub use place::{Extent, Place};
pub use row::{Applied, Row};

use crate::id::EntityKind;
use crate::organisation::NameKind;
use uuid::Uuid;

/// A table of records of one kind.
#[derive(Debug)]
pub struct Sheet {
    /// What its rows are.
    pub kind: EntityKind,
    /// Its name in a workbook, and in lower case that of its csv file.
    pub name: &'static str,
    /// What a row is, in a sentence.
    pub about: &'static str,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
}

/// A column of a sheet.
#[derive(Debug)]
pub struct Column {
    /// Its heading; columns by language and numbered ones add to it.
    pub heading: &'static str,
    /// What belongs in it, in a sentence.
    pub about: &'static str,
    /// A cell of it.
    pub example: &'static str,
    /// The vocabulary its cells are codes of.
    pub vocabulary: Option<&'static str>,
    /// The part of the record its cells hold.
    pub(crate) holds: Holds,
}

/// The part of a record that a cell holds, as text. Paths lead into the record's fields as
/// JSON; `#` in one stands for the number of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// What the row names its record by.
    Id,
    /// What tells whether the row, or its record, changed since it was written.
    Seal,
    Text(&'static str),
    Number(&'static str),
    Flag(&'static str),
    /// An amount of money: `377006.44`, which are euro, or `1000.00 GBP`.
    Amount(&'static str),
    /// Texts, separated by semicolons.
    List(&'static str),
    /// A text in the language of the column.
    Texts(&'static str),
    Identifiers,
    Themes,
    /// The first name of its kind.
    FirstName(NameKind),
    /// All names but the first legal and the first short one.
    OtherNames,
    /// Another record.
    Reference(&'static str, EntityKind),
    /// Other records, separated by semicolons.
    References(&'static str, EntityKind),
}

/// How records are named in cells that refer to them.
pub type NameOf<'a> = dyn Fn(EntityKind, Uuid) -> String + 'a;

/// The sheets of a workbook, in the order in which their rows can be stored.
pub static SHEETS: &[Sheet] = &[
    Sheet {
        kind: EntityKind::Organisation,
        name: "Organisations",
        about: "A row is an organisation.",
        columns: columns::ORGANISATION,
    },
    Sheet {
        kind: EntityKind::Programme,
        name: "Programmes",
        about: "A row is a funding programme. The usual ones are known: see /api/v1/programmes.",
        columns: columns::PROGRAMME,
    },
    Sheet {
        kind: EntityKind::Call,
        name: "Calls",
        about: "A row is a call for proposals.",
        columns: columns::CALL,
    },
    Sheet {
        kind: EntityKind::Project,
        name: "Projects",
        about: "A row is a project.",
        columns: columns::PROJECT,
    },
    Sheet {
        kind: EntityKind::Participation,
        name: "Participations",
        about: "A row is an organisation that takes part in a project, in one role.",
        columns: columns::PARTICIPATION,
    },
];

impl Sheet {
    /// The sheet of records of `kind`, if there is one.
    #[must_use]
    pub fn of(kind: EntityKind) -> Option<&'static Self> {
        SHEETS.iter().find(|sheet| sheet.kind == kind)
    }

    /// The sheet called `name`, whatever its case.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SHEETS.iter().find(|sheet| sheet.name.eq_ignore_ascii_case(name.trim()))
    }
}

impl Column {
    /// Whether there is one column for each language.
    #[must_use]
    pub fn is_by_language(&self) -> bool {
        matches!(self.holds, Holds::Texts(_))
    }

    /// Whether there may be several, for one funding each.
    #[must_use]
    pub fn is_numbered(&self) -> bool {
        self.holds.path().is_some_and(|path| path.contains('#'))
    }

    /// Whether its cells are numbers, which a spreadsheet may add up.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        matches!(self.holds, Holds::Number(_) | Holds::Amount(_))
    }

    /// Whether its cells are amounts of money.
    #[must_use]
    pub fn is_amount(&self) -> bool {
        matches!(self.holds, Holds::Amount(_))
    }

    /// Whether its cells are long texts or names.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        matches!(
            self.holds,
            Holds::Id
                | Holds::Texts(_)
                | Holds::FirstName(NameKind::Legal)
                | Holds::OtherNames
                | Holds::Reference(..)
                | Holds::References(..)
        )
    }

    /// Whether its cells tell how the row was written, not what is so.
    #[must_use]
    pub fn is_seal(&self) -> bool {
        self.holds == Holds::Seal
    }
}

impl Holds {
    /// Where in the record it is, where that is one place.
    fn path(self) -> Option<&'static str> {
        match self {
            Self::Text(path)
            | Self::Number(path)
            | Self::Flag(path)
            | Self::Amount(path)
            | Self::List(path)
            | Self::Texts(path)
            | Self::Reference(path, _)
            | Self::References(path, _) => Some(path),
            Self::Identifiers => Some("external_ids"),
            Self::Themes => Some("themes"),
            Self::FirstName(_) | Self::OtherNames => Some("names"),
            Self::Id | Self::Seal => None,
        }
    }
}
