//! How far apart two words are, and how to find near words by exact look-ups.

/// A part of a word that a near word must hold unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The letters.
    pub(crate) letters: String,
    /// Whether they must begin the word.
    pub(crate) begins: bool,
    /// Whether they must end the word.
    pub(crate) ends: bool,
}

/// How many edits a typed word may be away from the word that was meant: none below four
/// letters or with digits in it, one below eight, else two.
pub(crate) fn tolerance(word: &str) -> usize {
    if !word.chars().all(char::is_alphabetic) {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Pieces of `word` of which at least one survives `edits` edits, for [`tolerance`]'s edits.
///
/// The word is padded (two characters before, one behind) and cut into `edits + 1` pieces
/// of three characters or more with one character left out between neighbours. An edit
/// (a letter inserted, dropped, replaced, or two neighbours swapped) touches at most one
/// piece, so one always survives (the pigeonhole filter of Wu and Manber, "Fast text
/// searching allowing errors", 1992). Four letters leave room for two pieces and eight
/// for three, which is why the tolerance rises at these lengths.
pub(crate) fn pieces(word: &str, edits: usize) -> Vec<Piece> {
    let letters: Vec<char> = word.chars().collect();
    let padded = letters.len() + 3;
    let count = edits + 1;
    let room = padded - edits;
    let mut begin = 0;
    let mut pieces = Vec::with_capacity(count);
    for n in 0..count {
        let length = room / count + usize::from(n < room % count);
        let end = begin + length;
        // Back from padded places to letters.
        let from = begin.saturating_sub(2);
        let to = (end - 2).min(letters.len());
        pieces.push(Piece {
            letters: letters[from..to].iter().collect(),
            begins: begin == 0,
            ends: end == padded,
        });
        begin = end + 1;
    }
    pieces
}

/// The number of edits between two words (a letter inserted, dropped or replaced, two
/// neighbours swapped; optimal string alignment), when it is at most `most`.
///
/// Time proportional to the product of the lengths.
pub(crate) fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i);
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut edits = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                edits = edits.min(before[j - 2] + 1);
            }
            row.push(edits);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word one edit away, over a small alphabet.
    fn neighbours(word: &str) -> Vec<String> {
        let letters: Vec<char> = word.chars().collect();
        let mut found = Vec::new();
        for place in 0..=letters.len() {
            for new in ['a', 'i', 'x'] {
                let mut longer = letters.clone();
                longer.insert(place, new);
                found.push(longer);
                if place < letters.len() {
                    let mut other = letters.clone();
                    other[place] = new;
                    found.push(other);
                }
            }
            if place < letters.len() {
                let mut shorter = letters.clone();
                shorter.remove(place);
                found.push(shorter);
            }
            if place + 1 < letters.len() {
                let mut swapped = letters.clone();
                swapped.swap(place, place + 1);
                found.push(swapped);
            }
        }
        found.into_iter().map(String::from_iter).collect()
    }

    fn holds(word: &str, piece: &Piece) -> bool {
        match (piece.begins, piece.ends) {
            (true, _) => word.starts_with(&piece.letters),
            (false, true) => word.ends_with(&piece.letters),
            (false, false) => word.contains(&piece.letters),
        }
    }

    #[test]
    fn edits_are_counted() {
        for (a, b, edits) in [
            ("ismu", "ismu", Some(0)),
            ("imsu", "ismu", Some(1)),
            ("inizative", "iniziative", Some(1)),
            ("universty", "university", Some(1)),
            ("bolonga", "bologna", Some(1)),
            ("abcd", "badc", Some(2)),
            ("kitten", "sitting", None),
            ("", "ab", Some(2)),
            ("università", "universita", Some(1)),
        ] {
            assert_eq!(distance(a, b, 2), edits, "{a} {b}");
            assert_eq!(distance(b, a, 2), edits, "{b} {a}");
        }
    }

    #[test]
    fn tolerance_follows_the_length() {
        for (word, edits) in
            [("csa", 0), ("ismu", 1), ("bologna", 1), ("migranti", 2), ("h2020h2020", 0)]
        {
            assert_eq!(tolerance(word), edits, "{word}");
        }
    }

    #[test]
    fn one_piece_survives_every_edit() {
        for word in ["ismu", "milan", "aaaaaa", "bologna"] {
            let pieces = pieces(word, 1);
            for other in neighbours(word) {
                assert!(pieces.iter().any(|piece| holds(&other, piece)), "{word} {other}");
            }
        }
        for word in ["migranti", "inizative", "multietnicita"] {
            let pieces = pieces(word, 2);
            assert_eq!(pieces.len(), 3);
            for once in neighbours(word) {
                for twice in neighbours(&once) {
                    // A swap that is edited again is no longer two edits of this distance.
                    if distance(word, &twice, 2).is_some() {
                        let survives = pieces.iter().any(|piece| holds(&twice, piece));
                        assert!(survives, "{word} {twice}");
                    }
                }
            }
        }
    }

    #[test]
    fn pieces_are_never_empty() {
        for word in ["abcd", "abcde", "abcdefg", "abcdefgh", "abcdefghijklmnop"] {
            for piece in pieces(word, tolerance(word)) {
                assert!(!piece.letters.is_empty(), "{word} {piece:?}");
                let pads = usize::from(piece.begins) * 2 + usize::from(piece.ends);
                assert!(piece.letters.len() + pads >= 3, "{word} {piece:?}");
            }
        }
    }
}
