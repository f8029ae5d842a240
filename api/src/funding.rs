//! Following the money: the chain of fundings a project is in.

use consortia_db::{Conn, Error, Result, call, organisation, programme, project, relation};
use consortia_domain::call::CallRef;
use consortia_domain::funding::Funding;
use consortia_domain::funding_chain::{FundingChain, FundingLink, FundingSource};
use consortia_domain::id::{CallId, OrganisationId, ProgrammeId, ProjectId, RecordRef};
use consortia_domain::money::{Currency, MoneySum};
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::percent::Percent;
use consortia_domain::programme::ProgrammeRef;
use consortia_domain::project::{Project, ProjectRef};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The most projects followed in each direction.
const LONGEST: usize = 1_000;

/// Which way a chain is followed.
#[derive(Clone, Copy)]
enum Way {
    /// To the projects that pay.
    Up,
    /// To the projects that are paid for.
    Down,
}

/// A project met on the way: how it is joined to the one asked about.
struct Met {
    project: Project,
    next: ProjectId,
    steps: u32,
}

/// The chain of fundings a project is in. A query for each step and each project in it.
///
/// # Errors
/// When there is no such project, or the store fails.
pub fn chain(c: &mut Conn<'_>, wanted: &RecordRef) -> Result<FundingChain> {
    let project = project::get(c, wanted)?;
    let up = follow(c, project.id, Way::Up)?;
    let down = follow(c, project.id, Way::Down)?;
    let met = up.met.iter().chain(&down.met).map(|met| &met.project);
    let all = || std::iter::once(&project).chain(met.clone());
    let names = Names::look_up(c, all().flat_map(|project| &project.content.fundings))?;
    let leaves = std::iter::once(&project)
        .chain(down.met.iter().map(|met| &met.project))
        .filter(|project| !down.passed.contains(&project.id));
    let leaves: Vec<&Funding> = leaves.flat_map(|project| &project.content.fundings).collect();
    let own: Vec<&Funding> = project.content.fundings.iter().collect();
    Ok(FundingChain {
        fundings: names.sources(&project),
        through: names.links(&up.met)?,
        pays_for: names.links(&down.met)?,
        leaves: sum(&leaves)?,
        own: sum(&own)?,
        share: share(&own),
        more: up.more || down.more,
        project: reference(&project),
    })
}

/// What lies in one direction of a project.
#[derive(Default)]
struct Followed {
    /// The projects, nearest first, each once however many ways lead to it.
    met: Vec<Met>,
    /// Those from which the chain goes on.
    passed: HashSet<ProjectId>,
    /// Whether there are more than were followed.
    more: bool,
}

fn follow(c: &mut Conn<'_>, start: ProjectId, way: Way) -> Result<Followed> {
    let mut seen = HashSet::from([start]);
    let mut found = Followed::default();
    let mut frontier = vec![start];
    let mut steps = 0;
    while !frontier.is_empty() {
        steps += 1;
        let pairs = match way {
            Way::Up => relation::funded_under(c, &frontier)?,
            Way::Down => relation::funding(c, &frontier)?,
        };
        frontier.clear();
        for (next, id) in pairs {
            found.passed.insert(next);
            if !seen.insert(id) {
                continue;
            }
            if found.met.len() == LONGEST {
                found.more = true;
                return Ok(found);
            }
            let project = project::get(c, &id.into())?;
            found.met.push(Met { project, next, steps });
            frontier.push(id);
        }
    }
    Ok(found)
}

fn reference(project: &Project) -> ProjectRef {
    ProjectRef { id: project.id, label: project.label.clone(), period: project.content.period }
}

/// Amounts added up by currency.
fn sum(fundings: &[&Funding]) -> Result<MoneySum> {
    let mut minor: BTreeMap<Currency, i128> = BTreeMap::new();
    let known: Vec<_> = fundings.iter().filter_map(|funding| funding.amount).collect();
    for amount in &known {
        *minor.entry(amount.currency()).or_default() += i128::from(amount.minor());
    }
    MoneySum::of(&minor, known.len() as u64, fundings.len() as u64)
        .map_err(|fault| Error::internal(format!("a sum of amounts: {fault}")))
}

/// Shares added up, if any is stated and they make at most a whole.
fn share(fundings: &[&Funding]) -> Option<Percent> {
    let stated: Vec<i64> = fundings
        .iter()
        .filter_map(|funding| funding.share)
        .map(|share| i64::from(share.hundredths()))
        .collect();
    (!stated.is_empty()).then(|| Percent::from_hundredths(stated.iter().sum()).ok()).flatten()
}

/// What fundings refer to.
struct Names {
    programmes: HashMap<ProgrammeId, (ProgrammeRef, Option<ProgrammeId>)>,
    /// The funders that programmes name.
    funders: HashMap<ProgrammeId, Vec<OrganisationId>>,
    organisations: HashMap<OrganisationId, OrganisationRef>,
    calls: HashMap<CallId, CallRef>,
}

impl Names {
    fn look_up<'f>(c: &mut Conn<'_>, fundings: impl Iterator<Item = &'f Funding>) -> Result<Self> {
        let (mut paid_from, mut paying, mut won) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for funding in fundings {
            paid_from.extend(funding.programme_id);
            paying.extend(funding.funder_id);
            won.extend(funding.call_id);
        }
        let programmes = programme::lineage(c, &paid_from.into_iter().collect::<Vec<_>>())?;
        let known: Vec<ProgrammeId> = programmes.keys().copied().collect();
        let funders = programme::funders(c, &known)?;
        paying.extend(funders.values().flatten());
        Ok(Self {
            programmes,
            funders,
            organisations: organisation::references(c, &paying.into_iter().collect::<Vec<_>>())?,
            calls: call::references(c, &won.into_iter().collect::<Vec<_>>())?,
        })
    }

    fn links(&self, met: &[Met]) -> Result<Vec<FundingLink>> {
        let link = |met: &Met| {
            let own: Vec<&Funding> = met.project.content.fundings.iter().collect();
            Ok(FundingLink {
                project: reference(&met.project),
                next: met.next,
                steps: met.steps,
                fundings: self.sources(&met.project),
                own: sum(&own)?,
            })
        };
        met.iter().map(link).collect()
    }

    fn sources(&self, project: &Project) -> Vec<FundingSource> {
        project.content.fundings.iter().map(|funding| self.source(funding)).collect()
    }

    fn source(&self, funding: &Funding) -> FundingSource {
        let mut programmes = Vec::new();
        let mut named: &[OrganisationId] = &[];
        let mut at = funding.programme_id;
        while let Some((programme, above)) = at.and_then(|id| self.programmes.get(&id)) {
            if named.is_empty() {
                named = self.funders.get(&programme.id).map_or(&[], Vec::as_slice);
            }
            programmes.push(programme.clone());
            at = *above;
        }
        let paying = funding.funder_id.as_slice();
        let paying = if paying.is_empty() { named } else { paying };
        FundingSource {
            funders: paying.iter().filter_map(|id| self.organisations.get(id).cloned()).collect(),
            programmes,
            call: funding.call_id.and_then(|id| self.calls.get(&id).cloned()),
            funding: funding.clone(),
        }
    }
}
