//! The font of drawings, and how wide a text is in it.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};
use std::sync::LazyLock;

/// The font that PNGs are drawn with: DejaVu Sans, Latin, Greek and Cyrillic.
pub(super) const FONT: &[u8] = include_bytes!("../../assets/drawing.ttf");

/// What an SVG asks for: its letters are as wide as those of DejaVu Sans, or narrower, so that
/// texts measured here fit wherever it is opened.
pub(super) const FAMILY: &str = "Verdana, 'DejaVu Sans', Helvetica, Arial, sans-serif";

/// The widths of letters below U+0530 for a size of 1; other letters count as wide as the
/// widest Latin ones.
static WIDTHS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let Ok(font) = FontRef::new(FONT) else { return Vec::new() };
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    let charmap = font.charmap();
    let width = |letter: u32| {
        let glyph = charmap.map(letter);
        glyph.and_then(|glyph| metrics.advance_width(glyph)).map_or(WIDEST, f64::from)
    };
    (0..0x530).map(width).collect()
});

/// As wide as a letter gets, for a size of 1.
const WIDEST: f64 = 1.0;

/// How wide `text` is at `size`. O(letters).
pub(super) fn width(text: &str, size: f64) -> f64 {
    let of = |letter: char| WIDTHS.get(letter as usize).copied().unwrap_or(WIDEST);
    size * text.chars().map(of).sum::<f64>()
}

/// `text`, or its beginning up to `most` characters, cut between words where that leaves
/// enough, with an ellipsis.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    let word = kept.rfind(' ').filter(|end| *end * 2 > kept.len());
    let kept = word.map_or(kept.as_str(), |end| &kept[..end]);
    format!("{}…", kept.trim_end_matches([' ', ',', ';', '-']))
}

/// `text`, or as much of its beginning as is no wider than `most` at `size`.
pub(super) fn fitting(text: &str, size: f64, most: f64) -> String {
    let letters = text.chars().count();
    let cut = (2..letters).rev().map(|most| shortened(text, most));
    let all = std::iter::once(text.to_owned()).chain(cut);
    all.into_iter().find(|text| width(text, size) <= most).unwrap_or_default()
}

/// `text` in lines no wider than `most` at `size`, broken between words.
pub(super) fn lines(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_the_widths_of_the_font() {
        // DejaVu Sans: 0.278 for an i, 0.974 for an m, of 2048 units 569 and 1995.
        assert!((width("i", 2048.0) - 569.0).abs() < 0.5, "{}", width("i", 2048.0));
        assert!((width("mm", 2048.0) - 2.0 * 1995.0).abs() < 1.0, "{}", width("mm", 2048.0));
        assert!(width("Ω", 10.0) > 0.0 && width("漢", 10.0) > 9.0);
    }

    #[test]
    fn texts_are_cut_between_words() {
        assert_eq!(shortened("ISMU", 10), "ISMU");
        assert_eq!(shortened("CENTRE FOR EUROPEAN POLICY STUDIES", 20), "CENTRE FOR…");
        assert_eq!(shortened("ABCDEFGHIJKLMNOP", 5), "ABCD…");
        assert_eq!(lines("one two three", 10.0, width("one two", 10.0)), ["one two", "three"]);
        assert!(lines("", 10.0, 50.0).is_empty());
        assert_eq!(fitting("one two", 10.0, 500.0), "one two");
        let cut = fitting(&"W".repeat(500), 20.0, 900.0);
        assert!(cut.ends_with('…') && width(&cut, 20.0) <= 900.0 && width(&cut, 20.0) > 850.0);
    }
}
