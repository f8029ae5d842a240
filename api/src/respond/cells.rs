//! How values of the domain fill cells.

use super::csv::Cell;
use chrono::SecondsFormat;
use consortia_domain::external_id::ExternalId;
use consortia_domain::language::LocalizedText;
use consortia_domain::money::Money;
use consortia_domain::period::Period;
use consortia_domain::record::Timestamp;
use std::fmt::Display;

/// The amount, as a plain decimal.
pub(crate) fn amount(money: Option<Money>) -> Cell {
    Cell::maybe(money.map(Money::decimal))
}

/// The currency of an amount.
pub(crate) fn currency(money: Option<Money>) -> Cell {
    Cell::maybe(money.map(Money::currency))
}

/// A text in the language most readers understand.
pub(crate) fn preferred<T: Display>(text: &LocalizedText<T>) -> Cell {
    Cell::maybe_text(text.preferred(&[]).map(|(_, text)| text))
}

/// Every identifier, as `scheme:value`.
pub(crate) fn external_ids(ids: &[ExternalId]) -> Cell {
    Cell::list(ids)
}

/// The day, month or year a period starts.
pub(crate) fn start(period: Period) -> Cell {
    Cell::maybe(period.start().date())
}

/// The day, month or year a period ends.
pub(crate) fn end(period: Period) -> Cell {
    Cell::maybe(period.end().date())
}

/// An instant, letter for letter as JSON shows it: with as many digits of a second as it has,
/// three at a time.
pub(crate) fn instant(at: Timestamp) -> Cell {
    Cell::plain(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// Several amounts, each with its currency.
pub(crate) fn amounts(amounts: impl Iterator<Item = Money>) -> Cell {
    Cell::list(amounts.map(|money| format!("{} {}", money.decimal(), money.currency())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_as_json_writes_it() {
        for text in
            ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.120Z", "2026-01-31T12:00:00.123456Z"]
        {
            let at: Timestamp = text.parse().expect("an instant");
            let json = serde_json::to_value(at).expect("JSON");
            assert_eq!(Some(instant(at)), json.as_str().map(Cell::plain));
            assert_eq!(json, text);
        }
    }
}
