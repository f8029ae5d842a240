//! Participations as columns: a seat is one participation, known by its number.

use consortia_domain::money::{Currency, Money};
use consortia_domain::role::Role;

/// An amount that is not known, in the column of amounts.
const UNKNOWN: i64 = i64::MIN;

/// One participation, as the columns keep it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seat {
    pub(crate) organisation: u32,
    pub(crate) project: u32,
    pub(crate) role: Option<Role>,
    pub(crate) ec_contribution: Option<Money>,
}

/// All participations. 18 bytes each; a seat that is given up is used again.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    organisations: Vec<u32>,
    projects: Vec<u32>,
    roles: Vec<Option<Role>>,
    currencies: Vec<Option<Currency>>,
    amounts: Vec<i64>,
}

impl Seats {
    /// Makes room for so many seats in all.
    pub(crate) fn make_room(&mut self, total: usize) {
        let more = total.saturating_sub(self.organisations.len());
        self.organisations.reserve_exact(more);
        self.projects.reserve_exact(more);
        self.roles.reserve_exact(more);
        self.currencies.reserve_exact(more);
        self.amounts.reserve_exact(more);
    }

    /// The memory they take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        (self.organisations.capacity() + self.projects.capacity()) * size_of::<u32>()
            + self.roles.capacity() * size_of::<Option<Role>>()
            + self.currencies.capacity() * size_of::<Option<Currency>>()
            + self.amounts.capacity() * size_of::<i64>()
    }

    /// Writes the seat `number`, which may be the next new one.
    pub(crate) fn put(&mut self, number: u32, seat: Seat) {
        let place = number as usize;
        if place >= self.organisations.len() {
            self.organisations.resize(place + 1, u32::MAX);
            self.projects.resize(place + 1, u32::MAX);
            self.roles.resize(place + 1, None);
            self.currencies.resize(place + 1, None);
            self.amounts.resize(place + 1, UNKNOWN);
        }
        self.organisations[place] = seat.organisation;
        self.projects[place] = seat.project;
        self.roles[place] = seat.role;
        self.currencies[place] = seat.ec_contribution.map(Money::currency);
        self.amounts[place] = seat.ec_contribution.map_or(UNKNOWN, Money::minor);
    }

    /// Empties the seat `number`; gives its organisation and project if it was taken.
    pub(crate) fn clear(&mut self, number: u32) -> Option<(u32, u32)> {
        let taken = self.taken(number)?;
        self.organisations[number as usize] = u32::MAX;
        Some(taken)
    }

    /// The organisation and project of a seat that is taken.
    pub(crate) fn taken(&self, number: u32) -> Option<(u32, u32)> {
        let organisation = *self.organisations.get(number as usize)?;
        (organisation != u32::MAX).then(|| (organisation, self.projects[number as usize]))
    }

    pub(crate) fn organisation(&self, number: u32) -> u32 {
        self.organisations[number as usize]
    }

    pub(crate) fn project(&self, number: u32) -> u32 {
        self.projects[number as usize]
    }

    pub(crate) fn role(&self, number: u32) -> Option<Role> {
        self.roles[number as usize]
    }

    /// What the seat gets, in the smallest unit of its currency.
    pub(crate) fn ec_contribution(&self, number: u32) -> Option<(Currency, i64)> {
        let amount = self.amounts[number as usize];
        self.currencies[number as usize].filter(|_| amount != UNKNOWN).map(|of| (of, amount))
    }
}
