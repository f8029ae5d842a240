//! Members of networks: organisations that are `member_of` another, or of one of its working
//! groups.

use crate::diversity::{DimensionMeasures, DiversityBounds};
use crate::filter::{Filter, QueryReader, Range};
use crate::group::Group;
use crate::id::RelationId;
use crate::organisation::OrganisationRef;
use crate::page::{CursorValue, Sorted};
use crate::period::Period;
use crate::profile::Counted;
use crate::text::{Line, search_key};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An organisation that is a member of a network.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OrganisationMember {
    /// The member.
    pub organisation: OrganisationRef,
    /// The relations that say so, earliest start first: of the network itself, of its working
    /// groups.
    pub memberships: Vec<Membership>,
}

impl Sorted for OrganisationMember {
    fn value(&self, key: &str) -> CursorValue {
        match key {
            "label" => CursorValue::Text(search_key(&self.organisation.label)),
            "country" => self
                .organisation
                .country
                .map_or(CursorValue::Null, |country| CursorValue::Text(country.to_string())),
            _ => self
                .memberships
                .iter()
                .find_map(|of| of.period.earliest_start())
                .map_or(CursorValue::Null, CursorValue::Date),
        }
    }

    fn id(&self) -> Uuid {
        self.organisation.id.into()
    }
}

/// One statement that an organisation is a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Membership {
    /// The relation that states it.
    pub relation_id: RelationId,
    /// Of what: the network, or a working group of it.
    pub of: OrganisationRef,
    /// Since when and until when.
    pub period: Period,
    /// What else was said about it.
    pub note: Option<Line>,
}

/// A network and all its members, summed up.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MembershipSummary {
    /// The network.
    pub organisation: OrganisationRef,
    /// Members that are named, each once. Of a part of the time there is no address that lists
    /// exactly these.
    pub named: Counted,
    /// Its working groups: organisations that are part of it, or have it as parent.
    pub working_groups: Vec<WorkingGroup>,
    /// Members it has without naming them, and how many of these are named here all the same.
    pub groups: Vec<CountedMembers>,
    /// How diverse the named members are by country; null when none is named.
    pub diversity: Option<DimensionMeasures>,
}

/// A working group of a network: an organisation of its own, with its own members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WorkingGroup {
    /// The group.
    pub organisation: OrganisationRef,
    /// Organisations that are named as its members.
    #[schema(example = 1)]
    pub named: u64,
}

/// Members of whom the number is known, and not who they are.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CountedMembers {
    /// What was stated of them.
    pub group: Group,
    /// How many members are named, among those counted or beside them.
    #[schema(example = 1)]
    pub named: u64,
    /// How many of those counted are not named; null unless their number is exact, and when
    /// more are named.
    #[schema(example = 42)]
    pub unnamed: Option<u64>,
    /// Between which values their diversity by country lies; null unless they are organisations
    /// whose number, and the number of their countries, is exact.
    pub bounds: Option<DiversityBounds>,
}

/// Which members a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MembershipFilter {
    /// First and last day of a time in which the membership may have held.
    #[param(ignore)]
    pub active: Range<NaiveDate>,
}

impl Filter for MembershipFilter {
    /// Without `sort`, members come by label.
    const SORTS: &'static [&'static str] = &["label", "country", "start_date"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { active: query.days("active") }
    }
}
