//! Organisations by their place in the network.

use super::super::organisations::partners::SCOPE_RANGES;
use super::super::{errors::NetworkErrors, examples};
use crate::extract::Query;
use crate::network::{self, Task, measured};
use crate::respond::{
    Answer, Cell, Column, DescribedFilter, ListQuery, RangeOf, Resource, SummedList, answer_list,
};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::Conn;
use consortia_domain::network::{Ranked, RankingFilter, RankingSummary};
use consortia_domain::page::ListRequest;
use consortia_domain::record::Stamp;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a ranking may be asked for.
type RankingQuery = ListQuery<Ranked, RankingFilter>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_network_ranking);
}

/// Rank organisations by their place in the network
///
/// By partners, core, PageRank, eigenvector centrality, betweenness, constraint, E–I index or
/// clustering, the greatest first. `q` finds one organisation's rank. A measure that takes long
/// is of the last `revision` for which it was computed, until the next is ready.
#[utoipa::path(tag = "network", params(RankingQuery), responses(
    (status = 200, description = "A page of the ranking.", body = SummedList<Ranked, RankingSummary>,
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     example = examples::ranking_list),
    (status = 304, description = "The page has not changed."),
    NetworkErrors,
))]
#[get("/ranking")]
async fn list_network_ranking(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<RankingQuery>,
) -> Answer {
    let RankingFilter { network, by, pivots } = query.0.request.filter.clone();
    let whole = measured(&state, &network, Task::Ranking(by, pivots)).await?;
    let load = move |c: &mut Conn<'_>, request: &ListRequest<RankingFilter>| {
        network::ranking(c, &whole, request)
    };
    answer_list(&http, &state, query.0, load).await
}

impl DescribedFilter for RankingFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = SCOPE_RANGES;
}

impl Resource for Ranked {
    const PATH: &'static str = "ranking";
    const FIELDS: &'static [&'static str] = &["rank", "organisation", "value", "standard_error"];
    const SEARCH_EXAMPLE: &'static str = "ismu";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("rank", |of| Cell::maybe(of.rank)),
            Column::of("organisation", "organisation_id", |of| Cell::plain(of.organisation.id)),
            Column::of("organisation", "label", |of| Cell::text(&of.organisation.label)),
            Column::of("organisation", "short_name", |of| {
                Cell::maybe_text(of.organisation.short_name.as_ref())
            }),
            Column::of("organisation", "country", |of| Cell::maybe(of.organisation.country)),
            Column::new("value", |of| Cell::maybe(of.value)),
            Column::new("standard_error", |of| Cell::maybe(of.standard_error)),
        ]
    }

    fn id(&self) -> String {
        self.organisation.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}
