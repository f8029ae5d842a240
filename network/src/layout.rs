//! Where the members of a small network are drawn.

use crate::number::real;

/// A place on the plane: to the right, and down.
pub type Point = [f64; 2];

/// A tie that draws two bodies together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pull {
    /// The two, by place.
    pub ends: (u32, u32),
    /// How strongly; 1 for the weakest tie.
    pub strength: f64,
}

/// Rounds of moving bodies; with fewer, groups of a few hundred are not yet apart.
const ROUNDS: u32 = 500;
/// The part of its force that drives bodies apart, beside a pull of 1.
const PUSH: f64 = 0.5;
/// The pull towards the middle, which keeps what is tied to nobody in sight.
const GRAVITY: f64 = 0.3;
/// How much further a drawing may be stretched in one direction than in the other.
const MOST_STRETCH: f64 = 3.0;
/// How far a body may move in the first round.
const STRIDE: f64 = 0.6;

/// Arranges `count` bodies around the first, which stays in the middle, so that those strongly
/// tied are close and groups lie apart: the `LinLog` energy with repulsion by degree (Noack
/// 2009, "Modularity clustering is force-directed layout"), lowered by steps that shorten from
/// round to round (Fruchterman & Reingold 1991).
///
/// Where all are tied to the first body, as in a network around somebody, these ties do not
/// pull: the others show how they are tied among themselves. They do pull those who are tied to
/// nobody else. Bodies begin on a spiral in the order of their places, so the same bodies and
/// ties are always arranged alike. O(rounds · (count² + ties)).
#[must_use]
pub fn arrange(count: usize, pulls: &[Pull]) -> Vec<Point> {
    let mut points: Vec<Point> = (0..count).map(on_spiral).collect();
    let pulls = that_pull(count, pulls);
    let mut mass = vec![1.0; count];
    for pull in &pulls {
        mass[pull.ends.0 as usize] += pull.strength;
        mass[pull.ends.1 as usize] += pull.strength;
    }
    // The one in the middle pushes like the average, so that the middle stays free for it.
    if let Some(others) = mass.get(1..).filter(|others| !others.is_empty()) {
        mass[0] = others.iter().sum::<f64>() / real(others.len());
    }
    for round in 0..ROUNDS {
        let forces = forces(&points, &mass, &pulls);
        let most = STRIDE * real(count).sqrt() * (1.0 - f64::from(round) / f64::from(ROUNDS));
        for ((point, force), mass) in points.iter_mut().zip(&forces).zip(&mass).skip(1) {
            let [x, y] = force.map(|of| of / mass);
            let length = x.hypot(y).max(f64::MIN_POSITIVE);
            let step = length.min(most) / length;
            point[0] += x * step;
            point[1] += y * step;
        }
    }
    points
}

/// The ties that draw bodies together: see [`arrange`].
fn that_pull(count: usize, pulls: &[Pull]) -> Vec<Pull> {
    let to_first = |pull: &&Pull| pull.ends.0 == 0 || pull.ends.1 == 0;
    if pulls.iter().filter(to_first).count() + 1 < count {
        return pulls.to_vec();
    }
    let mut tied_to_others = vec![false; count];
    for pull in pulls.iter().filter(|pull| !to_first(pull)) {
        tied_to_others[pull.ends.0 as usize] = true;
        tied_to_others[pull.ends.1 as usize] = true;
    }
    let pulls_all_the_same = |pull: &Pull| {
        let other = pull.ends.0.max(pull.ends.1) as usize;
        !to_first(&pull) || !tied_to_others[other]
    };
    pulls.iter().filter(|pull| pulls_all_the_same(pull)).copied().collect()
}

/// Evenly spread around the middle: each a golden angle further (Vogel 1979).
fn on_spiral(place: usize) -> Point {
    let golden = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    let (radius, angle) = (real(place).sqrt(), real(place) * golden);
    [radius * angle.cos(), radius * angle.sin()]
}

fn forces(points: &[Point], mass: &[f64], pulls: &[Pull]) -> Vec<Point> {
    let average = mass.iter().sum::<f64>() / real(mass.len().max(1));
    let mut forces: Vec<Point> = points
        .iter()
        .zip(mass)
        .map(|(point, mass)| {
            let length = point[0].hypot(point[1]).max(1.0);
            point.map(|of| -GRAVITY * mass * of / length)
        })
        .collect();
    for (a, point) in points.iter().enumerate() {
        for b in a + 1..points.len() {
            let (x, y) = (point[0] - points[b][0], point[1] - points[b][1]);
            let push = PUSH * mass[a] * mass[b] / average / (x * x + y * y).max(1e-4);
            forces[a] = [forces[a][0] + push * x, forces[a][1] + push * y];
            forces[b] = [forces[b][0] - push * x, forces[b][1] - push * y];
        }
    }
    for &Pull { ends: (a, b), strength } in pulls {
        let (a, b) = (a as usize, b as usize);
        let (x, y) = (points[b][0] - points[a][0], points[b][1] - points[a][1]);
        let pull = strength / x.hypot(y).max(0.01);
        forces[a] = [forces[a][0] + pull * x, forces[a][1] + pull * y];
        forces[b] = [forces[b][0] - pull * x, forces[b][1] - pull * y];
    }
    forces
}

/// Turns points around the first so that they spread furthest to the sides, where a drawing has
/// most room. O(points).
pub fn turn(points: &mut [Point]) {
    let count = real(points.len().max(1));
    let mean = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / count);
    let spread = |a: usize, b: usize| -> f64 {
        points.iter().map(|point| (point[a] - mean[a]) * (point[b] - mean[b])).sum()
    };
    // The direction of the first principal component (Pearson 1901).
    let angle = f64::atan2(2.0 * spread(0, 1), spread(0, 0) - spread(1, 1)) / 2.0;
    let (sin, cos) = angle.sin_cos();
    let origin = points.first().copied().unwrap_or_default();
    for point in points {
        let [x, y] = [point[0] - origin[0], point[1] - origin[1]];
        *point = [origin[0] + x * cos + y * sin, origin[1] + y * cos - x * sin];
    }
}

/// Moves and scales points to fill a rectangle of `width` × `height` around the middle, up to
/// three times further in one direction than in the other. O(points).
pub fn fit(points: &mut [Point], width: f64, height: f64) {
    let ends = |axis: usize| {
        let of = || points.iter().map(|point| point[axis]);
        (of().fold(f64::INFINITY, f64::min), of().fold(f64::NEG_INFINITY, f64::max))
    };
    let (x, y) = (ends(0), ends(1));
    let scale = [width / (x.1 - x.0).max(1e-9), height / (y.1 - y.0).max(1e-9)];
    // What is nearly a line or a dot stays one.
    let most = MOST_STRETCH * scale[0].min(scale[1]);
    let middle = [f64::midpoint(x.0, x.1), f64::midpoint(y.0, y.1)];
    for point in points {
        *point = [0, 1].map(|axis| (point[axis] - middle[axis]) * scale[axis].min(most));
    }
}

/// Passes in which overlapping discs are moved apart.
const PASSES: u32 = 200;

/// Moves discs of these radii apart until none overlaps another by more than a hair, within a
/// rectangle around the middle, as far as there is room; the first stays.
/// O(passes · points²).
pub fn separate(points: &mut [Point], radii: &[f64], gap: f64, width: f64, height: f64) {
    let half = [width / 2.0, height / 2.0];
    for _ in 0..PASSES {
        let mut moved = false;
        for a in 0..points.len() {
            for b in a + 1..points.len() {
                let (x, y) = (points[b][0] - points[a][0], points[b][1] - points[a][1]);
                let distance = x.hypot(y);
                let overlap = radii[a] + radii[b] + gap - distance;
                if overlap <= 0.01 {
                    continue;
                }
                moved = true;
                // Two at one place part along the spiral's direction of the later one.
                let [x, y] = if distance > 1e-6 {
                    [x / distance, y / distance]
                } else {
                    let [x, y] = on_spiral(b);
                    let length = x.hypot(y);
                    [x / length, y / length]
                };
                let (of_a, of_b) =
                    if a == 0 { (0.0, overlap) } else { (overlap / 2.0, overlap / 2.0) };
                points[a] = [points[a][0] - x * of_a, points[a][1] - y * of_a];
                points[b] = [points[b][0] + x * of_b, points[b][1] + y * of_b];
            }
        }
        for (point, radius) in points.iter_mut().zip(radii).skip(1) {
            for axis in 0..2 {
                let most = (half[axis] - radius).max(0.0);
                point[axis] = point[axis].clamp(-most, most);
            }
        }
        if !moved {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of six, each all tied, with one tie between them; around 0.
    fn two_groups() -> Vec<Pull> {
        let mut pulls = Vec::new();
        for group in [1, 7] {
            for a in group..group + 6 {
                pulls.push(Pull { ends: (0, a), strength: 1.0 });
                pulls.extend((a + 1..group + 6).map(|b| Pull { ends: (a, b), strength: 1.0 }));
            }
        }
        pulls.push(Pull { ends: (1, 7), strength: 1.0 });
        pulls
    }

    fn distance(a: Point, b: Point) -> f64 {
        (a[0] - b[0]).hypot(a[1] - b[1])
    }

    #[test]
    fn groups_lie_apart_and_the_first_in_the_middle() {
        let points = arrange(13, &two_groups());
        assert_eq!(points[0].map(f64::to_bits), [0; 2]);
        let same = |a: usize, b: usize| (a <= 6) == (b <= 6);
        let mean = |of_same: bool| {
            let pairs = (1..13).flat_map(|a| (a + 1..13).map(move |b| (a, b)));
            let found: Vec<f64> = pairs
                .filter(|(a, b)| same(*a, *b) == of_same)
                .map(|(a, b)| distance(points[a], points[b]))
                .collect();
            found.iter().sum::<f64>() / real(found.len())
        };
        assert!(mean(false) > 2.0 * mean(true), "{} {}", mean(false), mean(true));
        assert!(points.iter().flatten().all(|of| of.is_finite()));
    }

    #[test]
    fn who_is_tied_to_the_first_only_stays_near_it() {
        let mut pulls = two_groups();
        pulls.push(Pull { ends: (0, 13), strength: 1.0 });
        let points = arrange(14, &pulls);
        let from_first = |n: usize| distance(points[0], points[n]);
        assert!((1..13).all(|n| from_first(13) < from_first(n)), "{points:?}");
        // Two steps: not all are tied to the first, who is near those tied to it.
        let mut pulls: Vec<Pull> = (1..4).map(|n| Pull { ends: (0, n), strength: 1.0 }).collect();
        pulls.extend((4..10).map(|n| Pull { ends: (1, n), strength: 1.0 }));
        let points = arrange(10, &pulls);
        let mean = |of: std::ops::Range<usize>| {
            let count = real(of.len());
            of.map(|n| distance(points[0], points[n])).sum::<f64>() / count
        };
        assert!(mean(1..4) < mean(4..10), "{points:?}");
    }

    #[test]
    fn the_same_is_arranged_alike() {
        assert_eq!(arrange(13, &two_groups()), arrange(13, &two_groups()));
        assert!(arrange(0, &[]).is_empty());
        assert_eq!(arrange(1, &[]).len(), 1);
    }

    #[test]
    fn discs_are_separated_within_the_rectangle() {
        let mut points = vec![[0.0, 0.0]; 40];
        let radii: Vec<f64> = (0..40).map(|n| 3.0 + f64::from(n % 5)).collect();
        separate(&mut points, &radii, 2.0, 300.0, 200.0);
        for a in 0..points.len() {
            for b in a + 1..points.len() {
                let apart = distance(points[a], points[b]) - radii[a] - radii[b];
                assert!(apart > 0.0, "{a} and {b} overlap by {apart}");
            }
            let [x, y] = points[a];
            assert!(x.abs() <= 150.0 && y.abs() <= 100.0, "{x} {y}");
        }
        assert_eq!(points[0].map(f64::to_bits), [0; 2]);
    }

    #[test]
    fn points_fill_the_rectangle() {
        let mut points = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        fit(&mut points, 800.0, 600.0);
        let reach = |axis: usize| points.iter().map(|of| of[axis].abs()).fold(0.0, f64::max);
        assert!((reach(0) - 400.0).abs() < 1e-6 && (reach(1) - 300.0).abs() < 1e-6);
        let mut one = vec![[5.0, 5.0]];
        fit(&mut one, 800.0, 600.0);
        assert_eq!(one[0].map(f64::to_bits), [0; 2]);
    }

    #[test]
    fn what_is_long_is_turned_to_lie() {
        let mut points = vec![[0.0, 0.0], [1.0, 2.0], [2.0, 4.0], [2.5, 4.5]];
        turn(&mut points);
        let wide = |axis: usize| points.iter().map(|of| of[axis].abs()).fold(0.0, f64::max);
        assert!(wide(0) > 4.0 && wide(1) < 0.5, "{points:?}");
    }
}
