//! Partners of which only the group is known, beside those that are named.

use consortia_db::{Conn, Result, project};
use consortia_domain::diversity::{Between, DiversityBounds};
use consortia_domain::group::Group;
use consortia_domain::id::{OrganisationId, ProjectId};
use consortia_domain::partner::UnnamedPartners;
use consortia_network::{Lens, diversity};

/// The groups of unnamed partners in the projects of an organisation that count. Projects and
/// groups are as the store has them; those gone since the network's revision are left out.
/// O(participations of the organisation) where any project has such groups, else O(1).
///
/// # Errors
/// When the store fails.
pub(super) fn unnamed(
    c: &mut Conn<'_>,
    lens: &Lens<'_>,
    id: OrganisationId,
) -> Result<Vec<UnnamedPartners>> {
    let network = lens.network();
    let Some(node) = network.organisation(id) else { return Ok(Vec::new()) };
    let projects = lens.projects_with_unnamed_partners(node);
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ProjectId> =
        projects.into_iter().map(|project| network.project_id(project)).collect();
    let groups = project::unnamed_partners(c, &ids)?;
    let described = |(project, group): (_, Group)| {
        let known = group.organisations_and_countries();
        let bounds = known.and_then(|(size, countries)| bounds(size, countries));
        UnnamedPartners { project, group, bounds }
    };
    Ok(groups.into_iter().map(described).collect())
}

/// Between which values the diversity of a set of `items` in `richness` classes lies; `None`
/// when there are no classes, or more than items. O(classes).
pub(crate) fn bounds(items: u64, richness: u64) -> Option<DiversityBounds> {
    let found = diversity::bounds(items, richness)?;
    let between = |(least, greatest)| Between { least, greatest };
    Some(DiversityBounds {
        items,
        richness,
        blau: between(found.blau),
        shannon: between(found.shannon),
        effective_1: between(found.effective_1),
        effective_2: between(found.effective_2),
        evenness: found.evenness.map(between),
    })
}
