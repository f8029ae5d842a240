//! Whether a row is sound, has a bad cell, or is shifted.

use crate::cell::{self, Cell, Misfit};
use crate::columns::Column;
use crate::source::Table;
use crate::table::Row;
use consortia_domain::import::{Origin, Rejection, Severity};
use consortia_domain::money::Money;

/// The most characters of a value that a report shows.
const SHOWN: usize = 60;

/// A cell that was dropped or read in a way worth knowing.
struct Remark {
    column: Column,
    value: String,
    reason: String,
}

/// The typed cells of one row, being read.
pub(super) struct Checks<'a> {
    table: &'a Table,
    row: Row<'a>,
    /// Cells that plainly are not what their column holds: a row with several is shifted.
    misfits: Vec<Remark>,
    /// Cells that are of the right kind but cannot be taken.
    remarks: Vec<Remark>,
    /// How many of those hold words that are not known.
    unknown_words: usize,
}

impl<'a> Checks<'a> {
    pub(super) fn new(table: &'a Table, row: Row<'a>) -> Self {
        Self { table, row, misfits: Vec::new(), remarks: Vec::new(), unknown_words: 0 }
    }

    /// Reads a typed cell. One that does not fit counts as evidence that the row is shifted.
    pub(super) fn typed<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&str) -> Cell<T>,
    ) -> Option<T> {
        if !self.row.layout.has(column) {
            return None;
        }
        let text = self.row.text(column);
        match read(&text) {
            Ok(value) => value,
            Err(Misfit { expected, is_unknown_word }) => {
                let value = text.into_owned();
                self.unknown_words += usize::from(is_unknown_word);
                let kept = if is_unknown_word { &mut self.remarks } else { &mut self.misfits };
                kept.push(Remark { column, value, reason: expected });
                None
            }
        }
    }

    /// Reads a cell that any text might stand in. One that cannot be taken is dropped.
    pub(super) fn free<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&str) -> Cell<T>,
    ) -> Option<T> {
        if !self.row.layout.has(column) {
            return None;
        }
        let text = self.row.text(column);
        read(&text).unwrap_or_else(|misfit| {
            self.note(column, &text, misfit.expected);
            None
        })
    }

    /// Reads an amount of euro.
    pub(super) fn amount(&mut self, column: Column) -> Option<Money> {
        let amount = self.typed(column, cell::amount)?;
        if let Some(remark) = amount.remark {
            let text = self.row.text(column);
            self.note(column, &text, format!("{remark}: {}", amount.money));
        }
        Some(amount.money)
    }

    /// Notes something about a cell.
    pub(super) fn note(&mut self, column: Column, value: &str, reason: impl Into<String>) {
        self.remarks.push(Remark { column, value: value.to_owned(), reason: reason.into() });
    }

    /// Whether cost and contribution contradict each other the way they do when a thousands
    /// separator split a cell: a cost of millions with a contribution of a few euro.
    pub(super) fn contradicts(cost: Option<Money>, contribution: Option<Money>) -> bool {
        const MILLION: i64 = 100_000_000;
        const THOUSAND: i64 = 100_000;
        let (Some(cost), Some(contribution)) = (cost, contribution) else { return false };
        cost.minor() >= MILLION && (1..THOUSAND).contains(&contribution.minor())
    }

    /// The verdict: the row's rejection if it is shifted, otherwise its notices.
    ///
    /// A row is shifted when two cells plainly do not fit their columns, or one does not and
    /// its amounts contradict each other or another holds an unknown word. A single bad cell in
    /// an otherwise sound row is dropped, and the row kept.
    pub(super) fn judge(&self, is_contradictory: bool) -> Result<Vec<Rejection>, Rejection> {
        let supported = is_contradictory || self.unknown_words > 0;
        let is_shifted = self.misfits.len() > 1 || (self.misfits.len() == 1 && supported);
        if is_shifted {
            let names: Vec<_> = self
                .misfits
                .iter()
                .map(|remark| format!("'{}'", self.row.layout.name(remark.column)))
                .collect();
            let contradiction =
                if is_contradictory { ", and the cost contradicts the contribution" } else { "" };
            let first = &self.misfits[0];
            let reason = format!(
                "The row is shifted: what stands in {} does not belong there{contradiction}. In this \
                 column was {}. The row was left out.",
                names.join(", "),
                first.reason.trim_end_matches('.')
            );
            return Err(self.rejection(first, reason, Severity::Rejected));
        }
        let implausible = is_contradictory.then(|| {
            let reason = "The cost is in millions and the contribution a few euro; \
                          both were kept as written."
                .to_owned();
            let column = String::new();
            Rejection { column, value: String::new(), ..self.bare(reason) }
        });
        let dropped = self.misfits.iter().chain(&self.remarks).map(|remark| {
            let reason = remark.reason.trim_end_matches('.');
            let reason = if reason.starts_with("expected") {
                format!("In this column was {reason}. The cell was left out.")
            } else {
                format!("{reason}.")
            };
            self.rejection(remark, capitalised(&reason), Severity::Notice)
        });
        Ok(dropped.chain(implausible).collect())
    }

    /// The rejection of the whole row for a reason of its own.
    pub(super) fn reject(&self, column: Column, reason: &str) -> Rejection {
        let value = self.row.text(column).into_owned();
        let reason = reason.to_owned();
        let remark = Remark { column, value, reason: String::new() };
        self.rejection(&remark, reason, Severity::Rejected)
    }

    fn bare(&self, reason: String) -> Rejection {
        Rejection {
            origin: Origin { file: self.table.name.clone(), line: self.row.line },
            column: String::new(),
            value: String::new(),
            reason,
            severity: Severity::Notice,
        }
    }

    fn rejection(&self, remark: &Remark, reason: String, severity: Severity) -> Rejection {
        Rejection {
            column: self.row.layout.name(remark.column).to_owned(),
            value: shown(&remark.value, self.row.layout.has_persons),
            severity,
            ..self.bare(reason)
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(chars).collect()
}

/// A value as a report may show it: short, and empty where it might be how to reach a person.
/// In a table with columns about persons any stray text might be.
pub(super) fn shown(value: &str, has_persons: bool) -> String {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let is_numeric = value.chars().all(|c| !c.is_alphabetic());
    let may_be_phone = digits >= 7 && value.contains(['+', '(', ' ', '/']) && is_numeric;
    if value.contains('@') || may_be_phone || (has_persons && (!is_numeric || digits >= 7)) {
        return String::new();
    }
    let mut text: String = value.chars().take(SHOWN).collect();
    if text.len() < value.len() {
        text.push('…');
    }
    text
}
