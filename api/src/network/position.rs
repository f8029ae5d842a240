//! Organisations by their place in the network, and the network in a few figures.

use crate::respond::Listed;
use consortia_db::{Conn, Error, Result, organisation};
use consortia_domain::id::OrganisationId;
use consortia_domain::network::{
    ComponentSize, CoreSize, DegreeCount, NetworkFilter, NetworkStated, NetworkSummary, Ranked,
    RankingFilter, RankingSummary, StrongTie,
};
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::page::{CursorValue, ListRequest, Page, SortKey, Sorted, cut};
use consortia_network::Whole;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The order of a ranking when none is asked for.
const GREATEST_FIRST: [SortKey; 1] = [SortKey { name: "value", descending: true }];
/// How many of the strongest ties a summary names.
const STRONGEST: usize = 10;

/// Which network an answer is about.
pub(super) fn stated(filter: &NetworkFilter, whole: &Whole) -> NetworkStated {
    let frozen = whole.frozen();
    NetworkStated {
        scope: filter.scope.stated.clone(),
        min_shared: whole.min_shared(),
        weight: whole.weight(),
        revision: frozen.revision,
        projects: frozen.projects.len() as u64,
        organisations: frozen.organisations.len() as u64,
        participations: frozen.participations as u64,
    }
}

/// The short forms of nodes. Those deleted since the copy was made are not among them.
pub(super) fn references(
    c: &mut Conn<'_>,
    whole: &Whole,
    nodes: impl IntoIterator<Item = u32>,
) -> Result<HashMap<u32, OrganisationRef>> {
    let organisation = |node: u32| whole.frozen().organisations[node as usize];
    let nodes: Vec<u32> = nodes.into_iter().collect();
    let ids: Vec<OrganisationId> = nodes.iter().copied().map(organisation).collect();
    let found = organisation::references(c, &ids)?;
    let reference = |node| Some((node, found.get(&organisation(node))?.clone()));
    Ok(nodes.into_iter().filter_map(reference).collect())
}

/// A node on its way into a page.
struct Place {
    value: Option<f64>,
    node: u32,
    id: Uuid,
}

impl Sorted for Place {
    fn value(&self, _: &str) -> CursorValue {
        self.value.map_or(CursorValue::Null, CursorValue::of_float)
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

/// A page of a ranking. A search chooses among the organisations and does not change ranks.
/// O(organisations) once the measure was computed.
///
/// # Errors
/// When the cursor is foreign, or the store fails.
pub fn ranking(
    c: &mut Conn<'_>,
    whole: &Whole,
    request: &ListRequest<RankingFilter>,
) -> Result<Listed<Ranked>> {
    let RankingFilter { network, by, pivots } = &request.filter;
    let values = whole.values(*by, *pivots);
    let found = match &request.search {
        Some(query) => Some(organisation::matching(c, query)?),
        None => None,
    };
    let matching: Option<HashSet<Uuid>> =
        found.as_ref().map(|(ids, _)| ids.iter().copied().collect());
    let organisations = whole.frozen().organisations.iter().copied().map(Uuid::from);
    let places = (0..)
        .zip(organisations)
        .zip(&values.of_node)
        .filter(|((_, id), _)| matching.as_ref().is_none_or(|ids| ids.contains(id)))
        .map(|((node, id), value)| Place { value: *value, node, id });
    let page = cut(request, &GREATEST_FIRST, places.collect()).map_err(Error::Invalid)?;
    let references = references(c, whole, page.data.iter().map(|place| place.node))?;
    let ranked = |place: &Place| {
        Some(Ranked {
            rank: place.value.map(|value| values.rank(value) as u64),
            organisation: references.get(&place.node)?.clone(),
            value: place.value,
            standard_error: values.standard_errors.as_ref().map(|of| of[place.node as usize]),
        })
    };
    let summary = RankingSummary {
        by: *by,
        network: stated(network, whole),
        ties: whole.graph().edges() as u64,
        undefined: values.undefined() as u64,
        pivots: values.pivots.map(|pivots| pivots as u64),
        passes: values.iteration.map(|(passes, _)| passes),
        converged: values.iteration.map(|(_, converged)| converged),
    };
    let data = page.data.iter().filter_map(ranked).collect();
    let corrections = found.map(|(_, corrections)| corrections).unwrap_or_default();
    let page = Page { data, next: page.next, total: page.total, corrections };
    Listed::with(page, &summary)
}

/// The network in a few figures. O(organisations + ties · log strongest) once its parts were
/// computed.
///
/// # Errors
/// When the store fails.
pub fn summary(c: &mut Conn<'_>, whole: &Whole, filter: &NetworkFilter) -> Result<NetworkSummary> {
    let (graph, components, triangles) = (whole.graph(), whole.components(), whole.triangles());
    let found = consortia_network::measure::summary::summary(graph, whole.cores(), STRONGEST);
    let ends = found.strongest.iter().flat_map(|tie| [tie.a, tie.b]);
    let references = references(c, whole, ends)?;
    let strongest_ties = found.strongest.iter().filter_map(|tie| {
        let organisations = [references.get(&tie.a)?.clone(), references.get(&tie.b)?.clone()];
        Some(StrongTie { organisations, shared_projects: tie.weight.into() })
    });
    let giant = components.sizes().first().map(|&organisations| ComponentSize {
        organisations: organisations.into(),
        ties: components.edges_in(graph, 0) as u64,
    });
    let nodes = found.nodes;
    Ok(NetworkSummary {
        network: stated(filter, whole),
        ties: found.edges as u64,
        isolates: found.isolates as u64,
        components: components.len() as u64,
        giant_component: giant.unwrap_or_default(),
        largest_core: CoreSize {
            k: found.largest_core.k.into(),
            organisations: found.largest_core.nodes as u64,
        },
        density: (nodes > 1).then_some(found.density),
        clustering: (nodes > 0).then(|| triangles.average()),
        transitivity: triangles.transitivity(),
        mean_degree: graph.mean_degree(),
        degrees: found
            .degrees
            .iter()
            .map(|&(partners, organisations)| DegreeCount {
                partners: partners.into(),
                organisations: organisations.into(),
            })
            .collect(),
        strongest_ties: strongest_ties.collect(),
    })
}
