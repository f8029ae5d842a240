//! How diverse partners are, and how that stands among peers.

use super::answer::{ego_of, own_reference};
use super::unnamed::unnamed;
use super::{Live, scope, today};
use chrono::NaiveDate;
use consortia_db::{Conn, Key, Result, organisation};
use consortia_domain::diversity::{
    ClassCount, Dimension, DimensionMeasures, Diversity, DiversityYear, Peers, Rarefied,
    Standing as Place, Weighting,
};
use consortia_domain::id::RecordRef;
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::scope::{Scope as Stated, ScopeFilter};
use consortia_network::diversity::{classes, distance, measures, rao_stirling, rarefied_richness};
use consortia_network::{Ego, Lens, Network, Standing, Tie, compare};
use std::sync::Arc;

/// Sizes at which richness is compared.
const RAREFIED: [u64; 5] = [5, 10, 20, 50, 100];

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
    let network = live.current(c)?;
    let lens = Lens::new(&network, &scope, day);
    let organisation = own_reference(c, &lens, id)?;
    let found = remembered(live, &lens, &organisation, day);
    let unnamed = unnamed(c, &lens, id)?;
    Ok(Diversity { scope: filter.stated.clone(), organisation, unnamed, ..(*found).clone() })
}

/// The diversity of an organisation, remembered for the revision. Its scope is not stated:
/// another spelling of the same one is repeated as it was given. Nor are its unnamed partners,
/// which the store knows.
pub(super) fn remembered(
    live: &Live,
    lens: &Lens<'_>,
    organisation: &OrganisationRef,
    day: NaiveDate,
) -> Arc<Diversity> {
    let key = (organisation.id, Key::of(lens.scope()), day, lens.network().revision());
    live.diversities
        .get_with(key, || Arc::new(compute_diversity(live, lens, organisation.clone(), day)))
}

fn compute_diversity(
    live: &Live,
    lens: &Lens<'_>,
    organisation: OrganisationRef,
    day: NaiveDate,
) -> Diversity {
    let network = lens.network();
    let ego = ego_of(lens, organisation.id);
    let combinations = Dimension::ALL
        .iter()
        .flat_map(|dimension| Weighting::ALL.iter().map(|weighting| (*dimension, *weighting)));
    let measures = combinations
        .map(|(dimension, weighting)| measured(network, &ego.ties, dimension, weighting, day))
        .collect();
    let years = lens.years(ego.node, &ego.projects).iter().map(year).collect();
    Diversity {
        organisation,
        scope: Stated::default(),
        revision: network.revision(),
        projects: ego.projects.len() as u64,
        partners: ego.ties.len() as u64,
        collaborations: ego.collaborations(),
        repeat_partner_rate: ego.repeat_partner_rate(),
        newcomer_share: lens.newcomer_share(&ego),
        measures,
        peers: (!ego.projects.is_empty()).then(|| peers(live, lens, &ego, day)),
        years,
        unnamed: Vec::new(),
    }
}

/// Every measure of those that `ties` lead to.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(super) fn measured(
    network: &Network,
    ties: &[Tie],
    dimension: Dimension,
    weighting: Weighting,
    day: NaiveDate,
) -> DimensionMeasures {
    let found = classes(network, ties, dimension, weighting, day);
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
    let key = (Key::of(lens.scope()), projects, day, lens.network().revision());
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
