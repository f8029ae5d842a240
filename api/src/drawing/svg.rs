//! The parts of a drawing as SVG 1.1, with nothing that LibreOffice, Word or a browser does
//! not know.

use super::letters::FAMILY;
use super::{MARGIN, SUBTITLE, TITLE};
use crate::xml::escaped;
use std::fmt::Write as _;

/// How a text stands to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A drawing being written.
pub(super) struct Svg(String);

// Writing to a String cannot fail, so its results say nothing.
impl Svg {
    /// Begins a drawing on white, with its title and what it shows for those who cannot see it.
    pub(super) fn begin(width: f64, height: f64, title: &str, description: &str) -> Self {
        let mut text = String::with_capacity(64 * 1024);
        let _ = writeln!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FAMILY}\" \
             font-size=\"11\" fill=\"#222222\">"
        );
        let _ = writeln!(text, "<title>{}</title>", escaped(title));
        let _ = writeln!(text, "<desc>{}</desc>", escaped(description));
        let _ = writeln!(text, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        let mut svg = Self(text);
        svg.text((MARGIN, 38.0), TITLE, Anchor::Start, title);
        svg.text((MARGIN, 60.0), SUBTITLE, Anchor::Start, description);
        svg
    }

    /// A line from place to place, in a colour and so opaque.
    pub(super) fn line(
        &mut self,
        (x1, y1): (f64, f64),
        (x2, y2): (f64, f64),
        width: f64,
        (colour, opacity): (&str, f64),
    ) {
        let _ = writeln!(
            self.0,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" \
             stroke-width=\"{width:.2}\" stroke-opacity=\"{opacity:.2}\"/>"
        );
    }

    /// The same, dashed.
    pub(super) fn dashed_line(
        &mut self,
        (x1, y1): (f64, f64),
        (x2, y2): (f64, f64),
        width: f64,
        colour: &str,
    ) {
        let _ = writeln!(
            self.0,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" \
             stroke-width=\"{width:.2}\" stroke-dasharray=\"6 4\"/>"
        );
    }

    /// A disc, with what a pointer held over it tells.
    pub(super) fn disc(
        &mut self,
        (x, y): (f64, f64),
        radius: f64,
        colour: &str,
        outline: (&str, f64),
        told: &str,
    ) {
        let (stroke, width) = outline;
        let _ = write!(
            self.0,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{colour}\" \
             stroke=\"{stroke}\" stroke-width=\"{width}\""
        );
        if told.is_empty() {
            self.0.push_str("/>\n");
        } else {
            let _ = writeln!(self.0, "><title>{}</title></circle>", escaped(told));
        }
    }

    /// A text that begins, is centred or ends at a place on its base line.
    pub(super) fn text(&mut self, at: (f64, f64), size: f64, anchor: Anchor, text: &str) {
        self.styled_text(at, size, anchor, text, "");
    }

    /// The same, readable on lines: with white around its letters, drawn before them as not
    /// every program can draw it behind them.
    pub(super) fn text_on_lines(&mut self, at: (f64, f64), size: f64, anchor: Anchor, text: &str) {
        let halo = " fill=\"#ffffff\" stroke=\"#ffffff\" stroke-width=\"3\" \
                    stroke-linejoin=\"round\" stroke-opacity=\"0.8\" aria-hidden=\"true\"";
        self.styled_text(at, size, anchor, text, halo);
        self.text(at, size, anchor, text);
    }

    fn styled_text(
        &mut self,
        (x, y): (f64, f64),
        size: f64,
        anchor: Anchor,
        text: &str,
        style: &str,
    ) {
        let (anchor, text) = (anchor.name(), escaped(text));
        let _ = writeln!(
            self.0,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" \
             text-anchor=\"{anchor}\"{style}>{text}</text>"
        );
    }

    /// The drawing.
    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }
}
