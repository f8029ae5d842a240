//! Participations, held as compact rows until all of a project are known.

use super::index::{Index, Moment, ProjectNo, RowNo};
use super::organisations::{OrganisationNo, date_time_of, origin_of};
use super::run::Run;
use crate::error::Error;
use crate::source::Table;
use consortia_domain::external_id::ExternalId;
use consortia_domain::import::{
    BATCH_SIZE, Batch, Origin, ParticipationRecord, ProjectParticipations, Rejection, Severity,
};
use consortia_domain::money::Money;
use consortia_domain::role::Role;
use std::collections::HashMap;

/// One participation: 80 bytes, as there are hundreds of thousands.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Seat {
    pub(super) project: ProjectNo,
    pub(super) organisation: OrganisationNo,
    pub(super) row: RowNo,
    pub(super) moment: Moment,
    pub(super) role: Option<Role>,
    pub(super) order: Option<u32>,
    pub(super) ended: Option<bool>,
    pub(super) contribution: Cents,
    pub(super) net_contribution: Cents,
    pub(super) total_cost: Cents,
}

/// An amount of euro or none, in eight bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Cents(i64);

impl From<Option<Money>> for Cents {
    fn from(money: Option<Money>) -> Self {
        Self(money.map_or(-1, Money::minor))
    }
}

impl Cents {
    fn money(self) -> Option<Money> {
        Money::from_minor(self.0, consortia_domain::money::Currency::EUR).ok()
    }
}

/// All participations of an import.
#[derive(Default)]
pub(super) struct Seats(Vec<Seat>);

impl Seats {
    pub(super) fn push(&mut self, seat: Seat) {
        self.0.push(seat);
    }

    /// Which projects have participations, by number.
    pub(super) fn taken(&self, index: &Index) -> Vec<bool> {
        let mut taken = vec![false; index.len()];
        for seat in &self.0 {
            taken[index.resolve(seat.project) as usize] = true;
        }
        taken
    }

    /// Hands over all participations, project by project in the order of first mention.
    ///
    /// A project that several tables list is taken from the newest of them; tables of the same
    /// date complement each other. A row that repeats another in every cell is left out.
    pub(super) fn hand_over(
        mut self,
        run: &mut Run<'_>,
        index: &Index,
        organisations: &[ExternalId],
        tables: &[Table],
    ) -> Result<(), Error> {
        for seat in &mut self.0 {
            seat.project = index.resolve(seat.project);
        }
        let superseded = self.keep_newest();
        for (table, (rows, first)) in superseded {
            run.summary.superseded += u64::from(rows);
            let row = RowNo { table, line: first };
            run.report(superseded_rows(origin_of(tables, row), rows, "participations"))?;
        }
        let no_order = |seat: &Seat| seat.order.unwrap_or(u32::MAX);
        self.0.sort_by_key(|seat| (seat.project, no_order(seat), seat.row));
        let mut batch = Vec::new();
        let mut held = 0;
        for group in self.0.chunk_by(|a, b| a.project == b.project) {
            let group = group_of(run, group, index, organisations, tables)?;
            if held > 0 && held + group.participations.len() > BATCH_SIZE {
                run.hand_over(Batch::Participations(std::mem::take(&mut batch)))?;
                held = 0;
            }
            held += group.participations.len();
            batch.push(group);
        }
        if batch.is_empty() {
            return Ok(());
        }
        run.hand_over(Batch::Participations(batch))
    }

    /// Drops rows of tables that a newer table supersedes for their project; yields by table
    /// how many, and the line of the first.
    fn keep_newest(&mut self) -> Vec<(u16, (u32, u32))> {
        let mut newest: HashMap<(ProjectNo, u16), Moment> = HashMap::new();
        for seat in &self.0 {
            let known = newest.entry((seat.project, seat.row.table)).or_insert(seat.moment);
            *known = seat.moment.max(*known);
        }
        let mut best: HashMap<ProjectNo, (Moment, u16)> = HashMap::new();
        for ((project, table), moment) in &newest {
            let known = best.entry(*project).or_insert((*moment, *table));
            *known = (*moment, *table).max(*known);
        }
        let mut dropped: HashMap<u16, (u32, u32)> = HashMap::new();
        self.0.retain(|seat| {
            let (moment, table) = best[&seat.project];
            let is_dated = moment != super::index::UNDATED;
            let is_as_new = is_dated && newest[&(seat.project, seat.row.table)] == moment;
            let is_kept = seat.row.table == table || is_as_new;
            if !is_kept {
                let (rows, first) = dropped.entry(seat.row.table).or_insert((0, seat.row.line));
                *rows += 1;
                *first = seat.row.line.min(*first);
            }
            is_kept
        });
        let mut dropped: Vec<_> = dropped.into_iter().collect();
        dropped.sort_unstable();
        dropped
    }
}

fn group_of(
    run: &mut Run<'_>,
    seats: &[Seat],
    index: &Index,
    organisations: &[ExternalId],
    tables: &[Table],
) -> Result<ProjectParticipations, Error> {
    let mut participations = Vec::with_capacity(seats.len());
    let mut seen: HashMap<Seat, RowNo> = HashMap::new();
    let mut occurrences: HashMap<(OrganisationNo, Option<Role>), u32> = HashMap::new();
    for seat in seats {
        // A row that says the same as another in every cell, the place in the list included.
        let said = Seat { row: RowNo { table: 0, line: 0 }, moment: 0, ..*seat };
        if let Some(first) = seen.insert(said, seat.row).filter(|_| seat.order.is_some()) {
            let origin = origin_of(tables, seat.row);
            run.report(repeated(origin, &origin_of(tables, first)))?;
            continue;
        }
        let next = occurrences.entry((seat.organisation, seat.role)).or_default();
        let occurrence = *next;
        *next += 1;
        participations.push(ParticipationRecord {
            origin: origin_of(tables, seat.row),
            as_of: date_time_of(seat.moment),
            organisation: organisations[seat.organisation as usize].clone(),
            occurrence,
            role: seat.role,
            order: seat.order,
            ec_contribution: seat.contribution.money(),
            net_ec_contribution: seat.net_contribution.money(),
            total_cost: seat.total_cost.money(),
            ended: seat.ended,
        });
    }
    let project = seats.first().map(|seat| index.ids(seat.project).to_vec()).unwrap_or_default();
    Ok(ProjectParticipations { project, participations })
}

fn repeated(origin: Origin, first: &Origin) -> Rejection {
    let reason = format!("The row repeats {first} in every cell and was left out.");
    let (column, value) = (String::new(), String::new());
    Rejection { origin, column, value, reason, severity: Severity::Notice }
}

/// The notice of rows that newer rows of the same import supersede.
pub(super) fn superseded_rows(origin: Origin, rows: u32, what: &str) -> Rejection {
    let reason = format!(
        "From here on, {rows} rows of {what} were left out: other rows of this import describe \
         the same projects as of a later date."
    );
    let (column, value) = (String::new(), String::new());
    Rejection { origin, column, value, reason, severity: Severity::Notice }
}
