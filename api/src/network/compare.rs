//! Organisations side by side.

use super::{Live, scope, today};
use consortia_db::{Conn, Error, Result, organisation};
use consortia_domain::id::{OrganisationId, RecordRef};
use consortia_domain::network::{Compared as ComparedSide, Comparison, OverlapCount, PairOverlap};
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::scope::ScopeFilter;
use consortia_network::{Ego, Lens};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many organisations an overlap names.
const NAMED: usize = 50;

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The organisations, each once.
    pub organisations: Vec<RecordRef>,
    /// The participations that count.
    pub scope: ScopeFilter,
}

/// One of those compared.
struct Side {
    id: OrganisationId,
    /// What it counts as, if the network has heard of it.
    node: Option<u32>,
    ego: Ego,
    /// Partners by node, with the projects shared; without those compared.
    others: BTreeMap<u32, u32>,
}

/// Compares organisations by their partners.
/// O(participations in their projects + organisations² · partners).
///
/// # Errors
/// When one of them does not exist, or the store fails.
pub fn compare(c: &mut Conn<'_>, live: &Live, asked: &Compared) -> Result<Comparison> {
    let mut ids = Vec::with_capacity(asked.organisations.len());
    for wanted in &asked.organisations {
        let id = organisation::resolve(c, wanted)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let scope = scope(c, &asked.scope, today())?;
    let network = live.current(c)?;
    let lens = Lens::new(&network, &scope, today());
    let node = |id: &OrganisationId| network.organisation(*id).map(|node| lens.counted_as(node));
    let compared: BTreeSet<u32> = ids.iter().filter_map(node).collect();
    let sides: Vec<Side> = ids.iter().map(|id| side(&lens, *id, &compared)).collect();

    let mut wanted: BTreeSet<OrganisationId> = ids.iter().copied().collect();
    let mut overlap = |kept: BTreeMap<u32, u32>| {
        let count = kept.len() as u64;
        let mut kept: Vec<(u32, u32)> = kept.into_iter().collect();
        let label = |node| network.label_key(node);
        kept.sort_by(|a, b| Reverse(a.1).cmp(&Reverse(b.1)).then(label(a.0).cmp(label(b.0))));
        let named: Vec<OrganisationId> =
            kept.iter().take(NAMED).map(|(node, _)| network.organisation_id(*node)).collect();
        wanted.extend(&named);
        (count, named)
    };
    let common = overlap(common_partners(&sides));
    let own: Vec<_> = (0..sides.len()).map(|place| overlap(only_its_own(&sides, place))).collect();
    let wanted: Vec<OrganisationId> = wanted.into_iter().collect();
    let references = organisation::references(c, &wanted)?;
    let shown = |(count, named): (u64, Vec<OrganisationId>)| OverlapCount {
        count,
        organisations: named.iter().filter_map(|id| references.get(id).cloned()).collect(),
    };

    let mut organisations = Vec::with_capacity(sides.len());
    for (side, own) in sides.iter().zip(own) {
        let standing = lens.standing(side.ego.node, &side.ego.projects);
        organisations.push(ComparedSide {
            organisation: reference(&references, side.id)?,
            projects: side.ego.projects.len() as u64,
            partners: side.ego.ties.len() as u64,
            collaborations: side.ego.collaborations(),
            countries: standing.countries.into(),
            blau: standing.blau,
            only_its_own: shown(own),
        });
    }
    let mut pairs = Vec::new();
    for (place, a) in sides.iter().enumerate() {
        for b in &sides[place + 1..] {
            pairs.push(pair(&references, a, b)?);
        }
    }
    Ok(Comparison {
        scope: asked.scope.stated.clone(),
        revision: network.revision(),
        organisations,
        common_partners: shown(common),
        pairs,
    })
}

fn reference(
    references: &HashMap<OrganisationId, OrganisationRef>,
    id: OrganisationId,
) -> Result<OrganisationRef> {
    references.get(&id).cloned().ok_or_else(|| Error::internal("an organisation vanished"))
}

fn side(lens: &Lens<'_>, id: OrganisationId, compared: &BTreeSet<u32>) -> Side {
    let node = lens.network().organisation(id).map(|node| lens.counted_as(node));
    let ego = node.map(|node| lens.ego(node)).unwrap_or_default();
    let others = ego.ties.iter().filter(|tie| !compared.contains(&tie.partner));
    let others = others.map(|tie| (tie.partner, tie.shared)).collect();
    Side { id, node, ego, others }
}

/// The partners all have, with the projects they share with all of them together.
fn common_partners(sides: &[Side]) -> BTreeMap<u32, u32> {
    let Some((first, rest)) = sides.split_first() else { return BTreeMap::new() };
    let shared = |(partner, shared): (&u32, &u32)| {
        let with_rest = rest.iter().map(|side| side.others.get(partner).copied());
        let with_rest: Option<u32> = with_rest.sum();
        with_rest.map(|with_rest| (*partner, shared + with_rest))
    };
    first.others.iter().filter_map(shared).collect()
}

/// The partners one has and no other.
fn only_its_own(sides: &[Side], place: usize) -> BTreeMap<u32, u32> {
    let mut own = sides[place].others.clone();
    let others = sides.iter().enumerate().filter(|(other, _)| *other != place);
    for (_, other) in others {
        own.retain(|partner, _| !other.others.contains_key(partner));
    }
    own
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn pair(
    references: &HashMap<OrganisationId, OrganisationRef>,
    a: &Side,
    b: &Side,
) -> Result<PairOverlap> {
    let without = |side: &Side, other: &Side| {
        let partners = side.ego.ties.iter().map(|tie| tie.partner);
        partners.filter(|partner| Some(*partner) != other.node).collect::<BTreeSet<u32>>()
    };
    let (of_a, of_b) = (without(a, b), without(b, a));
    let common = of_a.intersection(&of_b).count();
    let either = of_a.union(&of_b).count();
    let tie = a.ego.ties.iter().find(|tie| Some(tie.partner) == b.node);
    Ok(PairOverlap {
        organisations: [reference(references, a.id)?, reference(references, b.id)?],
        shared_projects: tie.map_or(0, |tie| tie.shared.into()),
        common_partners: common as u64,
        jaccard: (either > 0).then(|| common as f64 / either as f64),
    })
}
