//! Which themes there is room for that nobody carries: those that others are below.

use super::naming::DEEPEST;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// The most that codes name, and as many again that paths name: each takes some hundred bytes, and
/// a text of slashes may name many. Real vocabularies come to some hundreds.
const MOST: usize = 10_000;

/// A vocabulary, and a code or path in it.
pub(super) type Named<'a> = (&'a str, &'a str);

/// What projects carry, and what is above it, from the top.
pub(super) struct Below<'a> {
    pub(super) vocabulary: &'a str,
    pub(super) above: Vec<&'a str>,
    pub(super) projects: &'a [usize],
}

/// Those above `below` that are not there yet and that there is room for. Level by level from the
/// top, so that what hardly anybody stands for takes no room from what everything is below; of
/// one level first those that most projects stand for. O(carried · levels).
pub(super) fn chosen<'a>(
    below: &[Below<'a>],
    is_there: impl Fn(Named<'a>) -> bool,
) -> HashSet<Named<'a>> {
    let mut carried: Vec<(usize, &Below<'a>)> =
        below.iter().flat_map(|of| of.projects.iter().map(move |project| (*project, of))).collect();
    carried.sort_by_key(|(project, _)| *project);
    let mut chosen = HashSet::new();
    for level in 0..DEEPEST - 1 {
        // How many projects stand for each, and the last of them.
        let mut standing: HashMap<Named<'a>, (usize, usize)> = HashMap::new();
        for (project, of) in &carried {
            let Some(name) = of.above.get(level).map(|name| (of.vocabulary, *name)) else {
                continue;
            };
            if !standing.contains_key(&name) && (chosen.contains(&name) || is_there(name)) {
                continue;
            }
            let (count, last) = standing.entry(name).or_insert((0, usize::MAX));
            if *last != *project {
                (*count, *last) = (*count + 1, *project);
            }
        }
        let mut standing: Vec<_> = standing.into_iter().collect();
        standing.sort_unstable_by_key(|(name, (count, _))| (Reverse(*count), *name));
        standing.truncate(MOST - chosen.len());
        chosen.extend(standing.into_iter().map(|(name, _)| name));
    }
    chosen
}
