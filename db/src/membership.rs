//! Members of networks: who is `member_of` what, and of which working groups.

use consortia_domain::id::{OrganisationId, RelationId};
use consortia_domain::period::Period;
use consortia_domain::text::Line;

/// A relation by which an organisation is a member of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRelation {
    /// The relation.
    pub id: RelationId,
    /// Who is a member.
    pub member: OrganisationId,
    /// Of what.
    pub of: OrganisationId,
    /// Since when and until when.
    pub period: Period,
    /// What else was said about it.
    pub note: Option<Line>,
}

crate::conn::dispatch! { membership:
    /// The working groups of a network: organisations that are part of it or have it as
    /// parent, each with the times for which that is said; in order of id.
    read working_groups(network: OrganisationId) -> Vec<(OrganisationId, Vec<Period>)>;

    /// Who is a member of any of these organisations, as stated: earliest start first, the
    /// unknown last, then in order of id.
    read relations_to(organisations: &[OrganisationId]) -> Vec<MemberRelation>;

    /// The networks an organisation is a member of, itself or in a working group, working
    /// groups included; in order of id.
    read networks_of(member: OrganisationId) -> Vec<OrganisationId>;
}
