//! The API's own description (OpenAPI 3.1), made from the handlers.

use crate::extract::takes_external;
use crate::respond::{Format, Representation as _, etag_of};
use crate::routes;
use actix_web::App;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use std::collections::HashSet;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, PathItem, RefOr, Server};
use utoipa::{Modify, OpenApi as _};
use utoipa_actix_web::AppExt as _;

/// Name of the bearer scheme in the document.
pub const BEARER: &str = "bearer";

/// Says what bearer tokens are.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "An access token of an opened account (`POST /api/v1/sessions`), a token of an \
                 accepted identity provider, a read token, or one made by `consortia token`. \
                 Roles: editor (creates records, changes what is their own), staff (changes and \
                 deletes every record), admin (imports, looks after accounts).",
            ))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Consortia",
        description = "A registry of funded research and social-innovation projects, the \
            organisations that take part in them, and who works with whom.\n\n\
            Records are read by anyone and written with a bearer token. Where a path takes \
            the `id` of an organisation, programme, call or project it also takes an external \
            identifier, `scheme:value`. Every error is a \
            problem document (RFC 9457) that names all faults at once; `/problems` explains \
            each code.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "projects", description = "Projects, and who takes part in them."),
        (name = "organisations", description = "Organisations, their projects and their partners."),
        (name = "programmes", description = "The tree of funding programmes."),
        (name = "calls", description = "Calls that projects were won under."),
        (name = "participations", description = "An organisation taking part in a project."),
        (name = "relations", description = "What one project is to another, or one organisation to another, and when."),
        (name = "agreements", description = "What two or more organisations have agreed to do together, and what that yielded."),
        (name = "sources", description = "Where facts come from."),
        (name = "statements", description = "What a source says of one field of a record."),
        (name = "claims", description = "What is said of organisations, and whether it holds."),
        (name = "quality", description = "What is missing or looks wrong, for those who look after the registry."),
        (name = "themes", description = "What projects are about: the vocabularies and terms in use, and how often."),
        (name = "network", description = "The partner network as a whole: rankings, communities, countries, paths."),
        (name = "vocabularies", description = "Every closed list of terms, with labels."),
        (name = "imports", description = "Filling the registry from files of other registries."),
        (name = "contacts", description = "Persons to write to, for those who may change the record."),
        (name = "drafts", description = "Records that are being prepared, and seen by few."),
        (name = "accounts", description = "Who may write: accounts, their sessions, and read tokens."),
        (name = "service", description = "What the service offers and how it fares."),
    ),
    modifiers(&Bearer),
)]
struct Base;

/// The document, made from the handlers as they are registered.
#[must_use]
pub fn openapi() -> OpenApi {
    let app = App::new().into_utoipa_app().openapi(Base::openapi());
    let (_, mut document) = app.configure(routes::register).split_for_parts();
    for (path, item) in &mut document.paths.paths {
        if !takes_external(path) {
            operations(item).for_each(take_ids_only);
        }
    }
    let gets = document.paths.paths.values_mut().filter_map(|item| item.get.as_mut());
    gets.for_each(offer_line_formats);
    document
}

/// What can be done at an address.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    [get, post, put, patch, delete].into_iter().flatten()
}

/// Describes the id in an address of which other registries know no records.
fn take_ids_only(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.name == "id"
            && parameter.parameter_in == ParameterIn::Path
        {
            let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
            let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
            parameter.schema = Some(RefOr::T(text.format(Some(format)).into()));
            parameter.description = Some("Its id, a UUID.".to_owned());
        }
    }
}

/// Adds the line formats to the answers of a list: one record a line, instead of one document.
fn offer_line_formats(operation: &mut Operation) {
    let pages = |it: &RefOr<Parameter>| matches!(it, RefOr::T(it) if it.name == "cursor");
    let is_list = operation.parameters.iter().flatten().any(pages);
    let answer = operation.responses.responses.get_mut("200").filter(|_| is_list);
    if let Some(RefOr::T(answer)) = answer {
        for format in [Format::Ndjson, Format::Csv] {
            let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
            let content = RefOr::T(Content::new(Some(text)));
            answer.content.insert(format.media_type().to_owned(), content);
        }
    }
}

/// The document as text: pretty, and the same for the same handlers.
///
/// # Panics
/// Never: the document always serialises.
#[must_use]
pub fn openapi_text() -> String {
    let mut text = serde_json::to_string_pretty(&openapi()).expect("the document serialises");
    text.push('\n');
    text
}

/// The document as served, the methods each address allows, and the parameters there are.
pub struct Document {
    /// The document, as compact JSON.
    pub json: String,
    /// Its `ETag`.
    pub etag: String,
    methods: Vec<(ResourceDef, Vec<Method>)>,
    parameters: HashSet<String>,
}

impl Document {
    /// The document of a service reached at `public_url`; relative when that is empty.
    ///
    /// # Panics
    /// Never: the document always serialises.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        let mut document = openapi();
        let address = if public_url.is_empty() { "/" } else { public_url };
        document.servers = Some(vec![Server::new(address)]);
        let json = serde_json::to_string(&document).expect("the document serialises");
        let described = document.paths.paths.iter();
        let described =
            described.map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item)));
        let pages = routes::PAGES.map(|path| (ResourceDef::new(path), vec![Method::GET]));
        let mut methods: Vec<_> = described.chain(pages).collect();
        // As the router does, an address is looked for among the fixed ones first.
        methods.sort_by_key(|(resource, _)| resource.pattern().is_some_and(|it| it.contains('{')));
        let parameters = document.paths.paths.values_mut().flat_map(operations);
        let parameters = parameters.flat_map(|operation| operation.parameters.iter().flatten());
        let parameters = parameters.filter_map(|parameter| match parameter {
            RefOr::T(it) if it.parameter_in == ParameterIn::Query => Some(it.name.clone()),
            _ => None,
        });
        let parameters = parameters.collect();
        Self { etag: etag_of(json.as_bytes()), json, methods, parameters }
    }

    /// Whether any address takes a parameter called `name` in its query.
    #[must_use]
    pub fn has_parameter(&self, name: &str) -> bool {
        self.parameters.contains(name)
    }

    /// The methods allowed at `path`, for `Allow`; empty when nothing lives there.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Vec<&Method> {
        let here = self.methods.iter().find(|(resource, _)| resource.is_match(path));
        let mut allowed: Vec<&Method> = here.iter().flat_map(|(_, methods)| methods).collect();
        if allowed.contains(&&Method::GET) {
            allowed.push(&Method::HEAD);
        }
        if !allowed.is_empty() {
            allowed.push(&Method::OPTIONS);
        }
        allowed
    }
}

fn methods(item: &PathItem) -> Vec<Method> {
    let all = [
        (Method::GET, item.get.is_some()),
        (Method::POST, item.post.is_some()),
        (Method::PUT, item.put.is_some()),
        (Method::PATCH, item.patch.is_some()),
        (Method::DELETE, item.delete.is_some()),
    ];
    all.into_iter().filter(|(_, has)| *has).map(|(method, _)| method).collect()
}
