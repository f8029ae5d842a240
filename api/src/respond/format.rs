//! Which format an answer has: what `format` says, else what `Accept` prefers.

use crate::problem::{Code, Problem, excerpt};
use actix_web::http::header::{ACCEPT, HeaderMap};
use consortia_domain::error::Invalid;
use std::str::FromStr;

/// A format of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// Comma-separated values.
    Csv,
}

impl Format {
    /// Formats of lists, preferred first.
    pub const LIST: &'static [Self] = &[Self::Json, Self::Ndjson, Self::Csv];
    /// Formats of single records.
    pub const RECORD: &'static [Self] = &[Self::Json];

    /// Its name, as `format` takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    /// Its media type, without parameters.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv",
        }
    }

    /// Its `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// The format to answer in: `wanted`, else the one of `offered` that `Accept` prefers.
    ///
    /// # Errors
    /// `not_acceptable`, naming what is offered.
    pub fn choose(
        wanted: Option<Self>,
        asked: &HeaderMap,
        offered: &[Self],
    ) -> Result<Self, Problem> {
        if let Some(wanted) = wanted {
            return offered.contains(&wanted).then_some(wanted).ok_or_else(|| {
                refused(&format!("The format '{}' is not available here.", wanted.name()), offered)
            });
        }
        let accepted: Vec<&str> =
            asked.get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
        let accepted = accepted.join(",");
        if accepted.trim().is_empty() {
            return Ok(offered[0]);
        }
        let mut best = None;
        for format in offered {
            let liked = quality(&accepted, format.media_type());
            if liked > 0 && best.is_none_or(|(most, _)| liked > most) {
                best = Some((liked, *format));
            }
        }
        best.map(|(_, format)| format).ok_or_else(|| {
            refused(&format!("Nothing of 'Accept: {accepted}' is available."), offered)
        })
    }
}

fn refused(why: &str, offered: &[Format]) -> Problem {
    let list = offered.iter().map(|format| format!("{} ({})", format.name(), format.media_type()));
    let list = list.collect::<Vec<_>>().join(", ");
    Problem::new(Code::NotAcceptable, format!("{why} Available: {list}."))
}

/// How much `accepted` likes `media_type`, in thousandths; the most specific range counts.
fn quality(accepted: &str, media_type: &str) -> u16 {
    let main = media_type.split('/').next().unwrap_or_default();
    let mut found = (0_u8, 0_u16);
    for range in accepted.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight = weight.map_or(Some(1.0), |text| text.parse::<f32>().ok()).unwrap_or(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        let weight = (weight.clamp(0.0, 1.0) * 1000.0) as u16;
        let ndjson = media_type == "application/x-ndjson" && name == "application/ndjson";
        let specific = if name == media_type || ndjson {
            3
        } else if name.strip_suffix("/*") == Some(main) {
            2
        } else {
            u8::from(name == "*/*")
        };
        if specific > found.0 {
            found = (specific, weight);
        }
    }
    found.1
}

impl FromStr for Format {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::LIST.iter().copied().find(|format| format.name() == text).ok_or_else(|| {
            let known =
                Self::LIST.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
            let text = excerpt(text);
            let detail = format!("'{text}' is not a format. Expected one of: {known}.");
            Invalid::new("unknown_format", detail)
        })
    }
}
