//! CORDIS: the European Commission's data about the research it funds.
//!
//! One import reads its tables in this order, each once except the projects', which are looked
//! through first:
//! 1. projects, ahead: which there are, under which numbers, and which row is the newest;
//! 2. programmes, topics, fields of science and addresses of projects;
//! 3. participations, which also describe the organisations;
//! 4. projects, handed over as they are read, with the programmes and calls they name;
//! 5. then organisations and participations are handed over.
//!
//! Memory grows with the organisations and participations (some 60 MB for all of Horizon
//! 2020), not with the texts of projects.

mod checks;
mod codes;
mod index;
mod organisations;
mod participations;
mod projects;
mod run;
mod seats;
mod side;
mod votes;

pub use run::{Summary, TableSummary};

use crate::cell::DateOrder;
use crate::columns::{Column, Kind};
use crate::error::Error;
use crate::source::{Sources, Table};
use checks::Checks;
use consortia_domain::import::{BATCH_SIZE, Batch, Sink};
use index::{Index, RowNo};
use organisations::{moment_of, origin_of};
use participations::{Listed, Participations};
use projects::{Projects, Typed};
use run::{Pass, Run};
use seats::superseded_rows;
use side::{NO_PROJECT, Side};
use std::collections::HashMap;

/// Reads CORDIS tables and hands what they say to `sink`.
///
/// Where several rows describe one project, the one updated last is taken, and of rows of the
/// same date the one read last; so tables of several dates may be given together.
///
/// # Errors
/// When a table cannot be read to its end, or the sink stops the import. Faulty rows are no
/// errors: they go to [`Sink::rejection`].
pub fn read(sources: &Sources, sink: &mut dyn Sink) -> Result<Summary, Error> {
    let bytes = sources.tables.iter().map(|table| match table.kind {
        // Read twice.
        Kind::Project => 2 * table.bytes,
        _ => table.bytes,
    });
    let mut import = Import {
        tables: &sources.tables,
        run: Run::new(sink, bytes.sum()),
        index: Index::default(),
        date_orders: HashMap::new(),
        participations: Participations::default(),
    };
    import.look_ahead()?;
    let mut side = Side::read(&mut import.run, sources, &mut import.index)?;
    for (number, table) in import.tables_of(Kind::Organization) {
        let Import { participations, run, index, .. } = &mut import;
        participations.read(run, index, number, table)?;
    }
    side.settle(&import.index);
    import.read_projects(&side)?;
    import.hand_over_participations()
}

/// An import between its steps.
struct Import<'a, 's> {
    tables: &'a [Table],
    run: Run<'s>,
    index: Index,
    /// The order of day and month in the dates of each project table.
    date_orders: HashMap<u16, DateOrder>,
    participations: Participations,
}

impl<'a> Import<'a, '_> {
    fn tables_of(&self, kind: Kind) -> impl Iterator<Item = (u16, &'a Table)> + use<'a> {
        let numbered = (0..).zip(self.tables);
        numbered.filter(move |(_, table)| table.kind == kind)
    }

    /// Finds out which projects there are and which row describes each.
    fn look_ahead(&mut self) -> Result<(), Error> {
        for (number, table) in self.tables_of(Kind::Project) {
            let mut order = DateOrder::default();
            let index = &mut self.index;
            self.run.each_row(table, Pass::Ahead, |_, row| {
                for column in [Column::StartDate, Column::EndDate] {
                    order = order.or(DateOrder::told_by(&row.text(column)));
                }
                let mut checks = Checks::new(table, row);
                let typed = Typed::read(&mut checks, DateOrder::default());
                // A faulty row must not win over a sound one.
                let is_sound = checks.judge(typed.is_contradictory()).is_ok();
                let moment = moment_of(typed.updated);
                if is_sound && let Some(project) = index.number(typed.ids) {
                    index.describe(project, moment, RowNo::of(number, &row));
                }
                Ok(())
            })?;
            self.date_orders.insert(number, order);
        }
        Ok(())
    }

    /// Reads the project tables and hands over projects, programmes and calls.
    fn read_projects(&mut self, side: &Side) -> Result<(), Error> {
        let has_participations = self.participations.seats.taken(&self.index);
        let mut projects = Projects::new(side);
        for (number, table) in self.tables_of(Kind::Project) {
            let order = self.date_orders.get(&number).copied().unwrap_or_default();
            let (index, participations) = (&mut self.index, &mut self.participations);
            let mut superseded = (0, 0);
            self.run.each_row(table, Pass::Proper, |run, row| {
                let mut checks = Checks::new(table, row);
                let mut typed = Typed::read(&mut checks, order);
                if let Err(rejection) = checks.judge(typed.is_contradictory()) {
                    return run.report(rejection);
                }
                let Some(project) = index.number(typed.ids.iter().cloned()) else {
                    return run.report(checks.reject(Column::ProjectId, NO_PROJECT));
                };
                typed.keep_own_ids(index, project, &mut checks);
                let at = RowNo::of(number, &row);
                if index.described_by(project) != Some(at) {
                    let (rows, first) = superseded;
                    superseded = (rows + 1, if rows == 0 { at.line } else { first });
                    return Ok(());
                }
                if !has_participations.get(project as usize).is_some_and(|has| *has) {
                    let listed = Listed::of(&row, &typed.ids, moment_of(typed.updated));
                    if let Some(listed) = listed {
                        participations.take_listed(index, at, &listed);
                    }
                }
                let notices = projects.take(table, &row, checks, typed, project);
                projects.hand_over_full(run)?;
                notices.into_iter().try_for_each(|notice| run.report(notice))
            })?;
            let (rows, line) = superseded;
            if rows > 0 {
                self.run.summary.superseded += u64::from(rows);
                let origin = origin_of(self.tables, RowNo { table: number, line });
                self.run.report(superseded_rows(origin, rows, "projects"))?;
            }
        }
        projects.take_additions(&mut self.run, &self.index, self.tables)?;
        projects.hand_over(&mut self.run)
    }

    /// Hands over what the tables of participations say.
    fn hand_over_participations(mut self) -> Result<Summary, Error> {
        let Participations { organisations, seats, .. } = self.participations;
        let keys = organisations.keys();
        let mut batch = Vec::with_capacity(BATCH_SIZE);
        for (record, notices) in organisations.finish(self.tables) {
            for notice in notices {
                self.run.report(notice)?;
            }
            batch.push(record);
            if batch.len() == BATCH_SIZE {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_SIZE));
                self.run.hand_over(Batch::Organisations(full))?;
            }
        }
        if !batch.is_empty() {
            self.run.hand_over(Batch::Organisations(batch))?;
        }
        seats.hand_over(&mut self.run, &self.index, &keys, self.tables)?;
        Ok(self.run.finish())
    }
}
