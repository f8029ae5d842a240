//! Sums over a row of a graph of the values its neighbours have.
//!
//! Four sums run side by side and are added at the end: one sum alone waits for each
//! addition to finish before the next, which is most of the time of such a loop. The order
//! of additions depends on the length of the row only, so results repeat.

use crate::graph::weighting::Weight;

/// The sum of the neighbours' values.
#[inline]
pub(crate) fn sum(targets: &[u32], values: &[f64]) -> f64 {
    let (fours, rest) = targets.as_chunks::<4>();
    let mut lanes = [0.0; 4];
    for four in fours {
        for (lane, &target) in lanes.iter_mut().zip(four) {
            *lane += values[target as usize];
        }
    }
    let mut total = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    for &target in rest {
        total += values[target as usize];
    }
    total
}

/// The sum of the neighbours' values, each times the weight of the tie.
#[inline]
pub(crate) fn dot<W: Weight>(targets: &[u32], weights: &[W], values: &[f64]) -> f64 {
    let (fours, rest) = targets.as_chunks::<4>();
    let (four_weights, rest_weights) = weights.as_chunks::<4>();
    let mut lanes = [0.0; 4];
    for (four, weights) in fours.iter().zip(four_weights) {
        for ((lane, &target), weight) in lanes.iter_mut().zip(four).zip(weights) {
            *lane += values[target as usize] * weight.value();
        }
    }
    let mut total = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    for (&target, weight) in rest.iter().zip(rest_weights) {
        total += values[target as usize] * weight.value();
    }
    total
}
