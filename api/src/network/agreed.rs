//! Agreements between the organisations of a network: ties of their own kind, read from the
//! store when an answer is made. No measure knows them.

use consortia_db::{Conn, Result, agreement};
use consortia_domain::agreement::AgreementRef;
use consortia_domain::id::OrganisationId;
use consortia_domain::network::NetworkTie;
use consortia_network::Lens;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The most parties of an agreement that are all tied to one another; of those with more, each
/// is tied to the one in the middle only.
const MOST_TIED: usize = 20;

/// Those with whom `own` has agreements, as far as their country and type are in the scope, by
/// label. What a scope says of projects, roles and times is not asked of agreements.
///
/// # Errors
/// When the store fails.
pub(super) fn counterparts(c: &mut Conn<'_>, lens: &Lens<'_>, own: u32) -> Result<Vec<u32>> {
    let network = lens.network();
    let units: Vec<OrganisationId> =
        lens.members(own).map(|unit| network.organisation_id(unit)).collect();
    let mut seen = HashSet::from([own]);
    let found = agreement::counterparts(c, &units)?;
    let nodes = found.iter().filter_map(|id| network.organisation(*id));
    let nodes = nodes.map(|node| lens.counted_as(node));
    Ok(nodes.filter(|node| seen.insert(*node) && lens.admits_organisation(*node)).collect())
}

/// The ties by agreements between `nodes`, of which the first is in the middle, in their order.
///
/// # Errors
/// When the store fails.
pub(super) fn ties(c: &mut Conn<'_>, lens: &Lens<'_>, nodes: &[u32]) -> Result<Vec<NetworkTie>> {
    let network = lens.network();
    let mut places: HashMap<OrganisationId, usize> = HashMap::new();
    for (place, node) in nodes.iter().enumerate() {
        places.extend(lens.members(*node).map(|unit| (network.organisation_id(unit), place)));
    }
    let units: Vec<OrganisationId> = places.keys().copied().collect();
    let mut pairs: BTreeMap<(usize, usize), Vec<AgreementRef>> = BTreeMap::new();
    for found in agreement::between(c, &units)? {
        let mut parties: Vec<usize> =
            found.parties.iter().filter_map(|id| places.get(id).copied()).collect();
        parties.sort_unstable();
        parties.dedup();
        let tied = if parties.len() > MOST_TIED { 1 } else { parties.len() };
        for (n, a) in parties.iter().enumerate().take(tied) {
            if tied == 1 && *a > 0 {
                continue;
            }
            for b in &parties[n + 1..] {
                pairs.entry((*a, *b)).or_default().push(found.agreement.clone());
            }
        }
    }
    let id = |place: usize| network.organisation_id(nodes[place]);
    let tie = |((a, b), agreements)| NetworkTie::by_agreements((id(a), id(b)), agreements);
    Ok(pairs.into_iter().map(tie).collect())
}
