//! The two-mode network of organisations and the projects they take part in.

use crate::number::id;

/// Lists of numbers, one for each row, stored end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rows {
    offsets: Vec<usize>,
    entries: Vec<u32>,
}

impl Rows {
    fn row(&self, row: u32) -> &[u32] {
        let row = row as usize;
        &self.entries[self.offsets[row]..self.offsets[row + 1]]
    }

    fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The rows that `pairs` of (row, entry) fill, each in the order of the pairs. Pairs in
    /// ascending order of entry therefore give sorted rows, without comparing anything.
    fn fill(rows: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut offsets = vec![0; rows + 1];
        for (row, _) in pairs.clone() {
            offsets[row as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut entries = vec![0; offsets[rows]];
        for (row, entry) in pairs {
            let place = &mut next[row as usize];
            entries[*place] = entry;
            *place += 1;
        }
        Self { offsets, entries }
    }

    fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + Clone {
        (0..id(self.len())).flat_map(|row| self.row(row).iter().map(move |&entry| (row, entry)))
    }

    /// Without the repetitions of sorted rows.
    fn distinct(mut self) -> Self {
        let mut kept = 0;
        let mut start = 0;
        for row in 0..self.len() {
            let end = self.offsets[row + 1];
            let first = kept;
            for place in start..end {
                let entry = self.entries[place];
                if kept == first || self.entries[kept - 1] != entry {
                    self.entries[kept] = entry;
                    kept += 1;
                }
            }
            start = end;
            self.offsets[row + 1] = kept;
        }
        self.entries.truncate(kept);
        self
    }
}

/// Which organisations are in which projects, in both directions, frozen.
///
/// Organisations and projects are numbered from 0, each on their own. Memory: 8 bytes for
/// each participation and 8 for each organisation and project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bipartite {
    projects: Rows,
    organisations: Rows,
}

impl Bipartite {
    /// The network of these (organisation, project) pairs, in any order; a pair given twice
    /// counts once. There are at least `organisations` and `projects`, and as many more as
    /// the largest number in a pair requires. O(organisations + projects + pairs), by
    /// counting sort.
    #[must_use]
    pub fn from_pairs(organisations: usize, projects: usize, pairs: &[(u32, u32)]) -> Self {
        let (organisations, projects) =
            pairs.iter().fold((organisations, projects), |(rows, columns), &(row, column)| {
                (rows.max(row as usize + 1), columns.max(column as usize + 1))
            });
        let flipped = |(row, column): (u32, u32)| (column, row);
        let unsorted = Rows::fill(projects, pairs.iter().copied().map(flipped));
        let of_organisation = Rows::fill(organisations, unsorted.pairs().map(flipped)).distinct();
        let of_project = Rows::fill(projects, of_organisation.pairs().map(flipped));
        Self { projects: of_organisation, organisations: of_project }
    }

    /// The number of organisations, those without a project included.
    #[must_use]
    pub fn organisation_count(&self) -> usize {
        self.projects.len()
    }

    /// The number of projects, those without an organisation included.
    #[must_use]
    pub fn project_count(&self) -> usize {
        self.organisations.len()
    }

    /// The number of distinct (organisation, project) pairs.
    #[must_use]
    pub fn participation_count(&self) -> usize {
        self.projects.entries.len()
    }

    /// The projects of an organisation, ascending. O(1).
    ///
    /// # Panics
    /// If there is no such organisation.
    #[must_use]
    pub fn projects_of(&self, organisation: u32) -> &[u32] {
        self.projects.row(organisation)
    }

    /// The organisations of a project, ascending. O(1).
    ///
    /// # Panics
    /// If there is no such project.
    #[must_use]
    pub fn organisations_of(&self, project: u32) -> &[u32] {
        self.organisations.row(project)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_sorted_and_repetitions_collapse() {
        let pairs = [(2, 1), (0, 1), (2, 0), (2, 1), (0, 1), (5, 3)];
        let network = Bipartite::from_pairs(0, 0, &pairs);
        assert_eq!(network.organisation_count(), 6);
        assert_eq!(network.project_count(), 4);
        assert_eq!(network.participation_count(), 4);
        assert_eq!(network.projects_of(2), [0, 1]);
        assert_eq!(network.projects_of(0), [1]);
        assert!(network.projects_of(1).is_empty());
        assert_eq!(network.organisations_of(1), [0, 2]);
        assert!(network.organisations_of(2).is_empty());
    }

    #[test]
    fn an_empty_network_has_the_stated_size() {
        let network = Bipartite::from_pairs(2, 3, &[]);
        assert_eq!((network.organisation_count(), network.project_count()), (2, 3));
        assert!(network.projects_of(1).is_empty());
    }
}
