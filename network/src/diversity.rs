//! How diverse a set is, by the shares of its classes.

mod bounds;
mod dimension;
mod rarefied;

pub use bounds::{Bounds, bounds};
pub use dimension::{Class, REGION_LETTERS, class, classes, distance};
pub use rarefied::rarefied_richness;

/// How many items each class holds. Items of unknown class are left out and counted apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The classes that hold anything, largest first, then by class.
    pub by_class: Vec<(Class, u64)>,
    /// Items whose class is unknown.
    pub unclassified: u64,
}

/// Every measure of a set of items. `None` where a formula has no value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Items with a known class, N.
    pub items: u64,
    /// Classes, K.
    pub richness: u64,
    /// 1 − Σp², the chance that two items drawn with replacement differ (Blau 1977;
    /// Gini–Simpson).
    pub blau: Option<f64>,
    /// −Σ p ln p, in nats (Shannon 1948).
    pub shannon: Option<f64>,
    /// exp(Shannon): as many equally frequent classes would be as diverse (Hill 1973, order 1).
    pub effective_1: Option<f64>,
    /// 1/Σp² (Hill 1973, order 2).
    pub effective_2: Option<f64>,
    /// Shannon / ln K; `None` below two classes (Pielou 1966).
    pub evenness: Option<f64>,
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
const fn float(count: u64) -> f64 {
    count as f64
}

/// The measures of a set with so many items in each class; classes without any do not count.
/// Summed from the smallest class up, so that the order given does not matter. O(K log K).
#[must_use]
pub fn measures(counts: &[u64]) -> Measures {
    let mut counts: Vec<u64> = counts.iter().copied().filter(|count| *count > 0).collect();
    counts.sort_unstable();
    let (items, richness) = (counts.iter().sum::<u64>(), counts.len() as u64);
    if items == 0 {
        return Measures {
            items,
            richness,
            blau: None,
            shannon: None,
            effective_1: None,
            effective_2: None,
            evenness: None,
        };
    }
    let shares = || counts.iter().map(|count| float(*count) / float(items));
    let concentration: f64 = shares().map(|share| share * share).sum();
    // One class alone gives −0.0, which nobody wants to read.
    let shannon = shares().map(|share| -share * share.ln()).sum::<f64>().max(0.0);
    Measures {
        items,
        richness,
        blau: Some(1.0 - concentration),
        shannon: Some(shannon),
        effective_1: Some(shannon.exp()),
        effective_2: Some(1.0 / concentration),
        evenness: (richness > 1).then(|| shannon / float(richness).ln()),
    }
}

/// `Σ_{i≠j} d_ij p_i p_j`: how far apart two items drawn with replacement are on average, by
/// distances between classes from 0 to 1 (Stirling 2007). `None` without items. O(K²).
#[must_use]
pub fn rao_stirling(
    counts: &[(Class, u64)],
    distance: impl Fn(&Class, &Class) -> f64,
) -> Option<f64> {
    let items = counts.iter().map(|(_, count)| count).sum::<u64>();
    let mut sum = 0.0;
    for (n, (class, count)) in counts.iter().enumerate() {
        for (other, others) in &counts[n + 1..] {
            sum += 2.0 * distance(class, other) * float(*count) * float(*others);
        }
    }
    (items > 0).then(|| sum / (float(items) * float(items)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Option<f64>, b: f64) {
        let a = a.expect("a value");
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn equal_classes_are_as_diverse_as_they_are_many() {
        let found = measures(&[3, 3, 3, 3]);
        assert_eq!((found.items, found.richness), (12, 4));
        near(found.blau, 0.75);
        near(found.shannon, 4.0_f64.ln());
        near(found.effective_1, 4.0);
        near(found.effective_2, 4.0);
        near(found.evenness, 1.0);
    }

    #[test]
    fn one_class_has_no_evenness_and_nothing_has_no_measure() {
        let found = measures(&[7]);
        assert_eq!((found.blau, found.shannon, found.evenness), (Some(0.0), Some(0.0), None));
        let found = measures(&[0, 0]);
        assert_eq!((found.items, found.richness, found.blau), (0, 0, None));
    }

    #[test]
    fn at_distance_one_rao_stirling_is_blau() {
        let counts: Vec<_> = [5, 3, 2]
            .iter()
            .enumerate()
            .map(|(n, count)| (Class::new(n.to_string()), *count))
            .collect();
        near(rao_stirling(&counts, |_, _| 1.0), measures(&[5, 3, 2]).blau.expect("a value"));
        near(rao_stirling(&counts, |_, _| 0.0), 0.0);
        assert_eq!(rao_stirling(&[], |_, _| 1.0), None);
    }
}
