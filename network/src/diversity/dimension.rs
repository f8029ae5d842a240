//! The classes of organisations.

use super::Counts;
use crate::ego::Tie;
use crate::network::Network;
use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::country_group::CountryGroup;
use consortia_domain::diversity::{Dimension, Weighting};
use std::collections::BTreeMap;

/// A class of a dimension, by its code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class(String);

impl Class {
    /// The class with this code.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// Its code: a country's, a vocabulary's, or the first letters of a NUTS code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// How many letters of a NUTS code tell a region: its country and two digits, NUTS 2.
pub const REGION_LETTERS: usize = 4;

/// What makes a country associated: an agreement on either framework programme.
const ASSOCIATED: [CountryGroup; 2] =
    [CountryGroup::H2020Associated, CountryGroup::HorizonEuropeAssociated];

/// The group of a country on a day: `eu`, `associated` or `third`.
fn group(country: Country, day: NaiveDate) -> &'static str {
    if country.in_group(CountryGroup::Eu, day) {
        "eu"
    } else if ASSOCIATED.into_iter().any(|group| country.in_group(group, day)) {
        "associated"
    } else {
        "third"
    }
}

/// The class of an organisation in a dimension; `None` when it is unknown. Countries belong to
/// the group they are in on `day`.
#[must_use]
pub fn class(network: &Network, node: u32, dimension: Dimension, day: NaiveDate) -> Option<Class> {
    let organisation = network.organisation_at(node);
    match dimension {
        Dimension::Country => organisation.country.map(|country| Class::new(country.code())),
        Dimension::Region => {
            let nuts = organisation.nuts.as_ref()?.as_str();
            nuts.get(..REGION_LETTERS).map(Class::new)
        }
        Dimension::OrganisationType => organisation.r#type.map(|of| Class::new(of.code())),
        Dimension::Sector => organisation.sector.map(|of| Class::new(of.code())),
        Dimension::CountryGroup => {
            organisation.country.map(|country| Class::new(group(country, day)))
        }
    }
}

/// How far apart two different classes are, from 0 to 1: two countries of the same group
/// (EU, associated, third) half, two regions of one country half, all else 1.
#[must_use]
pub fn distance(dimension: Dimension, a: &Class, b: &Class, day: NaiveDate) -> f64 {
    let near = match dimension {
        Dimension::Country => {
            let group = |class: &Class| {
                class.code().parse::<Country>().ok().map(|country| group(country, day))
            };
            group(a) == group(b)
        }
        Dimension::Region => a.code().get(..2) == b.code().get(..2),
        Dimension::OrganisationType | Dimension::Sector | Dimension::CountryGroup => false,
    };
    if near { 0.5 } else { 1.0 }
}

/// How many partners, or collaborations with them, each class holds. O(partners · log K).
#[must_use]
pub fn classes(
    network: &Network,
    ties: &[Tie],
    dimension: Dimension,
    weighting: Weighting,
    day: NaiveDate,
) -> Counts {
    let mut counts: BTreeMap<Class, u64> = BTreeMap::new();
    let mut unclassified = 0;
    for tie in ties {
        let weight = match weighting {
            Weighting::Partners => 1,
            Weighting::Collaborations => u64::from(tie.shared),
        };
        match class(network, tie.partner, dimension, day) {
            Some(class) => *counts.entry(class).or_default() += weight,
            None => unclassified += weight,
        }
    }
    let mut by_class: Vec<_> = counts.into_iter().collect();
    // Stable: classes of one size stay in order of their codes.
    by_class.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Counts { by_class, unclassified }
}
