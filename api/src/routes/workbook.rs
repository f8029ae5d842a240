//! Organisations, projects and participations as a workbook for a spreadsheet.

use super::errors::AdminReadErrors;
use crate::auth::Admin;
use crate::extract::{Parameters, Query, cannot_store};
use crate::respond::{Answer, DescribedFilter as _, range_parameters};
use crate::state::State;
use crate::workbook::{Selection, Xlsx, write};
use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use consortia_db::Conn;
use consortia_domain::filter::{Filter as _, QueryReader};
use consortia_domain::project::ProjectFilter;
use futures_util::stream;
use std::fs::File;
use std::io::{self, Seek as _};
use std::path::Path;
use tokio::io::AsyncReadExt as _;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa_actix_web::service_config::ServiceConfig;

/// The media type of workbooks.
pub(super) const MEDIA_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Bytes sent at a time.
const CHUNK: usize = 64 << 10;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_workbook);
}

/// What a workbook is to hold.
#[derive(Clone, Debug)]
pub struct WorkbookQuery(Selection);

impl Parameters for WorkbookQuery {
    fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self {
        let filter = ProjectFilter::read(query);
        let is_template = query.flag("template").unwrap_or(false);
        let asks = pairs.iter().any(|(name, _)| !name.is_empty() && name != "template");
        Self(match (is_template, asks) {
            (true, _) => Selection::Template,
            (false, true) => Selection::Projects(Box::new(filter)),
            (false, false) => Selection::Everything,
        })
    }
}

impl IntoParams for WorkbookQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let conditions = ProjectFilter::into_params(given_in);
        let template = ParameterBuilder::new()
            .name("template")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some("Only the headings: a form to fill in."))
            .schema(Some(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Boolean))))
            .build();
        range_parameters(conditions, ProjectFilter::RANGES).chain([template]).collect()
    }
}

/// Get a workbook
///
/// Organisations, projects, participations and the programmes and calls they name as an .xlsx
/// file, as of one moment: all of them, or, where there are conditions, those projects with who
/// takes part in them and what they are paid from. Change cells and send it to
/// `POST /api/v1/imports`. Needs the role admin.
#[utoipa::path(tag = "imports", security(("bearer" = [])), params(WorkbookQuery), responses(
    (status = 200, description = "The workbook.", body = Vec<u8>,
     content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     headers(("Content-Disposition" = String, description = "A name for the file."))),
    AdminReadErrors,
))]
#[get("")]
async fn get_workbook(state: web::Data<State>, _: Admin, query: Query<WorkbookQuery>) -> Answer {
    let folder = state.config().uploads_dir();
    let selection = query.0.0;
    let written = state.read(move |c| match written(c, &selection, &folder) {
        // What the store refuses, such as to go on for too long, is no fault of the file.
        Err(fault) => {
            fault.downcast::<consortia_db::Error>().map_or_else(|fault| Ok(Err(fault)), Err)
        }
        done => Ok(done),
    });
    let (file, bytes) = written.await?.map_err(cannot_store)?;
    let chunks = stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async {
        let mut chunk = web::BytesMut::with_capacity(CHUNK);
        let read = file.read_buf(&mut chunk).await?;
        Ok::<_, io::Error>((read > 0).then(|| (chunk.freeze(), file)))
    });
    let mut response = HttpResponse::Ok();
    response.content_type(MEDIA_TYPE);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"registry.xlsx\""));
    Ok(response.body(SizedStream::new(bytes, Box::pin(chunks))))
}

/// The workbook in a file without a name, and its size in bytes.
fn written(c: &mut Conn<'_>, selection: &Selection, folder: &Path) -> io::Result<(File, u64)> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::tempfile_in(folder)?;
    write(c, selection, &mut Xlsx::new(file.try_clone()?, folder)?, |_, _| ())?;
    let bytes = file.metadata()?.len();
    file.rewind()?;
    Ok((file, bytes))
}
