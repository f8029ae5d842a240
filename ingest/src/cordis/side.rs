//! The tables that add to projects: programmes, topics, fields of science, addresses.

use super::checks::Checks;
use super::index::{Index, ProjectNo, RowNo};
use super::run::{Pass, Run};
use crate::cell;
use crate::columns::{Column, Kind};
use crate::error::Error;
use crate::source::{Sources, Table};
use crate::table::Row;
use consortia_domain::programme::code_key;
use consortia_domain::project::Theme;
use consortia_domain::text::{Code, Line, WebAddress};
use std::collections::HashMap;

/// The vocabulary of fields of science.
pub(super) const EUROSCIVOC: &str = "euroscivoc";

/// What a side table says about projects: facts by project, each fact kept once.
struct Facts<T> {
    known: Vec<T>,
    numbers: HashMap<String, u32>,
    of_project: Vec<(ProjectNo, u32, bool)>,
}

impl<T> Default for Facts<T> {
    fn default() -> Self {
        Self { known: Vec::new(), numbers: HashMap::new(), of_project: Vec::new() }
    }
}

impl<T> Facts<T> {
    fn add(&mut self, project: ProjectNo, key: &str, is_main: bool, fact: impl FnOnce() -> T) {
        let number = self.numbers.get(key).copied().unwrap_or_else(|| {
            let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
            self.known.push(fact());
            self.numbers.insert(key.to_owned(), number);
            number
        });
        self.of_project.push((project, number, is_main));
    }

    /// Puts the facts of each project together: main ones first, then as they came.
    fn settle(&mut self, index: &Index) {
        for (project, ..) in &mut self.of_project {
            *project = index.resolve(*project);
        }
        self.of_project.sort_by_key(|(project, _, is_main)| (*project, !is_main));
        self.numbers = HashMap::new();
    }

    fn of(&self, project: ProjectNo) -> impl Iterator<Item = &T> {
        let start = self.of_project.partition_point(|(other, ..)| *other < project);
        let end = self.of_project.partition_point(|(other, ..)| *other <= project);
        let mut seen: Vec<u32> = Vec::new();
        self.of_project[start..end].iter().filter_map(move |(_, number, _)| {
            // The same fact twice (two vintages of a table) is one fact.
            let is_new = !seen.contains(number);
            seen.push(*number);
            self.known.get(*number as usize).filter(|_| is_new)
        })
    }
}

/// A topic and its title.
#[derive(Clone)]
pub(super) struct Topic {
    pub(super) code: Code,
    pub(super) title: Option<Line>,
}

/// What all side tables say.
#[derive(Default)]
pub(super) struct Side {
    programmes: Facts<Code>,
    programme_titles: HashMap<String, Line>,
    topics: Facts<Topic>,
    topic_titles: HashMap<String, Line>,
    themes: Facts<Theme>,
    addresses: HashMap<ProjectNo, WebAddress>,
    /// The first row about each project.
    first_rows: HashMap<ProjectNo, RowNo>,
}

impl Side {
    /// Reads every side table.
    pub(super) fn read(
        run: &mut Run<'_>,
        sources: &Sources,
        index: &mut Index,
    ) -> Result<Self, Error> {
        let mut side = Self::default();
        for (number, table) in sources.tables.iter().enumerate() {
            if matches!(table.kind, Kind::Project | Kind::Organization) {
                continue;
            }
            let table_no = u16::try_from(number).unwrap_or(u16::MAX);
            run.each_row(table, Pass::Proper, |run, row| {
                let mut checks = Checks::new(table, row);
                let Some(id) = checks.typed(Column::ProjectId, cell::project_id) else {
                    return run.report(checks.reject(Column::ProjectId, NO_PROJECT));
                };
                let Some(project) = index.number([id]) else { return Ok(()) };
                side.take(table, &row, &mut checks, project);
                side.first_rows.entry(project).or_insert(RowNo::of(table_no, &row));
                match checks.judge(false) {
                    Ok(notices) => notices.into_iter().try_for_each(|notice| run.report(notice)),
                    Err(rejection) => run.report(rejection),
                }
            })?;
        }
        Ok(side)
    }

    fn take(&mut self, table: &Table, row: &Row<'_>, checks: &mut Checks<'_>, project: ProjectNo) {
        match table.kind {
            Kind::LegalBasis => {
                let Some(code) = checks.free(Column::LegalBasis, cell::code) else { return };
                let key = code_key(code.as_str());
                if let Some(title) = checks.free(Column::Title, cell::line) {
                    self.programme_titles.entry(key.clone()).or_insert(title);
                }
                let is_main = cell::unique_part(&row.text(Column::UniquePart));
                self.programmes.add(project, &key, is_main, || code);
            }
            Kind::Topics => {
                let title = checks.free(Column::Title, cell::line);
                let Some(code) = checks.free(Column::Topics, cell::code) else { return };
                let key = code_key(code.as_str());
                if let Some(title) = &title {
                    self.topic_titles.entry(key.clone()).or_insert_with(|| title.clone());
                }
                self.topics.add(project, &key, false, || Topic { code, title });
            }
            Kind::EuroSciVoc => {
                let Some(code) = checks.free(Column::ThemeCode, cell::code) else { return };
                let label = checks.free(Column::ThemeTitle, cell::line);
                let path = checks.free(Column::ThemePath, cell::line);
                let Ok(vocabulary) = EUROSCIVOC.parse() else { return };
                let key = code.as_str().to_owned();
                let theme = || Theme { vocabulary, code, label, path };
                self.themes.add(project, &key, false, theme);
            }
            Kind::WebLink => {
                let is_home =
                    is_homepage(&row.text(Column::LinkType), &row.text(Column::Represents));
                if is_home && let Some((address, _)) = checks.free(Column::Url, cell::first_address)
                {
                    self.addresses.entry(project).or_insert(address);
                }
            }
            Kind::Project | Kind::Organization => {}
        }
    }

    /// Puts together what belongs to one project, once all identifiers are known.
    pub(super) fn settle(&mut self, index: &Index) {
        self.programmes.settle(index);
        self.topics.settle(index);
        self.themes.settle(index);
        let resolve = |number: &ProjectNo| index.resolve(*number);
        self.addresses =
            self.addresses.drain().map(|(n, address)| (resolve(&n), address)).collect();
        self.first_rows = self.first_rows.drain().map(|(n, row)| (resolve(&n), row)).collect();
    }

    /// The programmes of a project, the one it is counted under first.
    pub(super) fn programmes(&self, project: ProjectNo) -> impl Iterator<Item = &Code> {
        self.programmes.of(project)
    }

    /// The title of a programme.
    pub(super) fn programme_title(&self, code: &Code) -> Option<&Line> {
        self.programme_titles.get(&code_key(code.as_str()))
    }

    /// The topics of a project.
    pub(super) fn topics(&self, project: ProjectNo) -> impl Iterator<Item = &Topic> {
        self.topics.of(project)
    }

    /// The title of the topic with this identifier.
    pub(super) fn topic_title(&self, identifier: &Code) -> Option<&Line> {
        self.topic_titles.get(&code_key(identifier.as_str()))
    }

    /// The fields of science of a project.
    pub(super) fn themes(&self, project: ProjectNo) -> impl Iterator<Item = &Theme> {
        self.themes.of(project)
    }

    /// The homepage of a project.
    pub(super) fn address(&self, project: ProjectNo) -> Option<&WebAddress> {
        self.addresses.get(&project)
    }

    /// The projects that are spoken of, in order, with the first row about each.
    pub(super) fn projects(&self) -> Vec<(ProjectNo, RowNo)> {
        let mut found: Vec<_> = self.first_rows.iter().map(|(no, row)| (*no, *row)).collect();
        found.sort_unstable_by_key(|(_, row)| *row);
        found
    }
}

/// The reason of a row that names no project.
pub(super) const NO_PROJECT: &str =
    "The row names no project: expected a project number such as 101004635. It was left out.";

/// Whether a link is to the project's own site. Most are to deliverables; what links
/// represent is not always told.
fn is_homepage(link_type: &str, represents: &str) -> bool {
    let link_type = crate::columns::normalise(link_type);
    let is_site = matches!(
        link_type.as_str(),
        "relatedwebsite" | "website" | "homepage" | "projectwebsite" | "projecturl"
    );
    is_site && (represents.is_empty() || represents.eq_ignore_ascii_case("project"))
}
