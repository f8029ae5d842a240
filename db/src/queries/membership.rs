//! Who is a member of what. A network's members are those of its working groups too: of the
//! organisations that are part of it or have it as parent. One step, not more: what a network
//! belongs to itself is not what its members belong to.

use super::rows::{parse_opt, period};
use super::{Backend, Conn, LOOKUP, lookup};
use crate::error::Result;
use crate::filters::looked_up;
use crate::membership::MemberRelation;
use crate::schema::{organisations, relations};
use crate::types::Id;
use chrono::NaiveDate;
use consortia_domain::filter::{Condition, Conditions};
use consortia_domain::id::{OrganisationId, RecordRef};
use consortia_domain::organisation::OrganisationFilter;
use consortia_domain::period::Period;
use consortia_domain::relation_kind::RelationKind;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Which end of a relation is asked for.
#[derive(Clone, Copy)]
enum End {
    From,
    To,
}

/// What stands at the `wanted` end of the relations of a kind that have one of `ids` at the
/// other.
fn related(
    c: &mut Conn,
    kind: RelationKind,
    wanted: End,
    ids: &BTreeSet<Id>,
) -> Result<BTreeSet<Id>> {
    let ids: Vec<Id> = ids.iter().copied().collect();
    let mut found: BTreeSet<Id> = BTreeSet::new();
    for some in ids.chunks(LOOKUP) {
        let of_kind = relations::table
            .filter(relations::kind.eq(kind.code()))
            .filter(relations::from_organisation_id.is_not_null())
            .select((
                relations::from_organisation_id.assume_not_null(),
                relations::to_organisation_id.assume_not_null(),
            ))
            .into_boxed::<Backend>();
        let rows: Vec<(Id, Id)> = match wanted {
            End::From => of_kind.filter(relations::to_organisation_id.eq_any(some)).load(c)?,
            End::To => of_kind.filter(relations::from_organisation_id.eq_any(some)).load(c)?,
        };
        found.extend(rows.into_iter().map(|(from, to)| match wanted {
            End::From => from,
            End::To => to,
        }));
    }
    Ok(found)
}

/// What is part of one of `ids`.
fn parts(c: &mut Conn, ids: &BTreeSet<Id>) -> Result<BTreeSet<Id>> {
    let mut found = related(c, RelationKind::PartOf, End::From, ids)?;
    let ids: Vec<Id> = ids.iter().copied().collect();
    for some in ids.chunks(LOOKUP) {
        let children = organisations::table.filter(organisations::parent_id.eq_any(some));
        found.extend(children.select(organisations::id).load::<Id>(c)?);
    }
    Ok(found)
}

/// What one of `ids` is part of.
fn wholes(c: &mut Conn, ids: &BTreeSet<Id>) -> Result<BTreeSet<Id>> {
    let mut found = related(c, RelationKind::PartOf, End::To, ids)?;
    let ids: Vec<Id> = ids.iter().copied().collect();
    for some in ids.chunks(LOOKUP) {
        let own = organisations::table.filter(organisations::id.eq_any(some));
        let parents: Vec<Option<Id>> = own.select(organisations::parent_id).load(c)?;
        found.extend(parents.into_iter().flatten());
    }
    Ok(found)
}

/// `ids` and what `more` finds of them.
fn with(ids: BTreeSet<Id>, more: BTreeSet<Id>) -> BTreeSet<Id> {
    ids.into_iter().chain(more).collect()
}

/// The networks `ids`, and their working groups.
fn groups(c: &mut Conn, ids: BTreeSet<Id>) -> Result<BTreeSet<Id>> {
    let parts = parts(c, &ids)?;
    Ok(with(ids, parts))
}

/// The networks that `ids` are members of, themselves or in working groups.
fn networks(c: &mut Conn, ids: &BTreeSet<Id>) -> Result<BTreeSet<Id>> {
    let direct = related(c, RelationKind::MemberOf, End::To, ids)?;
    let above = wholes(c, &direct)?;
    Ok(with(direct, above))
}

pub(crate) fn working_groups(
    c: &mut Conn,
    network: OrganisationId,
) -> Result<Vec<(OrganisationId, Vec<Period>)>> {
    let mut found: BTreeMap<Id, Vec<Period>> = BTreeMap::new();
    let stated: Vec<(Id, Option<String>, Option<String>)> = relations::table
        .filter(relations::kind.eq(RelationKind::PartOf.code()))
        .filter(relations::to_organisation_id.eq(Id::of(network)))
        .select((
            relations::from_organisation_id.assume_not_null(),
            relations::starts,
            relations::ends,
        ))
        .load(c)?;
    for (id, starts, ends) in stated {
        found.entry(id).or_default().push(period(starts.as_deref(), ends.as_deref())?);
    }
    let children = organisations::table.filter(organisations::parent_id.eq(Id::of(network)));
    for id in children.select(organisations::id).load::<Id>(c)? {
        // A parent is stated without a time.
        found.entry(id).or_default().push(Period::default());
    }
    Ok(found.into_iter().map(|(id, periods)| (id.0.into(), periods)).collect())
}

pub(crate) fn networks_of(c: &mut Conn, member: OrganisationId) -> Result<Vec<OrganisationId>> {
    let found = networks(c, &BTreeSet::from([Id::of(member)]))?;
    Ok(found.into_iter().map(|id| id.0.into()).collect())
}

/// The columns of a membership: id, both ends, start, end, first day, note.
type Row = (Id, Id, Id, Option<String>, Option<String>, Option<NaiveDate>, Option<String>);

pub(crate) fn relations_to(
    c: &mut Conn,
    organisations: &[OrganisationId],
) -> Result<Vec<MemberRelation>> {
    let ids: Vec<Id> = organisations.iter().copied().map(Id::of).collect();
    let mut rows: Vec<Row> = Vec::new();
    for some in ids.chunks(LOOKUP) {
        let found: Vec<Row> = relations::table
            .filter(relations::kind.eq(RelationKind::MemberOf.code()))
            .filter(relations::to_organisation_id.eq_any(some))
            .select((
                relations::id,
                relations::from_organisation_id.assume_not_null(),
                relations::to_organisation_id.assume_not_null(),
                relations::starts,
                relations::ends,
                relations::starts_earliest,
                relations::note,
            ))
            .load(c)?;
        rows.extend(found);
    }
    rows.sort_by_key(|(id, _, _, _, _, first, _)| (first.is_none(), *first, *id));
    let read = |(id, member, of, starts, ends, _, note): Row| {
        Ok(MemberRelation {
            id: id.0.into(),
            member: member.0.into(),
            of: of.0.into(),
            period: period(starts.as_deref(), ends.as_deref())?,
            note: parse_opt(note.as_deref())?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Members of any of some groups, but for those who ask.
pub(crate) struct Through {
    pub(crate) groups: Vec<Id>,
    pub(crate) except: Vec<Id>,
}

/// What a list of organisations asks of memberships, looked up.
pub(crate) struct Chosen {
    /// `member_of` and `fellow_member`.
    pub(crate) members: Vec<Condition<Through>>,
    /// `has_member`: the networks that have.
    pub(crate) networks: Conditions<Id>,
    /// All that have members, where it matters.
    pub(crate) with_members: Vec<Id>,
}

impl Chosen {
    /// Looks up who is meant.
    pub(crate) fn look_up(c: &mut Conn, filter: &OrganisationFilter) -> Result<Self> {
        let all = |c: &mut Conn, wanted: &RecordRef| -> Result<BTreeSet<Id>> {
            Ok(lookup::organisation::all(c, wanted)?.into_iter().collect())
        };
        let listed = |ids: BTreeSet<Id>| ids.into_iter().collect::<Vec<_>>();
        let mut members = Vec::new();
        for condition in &filter.member_of {
            members.push(through(condition, |wanted| {
                let networks = all(c, wanted)?;
                Ok(Through { groups: listed(groups(c, networks)?), except: Vec::new() })
            })?);
        }
        for condition in &filter.fellow_member {
            members.push(through(condition, |wanted| {
                let own = all(c, wanted)?;
                let networks = networks(c, &own)?;
                Ok(Through { groups: listed(groups(c, networks)?), except: listed(own) })
            })?);
        }
        let networks = looked_up(&filter.has_member, |wanted| {
            let ids = all(c, wanted)?;
            networks(c, &ids).map(listed)
        })?;
        let mut with_members = Vec::new();
        if filter.has_member.iter().any(|condition| condition.unknown) {
            let direct: Vec<Id> = relations::table
                .filter(relations::kind.eq(RelationKind::MemberOf.code()))
                .select(relations::to_organisation_id.assume_not_null())
                .distinct()
                .load(c)?;
            let direct: BTreeSet<Id> = direct.into_iter().collect();
            let above = wholes(c, &direct)?;
            with_members = listed(with(direct, above));
        }
        Ok(Self { members, networks, with_members })
    }
}

/// A condition with every value looked up.
fn through(
    condition: &Condition<RecordRef>,
    find: impl FnMut(&RecordRef) -> Result<Through>,
) -> Result<Condition<Through>> {
    let Condition { negated, values, unknown } = condition;
    let values = values.iter().map(find).collect::<Result<_>>()?;
    Ok(Condition { negated: *negated, values, unknown: *unknown })
}
