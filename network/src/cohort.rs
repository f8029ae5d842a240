//! Peers: the organisations with as many projects, and where one stands among them.

use crate::scope::Lens;
use crate::scratch::Scratch;
use std::cell::RefCell;

/// What is compared, of one organisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// The organisation's node.
    pub node: u32,
    /// Its distinct partners.
    pub partners: u32,
    /// The distinct countries its partners are established in.
    pub countries: u32,
    /// Blau's index of its partners by country, each partner once; `None` when no partner's
    /// country is known.
    pub blau: Option<f64>,
}

/// How a value stands in a cohort.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The value compared; `None` when it cannot be computed.
    pub value: Option<f64>,
    /// Members of the cohort for whom it can be computed, n.
    pub cohort: u64,
    /// Their mean.
    pub mean: f64,
    /// Their quartiles, interpolated linearly between values (Hyndman & Fan 1996, type 7):
    /// first, median, third.
    pub quartiles: [f64; 3],
    /// (members below + ½ members equal) / n, the organisation itself among them.
    pub percentile: Option<f64>,
}

#[derive(Default)]
struct Working {
    partners: Scratch<bool>,
    countries: Scratch<u32>,
}

thread_local! {
    static WORKING: RefCell<Working> = RefCell::default();
}

impl Lens<'_> {
    /// Every organisation that counts in this scope and has exactly `projects` projects in it,
    /// in the order of their nodes. O(participations + those in the projects of the cohort).
    #[must_use]
    pub fn cohort(&self, projects: usize) -> Vec<Standing> {
        if projects == 0 {
            return Vec::new();
        }
        let nodes = u32::try_from(self.network().organisation_nodes()).unwrap_or(u32::MAX);
        (0..nodes)
            .filter(|node| self.counted_as(*node) == *node && self.admits_organisation(*node))
            .filter_map(|node| {
                let of = self.projects_of(node);
                (of.len() == projects).then(|| self.standing(node, &of))
            })
            .collect()
    }

    /// What is compared, of an organisation with these projects.
    /// O(participations in the projects).
    #[must_use]
    pub fn standing(&self, node: u32, projects: &[u32]) -> Standing {
        let network = self.network();
        WORKING.with_borrow_mut(|Working { partners, countries }| {
            partners.reset(network.organisation_nodes());
            countries.reset(consortia_domain::country::Country::ALL.len());
            let mut squares = 0_u64;
            let mut known = 0_u64;
            for project in projects {
                for seat in network.seats_in(*project) {
                    let partner = self.counted_as(network.seats.organisation(*seat));
                    if partner == node || !self.admits_seat(*seat) {
                        continue;
                    }
                    let met = partners.entry(partner, |met| !met);
                    if std::mem::replace(met, true) {
                        continue;
                    }
                    if let Some(country) = network.organisation_at(partner).country {
                        let index = u32::try_from(country.index()).unwrap_or(u32::MAX);
                        let count = countries.entry(index, |count| *count == 0);
                        // (c+1)² − c²
                        squares += u64::from(2 * *count + 1);
                        *count += 1;
                        known += 1;
                    }
                }
            }
            let size = |touched: &[u32]| u32::try_from(touched.len()).unwrap_or(u32::MAX);
            Standing {
                node,
                partners: size(partners.touched()),
                countries: size(countries.touched()),
                blau: (known > 0).then(|| 1.0 - ratio(squares, known * known)),
            }
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// How `value` stands among `cohort`, the values of all members for whom there is one. `None`
/// without members. O(n log n).
#[must_use]
pub fn compare(value: Option<f64>, mut cohort: Vec<f64>) -> Option<Comparison> {
    cohort.sort_unstable_by(f64::total_cmp);
    let n = cohort.len();
    let last = n.checked_sub(1)?;
    let quantile = |quarter: usize| {
        let (place, part) = (last * quarter / 4, last * quarter % 4);
        let (low, high) = (cohort[place], cohort[(place + 1).min(last)]);
        low + (high - low) * ratio(part as u64, 4)
    };
    let percentile = value.map(|value| {
        let below = cohort.partition_point(|other| *other < value);
        let equal = cohort.partition_point(|other| *other <= value) - below;
        ratio((2 * below + equal) as u64, 2 * n as u64)
    });
    Some(Comparison {
        value,
        cohort: n as u64,
        mean: cohort.iter().sum::<f64>() / ratio(n as u64, 1),
        quartiles: [quantile(1), quantile(2), quantile(3)],
        percentile,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundredths(found: &Comparison) -> String {
        let [first, median, third] = found.quartiles;
        format!("{:.2} {first:.2} {median:.2} {third:.2}", found.mean)
    }

    #[test]
    fn ranks_and_quartiles() {
        let found = compare(Some(3.0), vec![4.0, 1.0, 3.0, 3.0, 2.0]).expect("a comparison");
        assert_eq!((found.percentile, found.cohort), (Some(0.6), 5));
        assert_eq!(hundredths(&found), "2.60 2.00 3.00 3.00");
        let found = compare(None, vec![1.0, 2.0]).expect("a comparison");
        assert_eq!(found.percentile, None);
        assert_eq!(hundredths(&found), "1.50 1.25 1.50 1.75");
        assert_eq!(compare(Some(1.0), Vec::new()), None);
    }
}
