//! Names beside the discs, where they collide with nothing.

use super::letters::{shortened, width};
use super::scene::{Disc, PLOT, Scene};
use super::svg::{Anchor, Svg};

/// The size of names, and of that of the organisation in the middle.
const SIZES: (f64, f64) = (11.0, 15.0);
/// Space between a disc and its name, and around names.
const SPACE: f64 = 2.0;
/// The letters of a name for which there is no room in full.
const SHORT: usize = 14;
/// What of a letter's size stands above its base line.
const ASCENT: f64 = 0.78;
/// What hangs below.
const DESCENT: f64 = 0.24;

/// A name at its place.
#[derive(Clone, Debug)]
pub(super) struct Label {
    at: (f64, f64),
    size: f64,
    anchor: Anchor,
    text: String,
    ink: Ink,
}

/// The rectangle a name covers.
#[derive(Clone, Copy, Debug)]
struct Ink {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Ink {
    fn of((x, y): (f64, f64), size: f64, anchor: Anchor, text: &str) -> Self {
        let wide = width(text, size);
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - wide / 2.0,
            Anchor::End => x - wide,
        };
        Self { left, top: y - ASCENT * size, right: left + wide, bottom: y + DESCENT * size }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left - SPACE < other.right
            && other.left - SPACE < self.right
            && self.top - SPACE < other.bottom
            && other.top - SPACE < self.bottom
    }

    fn meets_disc(&self, disc: &Disc) -> bool {
        let (x, y) = disc.centre;
        let (dx, dy) = (x - x.clamp(self.left, self.right), y - y.clamp(self.top, self.bottom));
        dx.hypot(dy) < disc.radius + 1.0
    }

    fn is_within_plot(&self) -> bool {
        let [left, top, right, bottom] = PLOT;
        self.left >= left && self.top >= top && self.right <= right && self.bottom <= bottom
    }
}

/// A place for each name, those of the organisations nearest the middle and most strongly tied
/// first. A name for which there is no room is shortened, or left out. O(discs²).
pub(super) fn place(scene: &Scene) -> Vec<Label> {
    let mut placed: Vec<Label> = Vec::new();
    for (n, disc) in scene.discs.iter().enumerate() {
        let size = if n == 0 { SIZES.1 } else { SIZES.0 };
        let outward = disc.centre.0 >= scene.discs[0].centre.0;
        let is_free = |label: &Label| {
            let ink = &label.ink;
            ink.is_within_plot()
                && placed.iter().all(|other| !ink.meets(&other.ink))
                && scene.discs.iter().enumerate().all(|(m, of)| m == n || !ink.meets_disc(of))
        };
        let short = shortened(&disc.name, SHORT);
        let names = [disc.name.as_str(), &short].into_iter();
        let free = names.flat_map(|name| candidates(disc, name, size, outward)).find(is_free);
        // Whoever it is about is named all the same, on their disc.
        placed.extend(free.or_else(|| (n == 0).then(|| centred(disc, size))));
    }
    placed
}

/// The name on the disc itself.
fn centred(disc: &Disc, size: f64) -> Label {
    let at = (disc.centre.0, disc.centre.1 + (ASCENT - DESCENT) / 2.0 * size);
    let ink = Ink::of(at, size, Anchor::Middle, &disc.name);
    Label { at, size, anchor: Anchor::Middle, text: disc.name.clone(), ink }
}

/// The places a name may have, preferred first: beside the disc on the side away from the
/// middle, on the other, below, above, and at the corners.
fn candidates(disc: &Disc, name: &str, size: f64, to_the_right: bool) -> [Label; 8] {
    let (x, y) = disc.centre;
    let away = disc.radius + SPACE + 1.0;
    let level = (ASCENT - DESCENT) / 2.0 * size;
    let corner = away * std::f64::consts::FRAC_1_SQRT_2;
    let beside = |right: bool, by: f64, down: f64| {
        if right { (x + by, y + down, Anchor::Start) } else { (x - by, y + down, Anchor::End) }
    };
    let (out, back) = (to_the_right, !to_the_right);
    let (above, below) = (-corner - DESCENT * size, corner + ASCENT * size);
    [
        beside(out, away, level),
        beside(back, away, level),
        (x, y + away + ASCENT * size, Anchor::Middle),
        (x, y - away - DESCENT * size, Anchor::Middle),
        beside(out, corner, above),
        beside(out, corner, below),
        beside(back, corner, above),
        beside(back, corner, below),
    ]
    .map(|(x, y, anchor)| {
        let ink = Ink::of((x, y), size, anchor, name);
        Label { at: (x, y), size, anchor, text: name.to_owned(), ink }
    })
}

/// Draws names over everything else.
pub(super) fn draw(labels: &[Label], svg: &mut Svg) {
    for label in labels {
        svg.text_on_lines(label.at, label.size, label.anchor, &label.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_collide_with_nothing() {
        let disc = |x: f64, y: f64| Disc::at((x, y), 8.0, "A LONG ENOUGH NAME");
        let discs: Vec<Disc> = (0..12)
            .flat_map(|n| (0..9).map(move |m| (f64::from(n), f64::from(m))))
            .map(|(n, m)| disc(100.0 + 60.0 * n, 150.0 + 40.0 * m))
            .collect();
        let scene = Scene::with(discs);
        let labels = place(&scene);
        assert!(labels.len() > 20 && labels.len() < scene.discs.len(), "{}", labels.len());
        for (n, label) in labels.iter().enumerate() {
            assert!(label.ink.is_within_plot());
            assert!(labels[n + 1..].iter().all(|other| !label.ink.meets(&other.ink)));
            assert!(scene.discs.iter().all(|disc| !label.ink.meets_disc(disc)), "{label:?}");
        }
    }
}
