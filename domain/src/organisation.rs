//! Organisations: those who coordinate, take part in and fund projects.

use crate::country::Country;
use crate::country_group::CountryGroup;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::external_id::{ExternalId, check_ids};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::group::Group;
use crate::id::{OrganisationId, RecordRef};
use crate::language::LanguageTag;
use crate::organisation_type::{OrganisationKind, OrganisationStatus, OrganisationType, Sector};
use crate::partial_date::PartialDate;
use crate::place::Place;
use crate::programme::ProgrammeKey;
use crate::record::{Stamp, Timestamp};
use crate::role::Role;
use crate::statement::Statement;
use crate::text::{Line, WebAddress};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

crate::vocabulary! {
    /// What a name is to the organisation that bears it.
    pub enum NameKind: "name_kind" {
        Legal = "legal", "Legal name";
        Short = "short", "Short name or acronym";
        Translated = "translated", "Translated name";
        Former = "former", "Former name";
        Alias = "alias", "Other name or spelling";
    }
}

/// One name of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Name {
    /// The name itself.
    #[schema(example = "Fondazione Iniziative e Studi sulla Multietnicità")]
    pub value: Line,
    /// What it is to the organisation.
    pub kind: NameKind,
    /// The language it is in, where known.
    #[schema(example = "it")]
    pub language: Option<LanguageTag>,
}

impl Name {
    /// A name in no stated language.
    #[must_use]
    pub fn new(value: Line, kind: NameKind) -> Self {
        Self { value, kind, language: None }
    }
}

impl Decode for Name {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let text = object.required("value");
        let kind = object.optional("kind").unwrap_or(NameKind::Alias);
        let language = object.optional("language");
        let sound = object.finish();
        text.filter(|_| sound).map(|value| Self { value, kind, language })
    }
}

/// All that a writer may state about an organisation. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "names": [
        {"value": "Fondazione ISMU ETS", "kind": "legal", "language": "it"},
        {"value": "ISMU", "kind": "short", "language": null}
    ],
    "country": "IT",
    "place": {"city": "Milano", "nuts": "ITC4C"},
    "type": "research",
    "kind": "foundation",
    "sector": "third_sector",
    "homepage": "https://www.ismu.org",
    "external_ids": [{"scheme": "pic", "value": "968823876"}]
}))]
pub struct OrganisationContent {
    /// Its names; at most one legal name for each language.
    #[serde(default)]
    pub names: Vec<Name>,
    /// The country it is established in.
    pub country: Option<Country>,
    /// Where it sits.
    pub place: Option<Place>,
    /// The class EU programmes report it under.
    pub r#type: Option<OrganisationType>,
    /// What people in the field would call it.
    pub kind: Option<OrganisationKind>,
    /// The part of society it belongs to.
    pub sector: Option<Sector>,
    /// Its legal form, in the words of its country.
    #[schema(example = "Fondazione, ente del terzo settore")]
    pub legal_form: Option<Line>,
    /// Whether it is a small or medium-sized enterprise (Recommendation 2003/361/EC).
    pub sme: Option<bool>,
    /// Its homepage.
    pub homepage: Option<WebAddress>,
    /// When it was founded.
    pub founded: Option<PartialDate>,
    /// The organisation it is a part of: 32 levels at most.
    pub parent_id: Option<OrganisationId>,
    /// Those who have a part in it without being named, such as a network's members.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Its identifiers in other registries.
    #[serde(default)]
    pub external_ids: Vec<ExternalId>,
    /// Whether it still exists.
    pub status: Option<OrganisationStatus>,
}

impl OrganisationContent {
    /// The first name of a kind.
    #[must_use]
    pub fn name(&self, kind: NameKind) -> Option<&Line> {
        self.names.iter().find(|name| name.kind == kind).map(|name| &name.value)
    }

    /// What to show for it: its legal name, else its short name, else any other name, else
    /// its first identifier, else its id.
    #[must_use]
    pub fn label(&self, id: OrganisationId) -> String {
        let name = self.name(NameKind::Legal).or_else(|| self.name(NameKind::Short));
        let name = name.or_else(|| self.names.first().map(|name| &name.value));
        match (name, self.external_ids.first()) {
            (Some(name), _) => name.to_string(),
            (None, Some(external)) => external.label(),
            (None, None) => format!("Organisation {id}"),
        }
    }
}

impl Decode for OrganisationContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&["id", "label", "sources", "version", "created_at", "updated_at"]);
        let content = Self {
            names: object.list("names"),
            country: object.optional("country"),
            place: object.optional("place"),
            r#type: object.optional("type"),
            kind: object.optional("kind"),
            sector: object.optional("sector"),
            legal_form: object.optional("legal_form"),
            sme: object.optional("sme"),
            homepage: object.optional("homepage"),
            founded: object.optional("founded"),
            parent_id: object.optional("parent_id"),
            groups: object.list("groups"),
            external_ids: object.list("external_ids"),
            status: object.optional("status"),
        };
        let legal = |name: &&Name| name.kind == NameKind::Legal;
        let mut languages: Vec<_> =
            content.names.iter().filter(legal).map(|name| &name.language).collect();
        let stated = languages.len();
        languages.sort_unstable();
        languages.dedup();
        if languages.len() < stated {
            let detail = "There is more than one legal name in the same language; \
                          mark the others as former, translated or alias.";
            object.fault("names", Invalid::new("repeated_legal_name", detail));
        }
        check_ids(&mut object, &content.external_ids);
        object.finish().then_some(content)
    }
}

/// An organisation of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// What to show for it; never empty.
    #[schema(example = "Fondazione ISMU ETS")]
    pub label: String,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: OrganisationContent,
    /// Where its facts come from, and what else is said; shown with `include=sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sources: Option<Vec<Statement>>,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// An organisation as other records mention it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrganisationRef {
    /// Its id.
    pub id: OrganisationId,
    /// What to show for it.
    #[schema(example = "Fondazione ISMU ETS")]
    pub label: String,
    /// Its short name, where it has one.
    #[schema(example = "ISMU")]
    pub short_name: Option<String>,
    /// The country it is established in.
    pub country: Option<Country>,
}

/// Which organisations a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrganisationFilter {
    /// External identifier, `scheme:value`.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub external_id: Conditions<ExternalId>,
    /// Country of establishment, ISO 3166-1 alpha-2.
    #[param(value_type = Option<String>, example = "IT,FR")]
    pub country: Conditions<Country>,
    /// Group of countries, as it stands today.
    #[param(value_type = Option<String>, example = "eu")]
    pub country_group: Conditions<CountryGroup>,
    /// Class EU programmes report it under.
    #[param(value_type = Option<String>, example = "research")]
    pub r#type: Conditions<OrganisationType>,
    /// What people in the field would call it.
    #[param(value_type = Option<String>, example = "foundation")]
    pub kind: Conditions<OrganisationKind>,
    /// Part of society.
    #[param(value_type = Option<String>, example = "third_sector")]
    pub sector: Conditions<Sector>,
    /// Whether it still exists.
    #[param(value_type = Option<String>, example = "active")]
    pub status: Conditions<OrganisationStatus>,
    /// Whether it is a small or medium-sized enterprise; unknown is neither.
    pub sme: Option<bool>,
    /// City, whatever its accents and case.
    #[param(value_type = Option<String>, example = "Milano")]
    pub city: Conditions<Line>,
    /// NUTS code or the beginning of one.
    #[param(value_type = Option<String>, example = "ITC4")]
    pub nuts: Conditions<crate::place::Nuts>,
    /// Organisation it is a part of, by id or `scheme:value`.
    #[param(value_type = Option<String>)]
    pub parent: Conditions<RecordRef>,
    /// Programme of a project it takes part in (id, code, alias or title), its branches included.
    #[param(value_type = Option<String>, example = "H2020")]
    pub programme: Conditions<ProgrammeKey>,
    /// Project it takes part in, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "cordis:101004635")]
    pub project: Conditions<RecordRef>,
    /// Network it is a member of, itself or in one of its working groups, by id or
    /// `scheme:value`; at whatever time.
    #[param(value_type = Option<String>)]
    pub member_of: Conditions<RecordRef>,
    /// Organisation that is a member of it, or of one of its working groups, by id or
    /// `scheme:value`; at whatever time.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub has_member: Conditions<RecordRef>,
    /// Another organisation that is a member of the same network, or of one of its working
    /// groups, by id or `scheme:value`; at whatever time.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub fellow_member: Conditions<RecordRef>,
    /// Role it has in some project.
    #[param(value_type = Option<String>, example = "coordinator")]
    pub role: Conditions<Role>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for OrganisationFilter {
    const SORTS: &'static [&'static str] = &["label", "country", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            external_id: query.conditions("external_id"),
            country: query.conditions("country"),
            country_group: query.conditions("country_group"),
            r#type: query.conditions("type"),
            kind: query.conditions("kind"),
            sector: query.conditions("sector"),
            status: query.conditions("status"),
            sme: query.flag("sme"),
            city: query.conditions("city"),
            nuts: query.conditions("nuts"),
            parent: query.conditions("parent"),
            programme: query.conditions("programme"),
            project: query.conditions("project"),
            member_of: query.conditions("member_of"),
            has_member: query.conditions("has_member"),
            fellow_member: query.conditions("fellow_member"),
            role: query.conditions("role"),
            updated_at: query.instants("updated_at"),
        }
    }
}
