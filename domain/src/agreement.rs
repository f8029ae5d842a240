//! Agreements: what two or more organisations have agreed to do together.

use crate::country::Country;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::group::Group;
use crate::id::{AgreementId, OrganisationId, RecordRef};
use crate::language::{ChosenTexts, LocalizedText};
use crate::organisation::OrganisationRef;
use crate::partial_date::PartialDate;
use crate::period::Period;
use crate::record::{Stamp, Timestamp};
use crate::statement::Statement;
use crate::territory::Territory;
use crate::text::{Line, WebAddress};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

crate::vocabulary! {
    /// What an agreement is called by those who signed it.
    pub enum AgreementKind: "agreement_kind" {
        Partnership = "partnership", "Partnership agreement";
        MemorandumOfUnderstanding = "memorandum_of_understanding", "Memorandum of understanding";
        Framework = "framework", "Framework agreement";
        Convention = "convention", "Convention";
        Other = "other", "Other";
    }
}

/// All that a writer may state about an agreement. Only the parties are required.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "partnership",
    "party_ids": [
        "0198c0de-0000-7000-8000-000000000001",
        "0198c0de-0000-7000-8000-000000000002"
    ],
    "purposes": ["Equal opportunities", "Joint planning"],
    "territories": [{"relation": "action", "country": "IT", "nuts": "ITC4"}],
    "target_groups": ["Unaccompanied minors"]
}))]
pub struct AgreementContent {
    /// Its title, by language.
    #[serde(default)]
    pub titles: LocalizedText,
    /// What it is called.
    pub kind: Option<AgreementKind>,
    /// The organisations that agreed: two or more, each once.
    #[schema(min_items = 2)]
    pub party_ids: Vec<OrganisationId>,
    /// When it was signed.
    pub signed: Option<PartialDate>,
    /// Since when and until when it is valid.
    #[serde(default)]
    pub period: Period,
    /// What it is for, in short.
    #[serde(default)]
    #[schema(example = json!(["Equal opportunities", "Joint planning"]))]
    pub purposes: Vec<Line>,
    /// Where the parties act together, and what places that is for.
    #[serde(default)]
    pub territories: Vec<Territory>,
    /// Whom it is for.
    #[serde(default)]
    #[schema(example = json!(["Unaccompanied minors"]))]
    pub target_groups: Vec<Line>,
    /// What the parties bring in, and from where.
    #[schema(example = "Pooled from several sources, unspecified")]
    pub resources: Option<Line>,
    /// Those who have a part in it without being named, such as sorts of collaborators.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Where it is published.
    pub url: Option<WebAddress>,
    /// What else there is to say about it, in short.
    #[schema(example = "Renewed by exchange of letters")]
    pub note: Option<Line>,
}

/// The most parties that the label of an agreement without a title names.
pub const NAMED: usize = 5;

impl AgreementContent {
    /// The parties that its label names where it has no title.
    #[must_use]
    pub fn named_parties(&self) -> &[OrganisationId] {
        &self.party_ids[..self.party_ids.len().min(NAMED)]
    }

    /// What to show for it: its title (English first), else the labels of its
    /// [`named_parties`](Self::named_parties), else its id.
    #[must_use]
    pub fn label(&self, id: AgreementId, parties: &[&str]) -> String {
        if let Some((_, title)) = self.titles.preferred(&[]) {
            return title.to_string();
        }
        if parties.is_empty() {
            return format!("Agreement {id}");
        }
        let named = parties.join(" – ");
        match self.party_ids.len() - self.named_parties().len() {
            0 => named,
            more => format!("{named} and {more} more"),
        }
    }
}

/// The fault of an agreement with nobody.
fn too_few() -> Invalid {
    let detail = "An agreement has two parties or more; give the ids of all organisations that \
                  agreed.";
    Invalid::new("too_few_parties", detail)
}

impl Decode for AgreementContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&[
            "id",
            "label",
            "parties",
            "in_language",
            "sources",
            "version",
            "created_at",
            "updated_at",
        ]);
        let titles = object.optional("titles").unwrap_or_default();
        let kind = object.optional("kind");
        let party_ids: Option<Vec<OrganisationId>> = object.required("party_ids");
        let signed = object.optional("signed");
        let period = object.optional("period").unwrap_or_default();
        let purposes = object.list("purposes");
        let territories = object.list("territories");
        let target_groups = object.list("target_groups");
        let resources = object.optional("resources");
        let groups = object.list("groups");
        let url = object.optional("url");
        let note = object.optional("note");
        let parties = party_ids.as_deref().unwrap_or_default();
        if party_ids.is_some() && parties.len() < 2 {
            object.fault("party_ids", too_few());
        }
        object.once_each("party_ids", parties, "repeated_value");
        let sound = object.finish();
        let party_ids = party_ids.filter(|_| sound)?;
        Some(Self {
            titles,
            kind,
            party_ids,
            signed,
            period,
            purposes,
            territories,
            target_groups,
            resources,
            groups,
            url,
            note,
        })
    }
}

/// An agreement of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// What to show for it: its title, else its parties; never empty.
    #[schema(example = "MSE – ISMU")]
    pub label: String,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: AgreementContent,
    /// The parties in short, in the order of `party_ids`.
    pub parties: Vec<OrganisationRef>,
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

/// An agreement as other answers mention it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgreementRef {
    /// Its id.
    pub id: AgreementId,
    /// What to show for it.
    #[schema(example = "MSE – ISMU")]
    pub label: String,
    /// What it is called.
    pub kind: Option<AgreementKind>,
    /// When it was signed.
    pub signed: Option<PartialDate>,
}

/// Which agreements a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgreementFilter {
    /// Organisation that is a party, by id or `scheme:value`; repeat it for agreements between
    /// these.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub party: Conditions<RecordRef>,
    /// What it is called.
    #[param(value_type = Option<String>, example = "partnership")]
    pub kind: Conditions<AgreementKind>,
    /// Day, month or year it may have been signed in; `unknown` finds those without a date.
    #[param(value_type = Option<String>, example = "unknown")]
    pub signed: Conditions<PartialDate>,
    /// Whom it is for, whatever its accents and case.
    #[param(value_type = Option<String>, example = "Unaccompanied minors")]
    pub target_group: Conditions<Line>,
    /// Country of a territory it names, ISO 3166-1 alpha-2.
    #[param(value_type = Option<String>, example = "IT")]
    pub territory_country: Conditions<Country>,
    /// First and last day it may have been signed on.
    #[param(ignore)]
    pub signed_on: Range<NaiveDate>,
    /// First and last day of a time in which it may have been valid.
    #[param(ignore)]
    pub active: Range<NaiveDate>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for AgreementFilter {
    const SORTS: &'static [&'static str] = &["label", "signed", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            party: query.conditions("party"),
            kind: query.conditions("kind"),
            signed: query.conditions("signed"),
            target_group: query.conditions("target_group"),
            territory_country: query.conditions("territory_country"),
            signed_on: query.days("signed"),
            active: query.days("active"),
            updated_at: query.instants("updated_at"),
        }
    }
}
