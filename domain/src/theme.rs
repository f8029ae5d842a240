//! Themes in use: which vocabularies and terms projects carry, and how often.

mod above;
mod build;
mod naming;
mod tree;

pub use naming::bare;
pub use tree::{Carried, ThemeTree, TreeTheme};

use crate::error::Invalid;
use crate::filter::{Condition, Conditions, Filter, QueryReader};
use crate::id::RecordRef;
use crate::programme::ProgrammeKey;
use crate::project::ProjectFilter;
use crate::text::{Code, Line};
use serde::Serialize;
use std::collections::HashSet;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// A theme that projects carry, or one above such a theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThemeEntry {
    /// Its vocabulary, by its short name.
    #[schema(example = "euroscivoc")]
    pub vocabulary: String,
    /// Its code in it; null where only the paths of themes below it name it.
    #[schema(example = "/29/97")]
    pub code: Option<String>,
    /// What to show for it: the term, or the code where nobody says the term.
    #[schema(example = "political sciences")]
    pub label: String,
    /// The terms above it, from the top, ending in the term itself.
    #[schema(example = "/social sciences/political sciences")]
    pub path: Option<String>,
    /// How deep it stands: 1 at the top.
    #[schema(example = 2, minimum = 1)]
    pub level: u32,
    /// The code of the theme it is directly below; null at the top, and where that has no code.
    #[schema(example = "/29")]
    pub parent: Option<String>,
    /// How many projects carry it or a theme below it, each counted once.
    #[schema(example = 12, minimum = 1)]
    pub projects: u64,
    /// The address that lists these projects, exactly these; null where no single address can.
    #[schema(example = "/api/v1/projects?theme=euroscivoc%3A%2F29%2F97")]
    pub href: Option<String>,
    /// The address that lists the themes below it; null where there are none, or no address can.
    #[schema(example = "/api/v1/themes?under=euroscivoc%3A%2F29%2F97")]
    pub themes_href: Option<String>,
}

/// A vocabulary that themes of projects are taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThemeVocabulary {
    /// Its short name.
    #[schema(example = "euroscivoc")]
    pub vocabulary: String,
    /// How many of its themes projects carry, those above them included.
    #[schema(example = 843)]
    pub themes: u64,
    /// How many levels these have.
    #[schema(example = 5, minimum = 1)]
    pub levels: u32,
    /// How many projects carry one of them.
    #[schema(example = 30_112, minimum = 1)]
    pub projects: u64,
    /// The address that lists its themes; null where no address can.
    #[schema(example = "/api/v1/themes?vocabulary=euroscivoc")]
    pub href: Option<String>,
}

/// Every vocabulary that themes of projects are taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThemeVocabularies {
    /// The vocabularies, most projects first.
    pub vocabularies: Vec<ThemeVocabulary>,
}

/// How deep a theme stands: 1 at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThemeLevel(u32);

impl FromStr for ThemeLevel {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let level = text.parse().ok().filter(|level| *level > 0 && all_digits);
        level.map(Self).ok_or_else(|| {
            let detail = format!(
                "'{text}' is not a level. Expected 1 for the top, 2 for what is directly below, \
                 and so on."
            );
            Invalid::new("invalid_level", detail)
        })
    }
}

/// Which themes a list holds, and which projects count.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThemeFilter {
    /// Vocabulary, by its short name.
    #[param(value_type = Option<String>, example = "euroscivoc")]
    pub vocabulary: Conditions<Code>,
    /// Theme they are below, at any depth, by code (`vocabulary:code` for that vocabulary
    /// alone), path or term. `unknown` finds those at the top.
    #[param(value_type = Option<String>, example = "euroscivoc:/29")]
    pub under: Conditions<Line>,
    /// Level, 1 at the top.
    #[param(value_type = Option<String>, example = "1")]
    pub level: Conditions<ThemeLevel>,
    /// Organisation taking part in the projects that count, by id or `scheme:value`; repeat it
    /// for joint projects.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub organisation: Conditions<RecordRef>,
    /// Programme that the projects that count are paid from (id, code, alias or title), its
    /// branches included.
    #[param(value_type = Option<String>, example = "H2020")]
    pub programme: Conditions<ProgrammeKey>,
    /// What was given of the projects that count, name and value, for addresses of lists of
    /// projects to repeat.
    #[param(ignore)]
    pub stated: Vec<(&'static str, String)>,
}

impl ThemeFilter {
    /// The projects that count, as a list of projects is asked for them.
    #[must_use]
    pub fn projects(&self) -> ProjectFilter {
        ProjectFilter {
            organisation: self.organisation.clone(),
            programme: self.programme.clone(),
            ..ProjectFilter::default()
        }
    }

    /// For each theme of the tree whether it is one of those asked for. O(themes · levels · values).
    #[must_use]
    pub fn admits(&self, tree: &ThemeTree) -> Vec<bool> {
        // What a name stands for is looked up once, not for every theme.
        let named = |of: &Condition<Line>| Condition {
            negated: of.negated,
            values: of.values.iter().map(|name| tree.named(name.as_str())).collect(),
            unknown: of.unknown,
        };
        let under: Vec<Condition<HashSet<usize>>> = self.under.iter().map(named).collect();
        let admitted = |theme: &TreeTheme| {
            let is_named = |wanted: &Code| theme.vocabulary == wanted.as_str();
            let is_at = |wanted: &ThemeLevel| theme.level == wanted.0;
            let is_under =
                |wanted: &HashSet<usize>| tree.above(theme).any(|it| wanted.contains(&it));
            self.vocabulary.iter().all(|of| of.holds(true, is_named))
                && self.level.iter().all(|of| of.holds(true, is_at))
                && under.iter().all(|of| of.holds(theme.parent.is_some(), is_under))
        };
        tree.themes().iter().map(admitted).collect()
    }
}

impl Filter for ThemeFilter {
    /// Without `sort`, those most projects carry come first, then by label.
    const SORTS: &'static [&'static str] = &["projects", "label", "code"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        let given = |name: &'static str, query: &QueryReader<'_>| {
            query.given(name).into_iter().map(move |value| (name, value))
        };
        let stated = given("organisation", query).chain(given("programme", query)).collect();
        Self {
            vocabulary: query.conditions("vocabulary"),
            under: query.conditions("under"),
            level: query.conditions("level"),
            organisation: query.conditions("organisation"),
            programme: query.conditions("programme"),
            stated,
        }
    }
}
