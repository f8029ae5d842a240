//! What is missing or looks wrong, as a list to work through.

use super::errors::AdminReadErrors;
use super::examples;
use super::revisions::{NoFilter, paged, paged_params};
use crate::auth::QualityReader;
use crate::extract::{Parameters, Query, no_such};
use crate::respond::{
    Answer, Cell, Column, Document, List, ListQuery, Resource, answer_document, answer_list,
};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::{Conn, quality};
use consortia_domain::filter::QueryReader;
use consortia_domain::id::EntityKind;
use consortia_domain::page::ListRequest;
use consortia_domain::quality::{QualityCheck, QualityCount, QualityFinding, QualitySummary};
use consortia_domain::record::Stamp;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_quality_summary).service(list_quality_findings);
}

/// What a list of findings is asked for: a page, and how it is shown.
#[derive(Clone, Debug)]
pub struct QualityQuery(ListQuery<QualityFinding, NoFilter>);

impl Parameters for QualityQuery {
    fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self {
        Self(paged(query, pairs))
    }
}

impl IntoParams for QualityQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        paged_params::<QualityFinding>(given_in)
    }
}

impl Resource for QualityFinding {
    const PATH: &'static str = "quality";
    const FIELDS: &'static [&'static str] = &["entity", "id", "label", "href"];
    const SEARCH_EXAMPLE: &'static str = "";
    const REUSABLE: bool = false;

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("entity", |it| Cell::plain(it.entity)),
            Column::new("id", |it| Cell::plain(it.id)),
            Column::new("label", |it| Cell::text(&it.label)),
            Column::new("href", |it| Cell::text(&it.href)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}

/// See how much there is to look at
///
/// What is missing or looks wrong, check by check, with the number of records and where they
/// are listed. Needs the role staff.
#[utoipa::path(tag = "quality", security(("bearer" = [])), responses(
    (status = 200, description = "Every check.", body = Document<QualitySummary>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::quality_summary),
    (status = 304, description = "Nothing has changed."),
    AdminReadErrors,
))]
#[get("")]
async fn get_quality_summary(
    http: HttpRequest,
    state: web::Data<State>,
    _: QualityReader,
    _: Query<()>,
) -> Answer {
    let count = |c: &mut Conn<'_>, check: QualityCheck| {
        Ok(QualityCount {
            check,
            label: check.label(),
            entity: check.entity(),
            count: quality::count(c, check)?,
            href: format!("/api/v1/quality/{check}"),
        })
    };
    let found = state.read(move |c| {
        let checks = QualityCheck::ALL.iter().map(|check| count(c, *check));
        Ok(QualitySummary { checks: checks.collect::<consortia_db::Result<_>>()? })
    });
    answer_document(&http, &state, found.await?).await
}

/// List what a check finds
///
/// The records, page by page, each with the address it is read and changed at; as ndjson or
/// csv the whole list. Needs the role staff.
#[utoipa::path(tag = "quality", security(("bearer" = [])),
    params(
        ("check" = String, Path, description = "Name of the check.", example = "no_coordinator"),
        QualityQuery,
    ),
    responses(
        (status = 200, description = "A page of records.", body = List<QualityFinding>,
         example = examples::quality_findings),
        (status = 304, description = "The page has not changed."),
        AdminReadErrors,
    )
)]
#[get("/{check}")]
async fn list_quality_findings(
    http: HttpRequest,
    state: web::Data<State>,
    _: QualityReader,
    name: web::Path<String>,
    query: Query<QualityQuery>,
) -> Answer {
    let check = QualityCheck::ALL.iter().copied().find(|check| check.code() == *name);
    let check = check.ok_or_else(|| {
        let known: Vec<&str> = QualityCheck::ALL.iter().map(|check| check.code()).collect();
        no_such("check", &name, &known)
    })?;
    let load = move |c: &mut Conn<'_>, request: &ListRequest<NoFilter>| {
        let after = request.cursor.as_ref().map(|cursor| cursor.id);
        let page = quality::list(c, check, after, request.limit, request.fingerprint)?;
        Ok(page.map(|found| finding(check.entity(), found)))
    };
    answer_list(&http, &state, query.0.0, load).await
}

fn finding(entity: EntityKind, (id, label): (Uuid, String)) -> QualityFinding {
    QualityFinding { entity, id, label, href: format!("/api/v1/{entity}s/{id}") }
}
