//! Funding programmes: a tree from funder to type of action.

use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::external_id::{ExternalId, check_ids};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::id::{OrganisationId, ProgrammeId, RecordRef};
use crate::language::{ChosenTexts, LocalizedText};
use crate::money::Money;
use crate::period::Period;
use crate::record::{Stamp, Timestamp};
use crate::statement::Statement;
use crate::text::{Code, Line, WebAddress, search_key};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

crate::vocabulary! {
    /// The level of a node in the tree of programmes.
    pub enum ProgrammeLevel: "programme_level" {
        Funder = "funder", "Funder";
        Framework = "framework", "Framework programme";
        Programme = "programme", "Programme";
        Strand = "strand", "Strand";
        KeyAction = "key_action", "Key action";
        TypeOfAction = "type_of_action", "Type of action";
    }
}

/// The form in which codes and aliases of programmes are compared: `KA2`, `KA 2`, `ka-2` are
/// one, and so are `H2020-EU.1.1.` and `h2020-eu.1.1`, `Erasmus+` and `Erasmus Plus`.
#[must_use]
pub fn code_key(text: &str) -> String {
    // "ESF" and "ESF+" are two programmes.
    let text = text.replace('+', " plus ");
    let parts = text.split('.').map(|part| search_key(part).replace(' ', ""));
    let key = parts.collect::<Vec<_>>().join(".");
    key.trim_matches('.').to_owned()
}

/// How a filter may name a programme: its id, `scheme:value`, its code, an alias or its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgrammeKey {
    /// Our own id.
    Id(Uuid),
    /// An identifier of another scheme.
    External(ExternalId),
    /// A code, an alias or a title.
    Name {
        /// As [`code_key`] writes it, to compare with codes and aliases.
        code: String,
        /// As [`search_key`] writes it, to compare with titles.
        title: String,
    },
}

impl std::fmt::Display for ProgrammeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::External(id) => id.fmt(f),
            Self::Name { title, .. } => f.write_str(title),
        }
    }
}

impl std::str::FromStr for ProgrammeKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse::<RecordRef>() {
            Ok(RecordRef::Id(id)) => return Ok(Self::Id(id)),
            Ok(RecordRef::External(id)) => return Ok(Self::External(id)),
            Err(_) => {}
        }
        let code = code_key(text);
        if code.is_empty() {
            let detail = format!("'{text}' is neither an id nor a code such as H2020 or KA2.");
            return Err(Invalid::new("invalid_programme", detail));
        }
        Ok(Self::Name { code, title: search_key(text) })
    }
}

/// All that a writer may state about a funding programme. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "level": "key_action",
    "code": "KA2",
    "titles": {"en": "Cooperation among organisations and institutions"},
    "aliases": ["KA 2", "Key action 2"],
    "period": {"start": "2021", "end": "2027"}
}))]
pub struct ProgrammeContent {
    /// The programme it is a part of: 32 levels at most.
    pub parent_id: Option<ProgrammeId>,
    /// Its level in the tree.
    pub level: Option<ProgrammeLevel>,
    /// Its code; the same code may be used in several branches.
    #[schema(example = "H2020-EU.3.6.")]
    pub code: Option<Code>,
    /// Its title, by language.
    #[serde(default)]
    pub titles: LocalizedText,
    /// Other spellings and names people use for it.
    #[serde(default)]
    pub aliases: Vec<Line>,
    /// When it runs.
    #[serde(default)]
    pub period: Period,
    /// What it has to give in all.
    pub budget: Option<Money>,
    /// The organisations that fund it.
    #[serde(default)]
    pub funder_ids: Vec<OrganisationId>,
    /// Its homepage.
    pub homepage: Option<WebAddress>,
    /// Its identifiers in other registries.
    #[serde(default)]
    pub external_ids: Vec<ExternalId>,
}

impl ProgrammeContent {
    /// What to show for it: its title, else its code, else an alias or identifier, else its id.
    #[must_use]
    pub fn label(&self, id: ProgrammeId) -> String {
        if let Some((_, title)) = self.titles.preferred(&[]) {
            return title.to_string();
        }
        let code = self.code.as_ref().map(ToString::to_string);
        let alias = || self.aliases.first().map(ToString::to_string);
        let external = || self.external_ids.first().map(ExternalId::label);
        code.or_else(alias).or_else(external).unwrap_or_else(|| format!("Programme {id}"))
    }
}

impl Decode for ProgrammeContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&[
            "id",
            "label",
            "in_language",
            "sources",
            "version",
            "created_at",
            "updated_at",
        ]);
        let content = Self {
            parent_id: object.optional("parent_id"),
            level: object.optional("level"),
            code: object.optional("code"),
            titles: object.optional("titles").unwrap_or_default(),
            aliases: object.list("aliases"),
            period: object.optional("period").unwrap_or_default(),
            budget: object.optional("budget"),
            funder_ids: object.list("funder_ids"),
            homepage: object.optional("homepage"),
            external_ids: object.list("external_ids"),
        };
        check_ids(&mut object, &content.external_ids);
        object.finish().then_some(content)
    }
}

/// A funding programme of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Programme {
    /// Its id.
    pub id: ProgrammeId,
    /// What to show for it; never empty.
    #[schema(example = "Horizon 2020")]
    pub label: String,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: ProgrammeContent,
    /// Its texts in the language a reader prefers; shown when `Accept-Language` names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub in_language: Option<ChosenTexts>,
    /// Where its facts come from, and what else is said; shown with `include=sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sources: Option<Vec<Statement>>,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// A programme as other records mention it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgrammeRef {
    /// Its id.
    pub id: ProgrammeId,
    /// What to show for it.
    #[schema(example = "Horizon 2020")]
    pub label: String,
    /// Its code.
    #[schema(example = "H2020")]
    pub code: Option<Code>,
    /// Its level in the tree.
    pub level: Option<ProgrammeLevel>,
}

/// A programme and all that is below it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProgrammeNode {
    /// The programme itself.
    #[serde(flatten)]
    pub programme: ProgrammeRef,
    /// How many projects are funded by it or by a programme below it.
    #[schema(example = 31451)]
    pub projects: u64,
    /// The programmes directly below it, by code.
    #[schema(no_recursion)]
    pub children: Vec<ProgrammeNode>,
}

/// Which programmes a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProgrammeFilter {
    /// External identifier, `scheme:value`.
    #[param(value_type = Option<String>)]
    pub external_id: Conditions<ExternalId>,
    /// Code or alias, whatever its spelling (`KA2`, `KA 2`).
    #[param(value_type = Option<String>, example = "KA2")]
    pub code: Conditions<ProgrammeKey>,
    /// Level in the tree.
    #[param(value_type = Option<String>, example = "key_action")]
    pub level: Conditions<ProgrammeLevel>,
    /// Programme directly above it (id, code, alias or title).
    #[param(value_type = Option<String>, example = "H2020")]
    pub parent: Conditions<ProgrammeKey>,
    /// Programme anywhere above it, or itself (id, code, alias or title).
    #[param(value_type = Option<String>, example = "H2020")]
    pub within: Conditions<ProgrammeKey>,
    /// Organisation that funds it, by id or `scheme:value`.
    #[param(value_type = Option<String>)]
    pub funder: Conditions<RecordRef>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for ProgrammeFilter {
    const SORTS: &'static [&'static str] = &["label", "code", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            external_id: query.conditions("external_id"),
            code: query.conditions("code"),
            level: query.conditions("level"),
            parent: query.conditions("parent"),
            within: query.conditions("within"),
            funder: query.conditions("funder"),
            updated_at: query.instants("updated_at"),
        }
    }
}
