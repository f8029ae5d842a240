//! An organisation's partners year by year.

use crate::cohort::Standing;
use crate::scope::Lens;
use chrono::{Datelike, NaiveDate};
use consortia_domain::period::Period;
use std::collections::BTreeSet;

/// The longest time a series covers, in years: what starts or ends further off is a mistake
/// somebody should see elsewhere, not a million rows.
const MOST: i32 = 200;

/// The partners in the projects that may have run in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Year {
    /// The year.
    pub year: i32,
    /// Projects that may have run in it.
    pub projects: usize,
    /// Partners in these who are in no project of an earlier year.
    pub new_partners: usize,
    /// What is compared, of these projects.
    pub standing: Standing,
}

impl Lens<'_> {
    /// The years from the first start to the last end of these projects of `node`, as far as
    /// both are known, each with the partners of the projects that may have run in it.
    /// O(years · participations in the projects).
    #[must_use]
    pub fn years(&self, node: u32, projects: &[u32]) -> Vec<Year> {
        let network = self.network();
        let period = |project: &u32| network.project_at(*project).period;
        let dated = || projects.iter().map(period);
        let first = dated().filter_map(Period::earliest_start).min();
        let last = dated().filter_map(Period::latest_end).max();
        let Some((first, last)) = first.zip(last) else { return Vec::new() };
        let (first, last) = (first.year(), last.year().min(first.year() + MOST));
        let mut met: BTreeSet<u32> = BTreeSet::new();
        let mut years = Vec::new();
        for year in first..=last {
            let ends =
                NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
            let Some((from, to)) = ends else { break };
            let running: Vec<u32> = projects
                .iter()
                .copied()
                .filter(|project| period(project).possibly_overlaps(from, to))
                .collect();
            let before = met.len();
            for project in &running {
                met.extend(self.organisations_in(*project).into_iter().filter(|of| *of != node));
            }
            years.push(Year {
                year,
                projects: running.len(),
                new_partners: met.len() - before,
                standing: self.standing(node, &running),
            });
        }
        years
    }
}
