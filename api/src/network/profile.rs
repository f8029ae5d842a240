//! An organisation on one page.

mod highlights;
mod topics;

use super::answer::{ego_of, own_reference, sum};
use super::diversity::remembered;
use super::links::Links;
use super::partners::{described, list_of};
use super::unnamed::unnamed;
use super::{Live, scope, today};
use chrono::{Datelike as _, NaiveDate};
use consortia_db::{Conn, Result, agreement, membership, organisation, programme};
use consortia_domain::id::{ProgrammeId, RecordRef};
use consortia_domain::partner::PartnerCountry;
use consortia_domain::period::Period;
use consortia_domain::profile::{
    Contribution, Counted, CountryCount, Profile, ProfileFilter, ProgrammeCount, RoleCount,
    StatusCount,
};
use consortia_domain::project::ProjectStatus;
use consortia_domain::role::Role;
use consortia_network::{Ego, Lens, OwnParticipation, Sums};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many of the most frequent partners are named.
const FREQUENT: usize = 10;

/// What an organisation does in a scope, and where each figure's records are listed.
/// O(participations in its projects), and the first time at a revision what its diversity
/// takes.
///
/// # Errors
/// When there is no such organisation, or the store fails.
pub fn profile(
    c: &mut Conn<'_>,
    live: &Live,
    wanted: &RecordRef,
    filter: &ProfileFilter,
) -> Result<Profile> {
    let id = organisation::resolve(c, wanted)?;
    let day = today();
    let scope = scope(c, &filter.scope, day)?;
    let network = live.current(c)?;
    let lens = Lens::new(&network, &scope, day);
    let organisation = own_reference(c, &lens, id)?;
    let list = list_of(live, &lens, id, day);
    let diversity = remembered(live, &lens, &organisation, day);
    let ego = ego_of(&lens, id);
    let own: Vec<OwnParticipation> = network
        .organisation(id)
        .map(|node| lens.own_participations(node).collect())
        .unwrap_or_default();
    let links = Links::of(&lens, id, &filter.scope.stated);
    let periods = || ego.projects.iter().map(|project| network.period(*project));
    let year = |day: Option<NaiveDate>| day.map(|day| day.year());
    let rolls_up = filter.scope.rollup.is_some();
    let by_country = list.by_country();
    let agreements = Links::agreements(organisation.id, agreement::count_of(c, organisation.id)?);
    let networks = membership::networks_of(c, organisation.id)?.len() as u64;
    Ok(Profile {
        agreements,
        networks: Links::networks(organisation.id, networks),
        organisation,
        scope: filter.scope.stated.clone(),
        revision: network.revision(),
        projects: Counted { count: ego.projects.len() as u64, href: links.projects(&[]) },
        first_year: year(periods().filter_map(Period::earliest_start).min()),
        last_year: year(periods().filter_map(Period::latest_end).max()),
        statuses: statuses(&lens, &ego, &links, day),
        roles: roles(&own, &links),
        ec_contribution: Contribution {
            sum: sum(&Sums::of(own.iter().map(|of| of.ec_contribution)))?,
            href: links.participations(&[]),
        },
        programmes: programmes(c, &lens, &ego, &links)?,
        partners: Counted { count: ego.ties.len() as u64, href: links.partners(&[]) },
        collaborations: diversity.collaborations,
        repeat_partner_rate: diversity.repeat_partner_rate,
        newcomer_share: diversity.newcomer_share,
        countries: by_country.iter().filter(|of| of.country.is_some()).count() as u64,
        partners_by_country: by_country.iter().map(|of| country(of, &links, rolls_up)).collect(),
        unnamed_partners: unnamed(c, &lens, id)?,
        peers: diversity.peers.clone(),
        diversity_href: links.below("diversity"),
        frequent_partners: described(c, &network, &list.first(FREQUENT))?,
        topics: topics::topics(c, &lens, &ego, &links, filter.period_years)?,
        highlights: highlights::highlights(c, &lens, &ego, &own)?,
    })
}

/// Projects by where they stand, in the order of the vocabulary, the unknown last.
fn statuses(lens: &Lens<'_>, ego: &Ego, links: &Links<'_>, day: NaiveDate) -> Vec<StatusCount> {
    let mut counts: HashMap<Option<ProjectStatus>, u64> = HashMap::new();
    for project in &ego.projects {
        *counts.entry(lens.network().status(*project, day)).or_default() += 1;
    }
    let all = ProjectStatus::ALL.iter().copied().map(Some).chain([None]);
    let counted = |status: Option<ProjectStatus>| {
        let code = status.map_or("unknown", ProjectStatus::code);
        let href = links.projects(&[("status", code)]);
        Some(StatusCount { status, projects: Counted { count: *counts.get(&status)?, href } })
    };
    all.filter_map(counted).collect()
}

/// Participations by role, in the order of the vocabulary, the unknown last.
fn roles(own: &[OwnParticipation], links: &Links<'_>) -> Vec<RoleCount> {
    let all = Role::ALL.iter().copied().map(Some).chain([None]);
    let counted = |role: Option<Role>| {
        let count = own.iter().filter(|of| of.role == role).count() as u64;
        let code = role.map_or("unknown", Role::code);
        let href = links.participations(&[("role", code)]);
        (count > 0).then_some(RoleCount { role, participations: Counted { count, href } })
    };
    all.filter_map(counted).collect()
}

/// Projects by programme, those of branches counted in what they are a branch of.
fn programmes(
    c: &mut Conn<'_>,
    lens: &Lens<'_>,
    ego: &Ego,
    links: &Links<'_>,
) -> Result<Vec<ProgrammeCount>> {
    let network = lens.network();
    let direct =
        |project: &u32| network.programmes(*project).iter().copied().map(ProgrammeId::from);
    let named: HashSet<ProgrammeId> = ego.projects.iter().flat_map(direct).collect();
    let lineage = programme::lineage(c, &named.into_iter().collect::<Vec<_>>())?;
    let mut counts: BTreeMap<ProgrammeId, u64> = BTreeMap::new();
    for project in &ego.projects {
        let mut within: HashSet<ProgrammeId> = HashSet::new();
        for programme in direct(project) {
            let mut next = Some(programme);
            while let Some(id) = next.filter(|id| lineage.contains_key(id) && within.insert(*id)) {
                next = lineage.get(&id).and_then(|(_, parent)| *parent);
            }
        }
        for id in within {
            *counts.entry(id).or_default() += 1;
        }
    }
    let mut found: Vec<ProgrammeCount> = counts
        .into_iter()
        .filter_map(|(id, count)| {
            let href = links.projects(&[("programme", &id.to_string())]);
            let (programme, _) = lineage.get(&id)?.clone();
            Some(ProgrammeCount { programme, projects: Counted { count, href } })
        })
        .collect();
    // Of equally many the wider one first: a branch is known by its longer code.
    let code = |of: &ProgrammeCount| of.programme.code.as_ref().map(ToString::to_string);
    found.sort_by_cached_key(|of| (Reverse(of.projects.count), of.programme.level, code(of)));
    Ok(found)
}

/// The address of the partners in a country. With units counted as their parents there is
/// none: lists choose by the units' own countries.
fn country(of: &PartnerCountry, links: &Links<'_>, rolls_up: bool) -> CountryCount {
    let code = of.country.map_or("unknown", |country| country.code());
    let href = if rolls_up { None } else { links.partners(&[("country", code)]) };
    CountryCount { country: of.country, partners: Counted { count: of.partners, href } }
}
