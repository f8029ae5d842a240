//! The live network: who takes part in what, in memory, kept current change by change.

use crate::interner::Interner;
use crate::lists::Lists;
use crate::seats::{Seat, Seats};
use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::facts::{Fact, OrganisationFacts, ParticipationFacts, ProjectFacts};
use consortia_domain::id::{OrganisationId, ProjectId};
use consortia_domain::organisation_type::{OrganisationType, Sector};
use consortia_domain::period::Period;
use consortia_domain::place::Nuts;
use consortia_domain::project::{ProjectStatus, status_on};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// Organisations and projects as nodes, participations as ties between them.
///
/// Nodes are dense numbers that stay the same for the life of the process. A deleted record
/// keeps its number and loses its ties, so it is in no answer.
#[derive(Debug, Default)]
pub struct Network {
    revision: i64,
    organisation_ids: Interner,
    organisations: Vec<Organisation>,
    /// How the label of each organisation begins: side by side, while labels are all over the
    /// memory.
    label_beginnings: Vec<[u8; BEGINNING]>,
    project_ids: Interner,
    projects: Vec<Project>,
    /// The projects with partners of which only the group is known: a few of many.
    unnamed_partners: BTreeSet<u32>,
    seat_ids: Interner,
    pub(crate) seats: Seats,
    /// The seats of each organisation.
    by_organisation: Lists,
    /// The seats of each project.
    by_project: Lists,
    programme_sets: ProgrammeSets,
    taken: usize,
}

/// Room is made for one in so many records more than there are, so that the next to be made
/// does not move all others in memory. Room costs nothing until it is used.
const SPARE: usize = 8;
/// Bytes of a label that settle nearly every comparison of two.
const BEGINNING: usize = 16;
/// No parent.
const NONE: u32 = u32::MAX;

/// An organisation: its classes.
#[derive(Debug)]
pub(crate) struct Organisation {
    pub(crate) country: Option<Country>,
    pub(crate) r#type: Option<OrganisationType>,
    pub(crate) sector: Option<Sector>,
    pub(crate) nuts: Option<Nuts>,
    pub(crate) label_key: Box<str>,
    /// The node of what it is a part of, or [`NONE`].
    parent: u32,
}

impl Default for Organisation {
    fn default() -> Self {
        let label_key = Box::default();
        Self { country: None, r#type: None, sector: None, nuts: None, label_key, parent: NONE }
    }
}

impl Organisation {
    /// The node of what it is a part of.
    pub(crate) fn parent(&self) -> Option<u32> {
        (self.parent != NONE).then_some(self.parent)
    }
}

/// A project: what scopes ask of it.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub(crate) period: Period,
    pub(crate) stated_status: Option<ProjectStatus>,
    /// Which set of programmes it is paid from.
    pub(crate) programmes: u32,
}

/// The different sets of programmes that projects are paid from; thousands of projects share
/// one. The first is the empty set.
#[derive(Debug)]
struct ProgrammeSets {
    sets: Vec<Arc<[Uuid]>>,
    numbers: HashMap<Arc<[Uuid]>, u32>,
}

impl Default for ProgrammeSets {
    fn default() -> Self {
        let empty: Arc<[Uuid]> = Arc::new([]);
        Self { sets: vec![empty.clone()], numbers: HashMap::from([(empty, 0)]) }
    }
}

impl ProgrammeSets {
    /// # Panics
    /// At the 2³²nd set.
    fn number(&mut self, mut programmes: Vec<Uuid>) -> u32 {
        programmes.sort_unstable();
        programmes.dedup();
        if let Some(number) = self.numbers.get(programmes.as_slice()) {
            return *number;
        }
        let set: Arc<[Uuid]> = programmes.into();
        let number = u32::try_from(self.sets.len()).expect("fewer than 2^32 sets");
        self.sets.push(set.clone());
        self.numbers.insert(set, number);
        number
    }
}

impl Network {
    /// A network without anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A network without anything, with room for so many records: loading that many then takes
    /// no more memory than they need. What comes later finds room as well.
    #[must_use]
    pub fn with_room(organisations: usize, projects: usize, participations: usize) -> Self {
        let with_reserve = |count: usize| count + count / SPARE;
        let mut network = Self::default();
        let (nodes, numbers) = (with_reserve(organisations), with_reserve(projects));
        let seats = with_reserve(participations);
        network.organisation_ids.make_room(nodes);
        network.organisations.reserve_exact(nodes);
        network.label_beginnings.reserve_exact(nodes);
        network.by_organisation.make_room(nodes);
        network.project_ids.make_room(numbers);
        network.projects.reserve_exact(numbers);
        network.by_project.make_room(numbers);
        network.seat_ids.make_room(seats);
        network.seats.make_room(seats);
        network
    }

    /// The last revision of the registry that it knows of; 0 in the beginning.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// The memory it takes, in bytes, room not yet used included. O(organisations).
    #[must_use]
    pub fn bytes(&self) -> usize {
        let sets: usize = self.programme_sets.sets.iter().map(|set| size_of_val(&**set)).sum();
        let interners = [&self.organisation_ids, &self.project_ids, &self.seat_ids];
        let labels: usize = self.organisations.iter().map(|of| of.label_key.len()).sum();
        interners.into_iter().map(Interner::bytes).sum::<usize>()
            + self.organisations.capacity() * size_of::<Organisation>()
            + self.label_beginnings.capacity() * BEGINNING
            + labels
            + self.projects.capacity() * size_of::<Project>()
            + self.by_organisation.bytes()
            + self.by_project.bytes()
            + self.seats.bytes()
            + sets
    }

    /// How many participations there are.
    #[must_use]
    pub fn participations(&self) -> usize {
        self.taken
    }

    /// The node of an organisation; `None` when the network never heard of it. O(1).
    #[must_use]
    pub fn organisation(&self, id: OrganisationId) -> Option<u32> {
        self.organisation_ids.find(id.into())
    }

    /// The organisation of a node.
    ///
    /// # Panics
    /// When the network gave no such node.
    #[must_use]
    pub fn organisation_id(&self, node: u32) -> OrganisationId {
        self.organisation_ids.id(node).into()
    }

    /// The folded label of an organisation, by which labels are sorted.
    #[must_use]
    pub fn label_key(&self, node: u32) -> &str {
        &self.organisation_at(node).label_key
    }

    /// How the folded label of an organisation begins, filled up with zeros. Two that differ in
    /// it are in the order of their labels. O(1), and quicker than looking at the label.
    #[must_use]
    pub fn label_beginning(&self, node: u32) -> [u8; BEGINNING] {
        self.label_beginnings[node as usize]
    }

    /// Where an organisation is established.
    #[must_use]
    pub fn country(&self, node: u32) -> Option<Country> {
        self.organisation_at(node).country
    }

    /// The project of a number.
    ///
    /// # Panics
    /// When the network gave no such number.
    #[must_use]
    pub fn project_id(&self, number: u32) -> ProjectId {
        self.project_ids.id(number).into()
    }

    /// When a project runs.
    #[must_use]
    pub fn period(&self, project: u32) -> Period {
        self.project_at(project).period
    }

    /// Where a project stands on `today`; see [`status_on`].
    #[must_use]
    pub fn status(&self, project: u32, today: NaiveDate) -> Option<ProjectStatus> {
        let project = self.project_at(project);
        status_on(project.stated_status, project.period, today)
    }

    /// The programmes a project is paid from, those above them not among them.
    #[must_use]
    pub fn programmes(&self, project: u32) -> &[Uuid] {
        &self.programme_sets.sets[self.project_at(project).programmes as usize]
    }

    /// The projects that have partners of which only the group is known.
    pub(crate) fn unnamed_partners(&self) -> &BTreeSet<u32> {
        &self.unnamed_partners
    }

    /// How many organisations have a node, deleted ones included.
    #[must_use]
    pub fn organisation_nodes(&self) -> usize {
        self.organisation_ids.len()
    }

    /// How many projects have a number, deleted ones included.
    #[must_use]
    pub fn project_numbers(&self) -> usize {
        self.project_ids.len()
    }

    pub(crate) fn organisation_at(&self, node: u32) -> &Organisation {
        &self.organisations[node as usize]
    }

    /// The participations of an organisation.
    pub(crate) fn seats_of(&self, node: u32) -> &[u32] {
        self.by_organisation.of(node)
    }

    /// The participations in a project.
    pub(crate) fn seats_in(&self, project: u32) -> &[u32] {
        self.by_project.of(project)
    }

    pub(crate) fn project_at(&self, number: u32) -> &Project {
        &self.projects[number as usize]
    }

    /// The sets of programmes, by number.
    pub(crate) fn programme_sets(&self) -> &[Arc<[Uuid]>] {
        &self.programme_sets.sets
    }

    /// Takes in how records are as of `revision`, in any order. O(facts), and for a change or
    /// removal of a participation the participations of its organisation and project.
    pub fn apply(&mut self, facts: impl IntoIterator<Item = Fact>, revision: i64) {
        for fact in facts {
            match fact {
                Fact::Organisation(facts) => self.put_organisation(facts),
                Fact::Project(facts) => self.put_project(facts),
                Fact::Participation(facts) => self.put_participation(&facts),
                Fact::OrganisationGone(id) => self.put_organisation(OrganisationFacts::of(id)),
                Fact::ProjectGone(id) => self.put_project(ProjectFacts::of(id)),
                Fact::ParticipationGone(id) => {
                    if let Some(seat) = self.seat_ids.find(id.into()) {
                        self.vacate(seat);
                    }
                }
            }
        }
        self.revision = revision;
    }

    fn node(&mut self, id: OrganisationId) -> u32 {
        let node = self.organisation_ids.number(id.into());
        if node as usize == self.organisations.len() {
            self.organisations.push(Organisation::default());
            self.label_beginnings.push([0; BEGINNING]);
            self.by_organisation.add_owner();
        }
        node
    }

    fn project_number(&mut self, id: ProjectId) -> u32 {
        let number = self.project_ids.number(id.into());
        if number as usize == self.projects.len() {
            self.projects.push(Project::default());
            self.by_project.add_owner();
        }
        number
    }

    fn put_organisation(&mut self, facts: OrganisationFacts) {
        let parent = facts.parent.map(|parent| self.node(parent));
        let node = self.node(facts.id);
        let mut beginning = [0; BEGINNING];
        beginning.iter_mut().zip(facts.label_key.bytes()).for_each(|(at, byte)| *at = byte);
        self.label_beginnings[node as usize] = beginning;
        let organisation = &mut self.organisations[node as usize];
        organisation.country = facts.country;
        organisation.r#type = facts.r#type;
        organisation.sector = facts.sector;
        organisation.nuts = facts.nuts;
        organisation.label_key = facts.label_key.into();
        organisation.parent = parent.unwrap_or(NONE);
    }

    fn put_project(&mut self, facts: ProjectFacts) {
        let programmes = facts.programmes.into_iter().map(Uuid::from).collect();
        let programmes = self.programme_sets.number(programmes);
        let number = self.project_number(facts.id);
        let project = &mut self.projects[number as usize];
        project.period = facts.period;
        project.stated_status = facts.stated_status;
        project.programmes = programmes;
        if facts.unnamed_partners {
            self.unnamed_partners.insert(number);
        } else {
            self.unnamed_partners.remove(&number);
        }
    }

    fn put_participation(&mut self, facts: &ParticipationFacts) {
        let organisation = self.node(facts.organisation);
        let project = self.project_number(facts.project);
        let number = self.seat_ids.number(facts.id.into());
        if self.seats.taken(number) != Some((organisation, project)) {
            self.vacate(number);
            self.by_organisation.push(organisation, number);
            self.by_project.push(project, number);
            self.taken += 1;
        }
        let (role, ec_contribution) = (facts.role, facts.ec_contribution);
        self.seats.put(number, Seat { organisation, project, role, ec_contribution });
    }

    fn vacate(&mut self, seat: u32) {
        let Some((organisation, project)) = self.seats.clear(seat) else { return };
        self.by_organisation.remove(organisation, seat);
        self.by_project.remove(project, seat);
        self.taken -= 1;
    }
}
