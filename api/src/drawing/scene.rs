//! Who is drawn where, how large and in which colour.

use super::classes::{Class, classes};
use super::letters::shortened;
use super::svg::Svg;
use crate::words::counted;
use consortia_domain::id::OrganisationId;
use consortia_domain::network::{Neighbourhood, NetworkTie, TieKind};
use consortia_network::layout::{Point, Pull, arrange, fit, separate, turn};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// The rectangle discs and names stay within: left, top, right, bottom.
pub(super) const PLOT: [f64; 4] = [24.0, 76.0, 930.0, 836.0];
/// The radius of the smallest disc and what the largest has beyond.
const RADII: (f64, f64) = (4.0, 22.0);
/// Room for names at the rim.
const MARGIN: f64 = 60.0;
/// The least space between two discs.
const GAP: f64 = 5.0;
/// How many lines are drawn when there are more, which would be a grey area: all of the
/// organisation in the middle, the strongest of every other, then the strongest of all.
const MOST_LINES: usize = 600;
/// The colour of lines.
pub(super) const LINE: &str = "#556070";
/// The colour of the lines of the organisation in the middle.
pub(super) const OWN_LINE: &str = "#111111";
/// The colour around that organisation, and around its partners where others are shown too.
pub(super) const RIM: &str = "#111111";
/// The colour of lines of agreements, and around who is here by these alone: "red" of Paul
/// Tol's scheme "vibrant", which none of the discs has.
pub(super) const AGREED: &str = "#cc3311";
/// How thick the lines of agreements are.
pub(super) const AGREED_LINE: f64 = 1.6;
/// How many lines every organisation keeps.
const KEPT: usize = 3;
/// The most letters of a name.
const LETTERS: usize = 28;

/// An organisation as it is drawn.
#[derive(Clone, Debug)]
pub(super) struct Disc {
    pub(super) centre: (f64, f64),
    pub(super) radius: f64,
    pub(super) colour: &'static str,
    pub(super) name: String,
    is_partner: bool,
    by_agreement: bool,
    /// What a pointer held over it tells.
    told: String,
}

/// A tie as it is drawn.
#[derive(Clone, Copy, Debug)]
struct Line {
    ends: (usize, usize),
    shared: u64,
}

/// Everything that is drawn beside texts.
pub(super) struct Scene {
    /// The organisation in the middle first.
    pub(super) discs: Vec<Disc>,
    lines: Vec<Line>,
    /// Who has agreements with whom.
    pub(super) agreed: Vec<(usize, usize)>,
    pub(super) classes: Vec<Class>,
    /// The most projects an organisation has.
    pub(super) most_projects: u64,
    /// The fewest and the most projects shared by two whose tie is drawn.
    pub(super) shared: (u64, u64),
    /// Whether organisations a step further than partners are among the discs.
    pub(super) beyond_partners: bool,
    /// Whether somebody is here by agreement alone.
    pub(super) beside: bool,
    /// Ties by shared projects that are not drawn.
    pub(super) lines_left_out: usize,
    /// Ties by agreements that are not drawn.
    pub(super) agreed_left_out: usize,
}

impl Scene {
    /// Finds a place for everybody. As [`arrange`].
    pub(super) fn of(found: &Neighbourhood) -> Self {
        let places: HashMap<OrganisationId, usize> =
            found.nodes.iter().enumerate().map(|(n, node)| (node.organisation.id, n)).collect();
        let ends = |tie: &NetworkTie| Some((*places.get(&tie.source)?, *places.get(&tie.target)?));
        let line = |tie: &NetworkTie| Some(Line { ends: ends(tie)?, shared: tie.shared_projects? });
        let mut lines: Vec<Line> = found.ties.iter().filter_map(line).collect();
        let agreed = found.ties.iter().filter(|tie| tie.kind == TieKind::Agreement);
        let mut agreed: Vec<(usize, usize)> = agreed.filter_map(ends).collect();
        let most_projects = found.nodes.iter().map(|node| node.projects).max().unwrap_or(0);
        let radii: Vec<f64> =
            found.nodes.iter().map(|node| radius(node.projects, most_projects)).collect();
        let points = points(&lines, &agreed, &radii);
        let (classes, class_of) = classes(found);
        let discs = found.nodes.iter().zip(points).zip(&radii).zip(class_of);
        let discs = discs.map(|(((node, point), radius), class)| {
            let of = &node.organisation;
            let country = of.country.map_or("country unknown", |country| country.name());
            let projects = counted(node.projects, "project");
            let mut told = format!("{}, {country}: {projects}", of.label);
            if node.by_agreement {
                told.push_str(", here by agreement alone");
            } else if node.distance == 1 {
                let own = found.organisation.short_name.as_ref();
                let own = own.unwrap_or(&found.organisation.label);
                let _ = write!(told, ", {} shared with {own}", node.shared_projects);
            }
            Disc {
                centre: (point[0], point[1]),
                radius: *radius,
                colour: classes[class].colour,
                is_partner: node.distance == 1 && !node.by_agreement,
                by_agreement: node.by_agreement,
                name: shortened(of.short_name.as_ref().unwrap_or(&of.label), LETTERS),
                told,
            }
        });
        let discs = discs.collect();
        let lines_left_out = thin_out(&mut lines, found.nodes.len());
        // Those of the organisation in the middle come first.
        let agreed_left_out = agreed.len().saturating_sub(MOST_LINES);
        agreed.truncate(MOST_LINES);
        // The strongest lie on top, and over all those of the organisation in the middle.
        lines.sort_by_key(|line| (line.ends.0 == 0, line.shared, Reverse(line.ends)));
        let counts = || lines.iter().map(|line| line.shared);
        let shared = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
        let beyond_partners = found.nodes.iter().any(|node| node.distance > 1);
        let beside = found.nodes.iter().any(|node| node.by_agreement);
        Self {
            discs,
            lines,
            agreed,
            classes,
            most_projects,
            shared,
            beyond_partners,
            beside,
            lines_left_out,
            agreed_left_out,
        }
    }

    /// Draws the lines, then the discs.
    pub(super) fn draw(&self, svg: &mut Svg) {
        for line in &self.lines {
            let (a, b) = (&self.discs[line.ends.0], &self.discs[line.ends.1]);
            let thickness = thickness(line.shared, self.shared.1);
            let (colour, opacity) = match line.ends.0 {
                0 => (OWN_LINE, 0.6),
                _ => (LINE, opacity(self.lines.len())),
            };
            svg.line(a.centre, b.centre, thickness, (colour, opacity));
        }
        for (a, b) in &self.agreed {
            let (a, b) = (&self.discs[*a], &self.discs[*b]);
            svg.dashed_line(a.centre, b.centre, AGREED_LINE, AGREED);
        }
        for (n, disc) in self.discs.iter().enumerate() {
            let outline = match n {
                0 => (RIM, 3.0),
                _ if disc.by_agreement => (AGREED, 1.5),
                _ if self.beyond_partners && disc.is_partner => (RIM, 1.5),
                _ => ("#ffffff", 1.0),
            };
            svg.disc(disc.centre, disc.radius, disc.colour, outline, &disc.told);
        }
    }
}

/// How large a disc is: its area grows with the projects.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(super) fn radius(projects: u64, most: u64) -> f64 {
    RADII.0 + RADII.1 * (projects as f64 / most.max(1) as f64).sqrt()
}

/// How thick a line is: twice the projects, a step thicker.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(super) fn thickness(shared: u64, most: u64) -> f64 {
    let part = (shared.max(1) as f64).ln() / (most.max(2) as f64).ln();
    0.7 + 3.3 * part
}

/// Leaves out the weakest lines when there are too many; gives how many.
fn thin_out(lines: &mut Vec<Line>, discs: usize) -> usize {
    let all = lines.len();
    if all <= MOST_LINES {
        return 0;
    }
    lines.sort_by_key(|line| (Reverse(line.shared), line.ends));
    let mut kept_of = vec![0; discs];
    let (mut kept, rest): (Vec<Line>, Vec<Line>) = lines.iter().partition(|line| {
        let ends = [line.ends.0, line.ends.1];
        let keep = line.ends.0 == 0 || ends.iter().any(|end| kept_of[*end] < KEPT);
        for end in ends {
            kept_of[end] += usize::from(keep);
        }
        keep
    });
    let more = MOST_LINES.saturating_sub(kept.len());
    kept.extend(rest.into_iter().take(more));
    *lines = kept;
    all - lines.len()
}

/// Many lines are drawn fainter, so that what lies behind them is seen.
fn opacity(lines: usize) -> f64 {
    if lines <= 150 { 0.45 } else { 0.25 }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn points(lines: &[Line], agreed: &[(usize, usize)], radii: &[f64]) -> Vec<Point> {
    let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let pull = |ends: (usize, usize), strength: f64| Pull {
        ends: (place(ends.0), place(ends.1)),
        strength,
    };
    let mut pulls: Vec<Pull> =
        lines.iter().map(|line| pull(line.ends, line.shared as f64)).collect();
    // Who shares no project is drawn near by the agreement, as weakly as by one project.
    let tied: HashSet<(usize, usize)> = lines.iter().map(|line| line.ends).collect();
    let only_agreed = agreed.iter().filter(|ends| !tied.contains(*ends));
    pulls.extend(only_agreed.map(|ends| pull(*ends, 1.0)));
    let mut points = arrange(radii.len(), &pulls);
    let [left, top, right, bottom] = PLOT;
    let (width, height) = (right - left - MARGIN, bottom - top - MARGIN);
    turn(&mut points);
    fit(&mut points, width - 2.0 * MARGIN, height - MARGIN);
    separate(&mut points, radii, GAP, width, height);
    let middle = [f64::midpoint(left, right), f64::midpoint(top, bottom)];
    points.into_iter().map(|[x, y]| [x + middle[0], y + middle[1]]).collect()
}

#[cfg(test)]
impl Disc {
    pub(super) fn at(centre: (f64, f64), radius: f64, name: &str) -> Self {
        let (name, told) = (name.to_owned(), String::new());
        let colour = super::classes::UNKNOWN;
        Self { centre, radius, colour, name, is_partner: true, by_agreement: false, told }
    }
}

#[cfg(test)]
impl Scene {
    pub(super) fn with(discs: Vec<Disc>) -> Self {
        let (lines, agreed, classes) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            discs,
            lines,
            agreed,
            classes,
            most_projects: 1,
            shared: (1, 1),
            beyond_partners: false,
            beside: false,
            lines_left_out: 0,
            agreed_left_out: 0,
        }
    }
}
