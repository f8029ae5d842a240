//! Keys of what is remembered.

use sha2::{Digest as _, Sha256};
use std::fmt::{self, Debug, Write as _};

/// What was asked for, in 32 bytes however long it is: what clients choose would fill the memory
/// with keys otherwise. As nobody finds two texts of one SHA-256, nobody is answered with what
/// others asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of all that `asked` shows when it is debugged.
    pub fn of(asked: &impl Debug) -> Self {
        let mut digest = Digesting(Sha256::new());
        // It takes whatever is written; what fails to show itself is told by what it showed.
        let _ = write!(digest, "{asked:?}");
        Self(digest.0.finalize().into())
    }
}

/// Takes in a text piece by piece, so that it is nowhere as a whole.
struct Digesting(Sha256);

impl fmt::Write for Digesting {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_as_long_as_any_other_and_tells_apart() {
        let long = vec!["EC"; 100_000];
        assert_eq!(size_of_val(&Key::of(&long)), 32);
        assert_eq!(Key::of(&long), Key::of(&long.clone()));
        assert_ne!(Key::of(&("a", "b")), Key::of(&("a\", \"b", "")));
    }
}
