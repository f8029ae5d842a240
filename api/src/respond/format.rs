//! Which format an answer has: what `format` says, else what `Accept` prefers.

use crate::problem::{Code, Problem, excerpt};
use actix_web::http::header::{ACCEPT, HeaderMap};
use consortia_domain::error::Invalid;

/// A set of formats an answer may be given in.
pub trait Representation: Copy + Eq + 'static {
    /// Every format, preferred first.
    const ALL: &'static [Self];

    /// Its name, as `format` takes it.
    fn name(self) -> &'static str;

    /// Its media type, without parameters.
    fn media_type(self) -> &'static str;

    /// The format to answer in: `wanted`, else the one of `offered` that `Accept` prefers.
    ///
    /// # Errors
    /// `not_acceptable`, naming what is offered.
    fn choose(wanted: Option<Self>, asked: &HeaderMap, offered: &[Self]) -> Result<Self, Problem> {
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

/// Declares an enum of formats: name, media type, and what `Content-Type` adds to that.
macro_rules! formats {
    (
        $(#[doc = $doc:literal])+
        pub enum $type:ident {
            $($(#[doc = $format_doc:literal])+ $format:ident = $name:literal, $media:literal, $more:literal;)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type {
            $($(#[doc = $format_doc])+ $format,)+
        }

        impl $type {
            /// Its `Content-Type`.
            #[must_use]
            pub const fn content_type(self) -> &'static str {
                match self { $(Self::$format => concat!($media, $more),)+ }
            }
        }

        impl $crate::respond::Representation for $type {
            const ALL: &'static [Self] = &[$(Self::$format),+];

            fn name(self) -> &'static str {
                match self { $(Self::$format => $name,)+ }
            }

            fn media_type(self) -> &'static str {
                match self { $(Self::$format => $media,)+ }
            }
        }

        impl std::str::FromStr for $type {
            type Err = consortia_domain::error::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::respond::format::named(text)
            }
        }
    };
}

pub(super) use formats;

formats! {
    /// A format of records and lists.
    pub enum Format {
        /// One JSON document.
        Json = "json", "application/json", "";
        /// One JSON document a line.
        Ndjson = "ndjson", "application/x-ndjson", "";
        /// Comma-separated values.
        Csv = "csv", "text/csv", "; charset=utf-8; header=present";
    }
}

impl Format {
    /// Formats of single records.
    pub const RECORD: &'static [Self] = &[Self::Json];
}

/// The format called `name`.
///
/// # Errors
/// When none is, naming those there are.
pub(super) fn named<T: Representation>(name: &str) -> Result<T, Invalid> {
    T::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
        let known = T::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        let name = excerpt(name);
        let detail = format!("'{name}' is not a format. Expected one of: {known}.");
        Invalid::new("unknown_format", detail)
    })
}

fn refused<T: Representation>(why: &str, offered: &[T]) -> Problem {
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
