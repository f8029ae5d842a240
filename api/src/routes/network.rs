//! The partner network as a whole: rankings, communities, countries, paths, comparisons.

pub mod bounds;
pub mod communities;
pub mod comparison;
pub mod countries;
pub mod path;
pub mod ranking;
pub mod summary;

use super::organisations::partners::SCOPE_RANGES;
use crate::extract::Parameters;
use crate::respond::range_parameters;
use consortia_domain::filter::QueryReader;
use consortia_domain::network::NetworkFilter;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.configure(summary::register).configure(ranking::register);
    config.configure(communities::register).configure(countries::register);
    config.configure(bounds::register).configure(path::register).configure(comparison::register);
}

/// A network and nothing else.
#[derive(Clone, Debug)]
pub struct NetworkQuery(pub NetworkFilter);

impl Parameters for NetworkQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        Self(NetworkFilter::read(query))
    }
}

impl IntoParams for NetworkQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        range_parameters(NetworkFilter::parameters(given_in), SCOPE_RANGES).collect()
    }
}
