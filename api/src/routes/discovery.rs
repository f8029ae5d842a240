//! What the API offers: the list at its root.

use super::errors::AnyErrors;
use crate::extract::Query;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(discover);
}

/// One address of the API.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Link {
    /// What is found there.
    #[schema(example = "projects")]
    pub name: &'static str,
    /// Where it is.
    #[schema(example = "/api/v1/projects")]
    pub href: &'static str,
    /// What it is for.
    #[schema(example = "Projects: search, filter, sort, export.")]
    pub description: &'static str,
}

/// What the API offers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Discovery {
    /// Name of the service.
    #[schema(example = "Consortia")]
    pub title: &'static str,
    /// Version of the program.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// Where to go from here.
    pub resources: &'static [Link],
}

const RESOURCES: &[Link] = &[
    Link {
        name: "projects",
        href: "/api/v1/projects",
        description: "Projects: search, filter, sort, export.",
    },
    Link {
        name: "organisations",
        href: "/api/v1/organisations",
        description: "Organisations; below each its projects, partners, diversity, profile and \
                      network, the last also as a drawing.",
    },
    Link {
        name: "programmes",
        href: "/api/v1/programmes",
        description: "Funding programmes; /api/v1/programmes/tree shows them as a tree.",
    },
    Link {
        name: "relations",
        href: "/api/v1/relations",
        description: "What projects are to one another, and organisations to one another.",
    },
    Link {
        name: "agreements",
        href: "/api/v1/agreements",
        description: "What organisations have agreed to do together, and what it yielded.",
    },
    Link {
        name: "sources",
        href: "/api/v1/sources",
        description: "Where facts come from; include=sources shows them with a record.",
    },
    Link {
        name: "statements",
        href: "/api/v1/statements",
        description: "What a source says of one field of a record, also where others say otherwise.",
    },
    Link {
        name: "participations",
        href: "/api/v1/participations",
        description: "Who takes part in which project, in which role, with what money.",
    },
    Link {
        name: "network",
        href: "/api/v1/network/summary",
        description: "The partner network: summary, ranking, communities, countries, path, compare; \
                      /api/v1/claims/check checks what is said of an organisation.",
    },
    Link {
        name: "claims",
        href: "/api/v1/claims",
        description: "What is said of organisations; /api/v1/claims/{id}/check tells whether it holds.",
    },
    Link {
        name: "themes",
        href: "/api/v1/themes",
        description: "What projects are about, term by term, with their number; \
                      /api/v1/themes/vocabularies lists the vocabularies.",
    },
    Link { name: "calls", href: "/api/v1/calls", description: "Calls of the programmes." },
    Link {
        name: "vocabularies",
        href: "/api/v1/vocabularies",
        description: "Every closed list of terms, with labels.",
    },
    Link {
        name: "imports",
        href: "/api/v1/imports",
        description: "Filling the registry from bundles, workbooks and CORDIS files (administrators).",
    },
    Link {
        name: "bundle",
        href: "/api/v1/bundle",
        description: "Everything the registry holds, one record a line (administrators).",
    },
    Link {
        name: "workbook",
        href: "/api/v1/workbook",
        description: "Organisations, projects and participations for a spreadsheet \
                      (administrators).",
    },
    Link {
        name: "quality",
        href: "/api/v1/quality",
        description: "What is missing or looks wrong, as a list to work through (staff).",
    },
    Link { name: "openapi", href: "/openapi.json", description: "This API as OpenAPI 3.1." },
    Link { name: "docs", href: "/docs/", description: "This API to read and try out." },
    Link { name: "problems", href: "/problems", description: "What each error code means." },
];

/// List what the API offers
///
/// Start here: every resource with its address.
#[utoipa::path(tag = "service", operation_id = "list_resources", responses(
    (status = 200, description = "Every resource.", body = Discovery, example = json!({
        "title": "Consortia", "version": "0.1.0",
        "resources": [{
            "name": "projects", "href": "/api/v1/projects",
            "description": "Projects: search, filter, sort, export."
        }]
    })),
    AnyErrors,
))]
#[get("/api/v1")]
async fn discover(_: Query<()>) -> HttpResponse {
    let offer =
        Discovery { title: "Consortia", version: env!("CARGO_PKG_VERSION"), resources: RESOURCES };
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(offer)
}
