//! Where projects act, and which places they are for.

use crate::country::Country;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::place::Nuts;
use crate::text::Line;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

crate::vocabulary! {
    /// What a territory is to a project: a project acts in one and may be for another.
    pub enum TerritoryRelation: "territory_relation" {
        Action = "action", "Where it acts";
        Target = "target", "What it is for";
    }
}

/// A country, region or place in which a project acts or which it is for. At least one of the
/// three is known, and a region lies in the country named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"relation": "action", "country": "IT", "nuts": "ITI4", "place": "Roma"}))]
pub struct Territory {
    /// Whether the project acts there or is for it.
    pub relation: TerritoryRelation,
    /// The country.
    pub country: Option<Country>,
    /// The statistical region.
    pub nuts: Option<Nuts>,
    /// A city, municipality or district, as written in the source.
    #[schema(example = "Roma")]
    pub place: Option<Line>,
}

impl Territory {
    /// The country it lies in: the one named, else that of its region.
    #[must_use]
    pub fn lies_in(&self) -> Option<Country> {
        self.country.or_else(|| self.nuts.and_then(|nuts| nuts.country()))
    }
}

impl Decode for Territory {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let relation = object.required("relation");
        let country: Option<Country> = object.optional("country");
        let nuts: Option<Nuts> = object.optional("nuts");
        let place = object.optional("place");
        if let Some((country, nuts)) = country.zip(nuts)
            && nuts.country() != Some(country)
        {
            let detail = format!("{nuts} does not lie in {country}; correct either.");
            object.fault("nuts", Invalid::new("contradicts_country", detail));
        }
        object.demand_any(&["country", "nuts", "place"], || {
            let detail = "No territory is named; give a 'country', a 'nuts' code or a 'place'.";
            Invalid::new("empty_territory", detail)
        });
        let sound = object.finish();
        relation.filter(|_| sound).map(|relation| Self { relation, country, nuts, place })
    }
}
