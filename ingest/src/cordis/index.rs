//! Which projects there are, under which identifiers, and which row describes each.

use crate::table::Row;
use consortia_domain::external_id::{ExternalId, Scheme};
use std::collections::HashMap;

/// A project of this import, by number.
pub(super) type ProjectNo = u32;

/// Seconds since 1970, or the least number where no date is stated, so that any date is newer.
pub(super) type Moment = i64;

/// The moment of a row without a date.
pub(super) const UNDATED: Moment = Moment::MIN;

/// A row: the number of its table among those given, and its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RowNo {
    pub(super) table: u16,
    pub(super) line: u32,
}

impl RowNo {
    /// The number of a row of the table with this number.
    pub(super) fn of(table: u16, row: &Row<'_>) -> Self {
        Self { table, line: u32::try_from(row.line).unwrap_or(u32::MAX) }
    }
}

/// What is known of one project.
#[derive(Default)]
struct Entry {
    ids: Vec<ExternalId>,
    /// The row that describes it: the newest, and of equally new ones the last read.
    described: Option<(Moment, RowNo)>,
}

/// All projects any table names.
#[derive(Default)]
pub(super) struct Index {
    numbers: HashMap<ExternalId, ProjectNo>,
    entries: Vec<Entry>,
    /// Where a number was found to mean the same project as another: that other.
    same_as: Vec<ProjectNo>,
}

impl Index {
    /// The number of the project with these identifiers, which all mean the same one.
    ///
    /// Two projects with project numbers of their own stay two, even if both claim one record
    /// number; then it belongs to the one that claimed it first.
    pub(super) fn number(
        &mut self,
        ids: impl IntoIterator<Item = ExternalId>,
    ) -> Option<ProjectNo> {
        let mut found: Option<ProjectNo> = None;
        for id in ids {
            let known = self.numbers.get(&id).map(|number| self.resolve(*number));
            let number = match (known, found) {
                (Some(known), Some(found)) if known != found => {
                    if !(self.is_numbered(known) && self.is_numbered(found)) {
                        self.unite(known, found);
                    }
                    found
                }
                (Some(known), _) => known,
                (None, Some(found)) => {
                    self.add(found, id);
                    found
                }
                (None, None) => {
                    let number = ProjectNo::try_from(self.entries.len()).ok()?;
                    self.entries.push(Entry::default());
                    self.same_as.push(number);
                    self.add(number, id);
                    number
                }
            };
            found = Some(number);
        }
        found
    }

    /// Whether the project has an identifier other than a record number.
    fn is_numbered(&self, number: ProjectNo) -> bool {
        self.entries[number as usize].ids.iter().any(|id| id.scheme() != Scheme::Rcn)
    }

    fn add(&mut self, number: ProjectNo, id: ExternalId) {
        self.entries[number as usize].ids.push(id.clone());
        self.numbers.insert(id, number);
    }

    fn unite(&mut self, from: ProjectNo, into: ProjectNo) {
        self.same_as[from as usize] = into;
        let Entry { ids, described } = std::mem::take(&mut self.entries[from as usize]);
        let entry = &mut self.entries[into as usize];
        entry.ids.extend(ids);
        entry.described = entry.described.max(described);
    }

    /// The number that stands for a project, whatever number it was first given.
    pub(super) fn resolve(&self, mut number: ProjectNo) -> ProjectNo {
        while self.same_as[number as usize] != number {
            number = self.same_as[number as usize];
        }
        number
    }

    /// Notes that a row describes the project.
    pub(super) fn describe(&mut self, number: ProjectNo, moment: Moment, row: RowNo) {
        let number = self.resolve(number);
        let entry = &mut self.entries[number as usize];
        entry.described = entry.described.max(Some((moment, row)));
    }

    /// The row that describes the project, if any does.
    pub(super) fn described_by(&self, number: ProjectNo) -> Option<RowNo> {
        self.entries[self.resolve(number) as usize].described.map(|(_, row)| row)
    }

    /// Every identifier of the project.
    pub(super) fn ids(&self, number: ProjectNo) -> &[ExternalId] {
        &self.entries[self.resolve(number) as usize].ids
    }

    /// How many numbers were given; those that stand for nothing any more are counted.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
