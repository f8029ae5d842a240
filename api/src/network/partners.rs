//! The partners of one organisation.

use super::answer::{ego_of, own_reference, sum};
use super::links::Links;
use super::unnamed::unnamed;
use super::{Live, scope, today};
use chrono::NaiveDate;
use consortia_db::{Conn, Error, Key, Result, agreement, organisation};
use consortia_domain::country::Country;
use consortia_domain::id::{OrganisationId, RecordRef};
use consortia_domain::money::Currency;
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::page::{CursorValue, ListRequest, Page, SortKey, Sorted, cut, cut_sorted};
use consortia_domain::partner::{Partner, PartnerCountry, PartnerFilter, PartnerSummary};
use consortia_network::{Ego, Lens, Network, Tie};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// The order of partners when none is asked for.
const BY_IMPORTANCE: [SortKey; 2] = [
    SortKey { name: "shared_projects", descending: true },
    SortKey { name: "label", descending: false },
];

/// All partners of an organisation in a scope, ready to be cut into pages.
pub(super) struct PartnerList {
    /// In the order of [`BY_IMPORTANCE`].
    ties: Vec<Tie>,
    projects: u64,
    collaborations: u64,
    /// Most partners first.
    by_country: Vec<PartnerCountry>,
}

impl PartnerList {
    /// Those most projects are shared with.
    pub(super) fn first(&self, count: usize) -> Vec<&Tie> {
        self.ties.iter().take(count).collect()
    }

    /// How many there are in each country, most first.
    pub(super) fn by_country(&self) -> &[PartnerCountry] {
        &self.by_country
    }

    /// O(participations in the organisation's projects + partners · log partners).
    fn of(lens: &Lens<'_>, id: OrganisationId) -> Self {
        let network = lens.network();
        let ego = ego_of(lens, id);
        let (projects, collaborations) = (ego.projects.len() as u64, ego.collaborations());
        let by_country = by_country(network, &ego);
        let ties = by_importance(network, ego.ties);
        Self { ties, projects, collaborations, by_country }
    }

    /// How much of the memory for such lists it takes, in partners.
    pub(super) fn weight(&self) -> u32 {
        u32::try_from(self.ties.len()).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// Ties in the order of [`BY_IMPORTANCE`].
fn by_importance(network: &Network, mut ties: Vec<Tie>) -> Vec<Tie> {
    let beginning = |tie: &Tie| network.label_beginning(tie.partner);
    let keys = ties.iter().map(|tie| (Reverse(tie.shared), beginning(tie)));
    let mut order: Vec<_> = keys.zip(0_usize..).collect();
    order.sort_unstable_by(|(key_a, a), (key_b, b)| {
        let (a, b) = (ties[*a].partner, ties[*b].partner);
        let label = || network.label_key(a).cmp(network.label_key(b));
        let id = || network.organisation_id(a).cmp(&network.organisation_id(b));
        key_a.cmp(key_b).then_with(label).then_with(id)
    });
    order.into_iter().map(|(_, place)| std::mem::take(&mut ties[place])).collect()
}

/// Countries with equally many stay in order of code, the unknown last.
fn by_country(network: &Network, ego: &Ego) -> Vec<PartnerCountry> {
    let mut counts = vec![0; Country::ALL.len()];
    let mut unknown = 0;
    for tie in &ego.ties {
        match network.country(tie.partner) {
            Some(country) => counts[country.index()] += 1,
            None => unknown += 1,
        }
    }
    let known = Country::ALL.iter().copied().map(Some).zip(counts);
    let mut by_country: Vec<PartnerCountry> = known
        .chain([(None, unknown)])
        .filter(|(_, partners)| *partners > 0)
        .map(|(country, partners)| PartnerCountry { country, partners })
        .collect();
    by_country.sort_by_key(|of| Reverse(of.partners));
    by_country
}

/// A tie on its way into a page.
struct Listed<'a> {
    network: &'a Network,
    tie: &'a Tie,
}

impl Sorted for Listed<'_> {
    fn value(&self, key: &str) -> CursorValue {
        let Tie { partner, shared, fractional, .. } = *self.tie;
        let year =
            |year: Option<i32>| year.map_or(CursorValue::Null, |y| CursorValue::Integer(y.into()));
        match key {
            "shared_projects" => CursorValue::Integer(shared.into()),
            "fractional_weight" => CursorValue::of_float(fractional),
            "label" => CursorValue::Text(self.network.label_key(partner).to_owned()),
            "first_year" => year(self.tie.first_year()),
            "last_year" => year(self.tie.last_year()),
            "ec_contribution" => {
                // Amounts in different currencies have no order; euro are what there is.
                let euro = self.tie.ec_contribution.get(Currency::EUR);
                euro.and_then(|minor| i64::try_from(minor).ok())
                    .map_or(CursorValue::Null, CursorValue::Integer)
            }
            _ => {
                let country = self.network.country(partner);
                country.map_or(CursorValue::Null, |country| CursorValue::Text(country.to_string()))
            }
        }
    }

    fn id(&self) -> Uuid {
        self.network.organisation_id(self.tie.partner).into()
    }
}

/// The partners of an organisation, remembered for the revision.
pub(super) fn list_of(
    live: &Live,
    lens: &Lens<'_>,
    id: OrganisationId,
    day: NaiveDate,
) -> Arc<PartnerList> {
    let key = (id, Key::of(lens.scope()), day, lens.network().revision());
    live.partners.get_with(key, || Arc::new(PartnerList::of(lens, id)))
}

/// The partners of an organisation in a scope, and a summary of all of them. A search chooses
/// among the partners and does not change the order.
/// O(participations in the organisation's projects + partners · log partners) the first time at
/// a revision, then O(partners); less when they are to be in the usual order.
///
/// # Errors
/// When there is no such organisation, the cursor is foreign, or the store fails.
pub fn partners(
    c: &mut Conn<'_>,
    live: &Live,
    wanted: &RecordRef,
    request: &ListRequest<PartnerFilter>,
) -> Result<(PartnerSummary, Page<Partner>)> {
    let id = organisation::resolve(c, wanted)?;
    let day = today();
    let scope = scope(c, &request.filter.0, day)?;
    let found = match &request.search {
        Some(query) => Some(organisation::matching(c, query)?),
        None => None,
    };
    let network = live.current(c)?;
    let lens = Lens::new(&network, &scope, day);
    let list = list_of(live, &lens, id, day);

    let matching: Option<HashSet<Uuid>> =
        found.as_ref().map(|(ids, _)| ids.iter().copied().collect());
    let listed = list.ties.iter().map(|tie| Listed { network: &network, tie });
    let kept =
        listed.filter(|tie| matching.as_ref().is_none_or(|ids| ids.contains(&tie.id()))).collect();
    let in_order = request.sort.is_empty() || request.sort == BY_IMPORTANCE;
    let page = if in_order {
        cut_sorted(request, &BY_IMPORTANCE, kept)
    } else {
        cut(request, &BY_IMPORTANCE, kept)
    };
    let page = page.map_err(Error::Invalid)?;

    let ties: Vec<&Tie> = page.data.iter().map(|listed| listed.tie).collect();
    let data = described(c, &network, &ties)?;
    let organisation = own_reference(c, &lens, id)?;
    let summary = PartnerSummary {
        agreements: Links::agreements(organisation.id, agreement::count_of(c, organisation.id)?),
        organisation,
        scope: request.filter.0.stated.clone(),
        revision: network.revision(),
        projects: list.projects,
        partners: list.ties.len() as u64,
        collaborations: list.collaborations,
        countries: list.by_country.iter().filter(|of| of.country.is_some()).count() as u64,
        by_country: list.by_country.clone(),
        unnamed: unnamed(c, &lens, id)?,
    };
    let corrections = found.map(|(_, corrections)| corrections).unwrap_or_default();
    Ok((summary, Page { data, next: page.next, total: page.total, corrections }))
}

/// Ties as partners. One that is gone between the snapshot and the network's revision is left
/// out.
///
/// # Errors
/// When the store fails.
pub(super) fn described(
    c: &mut Conn<'_>,
    network: &Network,
    ties: &[&Tie],
) -> Result<Vec<Partner>> {
    let ids: Vec<OrganisationId> =
        ties.iter().map(|tie| network.organisation_id(tie.partner)).collect();
    let references = organisation::references(c, &ids)?;
    let there = ties.iter().zip(&ids).filter_map(|(tie, id)| Some((tie, references.get(id)?)));
    there.map(|(tie, reference)| partner(reference.clone(), tie)).collect()
}

fn partner(organisation: OrganisationRef, tie: &Tie) -> Result<Partner> {
    Ok(Partner {
        organisation,
        shared_projects: tie.shared.into(),
        fractional_weight: tie.fractional,
        roles: tie.partner_roles.iter().collect(),
        own_roles: tie.own_roles.iter().collect(),
        first_year: tie.first_year(),
        last_year: tie.last_year(),
        ec_contribution: sum(&tie.ec_contribution)?,
    })
}
