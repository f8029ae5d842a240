//! What the log has of a request's target.

use std::borrow::Cow;

/// How many bytes of a request's target stand in the log.
const LOGGED: usize = 1024;

/// The target of a request as the log has it: without the parameters that are none of ours, since
/// these may be a token or a password; shortened when it is long, so that whoever asks for
/// nonsense does not fill the log.
pub(super) fn logged(target: &str, is_ours: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let start = &target[..target.floor_char_boundary(LOGGED)];
    let (path, query) = start.split_once('?').unwrap_or((start, ""));
    let of_ours = |pair: &&str| is_ours(pair.split('=').next().unwrap_or_default());
    let mut shown = Cow::Borrowed(start);
    if !query.is_empty() && !query.split('&').all(|pair| of_ours(&pair)) {
        let pairs = query.split('&').map(|pair| if of_ours(&pair) { pair } else { "…" });
        shown = Cow::Owned(format!("{path}?{}", pairs.collect::<Vec<_>>().join("&")));
    }
    if start.len() < target.len() {
        shown.to_mut().push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{LOGGED, logged};

    #[test]
    fn parameters_that_are_none_of_ours_are_left_out() {
        let ours = |name: &str| ["q", "limit"].contains(&name);
        for (target, expected) in [
            ("/a", "/a"),
            ("/a?", "/a?"),
            ("/a?q=b&limit=1", "/a?q=b&limit=1"),
            ("/a?q", "/a?q"),
            ("/a?token=b", "/a?…"),
            ("/a?b", "/a?…"),
            ("/a?q=b&token=q=b&limit=1", "/a?q=b&…&limit=1"),
            ("/a?q=b?token=c", "/a?q=b?token=c"),
            ("/a?%71=b&Q=c&=d", "/a?…&…&…"),
        ] {
            assert_eq!(logged(target, ours), expected);
        }
        let long = format!("/a?q={}", "b".repeat(LOGGED));
        assert_eq!(logged(&long, ours), format!("{}…", &long[..LOGGED]));
        let long = format!("/a?token={}", "b".repeat(LOGGED));
        assert_eq!(logged(&long, ours), "/a?……");
    }
}
