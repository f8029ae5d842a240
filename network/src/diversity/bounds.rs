//! What can be said of a set of which only the size and the number of classes are known.

use super::measures;

/// Between which values measures lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Least and greatest Blau index.
    pub blau: (f64, f64),
    /// Least and greatest Shannon entropy, in nats.
    pub shannon: (f64, f64),
    /// Least and greatest effective number of order 1.
    pub effective_1: (f64, f64),
    /// Least and greatest effective number of order 2.
    pub effective_2: (f64, f64),
    /// Least and greatest evenness; `None` below two classes.
    pub evenness: Option<(f64, f64)>,
}

/// The bounds of a set with `items` members in `classes` classes, none empty. Both measures are
/// Schur-concave: least at (N−K+1, 1, …, 1), greatest at the most even split. `None` when there
/// are no classes, or more than items. O(K).
#[must_use]
pub fn bounds(items: u64, classes: u64) -> Option<Bounds> {
    if classes == 0 || classes > items {
        return None;
    }
    let uneven: Vec<u64> =
        std::iter::once(items - classes + 1).chain((1..classes).map(|_| 1)).collect();
    let (share, larger) = (items / classes, items % classes);
    let even: Vec<u64> = (0..classes).map(|n| share + u64::from(n < larger)).collect();
    let (least, most) = (measures(&uneven), measures(&even));
    Some(Bounds {
        blau: least.blau.zip(most.blau)?,
        shannon: least.shannon.zip(most.shannon)?,
        effective_1: least.effective_1.zip(most.effective_1)?,
        effective_2: least.effective_2.zip(most.effective_2)?,
        evenness: least.evenness.zip(most.evenness),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_four_digits((least, most): (f64, f64)) -> (String, String) {
        (format!("{least:.4}"), format!("{most:.4}"))
    }

    fn is((least, most): (f64, f64), expected: (&str, &str)) {
        let (found_least, found_most) = to_four_digits((least, most));
        assert_eq!((found_least.as_str(), found_most.as_str()), expected);
    }

    #[test]
    fn known_values() {
        let network = bounds(43, 37).expect("bounds");
        is(network.blau, ("0.9540", "0.9703"));
        is(network.shannon, ("3.4444", "3.5678"));
        let partners = bounds(15, 6).expect("bounds");
        is(partners.blau, ("0.5333", "0.8267"));
        is(partners.shannon, ("1.1730", "1.7716"));
        assert_eq!(bounds(3, 4), None);
        assert_eq!(bounds(3, 0), None);
        assert_eq!(bounds(3, 1).expect("bounds").evenness, None);
    }

    /// Every way to write `items` as a sum of `classes` parts, largest first.
    fn splits(items: u64, classes: u64, most: u64) -> Vec<Vec<u64>> {
        if classes == 0 {
            return if items == 0 { vec![Vec::new()] } else { Vec::new() };
        }
        (1..=most.min(items))
            .flat_map(|part| {
                let rest = splits(items - part, classes - 1, part);
                rest.into_iter().map(move |mut rest| {
                    rest.insert(0, part);
                    rest
                })
            })
            .collect()
    }

    #[test]
    fn every_split_lies_within_and_the_bounds_are_met() {
        for (items, classes) in [(12, 4), (15, 6), (7, 7), (9, 2), (5, 1)] {
            let found = bounds(items, classes).expect("bounds");
            let all: Vec<_> =
                splits(items, classes, items).iter().map(|split| measures(split)).collect();
            let range = |value: fn(&super::super::Measures) -> Option<f64>| {
                let values = || all.iter().filter_map(value);
                (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max))
            };
            for (found, met) in [
                (found.blau, range(|m| m.blau)),
                (found.shannon, range(|m| m.shannon)),
                (found.effective_1, range(|m| m.effective_1)),
                (found.effective_2, range(|m| m.effective_2)),
            ] {
                assert!((found.0 - met.0).abs() < 1e-12 && (found.1 - met.1).abs() < 1e-12);
            }
        }
    }
}
