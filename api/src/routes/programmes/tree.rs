//! The tree of programmes.

use super::super::{errors::ReadErrors, examples};
use crate::extract::{Parameters, Query};
use crate::respond::{Answer, Document, answer_document};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::programme;
use consortia_domain::filter::QueryReader;
use consortia_domain::programme::{ProgrammeKey, ProgrammeNode};
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_programme_tree);
}

/// Trees of programmes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgrammeTree {
    /// The programmes at the top, each with those below it.
    pub data: Vec<ProgrammeNode>,
}

/// Where the tree begins.
#[derive(Clone, Debug)]
pub struct TreeQuery {
    root: Option<ProgrammeKey>,
}

impl Parameters for TreeQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        Self { root: query.one("root") }
    }
}

impl IntoParams for TreeQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "Programme to begin at (id, `scheme:value`, code, alias or title); all trees \
                           without it.";
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let root = ParameterBuilder::new().name("root").parameter_in(ParameterIn::Query);
        let root = root.description(Some(description)).schema(Some(text));
        vec![root.example(Some("AMIF".into())).build()]
    }
}

/// Get the tree of programmes
///
/// Every programme below its parent, with the number of projects it or one below it funds.
#[utoipa::path(tag = "programmes", params(TreeQuery), responses(
    (status = 200, description = "The tree.", body = Document<ProgrammeTree>,
     example = examples::programme_tree),
    (status = 304, description = "The tree has not changed."),
    ReadErrors,
))]
#[get("/tree")]
async fn get_programme_tree(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<TreeQuery>,
) -> Answer {
    let read = state.read(move |c| programme::tree(c, query.0.root.as_ref()));
    answer_document(&http, &state, ProgrammeTree { data: read.await? }).await
}
