//! Projects of an organisation that stand out.

use consortia_db::{Conn, Error, Result, project};
use consortia_domain::id::ProjectId;
use consortia_domain::money::{Currency, Money};
use consortia_domain::profile::{Highlights, ProjectAmount, ProjectSize};
use consortia_domain::project::ProjectRef;
use consortia_network::{Ego, Lens, OwnParticipation};
use std::collections::{BTreeMap, HashMap};

/// O(participations in its projects).
pub(super) fn highlights(
    c: &mut Conn<'_>,
    lens: &Lens<'_>,
    ego: &Ego,
    own: &[OwnParticipation],
) -> Result<Highlights> {
    let network = lens.network();
    let id = |project: &u32| network.project_id(*project);
    let ids: Vec<ProjectId> = ego.projects.iter().map(id).collect();
    let costs = project::total_costs(c, &ids)?;
    let in_euro = costs.iter().filter(|(_, cost)| cost.currency() == Currency::EUR);
    let costliest = in_euro.max_by_key(|(id, cost)| (cost.minor(), **id));
    let contribution = largest_contribution(lens, own);
    let size = |project: &u32| {
        let organisations = lens.organisations_in(*project);
        let itself = u64::from(!organisations.contains(&ego.node));
        (organisations.len() as u64 + itself, id(project))
    };
    let largest = ego.projects.iter().map(size).max();
    let start = |project: &u32| Some((network.period(*project).earliest_start()?, id(project)));
    let starts = || ego.projects.iter().filter_map(start);
    let (newest, first) = (starts().max(), starts().min());

    let named = [costliest.map(|(id, _)| *id), contribution.map(|(_, id)| id)].into_iter();
    let named = named.chain([largest.map(|(_, id)| id), newest.map(|(_, id)| id)]);
    let named: Vec<ProjectId> = named.chain([first.map(|(_, id)| id)]).flatten().collect();
    let references = project::references(c, &named)?;
    let reference = |id: ProjectId| references.get(&id).cloned();
    Ok(Highlights {
        largest_contribution: amount(&references, contribution)?,
        largest_project: costliest
            .and_then(|(id, cost)| Some(ProjectAmount { project: reference(*id)?, amount: *cost })),
        largest_consortium: largest.and_then(|(organisations, id)| {
            Some(ProjectSize { project: reference(id)?, organisations })
        }),
        newest: newest.and_then(|(_, id)| reference(id)),
        first: first.and_then(|(_, id)| reference(id)),
    })
}

/// The most it gets of the EC for one project, in euro cents, and for which.
fn largest_contribution(lens: &Lens<'_>, own: &[OwnParticipation]) -> Option<(i128, ProjectId)> {
    let mut by_project: BTreeMap<ProjectId, i128> = BTreeMap::new();
    for of in own {
        if let Some((Currency::EUR, minor)) = of.ec_contribution {
            let project = lens.network().project_id(of.project);
            *by_project.entry(project).or_default() += i128::from(minor);
        }
    }
    by_project.into_iter().map(|(id, minor)| (minor, id)).max()
}

fn amount(
    references: &HashMap<ProjectId, ProjectRef>,
    found: Option<(i128, ProjectId)>,
) -> Result<Option<ProjectAmount>> {
    let Some((minor, id)) = found else { return Ok(None) };
    let amount = i64::try_from(minor).ok().and_then(|of| Money::from_minor(of, Currency::EUR).ok());
    let amount = amount.ok_or_else(|| Error::internal("a contribution beyond what money holds"))?;
    Ok(references.get(&id).cloned().map(|project| ProjectAmount { project, amount }))
}
