//! Sums of amounts of which some are unknown.

use consortia_domain::money::Currency;
use std::collections::BTreeMap;

/// Amounts that are known, by currency, and of how many participations. Nearly all are in one
/// currency, for which no memory is allocated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    first: Option<(Currency, i128)>,
    others: BTreeMap<Currency, i128>,
    /// Participations with a known amount.
    pub known: u64,
    /// All participations that were looked at.
    pub of: u64,
}

impl Sums {
    /// What these amounts come to.
    pub fn of(amounts: impl IntoIterator<Item = Option<(Currency, i64)>>) -> Self {
        let mut sums = Self::default();
        amounts.into_iter().for_each(|amount| sums.add(amount));
        sums
    }

    /// Adds what one participation gets, in the smallest unit of the currency.
    pub(crate) fn add(&mut self, amount: Option<(Currency, i64)>) {
        self.of += 1;
        let Some((currency, minor)) = amount else { return };
        self.known += 1;
        match &mut self.first {
            Some((first, sum)) if *first == currency => *sum += i128::from(minor),
            Some(_) => *self.others.entry(currency).or_default() += i128::from(minor),
            first => *first = Some((currency, i128::from(minor))),
        }
    }

    /// The sum in a currency, in its smallest unit; `None` when no amount in it is known.
    #[must_use]
    pub fn get(&self, currency: Currency) -> Option<i128> {
        match self.first {
            Some((first, sum)) if first == currency => Some(sum),
            _ => self.others.get(&currency).copied(),
        }
    }

    /// The sum in each currency, in the order of currencies.
    #[must_use]
    pub fn by_currency(&self) -> BTreeMap<Currency, i128> {
        let mut all = self.others.clone();
        all.extend(self.first);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_by_currency_and_say_what_is_known() {
        let currency = |code: &str| code.parse::<Currency>().expect("a currency");
        let (euro, franc) = (Currency::EUR, currency("CHF"));
        let amounts = [Some((euro, 5)), None, Some((franc, 7)), Some((euro, -2)), Some((franc, 1))];
        let sums = Sums::of(amounts);
        assert_eq!((sums.known, sums.of), (4, 5));
        assert_eq!((sums.get(euro), sums.get(franc)), (Some(3), Some(8)));
        assert_eq!(sums.get(currency("USD")), None);
        assert_eq!(sums.by_currency(), BTreeMap::from([(franc, 8), (euro, 3)]));
    }
}
