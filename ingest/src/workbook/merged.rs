//! Merged cells: what stands in several cells at once says too little about each of them.

use calamine::Dimensions;
use std::collections::BTreeMap;

/// The areas of merged cells of a sheet, while its rows are passed from above.
#[derive(Default)]
pub(super) struct Merged {
    /// Those that begin further down, the nearest last.
    below: Vec<Dimensions>,
    /// Those that reach the row.
    here: Vec<Dimensions>,
}

impl Merged {
    pub(super) fn new(mut areas: Vec<Dimensions>) -> Self {
        areas.sort_unstable_by_key(|area| std::cmp::Reverse(area.start.0));
        Self { below: areas, here: Vec::new() }
    }

    /// Those of the `columns` that hold a cell of an area in the row, but not its first one; one
    /// for each area, with what is in `columns` and that first cell.
    pub(super) fn covered<'c, T>(
        &mut self,
        row: u32,
        columns: &'c BTreeMap<u32, T>,
    ) -> Vec<(&'c T, (u32, u32))> {
        while let Some(area) = self.below.pop_if(|area| area.start.0 <= row) {
            if columns.range(area.start.1..=area.end.1.max(area.start.1)).next().is_some() {
                self.here.push(area);
            }
        }
        self.here.retain(|area| area.end.0 >= row);
        // Areas do not overlap, so there are no more of them than columns; but files may be wrong.
        self.here.truncate(columns.len());
        let covered = self.here.iter().filter_map(|area| {
            let mut columns = columns.range(area.start.1..=area.end.1.max(area.start.1));
            let (_, found) = columns.find(|(column, _)| (row, **column) != area.start)?;
            Some((found, area.start))
        });
        covered.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_first_cell_of_an_area_is_covered() {
        let areas = [((1, 4), (3, 4)), ((2, 0), (2, 1)), ((9, 0), (900_000_000, 16_000))];
        let areas = areas.map(|(start, end)| Dimensions { start, end });
        let mut merged = Merged::new(areas.to_vec());
        let columns = BTreeMap::from([(1, "B"), (4, "E")]);
        let mut covered = |row| merged.covered(row, &columns);
        assert_eq!(covered(1), []);
        assert_eq!(covered(2), [(&"E", (1, 4)), (&"B", (2, 0))]);
        assert_eq!(covered(3), [(&"E", (1, 4))]);
        assert_eq!(covered(4), []);
        assert_eq!(covered(800_000_000), [(&"B", (9, 0))]);
    }
}
