//! Imports over HTTP, for administrators: send a file, then watch.

mod view;

pub use view::ImportView;

use super::errors::{AdminReadErrors, UploadErrors};
use super::examples;
use super::workbook::MEDIA_TYPE as WORKBOOK;
use crate::attribution::ADVICE;
use crate::auth::{Admin, ImportReader};
use crate::extract::{Parameters, Query, RecordPath, cannot_store, check_media_type, receive};
use crate::import::{Files, Upload};
use crate::problem::{Code, Problem, excerpt};
use crate::respond::{Answer, List, RecordQuery, answer_list, answer_record};
use crate::state::State;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use consortia_db::{Actor, Conn, imports};
use consortia_domain::bundle::MEDIA_TYPE as BUNDLE;
use consortia_domain::error::Invalid;
use consortia_domain::filter::QueryReader;
use consortia_domain::id::RecordRef;
use consortia_domain::page::ListRequest;
use consortia_ingest::bundle::Bundle;
use consortia_ingest::source::Sources;
use consortia_ingest::workbook::Workbook;
use std::path::Path;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa_actix_web::service_config::ServiceConfig;
use view::ImportListQuery;

/// Media types of an uploaded file.
const UPLOADS: [&str; 6] = [
    "application/zip",
    "text/csv",
    BUNDLE,
    WORKBOOK,
    "application/octet-stream",
    "application/x-zip-compressed",
];

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_imports).service(get_import).service(start_import);
}

/// How one import may be shown.
type ImportQuery = RecordQuery<ImportView>;

/// How an uploaded file is to be taken.
#[derive(Clone, Debug)]
pub struct UploadQuery {
    name: String,
    dry_run: bool,
}

impl Parameters for UploadQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        let name = query.text("name").unwrap_or("upload");
        let sound = (1..=100).contains(&name.len())
            && !name.starts_with('.')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        if !sound {
            let detail = format!(
                "'{}' is not a plain file name of at most 100 letters, digits and . _ -",
                excerpt(name)
            );
            query.fault("name", Invalid::new("invalid_name", detail));
        }
        Self { name: name.to_owned(), dry_run: query.flag("dry_run").unwrap_or(false) }
    }
}

impl IntoParams for UploadQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name: &str, description: &str, kind: Type| {
            let schema = ObjectBuilder::new().schema_type(SchemaType::Type(kind));
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
            parameter.description(Some(description)).schema(Some(schema)).build()
        };
        vec![
            parameter("name", "Name of the file, for reports.", Type::String),
            parameter("dry_run", "Whether to keep nothing, only to count.", Type::Boolean),
        ]
    }
}

/// List the imports
///
/// Imports that were asked for over HTTP, the latest first. Needs the role admin.
#[utoipa::path(tag = "imports", security(("bearer" = [])), params(ImportListQuery), responses(
    (status = 200, description = "A page of imports.", body = List<ImportView>,
     example = examples::import_list),
    (status = 304, description = "The page has not changed."),
    AdminReadErrors,
))]
#[get("")]
async fn list_imports(
    http: HttpRequest,
    state: web::Data<State>,
    _: ImportReader,
    query: Query<ImportListQuery>,
) -> Answer {
    let jobs = state.jobs().clone();
    let load = move |c: &mut Conn<'_>, request: &ListRequest<_>| {
        let before = request.cursor.as_ref().map(|cursor| cursor.id);
        let page = imports::list(c, before, request.limit, request.fingerprint)?;
        Ok(page.map(|run| ImportView::new(run, &jobs)))
    };
    answer_list(&http, &state, query.0.0, load).await
}

/// Get an import
///
/// Where it stands, and at its end what it came to. Ask every few seconds while it runs.
/// Needs the role admin.
#[utoipa::path(tag = "imports", security(("bearer" = [])),
    params(RecordPath, ImportQuery), responses(
    (status = 200, description = "The import.", body = ImportView, example = examples::import),
    (status = 304, description = "It has not changed."),
    AdminReadErrors,
))]
#[get("/{id}")]
async fn get_import(
    http: HttpRequest,
    state: web::Data<State>,
    _: ImportReader,
    path: RecordPath,
    query: Query<ImportQuery>,
) -> Answer {
    let missing = |reference: &RecordRef| {
        Problem::new(Code::NotFound, format!("There is no import '{reference}'."))
    };
    let RecordRef::Id(id) = path.0 else { return Err(missing(&path.0)) };
    let run = state.read(move |c| imports::find(c, id)).await?.ok_or_else(|| missing(&path.0))?;
    answer_record(&http, &query.0, &path.0, &ImportView::new(run, state.jobs()))
}

/// Start an import
///
/// Send a CORDIS zip archive (or one csv table of it) as the body, a bundle of records as
/// `application/x-ndjson`, or a workbook (.xlsx) such as `/api/v1/workbook` gives, each by its
/// media type. It is looked at, then imported in the background: the answer tells
/// where to watch. One import runs at a time. Needs the role admin.
#[utoipa::path(tag = "imports", security(("bearer" = [])), params(UploadQuery),
    request_body(
        content(
            (Vec<u8> = "application/zip"),
            (String = "text/csv"),
            (String = "application/x-ndjson", example = json!(
                "{\"entity\":\"project\",\"id\":\"#dime\",\"acronym\":\"DIME\"}\n"
            )),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ),
        description = "The file itself."
    ),
    responses(
        (status = 202, description = "It was taken, and runs.",
         headers(("Location" = String, description = "Where to watch it.")),
         body = ImportView, example = examples::import),
        UploadErrors,
    )
)]
#[post("")]
async fn start_import(
    http: HttpRequest,
    state: web::Data<State>,
    admin: Admin,
    query: Query<UploadQuery>,
    payload: web::Payload,
) -> Answer {
    check_media_type(&http, &UPLOADS)?;
    let slot = state.jobs().take().map_err(|running| {
        let detail = match running {
            Some(id) => {
                format!("Another import runs: /api/v1/imports/{id}. Wait until it ended.")
            }
            None => "The file of another import is being received; /api/v1/imports shows it when \
                     it has arrived. Wait until it ended."
                .to_owned(),
        };
        Problem::new(Code::ImportRunning, detail)
    })?;
    let upload = Upload::in_folder(state.config().uploads_dir().join(slot.id().to_string()));
    let kind = Kind::of(&http, Actor::new(admin.0.actor()));
    let unnamed = kind.is_published() && state.config().data_attribution.is_empty();
    let files = take(&state, upload.folder(), &query.0.name, kind, payload).await?;
    let id = slot.id();
    let name = query.0.name.clone();
    let run = state.write(&admin.0, move |tx| imports::begin(tx, id, &name)).await?;
    slot.logged();
    let view = ImportView::new(run, state.jobs());
    let dry_run = query.0.dry_run;
    let advice = (unnamed && !dry_run).then_some(ADVICE);
    slot.start(state.db().clone(), files, dry_run, advice, upload);
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/api/v1/imports/{id}")))
        .insert_header((header::RETRY_AFTER, "2"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(view))
}

/// What kind of file is sent, and by whom where that counts.
enum Kind {
    Cordis,
    Bundle(Actor),
    Workbook(Actor),
}

impl Kind {
    /// The kind that `Content-Type` tells.
    fn of(http: &HttpRequest, sender: Actor) -> Self {
        let given = http.headers().get(header::CONTENT_TYPE).map(header::HeaderValue::as_bytes);
        let essence = given.and_then(|given| given.split(|byte| *byte == b';').next());
        let essence = essence.unwrap_or_default().trim_ascii();
        if essence.eq_ignore_ascii_case(BUNDLE.as_bytes()) {
            Self::Bundle(sender)
        } else if essence.eq_ignore_ascii_case(WORKBOOK.as_bytes()) {
            Self::Workbook(sender)
        } else {
            Self::Cordis
        }
    }

    /// Whether it is data of CORDIS, not of whoever sends it.
    fn is_published(&self) -> bool {
        matches!(self, Self::Cordis)
    }
}

/// Stores the file and finds the tables or records in it.
async fn take(
    state: &State,
    folder: &Path,
    name: &str,
    kind: Kind,
    payload: web::Payload,
) -> Result<Files, Problem> {
    tokio::fs::create_dir_all(folder).await.map_err(cannot_store)?;
    let path = folder.join(name);
    let config = state.config();
    let payload = payload.into_inner();
    receive(payload, &path, config.max_upload_bytes, config.request_timeout).await?;
    let name = name.to_owned();
    let look = move || match kind {
        Kind::Bundle(sender) => Bundle::open(&path, &name).map(|read| Files::Bundle(read, sender)),
        Kind::Workbook(sender) => Workbook::open(&[path]).map(|read| Files::Workbook(read, sender)),
        Kind::Cordis => Sources::find(&[path]).map(Files::Cordis),
    };
    let found = tokio::task::spawn_blocking(look).await;
    found.map_err(Problem::internal)?.map_err(|error| {
        let detail = format!("The file cannot be imported. {}", without_folder(&error, folder));
        Problem::new(Code::InvalidBody, detail)
    })
}

/// What an error says, without telling where the server keeps uploads.
fn without_folder(error: &consortia_ingest::Error, folder: &Path) -> String {
    error.to_string().replace(&format!("{}/", folder.display()), "")
}
