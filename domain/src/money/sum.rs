//! Sums of amounts of which some are unknown.

use super::{Currency, Money};
use crate::error::Invalid;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What amounts add up to, by currency, and how many of them are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneySum {
    /// The sum in each currency; empty when no amount is known.
    pub amounts: Vec<Money>,
    /// How many of the items have a known amount.
    #[schema(example = 2)]
    pub known: u64,
    /// How many items there are.
    #[schema(example = 2)]
    pub of: u64,
}

impl MoneySum {
    /// The sum of amounts in the smallest units of their currencies.
    ///
    /// # Errors
    /// When a sum is beyond what [`Money`] holds.
    pub fn of(minor: &BTreeMap<Currency, i128>, known: u64, of: u64) -> Result<Self, Invalid> {
        let amount = |(currency, minor): (&Currency, &i128)| {
            Money::from_minor(i64::try_from(*minor).unwrap_or(i64::MAX), *currency)
        };
        Ok(Self { amounts: minor.iter().map(amount).collect::<Result<_, _>>()?, known, of })
    }
}
