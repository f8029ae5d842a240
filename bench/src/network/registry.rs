//! The facts of Horizon 2020, as often as wanted, without a database.

use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::facts::{Fact, OrganisationFacts, ParticipationFacts, ProjectFacts};
use consortia_domain::money::{Currency, Money};
use consortia_domain::role::Role;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;
use uuid::Uuid;
use zip::ZipArchive;

/// How many facts are handed over at once.
const PORTION: usize = 10_000;

/// The participations of the archive, projects and organisations numbered.
pub(crate) struct Registry {
    rows: Vec<Row>,
    projects: u32,
    organisations: Vec<(String, Option<Country>)>,
}

struct Row {
    project: u32,
    organisation: u32,
    role: Option<Role>,
    ec_contribution: Option<Money>,
}

/// The day statuses are told for; none is asked for.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::default()
}

fn id(kind: u64, copy: u32, number: u32) -> Uuid {
    Uuid::from_u64_pair(kind, u64::from(copy) << 32 | u64::from(number))
}

impl Registry {
    /// Reads the participations of `archive`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(archive: &Path) -> io::Result<Self> {
        let mut archive = ZipArchive::new(File::open(archive)?).map_err(io::Error::other)?;
        let file = archive.by_name("organization.csv").map_err(io::Error::other)?;
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(file);
        let header = reader.headers()?.clone();
        let place = |name: &str| {
            let found = header.iter().position(|other| other == name);
            found.ok_or_else(|| io::Error::other(format!("no column {name}")))
        };
        let (project, organisation) = (place("projectID")?, place("organisationID")?);
        let (role, country) = (place("role")?, place("country")?);
        let (name, amount) = (place("name")?, place("ecContribution")?);
        let mut numbers = [HashMap::new(), HashMap::new()];
        let mut rows = Vec::new();
        let mut organisations = Vec::new();
        for record in reader.records() {
            let record = record?;
            let mut number = |of: usize, place: usize| {
                let next = u32::try_from(numbers[of].len()).unwrap_or(u32::MAX);
                *numbers[of].entry(record[place].to_owned()).or_insert(next)
            };
            let (project, organisation) = (number(0, project), number(1, organisation));
            if organisation as usize == organisations.len() {
                let label = record[name].to_lowercase();
                organisations.push((label, record[country].parse().ok()));
            }
            rows.push(Row {
                project,
                organisation,
                role: record[role].parse().ok(),
                ec_contribution: Money::parse_decimal(&record[amount], Currency::EUR).ok(),
            });
        }
        let projects = u32::try_from(numbers[0].len()).unwrap_or(u32::MAX);
        Ok(Self { rows, projects, organisations })
    }

    /// Organisations, projects and participations, `times` over.
    pub(crate) fn counts(&self, times: u32) -> [usize; 3] {
        [self.organisations.len(), self.projects as usize, self.rows.len()]
            .map(|count| count * times as usize)
    }

    /// The facts `times` over: as many more projects and organisations, each organisation in
    /// as many projects as in the archive, but in those of all copies, so that the network is
    /// one.
    pub(crate) fn facts(&self, times: u32, take: &mut impl FnMut(Vec<Fact>)) {
        let mut portion = Vec::with_capacity(PORTION);
        let mut give = |fact| {
            portion.push(fact);
            if portion.len() == PORTION {
                take(std::mem::take(&mut portion));
            }
        };
        for copy in 0..times {
            for (number, (label, country)) in (0..).zip(&self.organisations) {
                let mut facts = OrganisationFacts::of(id(1, copy, number).into());
                facts.label_key.clone_from(label);
                facts.country = *country;
                give(Fact::Organisation(facts));
            }
            for project in 0..self.projects {
                give(Fact::Project(ProjectFacts::of(id(2, copy, project).into())));
            }
            for (number, row) in (0..).zip(&self.rows) {
                give(Fact::Participation(row.facts(copy, number, times)));
            }
        }
        take(portion);
    }

    /// Changes of a participation to another organisation, and back.
    pub(crate) fn moves(&self, count: usize) -> impl Iterator<Item = (Fact, Fact)> {
        (0..).zip(&self.rows).take(count).map(|(number, row)| {
            let there = Row { organisation: self.rows[0].organisation, ..*row };
            let fact = |row: &Row| Fact::Participation(row.facts(0, number, 1));
            (fact(&there), fact(row))
        })
    }
}

impl Row {
    fn facts(&self, copy: u32, number: u32, times: u32) -> ParticipationFacts {
        // Which copy of the organisation: mixed, so that copies do not keep to themselves.
        let mixed = (self.project ^ self.organisation.rotate_left(16)).wrapping_mul(0x9e37_79b1);
        let other = (copy + (mixed >> 16)) % times;
        ParticipationFacts {
            id: id(3, copy, number).into(),
            project: id(2, copy, self.project).into(),
            organisation: id(1, other, self.organisation).into(),
            role: self.role,
            ec_contribution: self.ec_contribution,
        }
    }
}
