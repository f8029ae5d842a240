//! Groups of which nobody is named: known by number, sort and countries only.

use crate::count::Count;
use crate::country::Country;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::organisation_type::{OrganisationKind, OrganisationType, Sector};
use crate::text::Line;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

crate::vocabulary! {
    /// What the members of a group are to the project or organisation.
    pub enum GroupPart: "group_part" {
        Partner = "partner", "Partner";
        Member = "member", "Member";
        Collaborator = "collaborator", "Collaborator";
        Participant = "participant", "Participant in activities";
        Beneficiary = "beneficiary", "Beneficiary";
    }
}

crate::vocabulary! {
    /// What a group consists of.
    pub enum GroupOf: "group_of" {
        Organisations = "organisations", "Organisations";
        People = "people", "People";
        Places = "places", "Places";
        Other = "other", "Other";
    }
}

/// Several organisations, people or places of which nobody is named: "7 agencies, public and
/// private", "60 young Europeans", "43 organisations in 37 countries".
///
/// Something is known of it besides its part: a description, a number, countries or sorts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "part": "partner",
    "of": "organisations",
    "description": "Agencies of education and vocational training",
    "count": {"at_least": 7, "at_most": 7},
    "countries": ["IT"],
    "country_count": null,
    "types": [],
    "kinds": ["agency"],
    "sectors": ["public", "private"],
    "wording": "7 agencies (public and private)"
}))]
pub struct Group {
    /// What they are to the project or organisation.
    pub part: GroupPart,
    /// What it consists of.
    pub of: GroupOf,
    /// Who they are, in short.
    #[schema(example = "Agencies of education and vocational training")]
    pub description: Option<Line>,
    /// How many they are.
    pub count: Option<Count>,
    /// Countries they are from, as far as these are named; each once.
    #[serde(default)]
    pub countries: Vec<Country>,
    /// From how many countries they are; never fewer than are named.
    pub country_count: Option<Count>,
    /// Classes EU programmes report such organisations under; each once.
    #[serde(default)]
    pub types: Vec<OrganisationType>,
    /// What people in the field would call such organisations; each once.
    #[serde(default)]
    pub kinds: Vec<OrganisationKind>,
    /// Parts of society they belong to; each once.
    #[serde(default)]
    pub sectors: Vec<Sector>,
    /// The words of the source.
    #[schema(example = "7 agencies (public and private)")]
    pub wording: Option<Line>,
}

impl Group {
    /// How many organisations it has and from how many countries they are, where both are known
    /// exactly. Countries that are named need not be all there are.
    #[must_use]
    pub fn organisations_and_countries(&self) -> Option<(u64, u64)> {
        let size = self.count.and_then(Count::exact).filter(|_| self.of == GroupOf::Organisations);
        let countries = self.country_count.and_then(Count::exact);
        size.map(u64::from).zip(countries.map(u64::from))
    }

    /// What to call it: the words of its source, else its description, else its number.
    #[must_use]
    pub fn label(&self) -> String {
        let said = self.wording.as_ref().or(self.description.as_ref());
        said.map_or_else(
            || {
                let of = self.of.label().to_lowercase();
                self.count.map_or_else(|| of.clone(), |count| format!("{count} {of}"))
            },
            ToString::to_string,
        )
    }
}

/// The fields of which at least one says something of the group.
const SAYS: [&str; 7] =
    ["description", "count", "countries", "country_count", "types", "kinds", "sectors"];

/// The fault of a number of countries that is below the countries named.
fn too_few_countries(most: u32, named: usize) -> Invalid {
    let detail = format!(
        "There are at most {most} countries, but {named} are named in 'countries'; correct \
         either."
    );
    Invalid::new("contradicts_countries", detail)
}

impl Decode for Group {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let part = object.required("part");
        let of = object.required("of");
        let description = object.optional("description");
        let count = object.optional("count");
        let countries: Vec<Country> = object.distinct("countries");
        let country_count: Option<Count> = object.optional("country_count");
        let types = object.distinct("types");
        let kinds = object.distinct("kinds");
        let sectors = object.distinct("sectors");
        let wording = object.optional("wording");
        if let Some(least) = country_count.and_then(Count::at_least)
            && least as usize > Country::ALL.len()
        {
            let detail = format!(
                "{least} are more than all {} countries and territories there are; correct it.",
                Country::ALL.len()
            );
            object.fault("country_count", Invalid::new("too_many_countries", detail));
        }
        if let Some(most) = country_count.and_then(Count::at_most)
            && countries.len() > most as usize
        {
            object.fault("country_count", too_few_countries(most, countries.len()));
        }
        object.demand_any(&SAYS, || {
            let detail =
                format!("Nothing is said of this group; give one of: {}.", SAYS.join(", "));
            Invalid::new("empty_group", detail)
        });
        let sound = object.finish();
        let (part, of) = part.zip(of).filter(|_| sound)?;
        Some(Self {
            part,
            of,
            description,
            count,
            countries,
            country_count,
            types,
            kinds,
            sectors,
            wording,
        })
    }
}
