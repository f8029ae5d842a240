//! What colours, sizes and lines mean, and where the data comes from.

use super::letters::{lines, shortened};
use super::scene::{AGREED, AGREED_LINE, LINE, OWN_LINE, RIM, Scene, radius, thickness};
use super::svg::{Anchor, Svg};
use super::{HEIGHT, MARGIN, WIDTH, middle};
use crate::respond::Meta;
use crate::words::{counted, grouped};
use consortia_domain::network::Neighbourhood;
use consortia_domain::partner::UnnamedPartners;
use std::fmt::Write as _;

/// Where the legend begins, from the left.
const LEFT: f64 = 960.0;
/// Its size of letters.
const SIZE: f64 = 11.0;
/// From one line to the next.
const STEP: f64 = 18.0;

pub(super) fn draw(
    scene: &Scene,
    found: &Neighbourhood,
    meta: &Meta,
    names_left_out: usize,
    svg: &mut Svg,
) {
    let mut y = 90.0;
    let by_community = found.communities_revision.is_some();
    heading(svg, &mut y, if by_community { "Colour: community" } else { "Colour: country" });
    for class in &scene.classes {
        svg.disc((LEFT + 8.0, y - 4.0), 6.0, class.colour, ("#888888", 0.5), "");
        svg.text((LEFT + 24.0, y), SIZE, Anchor::Start, &class.name);
        let count = grouped(class.organisations as u64);
        svg.text((WIDTH - MARGIN, y), SIZE, Anchor::End, &count);
        y += STEP;
    }
    heading(svg, &mut y, "Disc: projects of an organisation");
    for projects in steps(1, scene.most_projects) {
        let radius = radius(projects, scene.most_projects);
        y += (radius - 8.0).max(0.0);
        svg.disc((LEFT + 28.0, y - 4.0), radius, "#bbbbbb", ("#ffffff", 1.0), "");
        svg.text((LEFT + 64.0, y), SIZE, Anchor::Start, &counted(projects, "project"));
        y += STEP + (radius - 8.0).max(0.0);
    }
    let (least, most) = scene.shared;
    if most > 0 {
        heading(svg, &mut y, "Line: projects two of them share");
        for shared in steps(least, most) {
            let (from, to) = ((LEFT, y - 4.0), (LEFT + 56.0, y - 4.0));
            svg.line(from, to, thickness(shared, most), (LINE, 0.6));
            svg.text((LEFT + 64.0, y), SIZE, Anchor::Start, &counted(shared, "project"));
            y += STEP;
        }
        let whose = shortened(middle(found), 18);
        svg.line((LEFT, y - 4.0), (LEFT + 56.0, y - 4.0), 1.5, (OWN_LINE, 0.6));
        svg.text((LEFT + 64.0, y), SIZE, Anchor::Start, &format!("a tie of {whose}"));
        y += STEP;
        if scene.beyond_partners {
            svg.disc((LEFT + 28.0, y - 4.0), 6.0, "#ffffff", (RIM, 1.5), "");
            svg.text((LEFT + 64.0, y), SIZE, Anchor::Start, &format!("a partner of {whose}"));
            y += STEP;
        }
    }
    if !scene.agreed.is_empty() {
        heading(svg, &mut y, "Dashed line: agreements");
        svg.dashed_line((LEFT, y - 4.0), (LEFT + 56.0, y - 4.0), AGREED_LINE, AGREED);
        svg.text((LEFT + 64.0, y), SIZE, Anchor::Start, "an agreement or more");
        y += STEP;
        if scene.beside {
            svg.disc((LEFT + 28.0, y - 4.0), 6.0, "#ffffff", (AGREED, 1.5), "");
            svg.text((LEFT + 64.0, y), SIZE, Anchor::Start, "here by agreement alone");
            y += STEP;
        }
    }
    let mut notes = Vec::new();
    notes.extend(unnamed(&found.unnamed));
    if names_left_out > 0 {
        notes
            .push(format!("{} left out for lack of room.", counted(names_left_out as u64, "name")));
    }
    if scene.lines_left_out > 0 {
        let ties = grouped(scene.lines_left_out as u64);
        notes.push(format!("{ties} of the weakest ties are not drawn."));
    }
    if scene.agreed_left_out > 0 {
        let ties = grouped(scene.agreed_left_out as u64);
        notes.push(format!("{ties} of the ties by agreement are not drawn."));
    }
    y += 10.0;
    for note in notes {
        paragraph(svg, &mut y, &note);
    }
    source(svg, found, meta);
}

/// The most groups of unnamed partners that are told.
const GROUPS: usize = 4;

/// Who is not drawn because nobody names them.
fn unnamed(groups: &[UnnamedPartners]) -> Option<String> {
    let told: Vec<String> = groups.iter().take(GROUPS).map(|of| of.group.label()).collect();
    let more = groups.len() - told.len();
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    (!told.is_empty()).then(|| format!("Partners nobody names: {}{more}.", told.join("; ")))
}

fn heading(svg: &mut Svg, y: &mut f64, text: &str) {
    *y += 12.0;
    svg.text((LEFT, *y), 12.0, Anchor::Start, text);
    *y += STEP + 2.0;
}

fn paragraph(svg: &mut Svg, y: &mut f64, text: &str) {
    for line in lines(text, 10.0, WIDTH - MARGIN - LEFT) {
        svg.text((LEFT, *y), 10.0, Anchor::Start, &line);
        *y += 14.0;
    }
}

/// Where the data comes from, at the foot.
fn source(svg: &mut Svg, found: &Neighbourhood, meta: &Meta) {
    let mut told = format!("Consortia, revision {}", found.revision);
    // Writing to a String cannot fail.
    if let Some(as_of) = meta.as_of {
        let _ = write!(told, " of {}", as_of.format("%Y-%m-%d"));
    }
    if let Some(attribution) = &meta.attribution {
        let _ = write!(told, ". Data: {attribution}");
    }
    if let Some(licence) = &meta.licence {
        let _ = write!(told, ", {licence}");
    }
    let lines = lines(&told, 9.0, WIDTH - MARGIN - LEFT);
    let mut y = HEIGHT - MARGIN;
    for line in lines.iter().rev() {
        svg.text((LEFT, y), 9.0, Anchor::Start, line);
        y -= 13.0;
    }
}

/// Counts to show as examples: the least, one between, and the most.
fn steps(least: u64, most: u64) -> Vec<u64> {
    let mut steps = vec![least, least + (most.saturating_sub(least)).div_ceil(4), most];
    steps.retain(|count| *count > 0 && *count <= most);
    steps.dedup();
    steps
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn examples_are_few_and_ascending() {
        assert_eq!(steps(1, 0), [0; 0]);
        assert_eq!(steps(1, 1), [1]);
        assert_eq!(steps(1, 2), [1, 2]);
        assert_eq!(steps(1, 1163), [1, 292, 1163]);
        assert_eq!(steps(10, 153), [10, 46, 153]);
    }
}
