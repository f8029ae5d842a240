//! The themes in use, remembered until something changes.

use crate::network::accepted;
use consortia_db::{Conn, Error, Result, facts, theme};
use consortia_domain::filter::MAX_VALUES;
use consortia_domain::page::{CursorValue, ListRequest, Page, SortKey, Sorted, cut};
use consortia_domain::theme::{
    ThemeEntry, ThemeFilter, ThemeTree, ThemeVocabularies, ThemeVocabulary, TreeTheme,
};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The order of themes when none is asked for.
const BY_PROJECTS: [SortKey; 2] =
    [SortKey { name: "projects", descending: true }, SortKey { name: "label", descending: false }];

/// The longest address given out, in bytes: half of what a request may have, as clients add to it.
const LONGEST: usize = 8_000;

/// The themes of the last revision they were asked at.
#[derive(Default)]
pub struct Themes(Mutex<Option<(i64, Arc<ThemeTree>)>>);

impl Themes {
    /// The themes of the snapshot `c` is on. O(1) where nothing changed since the last call,
    /// else O(themes of all projects); others wait meanwhile instead of doing the same.
    fn current(&self, c: &mut Conn<'_>) -> Result<Arc<ThemeTree>> {
        let wanted = facts::revision(c)?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tree)) = known.as_ref().filter(|(revision, _)| *revision == wanted) {
            return Ok(Arc::clone(tree));
        }
        let tree = Arc::new(ThemeTree::of(&theme::carried(c)?));
        // A snapshot that began before the last change is not what others will ask for.
        if known.as_ref().is_none_or(|(revision, _)| *revision < wanted) {
            *known = Some((wanted, Arc::clone(&tree)));
        }
        Ok(tree)
    }
}

/// A theme on its way into a page.
struct Listed<'a> {
    theme: &'a TreeTheme,
    projects: u64,
    has_below: bool,
}

impl Sorted for Listed<'_> {
    fn value(&self, key: &str) -> CursorValue {
        match key {
            "projects" => CursorValue::Integer(i64::try_from(self.projects).unwrap_or(i64::MAX)),
            "label" => CursorValue::Text(self.theme.label_key.clone()),
            _ => self.theme.code.clone().map_or(CursorValue::Null, CursorValue::Text),
        }
    }

    fn id(&self) -> Uuid {
        self.theme.id
    }
}

/// One page of the themes that match and are carried by projects that count. A search chooses
/// among them and does not change the order. O(projects of all themes) at the most.
///
/// # Errors
/// When the cursor is foreign, or the store fails.
pub fn list(
    c: &mut Conn<'_>,
    themes: &Themes,
    request: &ListRequest<ThemeFilter>,
) -> Result<Page<ThemeEntry>> {
    let filter = &request.filter;
    let tree = themes.current(c)?;
    let counts = tree.counts(theme::carriers(c, &filter.projects())?.as_ref());
    let mut has_below = vec![false; counts.len()];
    let counted = tree.themes().iter().zip(&counts).filter(|(_, projects)| **projects > 0);
    counted.filter_map(|(theme, _)| theme.parent).for_each(|parent| has_below[parent] = true);

    let admitted = filter.admits(&tree);
    let answers = |theme: &TreeTheme| {
        request.search.as_ref().is_none_or(|query| theme.answers(&query.tokens))
    };
    let kept = (0..counts.len()).filter(|at| counts[*at] > 0 && admitted[*at]).map(|at| Listed {
        theme: &tree.themes()[at],
        projects: counts[at],
        has_below: has_below[at],
    });
    let kept = kept.filter(|listed| answers(listed.theme)).collect();
    let page = cut(request, &BY_PROJECTS, kept).map_err(Error::Invalid)?;
    Ok(page.map(|listed| entry(&tree, &listed, &filter.stated)))
}

/// Every vocabulary in use, most projects first, then by name. O(projects of all themes).
///
/// # Errors
/// When the store fails.
pub fn vocabularies(c: &mut Conn<'_>, themes: &Themes) -> Result<ThemeVocabularies> {
    let tree = themes.current(c)?;
    let mut extents: BTreeMap<&str, (u64, u32)> = BTreeMap::new();
    for theme in tree.themes() {
        let (themes, levels) = extents.entry(&theme.vocabulary).or_default();
        *themes += 1;
        *levels = theme.level.max(*levels);
    }
    let described = |(vocabulary, (themes, levels)): (&str, (u64, u32))| ThemeVocabulary {
        vocabulary: vocabulary.to_owned(),
        themes,
        levels,
        projects: tree.projects_of(vocabulary),
        href: address("themes", &[("vocabulary", vocabulary)])
            .filter(|_| is_plain(vocabulary) && vocabulary != "unknown"),
    };
    let mut vocabularies: Vec<_> = extents.into_iter().map(described).collect();
    vocabularies.sort_by_key(|of| Reverse(of.projects));
    Ok(ThemeVocabularies { vocabularies })
}

fn entry(tree: &ThemeTree, listed: &Listed<'_>, stated: &[(&'static str, String)]) -> ThemeEntry {
    let Listed { theme, projects, has_below } = *listed;
    ThemeEntry {
        vocabulary: theme.vocabulary.clone(),
        code: theme.code.clone(),
        label: theme.label.clone(),
        path: theme.path.clone(),
        level: theme.level,
        parent: theme.parent.and_then(|at| tree.themes()[at].code.clone()),
        projects,
        href: projects_of(theme, stated),
        themes_href: has_below.then(|| themes_below(theme, stated)).flatten(),
    }
}

/// The address that lists the projects that carry a theme or one below it, of those that count.
fn projects_of(theme: &TreeTheme, stated: &[(&'static str, String)]) -> Option<String> {
    let TreeTheme { vocabulary, codes, .. } = theme;
    // What stands before the first colon is read as the vocabulary.
    let readable = is_plain(vocabulary) && !vocabulary.contains(':');
    if !readable || codes.len() > MAX_VALUES || codes.iter().any(|code| code.contains(',')) {
        return None;
    }
    let named: Vec<String> = codes.iter().map(|code| format!("{vocabulary}:{code}")).collect();
    within("projects", &[("theme", &named.join(","))], stated)
}

/// The address that lists the themes below one, of those that projects carry that count.
fn themes_below(theme: &TreeTheme, stated: &[(&'static str, String)]) -> Option<String> {
    let TreeTheme { vocabulary, code, path, .. } = theme;
    let name = code.as_ref().or(path.as_ref())?;
    let readable = is_plain(vocabulary) && !vocabulary.contains(':') && !name.contains(',');
    let under = format!("{vocabulary}:{name}");
    readable.then(|| within("themes", &[("under", &under)], stated)).flatten()
}

/// Whether a filter reads `value` as it stands.
fn is_plain(value: &str) -> bool {
    !value.contains(',') && !value.starts_with('!')
}

fn within(list: &str, query: &[(&str, &str)], stated: &[(&'static str, String)]) -> Option<String> {
    let stated = stated.iter().map(|(name, value)| (*name, value.as_str()));
    address(list, &query.iter().copied().chain(stated).collect::<Vec<_>>())
}

fn address(list: &str, query: &[(&str, &str)]) -> Option<String> {
    accepted(&format!("/api/v1/{list}"), query).filter(|address| address.len() <= LONGEST)
}
