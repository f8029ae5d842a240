//! One import on its way: who is told what, and how far it has come.

use crate::columns::Kind;
use crate::error::Error;
use crate::source::Table;
use crate::table::{Row, Rows};
use consortia_domain::import::{Batch, Origin, Progress, Rejection, Severity, Sink};
use std::time::{Duration, Instant};

/// The least time between two reports of progress.
const TICK: Duration = Duration::from_millis(80);

/// How many rows are read between two looks at the clock.
const ROWS_PER_LOOK: u64 = 256;

/// What an import read and handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The tables read, with their rows (blank ones not counted).
    pub tables: Vec<TableSummary>,
    /// Rows read in all.
    pub rows: u64,
    /// Programmes named.
    pub programmes: u64,
    /// Calls named.
    pub calls: u64,
    /// Organisations described.
    pub organisations: u64,
    /// Projects described.
    pub projects: u64,
    /// Participations.
    pub participations: u64,
    /// Rows left out because a newer row of the same import describes the same.
    pub superseded: u64,
    /// Rows left out as faulty.
    pub rejected: u64,
    /// Cells left out or read in a way worth knowing.
    pub notices: u64,
}

/// What was read of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSummary {
    /// Its name.
    pub name: String,
    /// What it lists.
    pub kind: Kind,
    /// Its rows.
    pub rows: u64,
}

/// Whether a table is read for the first time or looked through again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// Looking ahead: rows are not counted and nothing is reported.
    Ahead,
    /// The reading that counts.
    Proper,
}

/// An import on its way.
pub(super) struct Run<'s> {
    sink: &'s mut dyn Sink,
    progress: Progress,
    bytes_before: u64,
    told: Instant,
    pub(super) summary: Summary,
}

impl<'s> Run<'s> {
    pub(super) fn new(sink: &'s mut dyn Sink, total_bytes: u64) -> Self {
        let progress = Progress { total_bytes, ..Progress::default() };
        let summary = Summary::default();
        Self { sink, progress, bytes_before: 0, told: Instant::now(), summary }
    }

    /// Hands a batch over, unless it is empty.
    pub(super) fn hand_over(&mut self, batch: Batch) -> Result<(), Error> {
        let (count, len) = match &batch {
            Batch::Programmes(records) => (&mut self.summary.programmes, records.len()),
            Batch::Calls(records) => (&mut self.summary.calls, records.len()),
            Batch::Organisations(records) => (&mut self.summary.organisations, records.len()),
            Batch::Projects(records) => {
                let described = records.iter().filter(|record| !record.only_adds).count();
                (&mut self.summary.projects, described)
            }
            Batch::Participations(groups) => {
                let len = groups.iter().map(|group| group.participations.len()).sum();
                (&mut self.summary.participations, len)
            }
        };
        *count += len as u64;
        self.sink.batch(batch).map_err(Error::Stopped)
    }

    /// Reports a row or cell.
    pub(super) fn report(&mut self, rejection: Rejection) -> Result<(), Error> {
        match rejection.severity {
            Severity::Rejected => self.summary.rejected += 1,
            Severity::Notice => self.summary.notices += 1,
            Severity::Change => {}
        }
        self.sink.rejection(rejection).map_err(Error::Stopped)
    }

    /// Reads every row of a table of the right width; the others are rejected.
    pub(super) fn each_row(
        &mut self,
        table: &Table,
        pass: Pass,
        mut take: impl FnMut(&mut Self, Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut count = 0;
        table.open(|reader| {
            let mut rows = Rows::new(&table.name, &table.layout, reader)?;
            while let Some(row) = rows.next()? {
                count += 1;
                if row.width() == table.layout.width() {
                    take(self, row)?;
                } else if pass == Pass::Proper {
                    self.report(wrong_width(table, &row))?;
                }
                if count % ROWS_PER_LOOK == 0 {
                    self.tick(rows.bytes(), if pass == Pass::Proper { ROWS_PER_LOOK } else { 0 });
                }
            }
            if let Some(line) = rows.legacy_line().filter(|_| pass == Pass::Proper) {
                self.report(legacy_encoding(table, line))?;
            }
            Ok(())
        })?;
        self.bytes_before += table.bytes;
        if pass == Pass::Proper {
            self.progress.rows += count % ROWS_PER_LOOK;
            self.summary.rows += count;
            let name = table.name.to_string();
            self.summary.tables.push(TableSummary { name, kind: table.kind, rows: count });
        }
        Ok(())
    }

    fn tick(&mut self, bytes: u64, rows: u64) {
        self.progress.rows += rows;
        self.progress.bytes = (self.bytes_before + bytes).min(self.progress.total_bytes);
        if self.told.elapsed() >= TICK {
            self.told = Instant::now();
            self.sink.progress(self.progress);
        }
    }

    /// Tells that everything was read, and what.
    pub(super) fn finish(mut self) -> Summary {
        self.progress.bytes = self.progress.total_bytes;
        self.sink.progress(self.progress);
        self.summary
    }
}

fn wrong_width(table: &Table, row: &Row<'_>) -> Rejection {
    let (found, wanted) = (row.width(), table.layout.width());
    let cause = if found > wanted {
        "a separator stands unquoted within some cell"
    } else {
        "cells are missing"
    };
    let span = match row.lines() {
        1 => String::new(),
        lines => format!(" It spans {lines} lines, so a quotation mark may not be closed."),
    };
    Rejection {
        origin: Origin { file: table.name.clone(), line: row.line },
        column: String::new(),
        value: String::new(),
        reason: format!(
            "The row has {found} cells and the header {wanted}: {cause}.{span} The row was left out."
        ),
        severity: Severity::Rejected,
    }
}

fn legacy_encoding(table: &Table, line: u64) -> Rejection {
    Rejection {
        origin: Origin { file: table.name.clone(), line },
        column: String::new(),
        value: String::new(),
        reason: "From here on there are cells that are not UTF-8; they were read as Windows-1252. \
                 Check names with accents."
            .to_owned(),
        severity: Severity::Notice,
    }
}
