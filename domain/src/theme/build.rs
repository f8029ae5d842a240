//! Building the trees from what projects carry.

use super::above::{Below, chosen};
use super::naming::{Wordings, bare, codes_above, is_divided, path_key, path_of, terms};
use super::tree::{Carried, ThemeTree, TreeTheme};
use crate::filter::MAX_VALUES;
use crate::text::{search_key, search_tokens};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// The namespace of the ids of themes (RFC 9562, version 5).
const NAMESPACE: Uuid = Uuid::from_u128(0x019a_8c3e_0000_7000_8000_c0de_c0de_0002);

/// What is known of the theme of a code.
#[derive(Default)]
struct Draft {
    labels: Wordings,
    paths: Wordings,
    /// What themes below it call it.
    labels_below: Wordings,
    paths_below: Wordings,
    projects: Vec<usize>,
}

impl Draft {
    fn path(&self) -> Option<&str> {
        self.paths.best().or_else(|| self.paths_below.best())
    }

    fn label(&self) -> Option<&str> {
        let of_path = || self.paths.best().and_then(|path| terms(path).pop());
        self.labels.best().or_else(of_path).or_else(|| self.labels_below.best())
    }
}

/// A vocabulary, and a code in it.
type Key = (String, String);

impl ThemeTree {
    /// The trees of what projects carry. O(carried · levels · log carried).
    #[must_use]
    pub fn of(carried: &[Carried]) -> Self {
        let mut projects: Vec<_> = carried.iter().map(|of| of.project).collect();
        projects.sort_unstable();
        projects.dedup();
        let mut drafts: HashMap<Key, Draft> = HashMap::new();
        for of in carried {
            let key = (of.vocabulary.clone(), bare(&of.code).to_owned());
            let draft = drafts.entry(key).or_default();
            of.label.iter().for_each(|label| draft.labels.add(label));
            of.path.iter().for_each(|path| draft.paths.add(path));
            draft.projects.extend(projects.binary_search(&of.project));
        }
        let drafts = with_those_above(drafts);
        let mut tree = Self { themes: drafts.iter().map(theme).collect(), projects };
        let by_path = tree.link(&drafts.keys().cloned().zip(0..).collect());
        tree.settle(&by_path);
        tree
    }

    /// Finds the parent of each, by its code or else by its path, and adds those that only paths
    /// name where there is room. Tells which of them have their parent by path.
    ///
    /// A theme that has its parent by code is itself no parent by path: so the way up first
    /// shortens the code, then the path, and ends whatever records say.
    fn link(&mut self, places: &BTreeMap<Key, usize>) -> Vec<bool> {
        let place = |vocabulary: &str, code: &str| {
            places.get(&(vocabulary.to_owned(), code.to_owned())).copied()
        };
        for theme in &mut self.themes {
            let code = theme.code.as_deref().unwrap_or_default();
            let mut above = codes_above(code).into_iter().rev();
            theme.parent = above.find_map(|code| place(&theme.vocabulary, code));
        }
        let flat: Vec<usize> =
            (0..self.themes.len()).filter(|at| self.themes[*at].parent.is_none()).collect();
        let mut by_path_key: HashMap<Key, usize> = HashMap::new();
        for &at in flat.iter().filter(|at| !self.themes[**at].path_key.is_empty()) {
            let theme = &self.themes[at];
            by_path_key.entry((theme.vocabulary.clone(), theme.path_key.clone())).or_insert(at);
        }
        let fitting = self.fitting_paths(&flat, &by_path_key);
        let mut by_path = vec![false; self.themes.len()];
        let mut open = flat;
        while let Some(at) = open.pop() {
            let TreeTheme { vocabulary, path, path_key, .. } = self.themes[at].clone();
            let terms = terms(path.as_deref().unwrap_or_default());
            let ends: Vec<usize> = path_key.match_indices('/').map(|(end, _)| end).collect();
            let above = ends.into_iter().enumerate().rev().find_map(|(depth, end)| {
                let key = (vocabulary.clone(), path_key[..end].to_owned());
                let known = by_path_key.get(&key).copied();
                let named = (known.is_some() || fitting.contains(&key)).then_some(known)?;
                Some((terms.get(..=depth)?, named))
            });
            let Some((above, known)) = above else { continue };
            let parent = known.unwrap_or_else(|| {
                let label = above.last().copied().unwrap_or_default().to_owned();
                let added = named(&vocabulary, None, label, Some(path_of(above)));
                let place = self.themes.len();
                by_path_key.insert((vocabulary, added.path_key.clone()), place);
                self.themes.push(added);
                by_path.push(false);
                open.push(place);
                place
            });
            self.themes[at].parent = Some(parent);
            by_path[at] = true;
        }
        by_path
    }

    /// The paths, as they are compared, that only paths of `flat` name and there is room for.
    fn fitting_paths(&self, flat: &[usize], known: &HashMap<Key, usize>) -> HashSet<Key> {
        let below: Vec<Below<'_>> = flat
            .iter()
            .map(|at| {
                let TreeTheme { vocabulary, path_key, projects, .. } = &self.themes[*at];
                let above = path_key.match_indices('/').map(|(end, _)| &path_key[..end]).collect();
                Below { vocabulary, above, projects }
            })
            .collect();
        let own = |(vocabulary, path): (&str, &str)| (vocabulary.to_owned(), path.to_owned());
        chosen(&below, |name| known.contains_key(&own(name))).into_iter().map(own).collect()
    }

    /// Tells the level of each, and hands what it stands for up to those above it.
    fn settle(&mut self, by_path: &[bool]) {
        for at in 0..self.themes.len() {
            let above = self.above(&self.themes[at]).count();
            self.themes[at].level = u32::try_from(above + 1).unwrap_or(u32::MAX);
        }
        let mut from_below: Vec<usize> = (0..self.themes.len()).collect();
        from_below.sort_by_key(|at| Reverse(self.themes[*at].level));
        for at in from_below {
            let theme = &mut self.themes[at];
            theme.projects.sort_unstable();
            theme.projects.dedup();
            theme.codes.sort_unstable();
            // More could not be asked for anyway.
            theme.codes.truncate(MAX_VALUES + 1);
            let Some(parent) = theme.parent else { continue };
            let projects = theme.projects.clone();
            let codes = if by_path[at] { theme.codes.clone() } else { Vec::new() };
            self.themes[parent].projects.extend(projects);
            self.themes[parent].codes.extend(codes);
        }
    }
}

/// All drafts and those of the codes above them, in order; of those that nobody carries only those
/// that there is room for.
fn with_those_above(drafts: HashMap<Key, Draft>) -> BTreeMap<Key, Draft> {
    let mut all: BTreeMap<Key, Draft> = drafts.into_iter().collect();
    let divided = all.iter().filter_map(|((vocabulary, code), draft)| {
        let above = codes_above(code);
        let terms = terms(draft.paths.best().unwrap_or_default());
        let divided = is_divided(code, &above, &terms);
        divided.then_some((Below { vocabulary, above, projects: &draft.projects }, terms))
    });
    let (below, terms): (Vec<_>, Vec<_>) = divided.unzip();
    let is_there = |(vocabulary, code): (&str, &str)| {
        all.contains_key(&(vocabulary.to_owned(), code.to_owned()))
    };
    let fitting = chosen(&below, is_there);
    let mut above: BTreeMap<Key, Draft> = BTreeMap::new();
    for (of, terms) in below.iter().zip(terms) {
        let fits = terms.len() == of.above.len() + 1;
        for (depth, code) in of.above.iter().enumerate() {
            let name = (of.vocabulary, *code);
            if !fitting.contains(&name) && !is_there(name) {
                continue;
            }
            let draft = above.entry((name.0.to_owned(), name.1.to_owned())).or_default();
            if fits {
                draft.labels_below.add_some(terms[depth]);
                draft.paths_below.add_some(&path_of(&terms[..=depth]));
            }
        }
    }
    for (key, Draft { labels_below, paths_below, .. }) in above {
        let draft = all.entry(key).or_default();
        (draft.labels_below, draft.paths_below) = (labels_below, paths_below);
    }
    all
}

/// The theme of a draft, not yet in its place.
fn theme(((vocabulary, code), draft): (&Key, &Draft)) -> TreeTheme {
    let label = draft.label().unwrap_or(code).to_owned();
    let path = draft.path().map(str::to_owned);
    let theme = named(vocabulary, Some(code), label, path);
    TreeTheme { projects: draft.projects.clone(), codes: vec![code.clone()], ..theme }
}

/// A theme of which only the names are known.
fn named(
    vocabulary: &str,
    code: Option<&String>,
    label: String,
    path: Option<String>,
) -> TreeTheme {
    let path_key = path.as_deref().map(path_key).unwrap_or_default();
    let mut words = search_tokens(&label);
    words.extend(code.into_iter().flat_map(|code| search_tokens(code)));
    // Neither vocabularies nor codes hold line ends, so no two themes have one name.
    let name = match code {
        Some(code) => format!("{vocabulary}\n{code}"),
        None => format!("{vocabulary}\n\n{path_key}"),
    };
    TreeTheme {
        id: Uuid::new_v5(&NAMESPACE, name.as_bytes()),
        vocabulary: vocabulary.to_owned(),
        code: code.cloned(),
        label_key: search_key(&label),
        label,
        path,
        level: 1,
        parent: None,
        codes: Vec::new(),
        path_key,
        words,
        projects: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
