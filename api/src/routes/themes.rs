//! What projects are about: the vocabularies and terms in use.

use super::errors::{ReadErrors, RecordErrors};
use super::examples;
use crate::extract::{Parameters, Query};
use crate::respond::{
    Answer, Cell, Column, DescribedFilter, Document, List, ListQuery, RangeOf, Resource,
    answer_document, answer_list,
};
use crate::state::State;
use crate::themes;
use actix_web::{HttpRequest, get, web};
use consortia_db::Conn;
use consortia_domain::filter::QueryReader;
use consortia_domain::page::ListRequest;
use consortia_domain::record::Stamp;
use consortia_domain::theme::{ThemeEntry, ThemeFilter, ThemeVocabularies};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_themes).service(list_theme_vocabularies);
}

/// What a list of themes may be asked for.
#[derive(Clone, Debug)]
pub struct ThemeListQuery(ListQuery<ThemeEntry, ThemeFilter>);

impl Parameters for ThemeListQuery {
    fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self {
        Self(ListQuery::read(query, pairs))
    }
}

impl IntoParams for ThemeListQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = ListQuery::<ThemeEntry, ThemeFilter>::into_params(given_in);
        // Terms are looked through in memory: neither ranked nor mended.
        let search = parameters.iter_mut().filter(|parameter| parameter.name == "q");
        search.for_each(|parameter| {
            let words = "Words that begin a word of the label or code, whatever their accents and \
                         case; the order stays.";
            parameter.description = Some(words.to_owned());
        });
        parameters
    }
}

impl DescribedFilter for ThemeFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[];
}

impl Resource for ThemeEntry {
    const PATH: &'static str = "themes";
    const FIELDS: &'static [&'static str] = &[
        "vocabulary",
        "code",
        "label",
        "path",
        "level",
        "parent",
        "projects",
        "href",
        "themes_href",
    ];
    const SEARCH_EXAMPLE: &'static str = "social sci";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("vocabulary", |it| Cell::text(&it.vocabulary)),
            Column::new("code", |it| Cell::maybe_text(it.code.as_ref())),
            Column::new("label", |it| Cell::text(&it.label)),
            Column::new("path", |it| Cell::maybe_text(it.path.as_ref())),
            Column::new("level", |it| Cell::plain(it.level)),
            Column::new("parent", |it| Cell::maybe_text(it.parent.as_ref())),
            Column::new("projects", |it| Cell::plain(it.projects)),
            Column::new("href", |it| Cell::maybe_text(it.href.as_ref())),
            Column::new("themes_href", |it| Cell::maybe_text(it.themes_href.as_ref())),
        ]
    }

    fn id(&self) -> String {
        self.code.clone().unwrap_or_else(|| self.label.clone())
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}

/// List the themes that projects carry
///
/// Every theme some project carries, and those above it as far as code and path tell them, with
/// the number of projects that carry it or one below it; most projects first. With
/// `organisation` or `programme` only their projects count, and only their themes are listed.
#[utoipa::path(tag = "themes", params(ThemeListQuery), responses(
    (status = 200, description = "A page of themes.", body = List<ThemeEntry>,
     example = examples::theme_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("")]
async fn list_themes(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<ThemeListQuery>,
) -> Answer {
    let shared = state.clone();
    let load = move |c: &mut Conn<'_>, request: &ListRequest<ThemeFilter>| {
        themes::list(c, shared.themes(), request)
    };
    answer_list(&http, &state, query.0.0, load).await
}

/// List the vocabularies that themes are taken from
///
/// Every vocabulary in use, with the number of its themes, of their levels and of the projects
/// that carry them. The closed lists of terms that the API itself knows are at
/// `/api/v1/vocabularies`.
#[utoipa::path(tag = "themes", responses(
    (status = 200, description = "Every vocabulary in use.", body = Document<ThemeVocabularies>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::theme_vocabularies),
    (status = 304, description = "Nothing has changed."),
    ReadErrors,
))]
#[get("/vocabularies")]
async fn list_theme_vocabularies(
    http: HttpRequest,
    state: web::Data<State>,
    _: Query<()>,
) -> Answer {
    let shared = state.clone();
    let found = state.read(move |c| themes::vocabularies(c, shared.themes()));
    answer_document(&http, &state, found.await?).await
}
