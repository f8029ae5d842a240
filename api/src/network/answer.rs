//! What the network is asked, answered in the registry's terms.

use super::{Live, scope, today};
use chrono::NaiveDate;
use consortia_db::{Conn, Error, Result, organisation};
use consortia_domain::country::Country;
use consortia_domain::diversity::{
    ClassCount, Dimension, DimensionMeasures, Diversity, DiversityYear, Peers, Rarefied,
    Standing as Place, Weighting,
};
use consortia_domain::id::{OrganisationId, RecordRef};
use consortia_domain::money::MoneySum;
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::page::{CursorValue, ListRequest, Page, SortKey, Sorted, cut};
use consortia_domain::partner::{Partner, PartnerCountry, PartnerFilter, PartnerSummary};
use consortia_domain::scope::{Scope as Stated, ScopeFilter};
use consortia_network::diversity::{classes, distance, measures, rao_stirling, rarefied_richness};
use consortia_network::{Ego, Lens, Network, Standing, Sums, Tie, compare};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// The order of partners when none is asked for.
const BY_IMPORTANCE: [SortKey; 2] = [
    SortKey { name: "shared_projects", descending: true },
    SortKey { name: "label", descending: false },
];

/// Sizes at which richness is compared.
const RAREFIED: [u64; 5] = [5, 10, 20, 50, 100];

/// A tie on its way into a page.
struct Listed<'a> {
    network: &'a Network,
    tie: Tie,
}

impl Sorted for Listed<'_> {
    fn value(&self, key: &str) -> CursorValue {
        let Tie { partner, shared, fractional, .. } = self.tie;
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
                let euro =
                    self.tie.ec_contribution.minor.get(&consortia_domain::money::Currency::EUR);
                euro.and_then(|minor| i64::try_from(*minor).ok())
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

/// The partners of an organisation in a scope, and a summary of all of them. A search chooses
/// among the partners and does not change the order.
/// O(participations in the organisation's projects + partners · log partners).
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
    let scope = scope(c, &request.filter.0, today())?;
    let found = match &request.search {
        Some(query) => Some(organisation::matching(c, query)?),
        None => None,
    };
    let network = live.current(c)?;
    let lens = Lens::new(&network, &scope, today());
    let ego = ego_of(&lens, id);
    let asked = Asked { scope: request.filter.0.stated.clone(), revision: network.revision() };
    let summary = summary(c, &network, &ego, id, asked)?;
    let listed = ego.ties.into_iter().map(|tie| Listed { network: &network, tie });
    let matching: Option<HashSet<Uuid>> =
        found.as_ref().map(|(ids, _)| ids.iter().copied().collect());
    let kept = listed.filter(|tie| matching.as_ref().is_none_or(|ids| ids.contains(&tie.id())));
    let page = cut(request, &BY_IMPORTANCE, kept.collect()).map_err(Error::Invalid)?;
    let ids: Vec<OrganisationId> =
        page.data.iter().map(|listed| network.organisation_id(listed.tie.partner)).collect();
    let references = organisation::references(c, &ids)?;
    let mut data = Vec::with_capacity(page.data.len());
    for Listed { tie, .. } in &page.data {
        // Gone between the snapshot and the network's revision.
        let Some(reference) = references.get(&network.organisation_id(tie.partner)) else {
            continue;
        };
        data.push(partner(reference.clone(), tie)?);
    }
    let corrections = found.map(|(_, corrections)| corrections).unwrap_or_default();
    Ok((summary, Page { data, next: page.next, total: page.total, corrections }))
}

/// What an answer says of how it was counted.
struct Asked {
    scope: Stated,
    revision: i64,
}

/// An organisation the network has not heard of has nothing in it.
fn ego_of(lens: &Lens<'_>, id: OrganisationId) -> Ego {
    lens.network().organisation(id).map(|node| lens.ego(node)).unwrap_or_default()
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

fn sum(sums: &Sums) -> Result<MoneySum> {
    MoneySum::of(&sums.minor, sums.known, sums.of)
        .map_err(|fault| Error::internal(format!("a sum of amounts: {fault}")))
}

/// The short form of an organisation that is there.
pub(super) fn own_reference(c: &mut Conn<'_>, id: OrganisationId) -> Result<OrganisationRef> {
    let mut own = organisation::references(c, &[id])?;
    own.remove(&id).ok_or_else(|| Error::internal("an organisation vanished from a snapshot"))
}

fn summary(
    c: &mut Conn<'_>,
    network: &Network,
    ego: &Ego,
    id: OrganisationId,
    asked: Asked,
) -> Result<PartnerSummary> {
    let mut countries: BTreeMap<Option<Country>, u64> = BTreeMap::new();
    for tie in &ego.ties {
        *countries.entry(network.country(tie.partner)).or_default() += 1;
    }
    let known = countries.keys().flatten().count();
    let mut by_country: Vec<PartnerCountry> = countries
        .into_iter()
        .map(|(country, partners)| PartnerCountry { country, partners })
        .collect();
    // Stable: countries with equally many stay in order of code, the unknown last.
    by_country.sort_by_key(|of| (std::cmp::Reverse(of.partners), of.country.is_none(), of.country));
    Ok(PartnerSummary {
        organisation: own_reference(c, id)?,
        scope: asked.scope,
        revision: asked.revision,
        projects: ego.projects.len() as u64,
        partners: ego.ties.len() as u64,
        collaborations: ego.collaborations(),
        countries: known as u64,
        by_country,
    })
}

/// How diverse the partners of an organisation are in a scope, and how it stands among those
/// with as many projects. O(participations) the first time a cohort is asked for at a revision,
/// O(participations in the organisation's projects · years) the first time an organisation is,
/// then O(1).
///
/// # Errors
/// When there is no such organisation, or the store fails.
pub fn diversity(
    c: &mut Conn<'_>,
    live: &Live,
    wanted: &RecordRef,
    filter: &ScopeFilter,
) -> Result<Diversity> {
    let id = organisation::resolve(c, wanted)?;
    let day = today();
    let scope = scope(c, filter, day)?;
    let organisation = own_reference(c, id)?;
    let network = live.current(c)?;
    let lens = Lens::new(&network, &scope, day);
    let key = (id, format!("{scope:?}"), day, network.revision());
    let found = live.diversities.get_with(key, || {
        Arc::new(compute_diversity(live, &lens, organisation.clone(), filter.stated.clone(), day))
    });
    // Another spelling of the same scope is repeated as it was given.
    Ok(Diversity { scope: filter.stated.clone(), organisation, ..(*found).clone() })
}

fn compute_diversity(
    live: &Live,
    lens: &Lens<'_>,
    organisation: OrganisationRef,
    scope: Stated,
    day: NaiveDate,
) -> Diversity {
    let network = lens.network();
    let ego = ego_of(lens, organisation.id);
    let combinations = Dimension::ALL
        .iter()
        .flat_map(|dimension| Weighting::ALL.iter().map(|weighting| (*dimension, *weighting)));
    let measures = combinations
        .map(|(dimension, weighting)| measured(network, &ego, dimension, weighting, day))
        .collect();
    let years = lens.years(ego.node, &ego.projects).iter().map(year).collect();
    Diversity {
        organisation,
        scope,
        revision: network.revision(),
        projects: ego.projects.len() as u64,
        partners: ego.ties.len() as u64,
        collaborations: ego.collaborations(),
        repeat_partner_rate: ego.repeat_partner_rate(),
        newcomer_share: lens.newcomer_share(&ego),
        measures,
        peers: (!ego.projects.is_empty()).then(|| peers(live, lens, &ego, day)),
        years,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn measured(
    network: &Network,
    ego: &Ego,
    dimension: Dimension,
    weighting: Weighting,
    day: NaiveDate,
) -> DimensionMeasures {
    let found = classes(network, &ego.ties, dimension, weighting, day);
    let counts: Vec<u64> = found.by_class.iter().map(|(_, count)| *count).collect();
    let of = measures(&counts);
    let rarefied = RAREFIED
        .into_iter()
        .filter_map(|n| rarefied_richness(&counts, n).map(|richness| Rarefied { n, richness }));
    let rao_stirling = rao_stirling(&found.by_class, |a, b| distance(dimension, a, b, day));
    let class = |(class, count): &(consortia_network::diversity::Class, u64)| ClassCount {
        class: class.code().to_owned(),
        count: *count,
        share: *count as f64 / of.items as f64,
    };
    DimensionMeasures {
        dimension,
        weighting,
        items: of.items,
        unclassified: found.unclassified,
        richness: of.richness,
        blau: of.blau,
        shannon: of.shannon,
        effective_1: of.effective_1,
        effective_2: of.effective_2,
        evenness: of.evenness,
        rarefied: rarefied.collect(),
        rao_stirling,
        classes: found.by_class.iter().map(class).collect(),
    }
}

fn year(year: &consortia_network::Year) -> DiversityYear {
    DiversityYear {
        year: year.year,
        projects: year.projects as u64,
        partners: year.standing.partners.into(),
        new_partners: year.new_partners as u64,
        countries: year.standing.countries.into(),
        blau: year.standing.blau,
    }
}

/// An organisation among those with as many projects in the scope.
pub(super) fn peers(live: &Live, lens: &Lens<'_>, ego: &Ego, day: NaiveDate) -> Peers {
    let projects = ego.projects.len();
    let key = (format!("{:?}", lens.scope()), projects, day, lens.network().revision());
    let cohort: Arc<Vec<Standing>> = live.cohorts.get_with(key, || Arc::new(lens.cohort(projects)));
    let own = lens.standing(ego.node, &ego.projects);
    let count = |count: u32| Some(f64::from(count));
    let place = |value: fn(&Standing) -> Option<f64>, own: Option<f64>| {
        let all: Vec<f64> = cohort.iter().filter_map(value).collect();
        let found = compare(own, all);
        let quartile = |n: usize| found.map(|found| found.quartiles[n]);
        Place {
            value: own,
            cohort: found.map_or(0, |found| found.cohort),
            mean: found.map(|found| found.mean),
            first_quartile: quartile(0),
            median: quartile(1),
            third_quartile: quartile(2),
            percentile: found.and_then(|found| found.percentile),
        }
    };
    Peers {
        projects: projects as u64,
        partners: place(|of| Some(f64::from(of.partners)), count(own.partners)),
        countries: place(|of| Some(f64::from(of.countries)), count(own.countries)),
        blau: place(|of| of.blau, own.blau),
    }
}
