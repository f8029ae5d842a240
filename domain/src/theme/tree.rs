//! All themes in use as trees, with the projects that carry them.

use super::naming::{bare, path_key};
use crate::id::ProjectId;
use crate::text::search_key;
use std::collections::HashSet;
use uuid::Uuid;

/// A theme as a project carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The project.
    pub project: ProjectId,
    /// The vocabulary, by its short name.
    pub vocabulary: String,
    /// The theme's code in it.
    pub code: String,
    /// The term.
    pub label: Option<String>,
    /// The terms above it, from the top, ending in the term itself.
    pub path: Option<String>,
}

/// A theme of a [`ThemeTree`].
#[derive(Clone, Debug)]
pub struct TreeTheme {
    /// Tells it from all others, always the same for the same vocabulary and code.
    pub id: Uuid,
    /// Its vocabulary.
    pub vocabulary: String,
    /// Its code, without slashes at the end; `None` where only paths name it.
    pub code: Option<String>,
    /// The term, or the code where nobody says it.
    pub label: String,
    /// The label, folded for comparison.
    pub label_key: String,
    /// The terms from the top.
    pub path: Option<String>,
    /// 1 at the top.
    pub level: u32,
    /// The place in the tree of the theme directly above it.
    pub parent: Option<usize>,
    /// Codes that stand for it and all below it, as a list of projects reads them: its own, and
    /// those of themes that only their paths put below it.
    pub codes: Vec<String>,
    /// The path, folded; empty where it is unknown.
    pub(super) path_key: String,
    /// The words of label and code, folded.
    pub(super) words: Vec<String>,
    /// Places among the projects of those that carry it or one below it, in order.
    pub(super) projects: Vec<usize>,
}

impl TreeTheme {
    /// Whether each of these folded words begins a word of its label or code. O(words²).
    #[must_use]
    pub fn answers(&self, tokens: &[String]) -> bool {
        tokens.iter().all(|token| self.words.iter().any(|word| word.starts_with(token.as_str())))
    }
}

/// All themes in use as trees, with the projects that carry them.
///
/// The code decides what is above a theme: `/29/97` above `/29/97/543`, as in a filter of
/// projects by theme. The path tells the names of those above, and decides where the code has no
/// levels. Themes above are there also where no project carries them.
#[derive(Debug, Default)]
pub struct ThemeTree {
    pub(super) themes: Vec<TreeTheme>,
    pub(super) projects: Vec<ProjectId>,
}

impl ThemeTree {
    /// The themes, in order of vocabulary and code, those without a code last. Each has a place by
    /// which [`TreeTheme::parent`] names it.
    #[must_use]
    pub fn themes(&self) -> &[TreeTheme] {
        &self.themes
    }

    /// For each theme how many projects carry it or one below it: all, or of `among` only.
    /// O(projects of all themes).
    #[must_use]
    pub fn counts(&self, among: Option<&HashSet<ProjectId>>) -> Vec<u64> {
        let all = |theme: &TreeTheme| theme.projects.len() as u64;
        let Some(among) = among else { return self.themes.iter().map(all).collect() };
        let counted: Vec<bool> = self.projects.iter().map(|id| among.contains(id)).collect();
        let some =
            |theme: &TreeTheme| theme.projects.iter().filter(|at| counted[**at]).count() as u64;
        self.themes.iter().map(some).collect()
    }

    /// How many projects carry a theme of this vocabulary. O(themes + projects).
    #[must_use]
    pub fn projects_of(&self, vocabulary: &str) -> u64 {
        let mut carrying = vec![false; self.projects.len()];
        let tops = self.themes.iter().filter(|theme| theme.parent.is_none());
        let own = tops.filter(|theme| theme.vocabulary == vocabulary);
        own.flat_map(|theme| &theme.projects).for_each(|at| carrying[*at] = true);
        carrying.into_iter().filter(|carries| *carries).count() as u64
    }

    /// The places of the themes above `theme`, from the nearest. O(levels).
    pub fn above<'a>(&'a self, theme: &TreeTheme) -> impl Iterator<Item = usize> + 'a {
        std::iter::successors(theme.parent, |at| self.themes[*at].parent)
    }

    /// The places of the themes that somebody means by `name`: a code or path, with the
    /// vocabulary and `:` in front or without, or a term. O(themes).
    #[must_use]
    pub fn named(&self, name: &str) -> HashSet<usize> {
        if let Some((vocabulary, name)) = name.split_once(':') {
            let found = self.among(|it| it.vocabulary == vocabulary, name);
            if !found.is_empty() {
                return found;
            }
        }
        let mut found = self.among(|_| true, name);
        let term = search_key(name);
        let bear = |it: &TreeTheme| !term.is_empty() && it.label_key == term;
        found.extend((0..self.themes.len()).filter(|at| bear(&self.themes[*at])));
        found
    }

    /// The places of the themes among some with this code or path.
    fn among(&self, these: impl Fn(&TreeTheme) -> bool, name: &str) -> HashSet<usize> {
        let code = bare(name);
        let path = if name.starts_with('/') { path_key(name) } else { String::new() };
        let has_path = |it: &TreeTheme| !path.is_empty() && it.path_key == path;
        let is_it = |it: &TreeTheme| it.code.as_deref() == Some(code) || has_path(it);
        let places = 0..self.themes.len();
        places.filter(|at| these(&self.themes[*at]) && is_it(&self.themes[*at])).collect()
    }
}
