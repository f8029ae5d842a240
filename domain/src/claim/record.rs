//! Claims that are kept: who says what of an organisation, to be checked at any time.

use super::{ClaimSubject, Claims};
use crate::decode::{Decode, Object, wrong_type};
use crate::error::{Errors, Invalid, Location, Pointer};
use crate::filter::{Conditions, Filter, MAX_REPEATS, QueryReader, Range};
use crate::id::{ClaimId, OrganisationId, RecordRef, SourceId};
use crate::organisation::OrganisationRef;
use crate::record::{Stamp, Timestamp};
use crate::scope::{PARAMETERS, Scope};
use crate::source::SourceRef;
use crate::statement::Statement;
use crate::text::{Line, Prose};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use utoipa::{IntoParams, ToSchema};

/// What is claimed: the parameters of `/claims/check` but for the organisation and the scope,
/// each with its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"partners": "15", "partner_countries": "6"}))]
pub struct Figures(pub BTreeMap<String, String>);

/// What may be claimed.
fn figure_names() -> impl Iterator<Item = &'static str> {
    ClaimSubject::ALL.iter().map(|of| of.code()).chain(["above_average", "below_average"])
}

/// The most bytes of a parameter's value: 200 ids or themes are listed in less.
const LONGEST: usize = 65_536;

/// A parameter's value: a text, or a number, which is taken as it is written. `expected` reads
/// like "a text".
fn parameter(value: &Value, expected: &str) -> Result<String, Invalid> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(wrong_type(expected, value)),
    };
    if text.len() > LONGEST {
        let found = text.len();
        let detail = format!("This holds {found} bytes. Expected at most {LONGEST}; list less.");
        return Err(Invalid::new("too_long", detail));
    }
    Ok(text)
}

/// A parameter's values, each once, as few as may be given in an address.
fn parameters(value: &Value) -> Result<Vec<String>, Invalid> {
    const EXPECTED: &str = "a text or a list of them";
    let Value::Array(values) = value else { return Ok(vec![parameter(value, EXPECTED)?]) };
    let values: Result<Vec<String>, Invalid> =
        values.iter().map(|value| parameter(value, EXPECTED)).collect();
    let mut met = HashSet::new();
    let mut values = values?;
    values.retain(|value| met.insert(value.clone()));
    if values.len() > MAX_REPEATS {
        let found = values.len();
        let detail = format!(
            "A parameter has {MAX_REPEATS} values at most, all of which must hold; found {found}. \
             Where any of them will do, list them by comma in one."
        );
        return Err(Invalid::new("too_many_conditions", detail));
    }
    Ok(values)
}

impl Decode for Figures {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let Value::Object(map) = value else {
            errors.body(at, wrong_type("an object of figures", value));
            return None;
        };
        let mut figures = BTreeMap::new();
        for (name, value) in map {
            match parameter(value, "a number or a text") {
                Ok(text) => drop(figures.insert(name.clone(), text)),
                Err(fault) => errors.body(&at.field(name), fault),
            }
        }
        (figures.len() == map.len()).then_some(Self(figures))
    }
}

impl Decode for Scope {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let Value::Object(map) = value else {
            errors.body(at, wrong_type("an object of parameters", value));
            return None;
        };
        let mut scope = BTreeMap::new();
        for (name, value) in map {
            match parameters(value) {
                Ok(given) => drop(scope.insert(name.clone(), given)),
                Err(fault) => errors.body(&at.field(name), fault),
            }
        }
        (scope.len() == map.len()).then_some(Self(scope))
    }
}

/// All that a writer may state about a claim.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "organisation_id": "0198c0de-0000-7000-8000-000000000000",
    "figures": {"partners": "15", "partner_countries": "6"},
    "scope": {"programme": ["H2020"]},
    "wording": "15 partners in 6 countries"
}))]
pub struct ClaimContent {
    /// About whom.
    pub organisation_id: OrganisationId,
    /// What is claimed.
    pub figures: Figures,
    /// Which participations it is claimed of; everything when nothing is given.
    #[serde(default)]
    pub scope: Scope,
    /// The words of the source, in short.
    #[schema(example = "15 partners in 6 countries")]
    pub wording: Option<Prose>,
    /// Where it is claimed.
    pub source_id: Option<SourceId>,
    /// Where in the source: a page, a section.
    #[schema(example = "p. 12")]
    pub locator: Option<Line>,
    /// What else there is to say about it.
    pub note: Option<Line>,
}

impl ClaimContent {
    /// The claims, ready to be checked.
    ///
    /// # Errors
    /// What is no claim or no scope, with pointers; nothing for content that was decoded.
    pub fn asked(&self) -> Result<Claims, Errors> {
        let unknown = self.unknown_names();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let mut pairs = vec![("organisation".to_owned(), self.organisation_id.to_string())];
        pairs.extend(self.figures.0.clone());
        for (name, values) in &self.scope.0 {
            pairs.extend(values.iter().map(|value| (name.clone(), value.clone())));
        }
        let mut reader = QueryReader::new(&pairs);
        let claims = Claims::read(&mut reader);
        reader.finish().map(|()| claims).map_err(|faults| {
            let mut errors = Errors::new();
            for fault in faults.iter() {
                let name = match &fault.at {
                    Location::Parameter(name) | Location::Header(name) => name.as_str(),
                    Location::Pointer(at) => at.as_str(),
                };
                let root = Pointer::root();
                let at = match self.scope.0.contains_key(name) {
                    true => root.field("scope").field(name),
                    false if self.figures.0.contains_key(name) => root.field("figures").field(name),
                    false => root.field("figures"),
                };
                errors.body(&at, Invalid::new(fault.code, fault.detail.clone()));
            }
            errors
        })
    }

    /// Figures and parameters of a scope that there are none of.
    fn unknown_names(&self) -> Errors {
        let figures: Vec<&str> = figure_names().collect();
        let mut errors = Errors::new();
        let mut check = |field: &str, given: &str, allowed: &[&str]| {
            if !allowed.contains(&given) {
                let allowed = allowed.join(", ");
                let detail = format!("'{given}' is not known here. Allowed: {allowed}.");
                let at = Pointer::root().field(field).field(given);
                errors.body(&at, Invalid::new("unknown_name", detail));
            }
        };
        self.figures.0.keys().for_each(|name| check("figures", name, &figures));
        self.scope.0.keys().for_each(|name| check("scope", name, &PARAMETERS));
        errors
    }

    /// What to show for it: its words, else its figures.
    #[must_use]
    pub fn label(&self) -> String {
        let figures = self.figures.0.iter().map(|(name, value)| format!("{name} {value}"));
        let wording = self.wording.as_ref().map(ToString::to_string);
        wording.unwrap_or_else(|| figures.collect::<Vec<_>>().join(", "))
    }
}

impl Decode for ClaimContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&[
            "id",
            "label",
            "organisation",
            "source",
            "sources",
            "version",
            "created_at",
            "updated_at",
        ]);
        let organisation_id: Option<OrganisationId> = object.required("organisation_id");
        let figures: Option<Figures> = object.required("figures");
        let scope = object.optional("scope").unwrap_or_default();
        let wording = object.optional("wording");
        let source_id = object.optional("source_id");
        let locator = object.optional("locator");
        let note = object.optional("note");
        let sound = object.finish();
        let (organisation_id, figures) = organisation_id.zip(figures).filter(|_| sound)?;
        let content = Self { organisation_id, figures, scope, wording, source_id, locator, note };
        if let Err(faults) = content.asked() {
            for fault in faults.iter() {
                if let Location::Pointer(inside) = &fault.at {
                    let place = inside.as_str().split('/').skip(1);
                    let at = place.fold(at.clone(), |at, part| at.field(part));
                    errors.body(&at, Invalid::new(fault.code, fault.detail.clone()));
                }
            }
            return None;
        }
        Some(content)
    }
}

/// A claim of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// What to show for it; never empty.
    #[schema(example = "15 partners in 6 countries")]
    pub label: String,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: ClaimContent,
    /// About whom, in short.
    pub organisation: OrganisationRef,
    /// The source, in short.
    pub source: Option<SourceRef>,
    /// Where its facts come from, and what else is said; shown with `include=sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sources: Option<Vec<Statement>>,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// Which claims a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClaimFilter {
    /// Organisation it is about, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub organisation: Conditions<RecordRef>,
    /// Source it comes from, by id.
    #[param(value_type = Option<String>)]
    pub source: Conditions<SourceId>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for ClaimFilter {
    const SORTS: &'static [&'static str] = &["label", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            organisation: query.conditions("organisation"),
            source: query.conditions("source"),
            updated_at: query.instants("updated_at"),
        }
    }
}
