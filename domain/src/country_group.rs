//! Groups of countries whose members change: the European Union, associated countries.

mod table;

use crate::country::Country;
use chrono::NaiveDate;
use table::MEMBERSHIPS;

crate::vocabulary! {
    /// Groups of countries. Membership depends on the day; sources are named with the
    /// table of memberships.
    pub enum CountryGroup: "country_group" {
        Eu = "eu", "European Union";
        Candidate = "candidate", "EU candidate country";
        Efta = "efta", "European Free Trade Association";
        Eea = "eea", "European Economic Area";
        H2020Associated = "h2020_associated", "Associated to Horizon 2020";
        HorizonEuropeAssociated = "horizon_europe_associated", "Associated to Horizon Europe";
        /// Every country that is not a member of the European Union on that day.
        Third = "third", "Third country";
    }
}

/// A country's membership in a group. A country may have several one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: CountryGroup,
    /// The member.
    pub country: Country,
    /// The first day of membership.
    pub from: NaiveDate,
    /// The last day of membership; `None` while it lasts.
    pub until: Option<NaiveDate>,
}

impl Membership {
    /// Whether the membership includes `day`.
    #[must_use]
    pub fn includes(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl CountryGroup {
    /// The dated memberships of the group, by date of entry, then country; empty for
    /// [`CountryGroup::Third`], which is what remains.
    pub fn memberships(self) -> impl Iterator<Item = &'static Membership> {
        MEMBERSHIPS.iter().filter(move |row| row.group == self)
    }

    /// The countries in the group on that day, ordered by code.
    #[must_use]
    pub fn members(self, on: NaiveDate) -> Vec<Country> {
        Country::ALL.iter().copied().filter(|country| country.in_group(self, on)).collect()
    }
}

impl Country {
    /// Whether the country is in `group` on that day.
    #[must_use]
    pub fn in_group(self, group: CountryGroup, on: NaiveDate) -> bool {
        if group == CountryGroup::Third {
            return !self.in_group(CountryGroup::Eu, on);
        }
        group.memberships().any(|row| row.country == self && row.includes(on))
    }
}
