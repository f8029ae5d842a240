//! Drawings of networks: SVG, which scales and opens in browsers and documents, and PNG.
//!
//! | module | what it is for |
//! | --- | --- |
//! | `scene` | who is drawn where, how large and in which colour |
//! | `labels` | names beside the discs, where they collide with nothing |
//! | `legend` | what colours, sizes and lines mean, and where the data comes from |
//! | `classes` | colours of countries or communities |
//! | `letters` | the font, and how wide a text is in it |
//! | `svg` | the parts as text |
//! | `png` | the same as dots |

mod classes;
mod labels;
mod legend;
mod letters;
mod png;
mod scene;
mod svg;

pub use png::png;

use crate::respond::Meta;
use crate::words::{counted, grouped};
use consortia_domain::network::{Neighbourhood, Ring, TieKind};
use scene::Scene;
use std::fmt::Write as _;
use svg::Svg;

/// The most organisations on one drawing; more cannot be told apart.
pub const MOST_DRAWN: u32 = 300;
/// How wide a drawing of dots is unless asked otherwise, in dots.
pub const DEFAULT_WIDTH: u32 = 1600;
/// The widths a drawing of dots may have.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 200..=4000;

/// The whole drawing, in units of an SVG.
const WIDTH: f64 = 1200.0;
/// As [`WIDTH`].
const HEIGHT: f64 = 860.0;
/// Space around everything.
const MARGIN: f64 = 24.0;
/// The size of the title's letters.
const TITLE: f64 = 20.0;
/// The size of the subtitle's.
const SUBTITLE: f64 = 12.0;
/// More letters than fit into a line.
const MOST_LETTERS: usize = 250;

/// The surroundings of an organisation, drawn: that organisation in the middle, discs as large
/// as organisations have projects, coloured by country or community, and what all that means
/// beside it. The same registry is always drawn alike. O(nodes² + ties).
#[must_use]
pub fn svg(found: &Neighbourhood, meta: &Meta) -> String {
    let scene = Scene::of(found);
    let labels = labels::place(&scene);
    let mut svg = Svg::begin(WIDTH, HEIGHT, &title(found), &subtitle(found));
    scene.draw(&mut svg);
    labels::draw(&labels, &mut svg);
    let left_out = scene.discs.len() - labels.len();
    legend::draw(&scene, found, meta, left_out, &mut svg);
    svg.finish()
}

/// Who is in the middle.
fn middle(found: &Neighbourhood) -> &str {
    found.organisation.short_name.as_ref().unwrap_or(&found.organisation.label)
}

/// Who is in the middle, in few words.
fn title(found: &Neighbourhood) -> String {
    let what = if found.depth == 1 { "Partners of" } else { "Around" };
    let name = letters::shortened(middle(found), MOST_LETTERS);
    letters::fitting(&format!("{what} {name}"), TITLE, WIDTH - 2.0 * MARGIN)
}

/// What is shown, in a sentence.
fn subtitle(found: &Neighbourhood) -> String {
    let shown = |ring: &Ring| {
        let who = if ring.distance == 1 { "partners" } else { "organisations two steps away" };
        let all = grouped(ring.organisations);
        match ring.shown {
            some if some == ring.organisations => format!("{all} {who}"),
            0 => format!("none of {all} {who}"),
            some => format!("{} of {all} {who}, those most strongly tied", grouped(some)),
        }
    };
    let rings = found.rings.iter().filter(|ring| ring.distance > 0 && ring.organisations > 0);
    let mut text = rings.map(shown).collect::<Vec<_>>().join("; ");
    if text.is_empty() {
        text.push_str("no partners");
    }
    // Writing to a String cannot fail.
    let ties = grouped(found.ties_of(TieKind::Collaboration) as u64);
    let _ = write!(text, "; {ties} ties among those shown");
    if found.min_shared > 1 {
        let _ = write!(text, ", each of at least {} shared projects", found.min_shared);
    }
    let agreed = found.ties_of(TieKind::Agreement) as u64;
    if agreed > 0 {
        let _ = write!(text, "; {} with agreements", counted(agreed, "pair"));
    }
    if !found.scope.0.is_empty() {
        let _ = write!(text, "; {}", crate::respond::scope_in_words(found));
    }
    let text = letters::shortened(&text, MOST_LETTERS);
    letters::fitting(&text, SUBTITLE, WIDTH - 2.0 * MARGIN)
}
