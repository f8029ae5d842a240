//! What of its details a project is found by.

use super::super::{CHUNK, Conn};
use crate::error::Result;
use crate::schema::project_facets;
use crate::types::Id;
use consortia_domain::group::GroupPart;
use consortia_domain::project::ProjectContent;
use consortia_domain::territory::{Territory, TerritoryRelation};
use consortia_domain::text::{Line, search_key};
use diesel::prelude::*;
use std::collections::BTreeSet;

/// What `project_facets.key` is a key of. Texts are folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Facet {
    Alias,
    TargetGroup,
    ActionCountry,
    ActionNuts,
    ActionPlace,
    TargetCountry,
    TargetNuts,
    TargetPlace,
    GroupPart,
}

impl Facet {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Alias => "alias",
            Self::TargetGroup => "target_group",
            Self::ActionCountry => "action_country",
            Self::ActionNuts => "action_nuts",
            Self::ActionPlace => "action_place",
            Self::TargetCountry => "target_country",
            Self::TargetNuts => "target_nuts",
            Self::TargetPlace => "target_place",
            Self::GroupPart => "group_part",
        }
    }

    /// The facets of a territory: country, region, place.
    const fn of(relation: TerritoryRelation) -> [Self; 3] {
        match relation {
            TerritoryRelation::Action => [Self::ActionCountry, Self::ActionNuts, Self::ActionPlace],
            TerritoryRelation::Target => [Self::TargetCountry, Self::TargetNuts, Self::TargetPlace],
        }
    }
}

/// The key of a project's groups of unnamed partners.
pub(crate) const UNNAMED_PARTNERS: (&str, &str) =
    (Facet::GroupPart.code(), GroupPart::Partner.code());

/// Everything a project is found by, each once.
fn facets(content: &ProjectContent) -> BTreeSet<(Facet, String)> {
    let mut found = BTreeSet::new();
    let folded = |facet, line: &Line| (facet, search_key(line.as_str()));
    found.extend(content.aliases.iter().map(|alias| folded(Facet::Alias, alias)));
    let groups = content.target_groups.iter();
    found.extend(groups.map(|group| folded(Facet::TargetGroup, group)));
    for territory in &content.territories {
        let Territory { relation, nuts, place, .. } = territory;
        let [in_country, in_region, in_place] = Facet::of(*relation);
        found.extend(territory.lies_in().map(|of| (in_country, of.code().to_owned())));
        found.extend(nuts.map(|nuts| (in_region, nuts.to_string())));
        found.extend(place.as_ref().map(|place| folded(in_place, place)));
    }
    found.extend(content.groups.iter().map(|of| (Facet::GroupPart, of.part.code().to_owned())));
    found
}

/// The projects that have one of these aliases.
pub(super) fn aliased(c: &mut Conn, names: &[Line]) -> Result<Vec<Id>> {
    let keys: Vec<String> = names.iter().map(|name| search_key(name.as_str())).collect();
    let having = project_facets::table
        .filter(project_facets::facet.eq(Facet::Alias.code()))
        .filter(project_facets::key.eq_any(keys));
    Ok(having.select(project_facets::project_id).load(c)?)
}

/// Adds the facets of new projects. Without any it costs nothing.
pub(super) fn insert<'a>(
    c: &mut Conn,
    records: impl IntoIterator<Item = (Id, &'a ProjectContent)>,
) -> Result<()> {
    let mut rows = Vec::new();
    for (id, content) in records {
        for (facet, key) in facets(content) {
            rows.push((
                project_facets::project_id.eq(id),
                project_facets::facet.eq(facet.code()),
                project_facets::key.eq(key),
            ));
        }
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(project_facets::table).values(chunk).execute(c)?;
    }
    Ok(())
}

/// Puts the facets of new content in the place of the old ones, where they differ.
pub(super) fn replace(
    c: &mut Conn,
    id: Id,
    old: &ProjectContent,
    new: &ProjectContent,
) -> Result<()> {
    if facets(old) == facets(new) {
        return Ok(());
    }
    diesel::delete(project_facets::table.filter(project_facets::project_id.eq(id))).execute(c)?;
    insert(c, [(id, new)])
}
