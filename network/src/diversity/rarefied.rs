//! Richness made comparable between sets of different size.

/// `Σ_i [1 − C(N−N_i, n)/C(N, n)]`: the classes to be expected among `n` items drawn without
/// replacement (Hurlbert 1971). `None` when there are fewer items than that. O(K · n).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub fn rarefied_richness(counts: &[u64], n: u64) -> Option<f64> {
    let items: u64 = counts.iter().sum();
    if n == 0 || n > items {
        return None;
    }
    // C(N−N_i, n)/C(N, n) as a product of n factors, none above 1, so that nothing overflows.
    let missed = |count: u64| -> f64 {
        if items - count < n {
            return 0.0;
        }
        (0..n).map(|k| (items - count - k) as f64 / (items - k) as f64).product()
    };
    Some(counts.iter().filter(|count| **count > 0).map(|count| 1.0 - missed(*count)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to draw `n` of the items, counted.
    fn brute_force(counts: &[u64], n: usize) -> f64 {
        let items: Vec<usize> = counts
            .iter()
            .enumerate()
            .flat_map(|(class, count)| vec![class; usize::try_from(*count).expect("small")])
            .collect();
        let (mut draws, mut classes) = (0_u32, 0_u32);
        for mask in 0_u32..1 << items.len() {
            if mask.count_ones() as usize == n {
                let of_mask =
                    items.iter().enumerate().filter(|(place, _)| mask & (1 << place) != 0);
                let seen = of_mask.fold(0_u32, |seen, (_, class)| seen | (1 << class));
                classes += seen.count_ones();
                draws += 1;
            }
        }
        f64::from(classes) / f64::from(draws)
    }

    #[test]
    fn known_values() {
        let round = |value: Option<f64>| (value.expect("a value") * 1e4).round() / 1e4;
        assert!((round(rarefied_richness(&[3, 3, 3, 2, 2, 2], 5)) - 3.9231).abs() < 1e-9);
        assert!((round(rarefied_richness(&[10, 1, 1, 1, 1, 1], 5)) - 2.6663).abs() < 1e-9);
    }

    #[test]
    fn equals_every_draw_counted() {
        for counts in [&[3, 3, 3, 2, 2, 2][..], &[10, 1, 1, 1, 1, 1], &[4, 1], &[6], &[1, 1, 1]] {
            let items: u64 = counts.iter().sum();
            for n in 1..=items {
                let expected = brute_force(counts, usize::try_from(n).expect("small"));
                let found = rarefied_richness(counts, n).expect("a value");
                assert!((found - expected).abs() < 1e-9, "{counts:?}, {n}: {found} {expected}");
            }
            assert_eq!(rarefied_richness(counts, items + 1), None);
        }
        assert_eq!(rarefied_richness(&[2, 3], 0), None);
    }
}
