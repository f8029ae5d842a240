//! Asking for one page of a list, and finding the way to the next.

mod cut;

pub use cut::{Sorted, cut, cut_sorted, foreign_cursor};

use crate::error::{Errors, Invalid};
use crate::external_id::ExternalId;
use crate::filter::{Filter, QueryReader};
use crate::record::Timestamp;
use crate::text::search_tokens;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The number of records on a page nobody sized.
pub const DEFAULT_LIMIT: u32 = 50;
/// The most records a page may hold.
pub const MAX_LIMIT: u32 = 1000;

/// One key a list is sorted by. Unknown values come last in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// One of the resource's sort names.
    pub name: &'static str,
    /// Greatest first.
    pub descending: bool,
}

/// The value of one sort key at the place where a page ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CursorValue {
    /// The value was unknown.
    #[serde(rename = "n")]
    Null,
    /// A text, already folded for comparison where the key is.
    #[serde(rename = "t")]
    Text(String),
    /// A whole number.
    #[serde(rename = "i")]
    Integer(i64),
    /// A day.
    #[serde(rename = "d")]
    Date(NaiveDate),
    /// An instant.
    #[serde(rename = "s")]
    Instant(Timestamp),
}

impl CursorValue {
    /// A real number, as the whole number that stands where it does among real numbers. The
    /// bits of floats above 0 are in the order of the floats; below, the order is reversed.
    #[must_use]
    pub fn of_float(value: f64) -> Self {
        let bits = value.to_bits().cast_signed();
        Self::Integer(if bits < 0 { bits ^ i64::MAX } else { bits })
    }
}

/// The place in a list after which the next page begins.
///
/// It holds the last record's sort values and id, not an offset: records written or deleted
/// meanwhile neither shift nor repeat the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Identifies the filter, search and sort the cursor belongs to.
    #[serde(rename = "f")]
    pub fingerprint: u64,
    /// The last record's value of each sort key.
    #[serde(rename = "v")]
    pub values: Vec<CursorValue>,
    /// The last record's id, which breaks ties.
    #[serde(rename = "k")]
    pub id: Uuid,
}

impl Cursor {
    /// The opaque text clients hand back.
    ///
    /// # Panics
    /// Never: a cursor always serialises.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("a cursor serialises"))
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&bytes).ok()?;
        // No text of the registry holds U+0000, which PostgreSQL takes nowhere.
        let sound =
            |value: &CursorValue| !matches!(value, CursorValue::Text(text) if text.contains('\0'));
        cursor.values.iter().all(sound).then_some(cursor)
    }
}

/// What somebody typed into a search box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// The text as typed.
    pub text: String,
    /// Its words, folded; never empty.
    pub tokens: Vec<String>,
}

/// The most words a search may have.
pub const MAX_SEARCH_TOKENS: usize = 16;

impl std::str::FromStr for SearchQuery {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // Identifiers are found however they are written: `pic:968823876` by its value.
        let external = text.trim().parse::<ExternalId>();
        let tokens = search_tokens(external.as_ref().map_or(text, ExternalId::value));
        if tokens.is_empty() {
            let detail = format!("'{text}' holds no letter or digit to search for.");
            return Err(Invalid::new("empty_search", detail));
        }
        if tokens.len() > MAX_SEARCH_TOKENS {
            let detail = format!(
                "A search may have {MAX_SEARCH_TOKENS} words, found {}; shorten it.",
                tokens.len()
            );
            return Err(Invalid::new("search_too_long", detail));
        }
        Ok(Self { text: text.to_owned(), tokens })
    }
}

/// A request for one page of a filtered, searched and sorted list.
#[derive(Clone, Debug)]
pub struct ListRequest<F> {
    /// Which records.
    pub filter: F,
    /// Words to search for, ranked by relevance unless `sort` says otherwise.
    pub search: Option<SearchQuery>,
    /// The order; empty means by relevance when searching, else by id (oldest first).
    pub sort: Vec<SortKey>,
    /// Where the page begins; `None` for the first.
    pub cursor: Option<Cursor>,
    /// How many records at most, 1 to [`MAX_LIMIT`].
    pub limit: u32,
    /// Identifies filter, search and sort; goes into the cursors of this list.
    pub fingerprint: u64,
}

impl<F: Filter> Default for ListRequest<F> {
    fn default() -> Self {
        Self {
            filter: F::default(),
            search: None,
            sort: Vec::new(),
            cursor: None,
            limit: DEFAULT_LIMIT,
            fingerprint: fingerprint(&[]),
        }
    }
}

impl<F: Filter> ListRequest<F> {
    /// Reads `q`, `sort`, `cursor`, `limit` and the parameters of the filter.
    ///
    /// The reader is left open: the caller reads its own parameters and finishes it.
    pub fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self {
        let fingerprint = fingerprint(pairs);
        let cursor = query.text("cursor").and_then(|text| {
            let cursor = Cursor::decode(text);
            if cursor.as_ref().is_none_or(|cursor| cursor.fingerprint != fingerprint) {
                let detail = if cursor.is_none() {
                    "This is not a cursor of this registry; take 'page.next' of an answer as it is."
                } else {
                    "The cursor belongs to another filter, search or sort; keep these as they \
                     were, or start again without a cursor."
                };
                query.fault("cursor", Invalid::new("invalid_cursor", detail));
            }
            cursor
        });
        Self {
            filter: F::read(query),
            search: query.one("q"),
            sort: read_sort(query, F::SORTS),
            cursor,
            limit: read_limit(query),
            fingerprint,
        }
    }

    /// The cursor behind the record with these sort values and id.
    #[must_use]
    pub fn cursor_after(&self, values: Vec<CursorValue>, id: Uuid) -> Cursor {
        Cursor { fingerprint: self.fingerprint, values, id }
    }
}

/// Reads `limit`.
fn read_limit(query: &mut QueryReader<'_>) -> u32 {
    let Some(text) = query.text("limit") else { return DEFAULT_LIMIT };
    match text.parse() {
        Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => limit,
        _ => {
            let detail = format!("'{text}' is not a page size. Expected 1 to {MAX_LIMIT}.");
            query.fault("limit", Invalid::new("invalid_limit", detail));
            DEFAULT_LIMIT
        }
    }
}

/// Reads `sort`: comma-separated names, each with `-` in front for greatest first.
fn read_sort(query: &mut QueryReader<'_>, allowed: &'static [&'static str]) -> Vec<SortKey> {
    let Some(text) = query.text("sort") else { return Vec::new() };
    let mut keys: Vec<SortKey> = Vec::new();
    for item in text.split(',').map(str::trim) {
        let (descending, wanted) = match item.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, item),
        };
        match allowed.iter().find(|name| **name == wanted) {
            Some(name) if keys.iter().any(|key| key.name == *name) => {
                let detail = format!("'{name}' appears twice in sort; name it once.");
                query.fault("sort", Invalid::new("repeated_sort", detail));
            }
            Some(name) => keys.push(SortKey { name, descending }),
            None => {
                let allowed = allowed.join(", ");
                let detail = format!(
                    "'{wanted}' is not something to sort by. Allowed: {allowed}, each with '-' \
                     in front for greatest first."
                );
                query.fault("sort", Invalid::new("unknown_sort", detail));
            }
        }
    }
    keys
}

/// Parameters that choose a page or its looks, and so do not change which list it is.
const PRESENTATION: [&str; 6] = ["cursor", "limit", "fields", "include", "format", "bom"];

/// A number that two requests share exactly when they ask for the same list (64-bit FNV-1a).
fn fingerprint(pairs: &[(String, String)]) -> u64 {
    let mut relevant: Vec<_> =
        pairs.iter().filter(|(name, _)| !PRESENTATION.contains(&name.as_str())).collect();
    relevant.sort();
    let bytes = relevant.iter().flat_map(|(name, value)| {
        name.bytes().chain(std::iter::once(0)).chain(value.bytes()).chain(std::iter::once(0))
    });
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The records, in the order asked for.
    pub data: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// How many records the whole list holds, exactly.
    pub total: u64,
    /// Words of the search that were found only after mending a typing error.
    pub corrections: Vec<Correction>,
}

impl<T> Page<T> {
    /// The same page with every record turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        let Self { data, next, total, corrections } = self;
        Page { data: data.into_iter().map(turn).collect(), next, total, corrections }
    }
}

/// A word of a search that nothing held, and the words searched for in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Correction {
    /// The word as typed, folded.
    #[schema(example = "inizative")]
    pub typed: String,
    /// What was searched for, nearest first.
    #[schema(example = json!(["iniziative"]))]
    pub searched: Vec<String>,
}

/// Reads every parameter of a list that takes no others.
///
/// # Errors
/// Every fault, each naming its parameter.
pub fn read_list<F: Filter>(pairs: &[(String, String)]) -> Result<ListRequest<F>, Errors> {
    let mut query = QueryReader::new(pairs);
    let request = ListRequest::read(&mut query, pairs);
    query.finish().map(|()| request)
}
