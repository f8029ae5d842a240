//! Projects: what the registry is about.

use crate::activity::Activity;
use crate::country::Country;
use crate::country_group::CountryGroup;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Pointer};
use crate::external_id::{ExternalId, check_ids};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::funding::{Funding, FundingKind};
use crate::group::{Group, GroupPart};
use crate::id::{ProjectId, RecordRef};
use crate::language::{ChosenTexts, LocalizedProse, LocalizedText};
use crate::money::Money;
use crate::period::{Certainty, Period};
use crate::place::Nuts;
use crate::programme::ProgrammeKey;
use crate::record::{Stamp, Timestamp};
use crate::role::Role;
use crate::statement::Statement;
use crate::territory::Territory;
use crate::text::{Code, Line, WebAddress};
use crate::year::Year;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

crate::vocabulary! {
    /// Where a project stands.
    pub enum ProjectStatus: "project_status" {
        Planned = "planned", "Planned";
        Ongoing = "ongoing", "Ongoing";
        Completed = "completed", "Completed";
        Terminated = "terminated", "Terminated early";
        Suspended = "suspended", "Suspended";
    }
}

/// What a project is about, as a term of a vocabulary such as EuroSciVoc.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Theme {
    /// The vocabulary, by its short name.
    #[schema(example = "euroscivoc")]
    pub vocabulary: Code,
    /// The term's code in it.
    #[schema(example = "/29/97/543")]
    pub code: Code,
    /// The term.
    #[schema(example = "government systems")]
    pub label: Option<Line>,
    /// The terms above it, from the top, ending in the term itself.
    #[schema(example = "/social sciences/political sciences/government systems")]
    pub path: Option<Line>,
}

impl Decode for Theme {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let vocabulary = object.required("vocabulary");
        let code = object.required("code");
        let label = object.optional("label");
        let path = object.optional("path");
        let sound = object.finish();
        let (vocabulary, code) = vocabulary.zip(code).filter(|_| sound)?;
        Some(Self { vocabulary, code, label, path })
    }
}

/// All that a writer may state about a project. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "acronym": "SPRING",
    "titles": {"en": "Sustainable PRactices of INteGration"},
    "period": {"start": "2021-03-01", "end": "2023-02-28"},
    "total_cost": {"amount": 2_108_434.39, "currency": "EUR"},
    "fundings": [{
        "type_of_action": "CSA",
        "kind": "grant",
        "amount": {"amount": 1_999_536.25, "currency": "EUR"}
    }],
    "keywords": ["integration", "participatory approach"],
    "territories": [{"relation": "action", "country": "IT"}],
    "external_ids": [{"scheme": "cordis", "value": "101004635"}]
}))]
pub struct ProjectContent {
    /// Its acronym; not unique.
    #[schema(example = "SPRING")]
    pub acronym: Option<Line>,
    /// Other spellings of its acronym or title.
    #[serde(default)]
    pub aliases: Vec<Line>,
    /// Its title, by language.
    #[serde(default)]
    pub titles: LocalizedText,
    /// What it sets out to do, by language.
    #[serde(default)]
    pub r#abstract: LocalizedProse,
    /// When it runs.
    #[serde(default)]
    pub period: Period,
    /// Where it stands, if somebody said so; `status` is derived from it and the period.
    pub stated_status: Option<ProjectStatus>,
    /// What it costs in all.
    pub total_cost: Option<Money>,
    /// Who pays for it.
    #[serde(default)]
    pub fundings: Vec<Funding>,
    /// Words its authors chose for it.
    #[serde(default)]
    pub keywords: Vec<Line>,
    /// What it is about, as terms of vocabularies.
    #[serde(default)]
    pub themes: Vec<Theme>,
    /// For whom it is, in the words of its authors.
    #[serde(default)]
    pub target_groups: Vec<Line>,
    /// Where it acts and what places it is for.
    #[serde(default)]
    pub territories: Vec<Territory>,
    /// Those who have a part in it without being named.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// What it does and puts out.
    #[serde(default)]
    pub activities: Vec<Activity>,
    /// Its homepage.
    pub homepage: Option<WebAddress>,
    /// Its identifiers in other registries.
    #[serde(default)]
    pub external_ids: Vec<ExternalId>,
}

/// The most themes of one project. Real ones have a dozen or two; each may stand below 31 others,
/// which are told too.
const MAX_THEMES: usize = 200;

/// The most characters of an abstract that stand in for a title.
const LABEL: usize = 80;

impl ProjectContent {
    /// What to show for it: its acronym, else its title, else its first alias, else its first
    /// identifier, else the first words of its abstract, else its id.
    #[must_use]
    pub fn label(&self, id: ProjectId) -> String {
        let acronym = self.acronym.as_ref().map(ToString::to_string);
        let title = || self.titles.preferred(&[]).map(|(_, title)| title.to_string());
        let alias = || self.aliases.first().map(ToString::to_string);
        let external = || self.external_ids.first().map(ExternalId::label);
        let words = || self.r#abstract.preferred(&[]).map(|(_, prose)| prose.first_words(LABEL));
        let label = acronym.or_else(title).or_else(alias).or_else(external).or_else(words);
        label.unwrap_or_else(|| format!("Project {id}"))
    }

    /// Where the project stands on `today`; see [`status_on`].
    #[must_use]
    pub fn status(&self, today: NaiveDate) -> Option<ProjectStatus> {
        status_on(self.stated_status, self.period, today)
    }
}

/// Where a project stands on `today`: as stated, else as its period certainly says.
///
/// Terminated and suspended are facts no date can show, so they are only ever stated. A
/// project whose dates leave room for doubt has no status.
#[must_use]
pub fn status_on(
    stated: Option<ProjectStatus>,
    period: Period,
    today: NaiveDate,
) -> Option<ProjectStatus> {
    if stated.is_some() {
        stated
    } else if period.latest_end().is_some_and(|end| end < today) {
        Some(ProjectStatus::Completed)
    } else if period.earliest_start().is_some_and(|start| start > today) {
        Some(ProjectStatus::Planned)
    } else if period.active_on(today) == Certainty::Yes {
        Some(ProjectStatus::Ongoing)
    } else {
        None
    }
}

impl Decode for ProjectContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&[
            "id",
            "label",
            "status",
            "in_language",
            "sources",
            "version",
            "created_at",
            "updated_at",
        ]);
        let content = Self {
            acronym: object.optional("acronym"),
            aliases: object.list("aliases"),
            titles: object.optional("titles").unwrap_or_default(),
            r#abstract: object.optional("abstract").unwrap_or_default(),
            period: object.optional("period").unwrap_or_default(),
            stated_status: object.optional("stated_status"),
            total_cost: object.optional("total_cost"),
            fundings: object.list("fundings"),
            keywords: object.list("keywords"),
            themes: object.list("themes"),
            target_groups: object.list("target_groups"),
            territories: object.list("territories"),
            groups: object.list("groups"),
            activities: object.list("activities"),
            homepage: object.optional("homepage"),
            external_ids: object.list("external_ids"),
        };
        object.at_most("themes", MAX_THEMES, content.themes.len(), "too_many_themes");
        check_ids(&mut object, &content.external_ids);
        object.finish().then_some(content)
    }
}

/// A project of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// What to show for it; never empty.
    #[schema(example = "SPRING")]
    pub label: String,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: ProjectContent,
    /// Where it stands today: as stated, else as its period certainly says, else null.
    pub status: Option<ProjectStatus>,
    /// Its texts in the language a reader prefers; shown when `Accept-Language` names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub in_language: Option<ChosenTexts>,
    /// Where its facts come from, and what else is said; shown with `include=sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sources: Option<Vec<Statement>>,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// A project as other records mention it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectRef {
    /// Its id.
    pub id: ProjectId,
    /// What to show for it.
    #[schema(example = "SPRING")]
    pub label: String,
    /// When it runs.
    pub period: Period,
}

/// Which projects a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectFilter {
    /// External identifier, `scheme:value`.
    #[param(value_type = Option<String>, example = "cordis:101004635")]
    pub external_id: Conditions<ExternalId>,
    /// Acronym or another spelling (alias), whatever its accents and case.
    #[param(value_type = Option<String>, example = "SPRING")]
    pub acronym: Conditions<Line>,
    /// Where it stands today.
    #[param(value_type = Option<String>, example = "ongoing")]
    pub status: Conditions<ProjectStatus>,
    /// Programme it is paid from (id, code, alias or title), its branches included.
    #[param(value_type = Option<String>, example = "H2020")]
    pub programme: Conditions<ProgrammeKey>,
    /// Call it was won under, by id, `scheme:value` or identifier.
    #[param(value_type = Option<String>, example = "H2020-MSCA-IF-2014")]
    pub call: Conditions<Code>,
    /// Type of action, whatever its case.
    #[param(value_type = Option<String>, example = "CSA")]
    pub type_of_action: Conditions<Code>,
    /// In what form it is paid for.
    #[param(value_type = Option<String>, example = "grant")]
    pub funding_kind: Conditions<FundingKind>,
    /// Year that money of it belongs to.
    #[param(value_type = Option<String>, example = "2019")]
    pub funding_year: Conditions<Year>,
    /// Organisation that pays, by id or `scheme:value`: one that a funding names, or where it
    /// names none the nearest programme that does.
    #[param(value_type = Option<String>)]
    pub funder: Conditions<RecordRef>,
    /// Organisation taking part, by id or `scheme:value`; repeat it for joint projects.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub organisation: Conditions<RecordRef>,
    /// Organisation that leads it, as coordinator or lead partner, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub coordinator: Conditions<RecordRef>,
    /// Country of an organisation taking part; repeat it for projects with both.
    #[param(value_type = Option<String>, example = "IT")]
    pub country: Conditions<Country>,
    /// Group of countries an organisation taking part belongs to, as it stands today.
    #[param(value_type = Option<String>, example = "candidate")]
    pub country_group: Conditions<CountryGroup>,
    /// Role that somebody has in it.
    #[param(value_type = Option<String>, example = "third_party")]
    pub role: Conditions<Role>,
    /// Keyword, whatever its accents and case.
    #[param(value_type = Option<String>, example = "migration")]
    pub keyword: Conditions<Line>,
    /// Theme, by code (`vocabulary:code` for that vocabulary alone) or term; those below it
    /// included.
    #[param(value_type = Option<String>, example = "/29/97")]
    pub theme: Conditions<Line>,
    /// Target group, whatever its accents and case.
    #[param(value_type = Option<String>, example = "unaccompanied minors")]
    pub target_group: Conditions<Line>,
    /// Country it acts in, by what is said of its territories.
    #[param(value_type = Option<String>, example = "IT")]
    pub action_country: Conditions<Country>,
    /// Country it is for, which may be another.
    #[param(value_type = Option<String>, example = "PH")]
    pub target_country: Conditions<Country>,
    /// NUTS code, or the beginning of one, of a region it acts in.
    #[param(value_type = Option<String>, example = "ITC4")]
    pub action_nuts: Conditions<Nuts>,
    /// City, municipality or district it acts in or is for, whatever its accents and case.
    #[param(value_type = Option<String>, example = "Roma")]
    pub place: Conditions<Line>,
    /// Part that a group of unnamed ones has in it.
    #[param(value_type = Option<String>, example = "partner")]
    pub group: Conditions<GroupPart>,
    /// Day on which it certainly runs, by what is known of its dates.
    #[param(value_type = Option<String>, example = "2019-06-30")]
    pub active_on: Option<NaiveDate>,
    /// Day on which it may run, but not certainly.
    #[param(value_type = Option<String>, example = "2019-06-30")]
    pub possibly_active_on: Option<NaiveDate>,
    /// First and last day of a time in which it may have run.
    #[param(ignore)]
    pub active: Range<NaiveDate>,
    /// First and last day it may start on.
    #[param(ignore)]
    pub start_date: Range<NaiveDate>,
    /// First and last day it may end on.
    #[param(ignore)]
    pub end_date: Range<NaiveDate>,
    /// Least and greatest total cost, in euro.
    #[param(ignore)]
    pub total_cost: Range<Money>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for ProjectFilter {
    const SORTS: &'static [&'static str] =
        &["label", "acronym", "start_date", "end_date", "total_cost", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            external_id: query.conditions("external_id"),
            acronym: query.conditions("acronym"),
            status: query.conditions("status"),
            programme: query.conditions("programme"),
            call: query.conditions("call"),
            type_of_action: query.conditions("type_of_action"),
            funding_kind: query.conditions("funding_kind"),
            funding_year: query.conditions("funding_year"),
            funder: query.conditions("funder"),
            organisation: query.conditions("organisation"),
            coordinator: query.conditions("coordinator"),
            country: query.conditions("country"),
            country_group: query.conditions("country_group"),
            role: query.conditions("role"),
            keyword: query.conditions("keyword"),
            theme: query.conditions("theme"),
            target_group: query.conditions("target_group"),
            action_country: query.conditions("action_country"),
            target_country: query.conditions("target_country"),
            action_nuts: query.conditions("action_nuts"),
            place: query.conditions("place"),
            group: query.conditions("group"),
            active_on: query.day("active_on"),
            possibly_active_on: query.day("possibly_active_on"),
            active: query.days("active"),
            start_date: query.days("start_date"),
            end_date: query.days("end_date"),
            total_cost: query.euros("total_cost"),
            updated_at: query.instants("updated_at"),
        }
    }
}
