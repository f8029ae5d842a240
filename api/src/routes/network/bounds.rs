//! What can be said of the diversity of a set that only numbers are known of.

use super::super::{errors::ReadErrors, examples};
use crate::extract::{Parameters, Query};
use crate::network;
use crate::problem::Problem;
use crate::respond::{Answer, Document, answer_document};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::diversity::DiversityBounds;
use consortia_domain::error::Invalid;
use consortia_domain::filter::QueryReader;
use consortia_domain::network::AtLeastOne;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// The most members of a set, so that nothing is computed for long.
const MOST: u32 = 1_000_000;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_diversity_bounds);
}

/// The size of a set and its number of classes.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BoundsQuery {
    /// Members of the set.
    #[param(minimum = 1, maximum = 1_000_000, example = 43)]
    items: u32,
    /// Classes they belong to, such as countries; at most as many as members.
    #[param(minimum = 1, maximum = 1_000_000, example = 37)]
    classes: u32,
}

impl Parameters for BoundsQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        let (items, classes) = (number(query, "items"), number(query, "classes"));
        if classes > items {
            let detail = format!(
                "{items} members cannot be in {classes} classes; give at most as many classes \
                 as members."
            );
            query.fault("classes", Invalid::new("out_of_range", detail));
        }
        Self { items, classes }
    }
}

fn number(query: &mut QueryReader<'_>, name: &str) -> u32 {
    if query.given(name).is_empty() {
        let detail = format!("'{name}' is missing; give a whole number of at least 1.");
        query.fault(name, Invalid::new("missing_parameter", detail));
    }
    let number = query.one::<AtLeastOne>(name).map_or(1, |number| number.0);
    if number > MOST {
        let detail = format!("'{name}' is {number}; at most {MOST} are computed.");
        query.fault(name, Invalid::new("out_of_range", detail));
    }
    number
}

/// Bound the diversity of a set of unknown members
///
/// "43 organisations in 37 countries", without saying which: the least and the greatest value
/// each measure can have.
#[utoipa::path(tag = "network", params(BoundsQuery), responses(
    (status = 200, description = "The bounds.", body = Document<DiversityBounds>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::diversity_bounds),
    (status = 304, description = "Nothing has changed."),
    ReadErrors,
))]
#[get("/diversity-bounds")]
async fn get_diversity_bounds(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<BoundsQuery>,
) -> Answer {
    let BoundsQuery { items, classes } = query.0;
    let (items, richness) = (items.into(), classes.into());
    let bounds = network::bounds(items, richness)
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("a set that cannot be was let in")))?;
    answer_document(&http, &state, bounds).await
}
