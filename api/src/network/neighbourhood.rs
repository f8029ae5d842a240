//! The surroundings of one organisation.

use super::answer::own_reference;
use super::unnamed::unnamed;
use super::{Live, agreed, scope, today};
use crate::problem::{Code, Problem};
use consortia_db::{Conn, Result, organisation};
use consortia_domain::id::{OrganisationId, RecordRef};
use consortia_domain::network::{
    ByAgreement, Neighbourhood, NeighbourhoodFilter, NetworkNode, NetworkTie, Ring,
};
use consortia_network::{Lens, MOST_LOOKED_AT, Neighbour, Reach, TooFar, Whole};

/// The surroundings of an organisation. With `whole`, every node says its community there.
/// As [`Lens::neighbourhood`].
///
/// # Errors
/// When there is no such organisation, or the store fails; within, when too much is within
/// reach.
pub fn neighbourhood(
    c: &mut Conn<'_>,
    live: &Live,
    wanted: &RecordRef,
    filter: &NeighbourhoodFilter,
    whole: Option<&Whole>,
) -> Result<std::result::Result<Neighbourhood, TooFar>> {
    let id = organisation::resolve(c, wanted)?;
    let scope = scope(c, &filter.network.scope, today())?;
    let network = live.current(c)?;
    let lens = Lens::new(&network, &scope, today());
    let reach = Reach {
        depth: filter.depth,
        min_shared: filter.network.min_shared,
        limit: filter.limit as usize,
    };
    let own = network.organisation(id).map(|node| lens.counted_as(node));
    let beside = own.map_or_else(|| Ok(Vec::new()), |own| agreed::counterparts(c, &lens, own))?;
    let found = match own.map(|own| lens.neighbourhood(own, reach, &beside)) {
        Some(Ok(found)) => found,
        Some(Err(too_far)) => return Ok(Err(too_far)),
        None => consortia_network::Neighbourhood::default(),
    };
    let shown: Vec<u32> = found.members.iter().map(|of| of.node).collect();
    let agreed = agreed::ties(c, &lens, &shown)?;
    let organisation_of = |node| network.organisation_id(node);
    let ids: Vec<OrganisationId> =
        found.members.iter().map(|of| organisation_of(of.node)).collect();
    let references = organisation::references(c, &ids)?;
    let mut external_ids = organisation::external_ids(c, &ids)?;
    let community = |id: OrganisationId| {
        let whole = whole?;
        let partition = &whole.communities().partition;
        let label = partition.labels()[whole.frozen().node(id)? as usize];
        (partition.sizes()[label as usize] > 1).then(|| u64::from(label) + 1)
    };
    // One that is gone between the snapshot and the network's revision is left out, and its
    // ties with it.
    let is_beside = |of: &Neighbour| of.distance > 0 && of.strength == 0;
    let nodes = ids.iter().zip(&found.members).filter_map(|(id, of)| {
        Some(NetworkNode {
            organisation: references.get(id)?.clone(),
            external_ids: external_ids.remove(id).unwrap_or_default(),
            distance: of.distance,
            by_agreement: is_beside(of),
            projects: of.projects.into(),
            shared_projects: of.strength.into(),
            community: community(*id),
        })
    });
    let ties = found.links.iter().filter_map(|link| {
        let (source, target) = (ids[link.ends.0 as usize], ids[link.ends.1 as usize]);
        let there = references.contains_key(&source) && references.contains_key(&target);
        let ends = (source, target);
        there.then(|| NetworkTie::by_projects(ends, link.shared.into(), link.fractional))
    });
    let ties = ties.chain(agreed.into_iter().filter(|tie| {
        references.contains_key(&tie.source) && references.contains_key(&tie.target)
    }));
    let within_reach: usize = found.rings.iter().sum();
    let rings = (0..).zip(&found.rings).map(|(distance, organisations)| Ring {
        distance,
        organisations: *organisations as u64,
        shown: found.members.iter().filter(|of| of.distance == distance && !is_beside(of)).count()
            as u64,
    });
    let shown_beside = found.members.iter().filter(|of| is_beside(of)).count();
    Ok(Ok(Neighbourhood {
        organisation: own_reference(c, &lens, id)?,
        scope: filter.network.scope.stated.clone(),
        min_shared: filter.network.min_shared,
        depth: filter.depth,
        revision: network.revision(),
        communities_revision: whole.map(|whole| whole.frozen().revision),
        within_reach: within_reach as u64,
        left_out: (within_reach + shown_beside - found.members.len()) as u64,
        rings: rings.collect(),
        unnamed: unnamed(c, &lens, id)?,
        by_agreement: ByAgreement { organisations: found.apart as u64, shown: shown_beside as u64 },
        nodes: nodes.collect(),
        ties: ties.collect(),
    }))
}

/// Says what to narrow when too much is within reach.
#[must_use]
pub fn too_far(found: TooFar) -> Problem {
    let detail = format!(
        "Finding who is within reach would take looking at more than {} participations, of the \
         {MOST_LOOKED_AT} that are possible. Ask for depth=1, for a greater min_shared, or \
         narrow the scope, for example to a programme or to some years (programme, active_from, \
         active_to).",
        found.participations
    );
    Problem::new(Code::TooLarge, detail)
}
