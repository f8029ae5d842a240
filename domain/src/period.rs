//! Periods with imprecise, unknown or open ends.

use crate::decode::{Decode, Object, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use crate::partial_date::{PartialDate, date_pattern};
use crate::text::shown;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::schema::{OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

crate::vocabulary! {
    /// Whether something is so, when dates may be imprecise.
    pub enum Certainty: "certainty" {
        Yes = "yes", "Yes";
        Possible = "possible", "Possible";
        No = "no", "No";
    }
}

/// One end of a [`Period`].
///
/// In JSON a date, `".."` for an open end, or null for an unknown one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bound {
    /// There is such a day, but nobody stated it.
    #[default]
    Unknown,
    /// There is no such day: since ever, or until further notice.
    Open,
    /// The day, as far as it is known.
    Date(PartialDate),
}

impl Bound {
    /// The date, when there is one.
    #[must_use]
    pub fn date(self) -> Option<PartialDate> {
        match self {
            Self::Date(date) => Some(date),
            Self::Unknown | Self::Open => None,
        }
    }

    /// Whether nobody stated this end.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self == Self::Unknown
    }
}

impl From<Option<PartialDate>> for Bound {
    fn from(date: Option<PartialDate>) -> Self {
        date.map_or(Self::Unknown, Self::Date)
    }
}

impl From<PartialDate> for Bound {
    fn from(date: PartialDate) -> Self {
        Self::Date(date)
    }
}

impl FromStr for Bound {
    type Err = Invalid;

    /// A date, `..` (open) or the empty text (unknown).
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.trim() {
            "" => Ok(Self::Unknown),
            ".." => Ok(Self::Open),
            date => date.parse().map(Self::Date),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => Ok(()),
            Self::Open => f.write_str(".."),
            Self::Date(date) => date.fmt(f),
        }
    }
}

impl Serialize for Bound {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            known => serializer.collect_str(known),
        }
    }
}

/// From when to when, both days included, as far as known.
///
/// Never ends before it starts: some reading of its dates is always in order. The
/// default is unknown at both ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Period {
    start: Bound,
    end: Bound,
}

impl Period {
    /// The period from `start` to `end`.
    ///
    /// # Errors
    /// `end_before_start` when no reading of the dates is in order.
    pub fn new(start: Bound, end: Bound) -> Result<Self, Invalid> {
        if let (Bound::Date(from), Bound::Date(to)) = (start, end)
            && to.latest() < from.earliest()
        {
            let detail = format!(
                "The period ends ({to}) before it starts ({from}); exchange or correct the dates."
            );
            return Err(Invalid::new("end_before_start", detail));
        }
        Ok(Self { start, end })
    }

    /// When it starts.
    #[must_use]
    pub fn start(self) -> Bound {
        self.start
    }

    /// When it ends, that day included.
    #[must_use]
    pub fn end(self) -> Bound {
        self.end
    }

    /// Whether neither end was stated.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self.start.is_unknown() && self.end.is_unknown()
    }

    /// The first day it may start on; `None` when unknown or open.
    #[must_use]
    pub fn earliest_start(self) -> Option<NaiveDate> {
        self.start.date().map(PartialDate::earliest)
    }

    /// The last day it may start on; `None` when unknown or open.
    #[must_use]
    pub fn latest_start(self) -> Option<NaiveDate> {
        self.start.date().map(PartialDate::latest)
    }

    /// The first day it may end on; `None` when unknown or open.
    #[must_use]
    pub fn earliest_end(self) -> Option<NaiveDate> {
        self.end.date().map(PartialDate::earliest)
    }

    /// The last day it may end on; `None` when unknown or open.
    #[must_use]
    pub fn latest_end(self) -> Option<NaiveDate> {
        self.end.date().map(PartialDate::latest)
    }

    /// Whether the period includes `day`.
    ///
    /// `Yes` when every reading of both ends does, `No` when none does. An unknown end
    /// never makes it certain; an open one puts no limit on that side.
    #[must_use]
    pub fn active_on(self, day: NaiveDate) -> Certainty {
        let started = match self.start {
            Bound::Open => Certainty::Yes,
            Bound::Unknown => Certainty::Possible,
            Bound::Date(start) if start.latest() <= day => Certainty::Yes,
            Bound::Date(start) if start.earliest() <= day => Certainty::Possible,
            Bound::Date(_) => Certainty::No,
        };
        let not_ended = match self.end {
            Bound::Open => Certainty::Yes,
            Bound::Unknown => Certainty::Possible,
            Bound::Date(end) if day <= end.earliest() => Certainty::Yes,
            Bound::Date(end) if day <= end.latest() => Certainty::Possible,
            Bound::Date(_) => Certainty::No,
        };
        // The vocabulary runs from yes to no: both must hold, so the worse one decides.
        started.max(not_ended)
    }

    /// Whether some reading of the period shares a day with `from..=to`. Unknown and open
    /// ends put no limit on their side.
    #[must_use]
    pub fn possibly_overlaps(self, from: NaiveDate, to: NaiveDate) -> bool {
        let starts_in_time = self.earliest_start().is_none_or(|start| start <= to);
        let ends_late_enough = self.latest_end().is_none_or(|end| from <= end);
        from <= to && starts_in_time && ends_late_enough
    }

    /// The least and the most days it may last, first and last day included; `None`
    /// unless both ends are dates.
    #[must_use]
    pub fn duration_days(self) -> Option<(i64, i64)> {
        let (start, end) = (self.start.date()?, self.end.date()?);
        let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days() + 1;
        let least = days(start.latest(), end.earliest()).max(0);
        Some((least, days(start.earliest(), end.latest())))
    }
}

impl FromStr for Period {
    type Err = Invalid;

    /// EDTF: `2013/2015`, `/2014`, `2019/..`; a single date is both start and end.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let (start, end) = match text.split_once('/') {
            Some((start, end)) if !end.contains('/') => (start.parse()?, end.parse()?),
            None if text != ".." && !text.is_empty() => {
                let date: PartialDate = text.parse()?;
                (date.into(), date.into())
            }
            _ => {
                let detail = format!(
                    "{} is not a period. Write it like 2013/2015, /2014-06, 2019/.. or 2014.",
                    shown(text)
                );
                return Err(Invalid::new("invalid_period", detail));
            }
        };
        Self::new(start, end)
    }
}

impl fmt::Display for Period {
    /// EDTF: start, a slash, end; `/` alone when both are unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.start, self.end)
    }
}

impl Decode for Bound {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let fault = match value {
            Value::Null => return Some(Self::Unknown),
            Value::String(text) if text.trim().is_empty() => {
                let detail = "The date is empty; give one, \"..\" for an open end, or null.";
                Invalid::new("empty", detail)
            }
            Value::String(text) => match text.parse() {
                Ok(bound) => return Some(bound),
                Err(fault) => fault,
            },
            other => wrong_type("a date as a string, \"..\" or null", other),
        };
        errors.body(at, fault);
        None
    }
}

impl Decode for Period {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let read = match value {
            Value::String(text) => text.parse(),
            Value::Object(_) => {
                let mut object = Object::open(value, at, errors)?;
                let start = object.optional::<Bound>("start").unwrap_or_default();
                let end = object.optional::<Bound>("end").unwrap_or_default();
                if !object.finish() {
                    return None;
                }
                Self::new(start, end)
            }
            other => Err(wrong_type("an object with start and end, or an EDTF string", other)),
        };
        match read {
            Ok(period) => Some(period),
            Err(fault) => {
                errors.body(at, fault);
                None
            }
        }
    }
}

impl PartialSchema for Period {
    fn schema() -> RefOr<Schema> {
        let bound = |what: &str, example: &str| {
            ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .description(Some(format!(
                    "{what}: a partial date, \"..\" if open, null if unknown."
                )))
                .pattern(Some(concat!("^(", date_pattern!(), r"|\.\.)$")))
                .examples([example])
        };
        let object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("start", bound("First day", "2018-02-01"))
            .property("end", bound("Last day, included", "2020-01"));
        let edtf = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("EDTF: 2013/2015, /2014, 2019/.., [2014-01..2014-04]/.. or 2014."))
            .examples(["2018-02-01/2020-01"]);
        OneOfBuilder::new()
            .description(Some(
                "From when to when, as far as known. Always an object in answers; in requests \
                 an EDTF string is accepted too.",
            ))
            .item(object)
            .item(edtf)
            .into()
    }
}

impl ToSchema for Period {}
