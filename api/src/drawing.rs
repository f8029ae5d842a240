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
use consortia_domain::network::Neighbourhood;
use scene::{Scene, grouped};
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

/// Who is in the middle, in few words.
fn title(found: &Neighbourhood) -> String {
    let of = &found.organisation;
    let name = letters::shortened(of.short_name.as_ref().unwrap_or(&of.label), 60);
    if found.depth == 1 { format!("Partners of {name}") } else { format!("Around {name}") }
}

/// What is shown, in a sentence.
fn subtitle(found: &Neighbourhood) -> String {
    let shown = grouped(found.nodes.len().saturating_sub(1) as u64);
    let all = grouped(found.within_reach.saturating_sub(1));
    let who = if found.depth == 1 { "partners" } else { "organisations within two steps" };
    let mut text = if found.left_out > 0 {
        format!("{shown} of {all} {who}, those most strongly tied")
    } else {
        format!("{shown} {who}")
    };
    let ties = grouped(found.ties.len() as u64);
    // Writing to a String cannot fail.
    let _ = write!(text, ", {ties} ties between all shown");
    if found.min_shared > 1 {
        let _ = write!(text, ", each of at least {} shared projects", found.min_shared);
    }
    if !found.scope.0.is_empty() {
        let _ = write!(text, "; {}", crate::respond::scope_in_words(found));
    }
    letters::shortened(&text, 150)
}
