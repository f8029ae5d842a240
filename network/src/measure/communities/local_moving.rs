//! Local moving: each node to the community where it adds most, until no move helps.

use super::level::{Level, Towards};
use crate::graph::weighting::Weight;
use crate::number::id;
use crate::random::Random;
use std::collections::VecDeque;

/// Moves nodes between the communities of `labels`, which are below the number of nodes. A
/// node is looked at again only when a neighbour has moved (the fast local moving of Traag,
/// Waltman & van Eck 2019). Says whether any node moved.
pub(super) fn improve<W: Weight>(
    level: &Level<'_, W>,
    labels: &mut [u32],
    resolution: f64,
    random: &mut Random,
) -> bool {
    let nodes = level.nodes();
    if level.total == 0.0 {
        return false;
    }
    let scale = resolution / level.total;
    let mut strength_of = vec![0.0; nodes];
    let mut size_of = vec![0_u32; nodes];
    for (&label, strength) in labels.iter().zip(&level.strengths) {
        strength_of[label as usize] += strength;
        size_of[label as usize] += 1;
    }
    let mut empty: Vec<u32> =
        (0..id(nodes)).rev().filter(|&label| size_of[label as usize] == 0).collect();
    let mut order: Vec<u32> = (0..id(nodes)).collect();
    random.shuffle(&mut order);
    let mut waits = vec![true; nodes];
    let mut queue = VecDeque::from(order);
    let mut towards = Towards::new(nodes);
    let mut any = false;
    while let Some(node) = queue.pop_front() {
        waits[node as usize] = false;
        let own = labels[node as usize];
        for (neighbour, weight) in level.ties(node) {
            towards.add(labels[neighbour as usize], weight);
        }
        let strength = level.strengths[node as usize];
        strength_of[own as usize] -= strength;
        let gain =
            |label: u32| towards.weight(label) - strength * scale * strength_of[label as usize];
        let (mut best, mut best_gain) = (own, gain(own));
        for &label in towards.met() {
            let gain = gain(label);
            if gain > best_gain {
                (best, best_gain) = (label, gain);
            }
        }
        // On its own it gains nothing and loses nothing.
        if best_gain < 0.0
            && size_of[own as usize] > 1
            && let Some(&label) = empty.last()
        {
            best = label;
        }
        strength_of[best as usize] += strength;
        towards.clear();
        if best == own {
            continue;
        }
        any = true;
        labels[node as usize] = best;
        size_of[own as usize] -= 1;
        size_of[best as usize] += 1;
        if empty.last() == Some(&best) {
            empty.pop();
        }
        if size_of[own as usize] == 0 {
            empty.push(own);
        }
        for (neighbour, _) in level.ties(node) {
            let place = neighbour as usize;
            if labels[place] != best && !waits[place] {
                waits[place] = true;
                queue.push_back(neighbour);
            }
        }
    }
    any
}
