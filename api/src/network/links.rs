//! Addresses that list exactly what a figure about an organisation counted.

use consortia_domain::filter::{MAX_CONDITIONS, MAX_REPEATS, MAX_VALUES};
use consortia_domain::id::OrganisationId;
use consortia_domain::partial_date::PartialDate;
use consortia_domain::profile::Counted;
use consortia_domain::scope::Scope;
use consortia_network::Lens;

/// What a scope asks of projects; lists of projects and participations take the same.
const OF_PROJECTS: [&str; 6] =
    ["programme", "status", "active_from", "active_to", "start_date_from", "start_date_to"];

/// The addresses of one organisation in a scope.
pub(super) struct Links<'a> {
    id: OrganisationId,
    /// All that count as it, by comma; `None` when they are too many to be named.
    members: Option<String>,
    scope: &'a Scope,
}

impl<'a> Links<'a> {
    /// The addresses of the organisation that `id` counts as. O(its units).
    pub(super) fn of(lens: &Lens<'_>, id: OrganisationId, scope: &'a Scope) -> Self {
        let network = lens.network();
        let node = network.organisation(id).map(|node| lens.counted_as(node));
        let members = node.map_or_else(Vec::new, |node| lens.members(node).collect());
        let names: Vec<String> =
            members.iter().map(|member| network.organisation_id(*member).to_string()).collect();
        let members = match names.len() {
            0 => Some(id.to_string()),
            count => (count <= MAX_VALUES).then(|| names.join(",")),
        };
        Self { id, members, scope }
    }

    /// Its projects that also satisfy `more`.
    pub(super) fn projects(&self, more: &[(&str, &str)]) -> Option<String> {
        self.list("projects", "organisation", more)
    }

    /// The projects it leads.
    pub(super) fn coordinated(&self) -> Option<String> {
        self.list("projects", "coordinator", &[])
    }

    /// Its participations that also satisfy `more`.
    pub(super) fn participations(&self, more: &[(&str, &str)]) -> Option<String> {
        self.list("participations", "organisation", more)
    }

    /// Its projects that start in the years from `first` to `last` and satisfy `more`.
    pub(super) fn projects_starting(
        &self,
        (first, last): (i32, i32),
        more: &[(&str, &str)],
    ) -> Option<String> {
        let (first, last) = (format!("{first:04}"), format!("{last:04}"));
        let given = |name: &str| Some(self.scope.0.get(name)?.first()?.as_str());
        let day = |text: &str| text.parse::<PartialDate>().ok();
        // A range may be given once. As a start is never vaguer than a year, what starts within
        // the scope and within these years starts within what both have in common.
        let from = given("start_date_from").filter(|from| {
            day(from).map(PartialDate::earliest) > day(&first).map(PartialDate::earliest)
        });
        let to = given("start_date_to")
            .filter(|to| day(to).map(PartialDate::latest) < day(&last).map(PartialDate::latest));
        let starting =
            [("start_date_from", from.unwrap_or(&first)), ("start_date_to", to.unwrap_or(&last))];
        self.projects(&[&starting, more].concat())
    }

    fn list(&self, list: &str, name: &str, more: &[(&str, &str)]) -> Option<String> {
        let members = self.members.as_deref()?;
        let replaced = |name: &str| {
            name.starts_with("start_date") && more.iter().any(|(other, _)| *other == name)
        };
        let of_projects = self.stated();
        let of_projects = of_projects.filter(|(name, _)| OF_PROJECTS.contains(name));
        let of_projects = of_projects.filter(|(name, _)| !replaced(name));
        let query = [(name, members)].into_iter().chain(of_projects).chain(more.iter().copied());
        accepted(&format!("/api/v1/{list}"), &query.collect::<Vec<_>>())
    }

    /// An address below the organisation that takes the same scope: its partners, its
    /// diversity.
    pub(super) fn below(&self, what: &str) -> String {
        with_query(&self.path(what), self.stated())
    }

    /// Its partners that also satisfy `more`.
    pub(super) fn partners(&self, more: &[(&str, &str)]) -> Option<String> {
        let query: Vec<_> = self.stated().chain(more.iter().copied()).collect();
        accepted(&self.path("partners"), &query)
    }

    /// The agreements of an organisation, `count` of them.
    pub(super) fn agreements(of: OrganisationId, count: u64) -> Counted {
        Counted { count, href: Some(format!("/api/v1/organisations/{of}/agreements")) }
    }

    /// The networks an organisation is a member of, `count` of them.
    pub(super) fn networks(of: OrganisationId, count: u64) -> Counted {
        Counted { count, href: Some(format!("/api/v1/organisations?has_member={of}")) }
    }

    fn path(&self, what: &str) -> String {
        format!("/api/v1/organisations/{}/{what}", self.id)
    }

    fn stated(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let pairs = self.scope.0.iter();
        pairs.flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())))
    }
}

/// The address `path` with the parameters `query`, unless that asks more than a request may.
pub(crate) fn accepted(path: &str, query: &[(&str, &str)]) -> Option<String> {
    let repeats = |name: &str| query.iter().filter(|(other, _)| *other == name).count();
    let few =
        query.len() <= MAX_CONDITIONS && query.iter().all(|(name, _)| repeats(name) <= MAX_REPEATS);
    few.then(|| with_query(path, query.iter().copied()))
}

fn with_query<'q>(path: &str, pairs: impl Iterator<Item = (&'q str, &'q str)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    // Commas need no escape in a query, and lists are read more easily with them.
    let query = query.replace("%2C", ",");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
