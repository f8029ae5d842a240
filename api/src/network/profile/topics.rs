//! What the projects of an organisation are about, period by period.

use super::super::links::Links;
use chrono::Datelike as _;
use consortia_db::{Conn, Result, project};
use consortia_domain::filter::YEARS;
use consortia_domain::id::ProjectId;
use consortia_domain::profile::{Counted, TopicPeriod, TopicShare};
use consortia_domain::topic::{Topic, TopicKey};
use consortia_network::{Ego, Lens};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many topics of a period are listed.
const LISTED: usize = 10;

/// The projects of a period, and what they are about.
#[derive(Default)]
struct Period {
    projects: Vec<ProjectId>,
    about: BTreeMap<TopicKey, (Topic, HashSet<ProjectId>)>,
    with_topic: HashSet<ProjectId>,
}

impl Period {
    /// How many projects are about a topic or about something below it.
    /// O(log topics + projects found).
    fn about(&self, topic: &Topic) -> usize {
        let mut projects: HashSet<ProjectId> = HashSet::new();
        let own = self.about.get(&topic.key()).into_iter();
        let below = topic.keys_below().into_iter().flat_map(|keys| self.about.range(keys));
        for (_, having) in own.chain(below.map(|(_, found)| found)) {
            projects.extend(having);
        }
        projects.len()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    fn share(&self, about: usize) -> f64 {
        about as f64 / self.with_topic.len() as f64
    }
}

/// Periods of `years` years from multiples of `years` on, as far as projects start in them;
/// those without a date come last. O(projects + topics · log topics).
pub(super) fn topics(
    c: &mut Conn<'_>,
    lens: &Lens<'_>,
    ego: &Ego,
    links: &Links<'_>,
    years: u32,
) -> Result<Vec<TopicPeriod>> {
    let years = i32::try_from(years).unwrap_or(i32::MAX);
    let network = lens.network();
    let mut dated: BTreeMap<i32, Period> = BTreeMap::new();
    let mut undated = Period::default();
    let mut period_of: HashMap<ProjectId, Option<i32>> = HashMap::new();
    for project in &ego.projects {
        let start = network.period(*project).earliest_start();
        let from = start.map(|day| day.year().div_euclid(years) * years);
        let id = network.project_id(*project);
        period_of.insert(id, from);
        let period = from.map_or(&mut undated, |from| dated.entry(from).or_default());
        period.projects.push(id);
    }
    let ids: Vec<ProjectId> = period_of.keys().copied().collect();
    for (id, topic) in project::topics(c, &ids)? {
        let period = match period_of.get(&id) {
            Some(Some(from)) => dated.entry(*from).or_default(),
            _ => &mut undated,
        };
        period.with_topic.insert(id);
        let (_, projects) = period.about.entry(topic.key()).or_insert((topic, HashSet::new()));
        projects.insert(id);
    }
    let mut told: Vec<TopicPeriod> = Vec::new();
    let mut before: Option<&Period> = None;
    for (from, period) in &dated {
        let last = from.saturating_add(years - 1);
        // Dates have years of four digits.
        let bounds = Some(((*from).max(*YEARS.start()), last.min(*YEARS.end())));
        let gone = told.last().map_or_else(Vec::new, |last| gone(last, period));
        told.push(TopicPeriod { gone, ..describe(period, before, bounds, links) });
        before = Some(period);
    }
    if !undated.projects.is_empty() {
        told.push(describe(&undated, None, None, links));
    }
    Ok(told)
}

fn describe(
    period: &Period,
    before: Option<&Period>,
    bounds: Option<(i32, i32)>,
    links: &Links<'_>,
) -> TopicPeriod {
    let href = |more: &[(&str, &str)]| links.projects_starting(bounds?, more);
    let about = |topic: &Topic| {
        let (name, value) = topic.filter()?;
        href(&[(name, &value)])
    };
    let before = before.filter(|before| !before.with_topic.is_empty());
    let counted = |(topic, _): &(Topic, HashSet<ProjectId>)| (topic.clone(), period.about(topic));
    let mut topics: Vec<(Topic, usize)> = period.about.values().map(counted).collect();
    // Stable: equally frequent ones stay in the order of their codes and words.
    topics.sort_by_key(|(_, count)| Reverse(*count));
    let share = |(topic, count): &(Topic, usize)| TopicShare {
        topic: topic.clone(),
        projects: Counted { count: *count as u64, href: about(topic) },
        share: period.share(*count),
        shift: before.map(|before| period.share(*count) - before.share(before.about(topic))),
    };
    TopicPeriod {
        from: bounds.map(|(from, _)| from),
        to: bounds.map(|(_, to)| to),
        projects: Counted { count: period.projects.len() as u64, href: href(&[]) },
        without_topic: (period.projects.len() - period.with_topic.len()) as u64,
        more_topics: topics.len().saturating_sub(LISTED) as u64,
        topics: topics.iter().take(LISTED).map(share).collect(),
        gone: Vec::new(),
    }
}

/// What was listed before and is nobody's topic now. Where no topic is known, nobody can tell.
fn gone(before: &TopicPeriod, period: &Period) -> Vec<Topic> {
    if period.with_topic.is_empty() {
        return Vec::new();
    }
    let listed = before.topics.iter().map(|share| &share.topic);
    listed.filter(|topic| period.about(topic) == 0).cloned().collect()
}
