//! The communities of the network.

use super::position::{references, stated};
use crate::problem::{Code, Problem};
use crate::respond::Listed;
use consortia_db::{Conn, Error, Result, organisation, project};
use consortia_domain::country::Country;
use consortia_domain::id::ProjectId;
use consortia_domain::network::{
    Community, CommunityCountry, CommunityFilter, CommunityKeyword, CommunityMember,
    CommunityMembers, CommunitySummary, MemberFilter, NetworkFilter,
};
use consortia_domain::page::{
    Correction, CursorValue, ListRequest, Page, SearchQuery, SortKey, Sorted, cut,
};
use consortia_network::{Portrait, Whole};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// The order of communities when none is asked for.
const LARGEST_FIRST: [SortKey; 1] = [SortKey { name: "number", descending: false }];
/// The order of members when none is asked for.
const STRONGEST_FIRST: [SortKey; 1] = [SortKey { name: "strength_within", descending: true }];
/// How many countries a community names.
const COUNTRIES: usize = 10;
/// How many organisations a community names.
const TOP: usize = 5;
/// How many keywords a community names.
const KEYWORDS: usize = 10;

/// A community on its way into a page.
struct Numbered<'a> {
    number: u64,
    portrait: &'a Portrait,
}

impl Sorted for Numbered<'_> {
    fn value(&self, key: &str) -> CursorValue {
        let count = |count: u64| CursorValue::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        match key {
            "projects" => count(self.portrait.projects.len() as u64),
            "ties_within" => count(self.portrait.ties_within),
            "ties_outward" => count(self.portrait.ties_outward),
            _ => count(self.number),
        }
    }

    fn id(&self) -> Uuid {
        Uuid::from_u128(self.number.into())
    }
}

/// A member on its way into a page.
struct Member {
    node: u32,
    id: Uuid,
    partners: u64,
    partners_within: u32,
    strength_within: f64,
}

impl Sorted for Member {
    fn value(&self, key: &str) -> CursorValue {
        match key {
            "partners" => CursorValue::Integer(i64::try_from(self.partners).unwrap_or(i64::MAX)),
            "partners_within" => CursorValue::Integer(self.partners_within.into()),
            _ => CursorValue::of_float(self.strength_within),
        }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

/// The nodes that a search finds, and the words that were mended; `None` without a search.
fn found(
    c: &mut Conn<'_>,
    whole: &Whole,
    search: Option<&SearchQuery>,
) -> Result<(Option<HashSet<u32>>, Vec<Correction>)> {
    let Some(query) = search else { return Ok((None, Vec::new())) };
    let (ids, corrections) = organisation::matching(c, query)?;
    let nodes = ids.into_iter().filter_map(|id| whole.frozen().node(id.into()));
    Ok((Some(nodes.collect()), corrections))
}

fn told(filter: &NetworkFilter, whole: &Whole) -> CommunitySummary {
    let sizes = whole.communities().partition.sizes();
    let communities = sizes.iter().filter(|size| **size > 1).count();
    CommunitySummary {
        network: stated(filter, whole),
        communities: communities as u64,
        alone: (sizes.len() - communities) as u64,
        modularity: whole.communities().modularity,
    }
}

fn community(c: &mut Conn<'_>, whole: &Whole, of: &Numbered<'_>) -> Result<Community> {
    let portrait = of.portrait;
    let mut countries: BTreeMap<Option<Country>, u64> = BTreeMap::new();
    for node in &portrait.members {
        *countries.entry(whole.frozen().countries[*node as usize]).or_default() += 1;
    }
    let mut countries: Vec<CommunityCountry> = countries
        .into_iter()
        .map(|(country, organisations)| CommunityCountry { country, organisations })
        .collect();
    countries.sort_by_key(|of| Reverse(of.organisations));
    countries.truncate(COUNTRIES);
    let top = portrait.members.iter().copied().take(TOP);
    let mut references = references(c, whole, top.clone())?;
    Ok(Community {
        number: of.number,
        organisations: portrait.members.len() as u64,
        projects: portrait.projects.len() as u64,
        ties_within: portrait.ties_within,
        ties_outward: portrait.ties_outward,
        countries,
        top_organisations: top.filter_map(|node| references.remove(&node)).collect(),
    })
}

/// A page of the communities; a search finds those that have a matching member.
/// O(communities + organisations on the page's communities) once they were computed.
///
/// # Errors
/// When the cursor is foreign, or the store fails.
pub fn communities(
    c: &mut Conn<'_>,
    whole: &Whole,
    request: &ListRequest<CommunityFilter>,
) -> Result<Listed<Community>> {
    let (matching, corrections) = found(c, whole, request.search.as_ref())?;
    let labels = whole.communities().partition.labels();
    let groups: Option<HashSet<u32>> =
        matching.map(|nodes| nodes.into_iter().map(|node| labels[node as usize]).collect());
    let listed = (0..)
        .zip(&whole.portraits().communities)
        .filter(|(group, portrait)| {
            portrait.members.len() > 1 && groups.as_ref().is_none_or(|of| of.contains(group))
        })
        .map(|(group, portrait)| Numbered { number: u64::from(group) + 1, portrait });
    let page = cut(request, &LARGEST_FIRST, listed.collect()).map_err(Error::Invalid)?;
    let mut data = Vec::with_capacity(page.data.len());
    for of in &page.data {
        data.push(community(c, whole, of)?);
    }
    let page = Page { data, next: page.next, total: page.total, corrections };
    Listed::with(page, &told(&request.filter.0, whole))
}

/// The community of a number.
///
/// # Errors
/// `not_found` when no community of the network has it.
pub fn check_number(whole: &Whole, number: u64) -> std::result::Result<(), Problem> {
    if portrait(whole, number).is_some() {
        return Ok(());
    }
    let sizes = whole.communities().partition.sizes();
    let last = sizes.iter().filter(|size| **size > 1).count();
    let detail = format!(
        "This network has no community {number}; its communities are numbered from 1 to {last}."
    );
    Err(Problem::new(Code::NotFound, detail))
}

fn portrait(whole: &Whole, number: u64) -> Option<&Portrait> {
    let place = usize::try_from(number).ok()?.checked_sub(1)?;
    whole.portraits().communities.get(place).filter(|of| of.members.len() > 1)
}

/// A page of the members of a community there is, and the community itself.
/// O(members + projects of the community) once the communities were computed.
///
/// # Errors
/// When the cursor is foreign, or the store fails.
pub fn members(
    c: &mut Conn<'_>,
    whole: &Whole,
    number: u64,
    request: &ListRequest<MemberFilter>,
) -> Result<Listed<CommunityMember>> {
    let portraits = whole.portraits();
    let portrait = portrait(whole, number).ok_or_else(|| Error::internal("no such community"))?;
    let (matching, corrections) = found(c, whole, request.search.as_ref())?;
    let nodes = portrait.members.iter().copied();
    let chosen = nodes.filter(|node| matching.as_ref().is_none_or(|of| of.contains(node)));
    let member = |node: u32| Member {
        node,
        id: whole.frozen().organisations[node as usize].into(),
        partners: whole.graph().degree(node) as u64,
        partners_within: portraits.partners_within[node as usize],
        strength_within: portraits.strength_within[node as usize],
    };
    let page =
        cut(request, &STRONGEST_FIRST, chosen.map(member).collect()).map_err(Error::Invalid)?;
    let references = references(c, whole, page.data.iter().map(|member| member.node))?;
    let shown = |of: &Member| {
        Some(CommunityMember {
            organisation: references.get(&of.node)?.clone(),
            partners_within: of.partners_within.into(),
            partners: of.partners,
            strength_within: of.strength_within,
        })
    };
    let data = page.data.iter().filter_map(shown).collect();
    let projects: Vec<ProjectId> =
        portrait.projects.iter().map(|of| whole.frozen().projects[*of as usize]).collect();
    let keywords = project::subjects(c, &projects)?.into_iter().take(KEYWORDS);
    let summary = CommunityMembers {
        network: told(&request.filter.0, whole),
        community: community(c, whole, &Numbered { number, portrait })?,
        keywords: keywords
            .map(|(keyword, projects)| CommunityKeyword { keyword, projects })
            .collect(),
    };
    let page = Page { data, next: page.next, total: page.total, corrections };
    Listed::with(page, &summary)
}
