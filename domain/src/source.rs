//! Sources: where the facts of the registry come from.

use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::id::SourceId;
use crate::language::LanguageTag;
use crate::partial_date::PartialDate;
use crate::record::{Stamp, Timestamp};
use crate::text::{Line, WebAddress};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

crate::vocabulary! {
    /// What sort of thing a source is.
    pub enum SourceKind: "source_kind" {
        WebPage = "web_page", "Web page";
        Document = "document", "Document";
        Dataset = "dataset", "Dataset or register";
        Correspondence = "correspondence", "Letter or message";
        Interview = "interview", "Interview or conversation";
        OwnRecords = "own_records", "Records of the organisation itself";
    }
}

/// All that a writer may state about a source. It has a title or an address, or both.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "title": "ISMU, partnership agreements",
    "kind": "web_page",
    "url": "https://www.ismu.org/en/",
    "publisher": "Fondazione ISMU",
    "seen_on": "2026-11-20",
    "language": "en"
}))]
pub struct SourceContent {
    /// What it is called.
    #[schema(example = "ISMU, partnership agreements")]
    pub title: Option<Line>,
    /// What sort of thing it is.
    pub kind: Option<SourceKind>,
    /// Where it is found.
    pub url: Option<WebAddress>,
    /// Who wrote it or made it public.
    #[schema(example = "Fondazione ISMU")]
    pub publisher: Option<Line>,
    /// When it was made public.
    pub published: Option<PartialDate>,
    /// When somebody of the registry last saw it so.
    pub seen_on: Option<PartialDate>,
    /// The language it is in.
    #[schema(example = "en")]
    pub language: Option<LanguageTag>,
    /// Under what conditions it may be used.
    #[schema(example = "CC BY 4.0")]
    pub licence: Option<Line>,
    /// What else there is to say about it.
    pub note: Option<Line>,
}

impl SourceContent {
    /// What to show for it: its title, else its address.
    #[must_use]
    pub fn label(&self) -> String {
        let title = self.title.as_ref().map(ToString::to_string);
        title.or_else(|| self.url.as_ref().map(ToString::to_string)).unwrap_or_default()
    }
}

impl Decode for SourceContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&["id", "label", "version", "created_at", "updated_at"]);
        let content = Self {
            title: object.optional("title"),
            kind: object.optional("kind"),
            url: object.optional("url"),
            publisher: object.optional("publisher"),
            published: object.optional("published"),
            seen_on: object.optional("seen_on"),
            language: object.optional("language"),
            licence: object.optional("licence"),
            note: object.optional("note"),
        };
        let nameless = content.title.is_none() && content.url.is_none();
        if !object.finish() {
            return None;
        }
        if nameless {
            let detail = "A source needs a 'title' or a 'url' to be found again; give one.";
            errors.body(at, Invalid::new("nameless_source", detail));
            return None;
        }
        Some(content)
    }
}

/// A source of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// What to show for it; never empty.
    #[schema(example = "ISMU, partnership agreements")]
    pub label: String,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: SourceContent,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// A source as other records mention it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceRef {
    /// Its id.
    pub id: SourceId,
    /// What to show for it.
    #[schema(example = "ISMU, partnership agreements")]
    pub label: String,
    /// Where it is found.
    pub url: Option<WebAddress>,
    /// When somebody of the registry last saw it so.
    pub seen_on: Option<PartialDate>,
}

/// Which sources a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SourceFilter {
    /// What sort of thing it is.
    #[param(value_type = Option<String>, example = "web_page")]
    pub kind: Conditions<SourceKind>,
    /// Where it is found, to the letter.
    #[param(value_type = Option<String>, example = "https://www.ismu.org/en/")]
    pub url: Conditions<WebAddress>,
    /// First and last day on which it may have been seen.
    #[param(ignore)]
    pub seen_on: Range<NaiveDate>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for SourceFilter {
    const SORTS: &'static [&'static str] = &["label", "seen_on", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            kind: query.conditions("kind"),
            url: query.conditions("url"),
            seen_on: query.days("seen_on"),
            updated_at: query.instants("updated_at"),
        }
    }
}
