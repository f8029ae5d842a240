//! The members of a network: those that are named, and those of whom only the number is known.

use super::diversity::measured;
use super::unnamed::bounds;
use super::{Live, today};
use chrono::NaiveDate;
use consortia_db::{Conn, Error, Result, membership, organisation};
use consortia_domain::diversity::{Dimension, DimensionMeasures, Weighting};
use consortia_domain::filter::Range;
use consortia_domain::group::{Group, GroupPart};
use consortia_domain::id::{OrganisationId, RecordRef};
use consortia_domain::membership::{
    CountedMembers, Membership, MembershipFilter, MembershipSummary, OrganisationMember,
    WorkingGroup,
};
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::page::{ListRequest, Page, SortKey, cut};
use consortia_domain::period::Period;
use consortia_domain::profile::Counted;
use consortia_domain::text::search_key;
use consortia_network::{Network, Tie};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// The order of members when none is asked for.
const BY_LABEL: [SortKey; 1] = [SortKey { name: "label", descending: false }];

/// The members of a network and of its working groups, and a summary of all of them. A search
/// chooses among the members and leaves the summary as it is. O(members · log members).
///
/// # Errors
/// When there is no such organisation, the cursor is foreign, or the store fails.
pub fn members_of(
    c: &mut Conn<'_>,
    live: &Live,
    wanted: &RecordRef,
    request: &ListRequest<MembershipFilter>,
) -> Result<(MembershipSummary, Page<OrganisationMember>)> {
    let own = organisation::get(c, wanted)?;
    let found = match &request.search {
        Some(query) => Some(organisation::matching(c, query)?),
        None => None,
    };
    let active = request.filter.active;
    let mut groups = membership::working_groups(c, own.id)?;
    groups.retain(|(_, periods)| periods.iter().any(|period| in_time(active, *period)));
    let groups: Vec<OrganisationId> = groups.into_iter().map(|(id, _)| id).collect();
    let of: Vec<OrganisationId> = [own.id].into_iter().chain(groups.iter().copied()).collect();
    let mut stated = membership::relations_to(c, &of)?;
    stated.retain(|relation| in_time(active, relation.period));

    let mut wanted: BTreeSet<OrganisationId> = of.into_iter().collect();
    wanted.extend(stated.iter().map(|relation| relation.member));
    let references = organisation::references(c, &wanted.into_iter().collect::<Vec<_>>())?;
    let mut members: BTreeMap<OrganisationId, Vec<Membership>> = BTreeMap::new();
    let mut in_group: HashMap<OrganisationId, BTreeSet<OrganisationId>> = HashMap::new();
    for relation in stated {
        in_group.entry(relation.of).or_default().insert(relation.member);
        members.entry(relation.member).or_default().push(Membership {
            relation_id: relation.id,
            of: reference(&references, relation.of)?,
            period: relation.period,
            note: relation.note,
        });
    }
    let working_groups = groups.iter().map(|id| {
        let named = in_group.get(id).map_or(0, BTreeSet::len) as u64;
        Ok(WorkingGroup { organisation: reference(&references, *id)?, named })
    });
    let mut working_groups = working_groups.collect::<Result<Vec<_>>>()?;
    working_groups
        .sort_by_cached_key(|of| (search_key(&of.organisation.label), of.organisation.id));

    let network = live.current(c)?;
    let named = members.len() as u64;
    let whole_time = active.from.is_none() && active.to.is_none();
    let href = whole_time.then(|| format!("/api/v1/organisations?member_of={}", own.id));
    let summary = MembershipSummary {
        organisation: reference(&references, own.id)?,
        named: Counted { count: named, href },
        working_groups,
        groups: counted(&own.content.groups, named),
        diversity: by_country(&network, members.keys().copied()),
    };

    let matching: Option<HashSet<Uuid>> =
        found.as_ref().map(|(ids, _)| ids.iter().copied().collect());
    let mut kept = Vec::with_capacity(members.len());
    for (id, memberships) in members {
        if matching.as_ref().is_none_or(|ids| ids.contains(&id.into())) {
            let organisation = reference(&references, id)?;
            kept.push(OrganisationMember { organisation, memberships });
        }
    }
    let mut page = cut(request, &BY_LABEL, kept).map_err(Error::Invalid)?;
    page.corrections = found.map(|(_, corrections)| corrections).unwrap_or_default();
    Ok((summary, page))
}

/// Whether a membership may have held in a time. Unknown and open ends put no limit.
fn in_time(active: Range<NaiveDate>, period: Period) -> bool {
    let from = active.from.unwrap_or(NaiveDate::MIN);
    period.possibly_overlaps(from, active.to.unwrap_or(NaiveDate::MAX))
}

fn reference(
    references: &HashMap<OrganisationId, OrganisationRef>,
    id: OrganisationId,
) -> Result<OrganisationRef> {
    let known = references.get(&id).cloned();
    known.ok_or_else(|| Error::internal("an organisation vanished from a snapshot"))
}

/// How diverse the named members are by country, each once; `None` without members.
fn by_country(
    network: &Network,
    members: impl Iterator<Item = OrganisationId>,
) -> Option<DimensionMeasures> {
    let nodes = members.filter_map(|id| network.organisation(id));
    let ties: Vec<Tie> =
        nodes.map(|partner| Tie { partner, shared: 1, ..Tie::default() }).collect();
    let weighting = Weighting::Partners;
    let measured = || measured(network, &ties, Dimension::Country, weighting, today());
    (!ties.is_empty()).then(measured)
}

/// The groups of members nobody names, beside the `named`.
fn counted(groups: &[Group], named: u64) -> Vec<CountedMembers> {
    let members = groups.iter().filter(|group| group.part == GroupPart::Member);
    let described = |group: &Group| {
        let exact = group.count.and_then(consortia_domain::count::Count::exact);
        CountedMembers {
            group: group.clone(),
            named,
            unnamed: exact.and_then(|count| u64::from(count).checked_sub(named)),
            bounds: group
                .organisations_and_countries()
                .and_then(|(size, countries)| bounds(size, countries)),
        }
    };
    members.map(described).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use consortia_domain::decode::decode;
    use consortia_domain::diversity::Between;
    use serde_json::json;

    fn group(count: &serde_json::Value, part: &str) -> Group {
        let body = json!({
            "part": part, "of": "organisations", "count": count, "country_count": 37
        });
        decode(&body).expect("a group")
    }

    #[test]
    fn of_43_in_37_countries_one_is_named() {
        let found = counted(&[group(&json!(43), "member"), group(&json!(5), "partner")], 1);
        assert_eq!(found.len(), 1, "partners are no members");
        assert_eq!((found[0].named, found[0].unnamed), (1, Some(42)));
        let bounds = found[0].bounds.as_ref().expect("bounds");
        let shown = |of: Between| format!("{:.4} {:.4}", of.least, of.greatest);
        assert_eq!(shown(bounds.blau), "0.9540 0.9703");
        assert_eq!(shown(bounds.shannon), "3.4444 3.5678");
    }

    #[test]
    fn an_inexact_number_leaves_open_who_is_not_named() {
        let found = counted(&[group(&json!(">40"), "member"), group(&json!(43), "member")], 50);
        assert_eq!((found[0].unnamed, found[0].bounds.is_none()), (None, true));
        // More are named than were counted: the counts are of different times, or one is wrong.
        assert_eq!((found[1].named, found[1].unnamed), (50, None));
    }
}
