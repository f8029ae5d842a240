//! Project rows, and the programmes and calls they name.

use super::checks::Checks;
use super::codes::{ancestors, call_year, framework_in, framework_of};
use super::index::{Index, ProjectNo};
use super::organisations::origin_of;
use super::run::Run;
use super::side::Side;
use crate::cell::{self, DateOrder};
use crate::columns::Column;
use crate::error::Error;
use crate::source::Table;
use crate::table::Row;
use chrono::NaiveDateTime;
use consortia_domain::call::CallContent;
use consortia_domain::external_id::{ExternalId, Scheme};
use consortia_domain::funding::FundingKind;
use consortia_domain::import::{
    BATCH_SIZE, Batch, CallRecord, FundingRecord, Origin, ProgrammeRecord, ProjectRecord, Rejection,
};
use consortia_domain::language::{LanguageTag, LocalizedText};
use consortia_domain::money::Money;
use consortia_domain::partial_date::PartialDate;
use consortia_domain::period::{Bound, Period};
use consortia_domain::programme::code_key;
use consortia_domain::project::{ProjectContent, ProjectStatus, Theme};
use consortia_domain::text::{Code, Line, WebAddress};
use std::collections::HashSet;

/// The vocabulary of topics of calls.
pub(super) const TOPIC: &str = "cordis-topic";

/// The vocabulary of the subject codes of the years 2015 to 2020.
pub(super) const SUBJECT: &str = "cordis-subject";

/// The typed cells of a project row.
pub(super) struct Typed {
    pub(super) ids: Vec<ExternalId>,
    pub(super) updated: Option<NaiveDateTime>,
    start: Option<PartialDate>,
    end: Option<PartialDate>,
    status: Option<ProjectStatus>,
    total_cost: Option<Money>,
    contribution: Option<Money>,
}

impl Typed {
    /// Reads the typed cells.
    pub(super) fn read(checks: &mut Checks<'_>, order: DateOrder) -> Self {
        let id = checks.typed(Column::ProjectId, cell::project_id);
        let rcn = checks.typed(Column::ProjectRcn, cell::rcn);
        let mut ids: Vec<ExternalId> = id.into_iter().collect();
        ids.extend(rcn.filter(|rcn| !ids.contains(rcn)));
        let typed = Self {
            ids,
            updated: checks.typed(Column::UpdateDate, |text| cell::date_time(text, order)),
            start: checks.typed(Column::StartDate, |text| cell::date(text, order)),
            end: checks.typed(Column::EndDate, |text| cell::date(text, order)),
            status: checks.typed(Column::Status, cell::project_status),
            total_cost: checks.amount(Column::TotalCost),
            contribution: checks.amount(Column::MaxContribution),
        };
        // Not kept, but evidence of whether the row is shifted.
        checks.typed(Column::SignatureDate, |text| cell::date(text, order));
        typed
    }

    /// Drops a record number that belongs to another project.
    pub(super) fn keep_own_ids(
        &mut self,
        index: &Index,
        project: ProjectNo,
        checks: &mut Checks<'_>,
    ) {
        let own = index.ids(project);
        if let Some(at) = self.ids.iter().position(|id| !own.contains(id)) {
            let id = self.ids.remove(at);
            let reason = "another project has this record number; it was left out";
            checks.note(Column::ProjectRcn, id.value(), reason);
        }
    }

    /// Whether its amounts contradict each other.
    pub(super) fn is_contradictory(&self) -> bool {
        Checks::contradicts(self.total_cost, self.contribution)
    }
}

/// Turns rows into records and hands them over, parents first.
pub(super) struct Projects<'a> {
    side: &'a Side,
    programmes: Named<ProgrammeRecord>,
    calls: Named<CallRecord>,
    records: Vec<ProjectRecord>,
}

/// Records named for the first time, each once.
struct Named<T> {
    seen: HashSet<String>,
    fresh: Vec<T>,
}

impl<T> Named<T> {
    fn new() -> Self {
        Self { seen: HashSet::new(), fresh: Vec::new() }
    }

    fn name(&mut self, code: &Code, record: impl FnOnce() -> T) {
        if self.seen.insert(code_key(code.as_str())) {
            self.fresh.push(record());
        }
    }
}

impl<'a> Projects<'a> {
    pub(super) fn new(side: &'a Side) -> Self {
        let records = Vec::with_capacity(BATCH_SIZE);
        Self { side, programmes: Named::new(), calls: Named::new(), records }
    }

    /// Takes a row that is sound; yields what is worth knowing about its other cells.
    pub(super) fn take(
        &mut self,
        table: &Table,
        row: &Row<'_>,
        mut checks: Checks<'_>,
        typed: Typed,
        project: ProjectNo,
    ) -> Vec<Rejection> {
        let origin = Origin { file: table.name.clone(), line: row.line };
        let is_contradictory = typed.is_contradictory();
        let Typed { mut ids, updated, start, end, status, total_cost, contribution } = typed;
        let doi = checks.free(Column::GrantDoi, |text| {
            let said = cell::is_said(text).then(|| ExternalId::new(Scheme::Doi, text));
            Ok(said.transpose()?)
        });
        ids.extend(doi);
        let funding = Funding {
            codes: self.programme_codes(&mut checks, row, project),
            framework: framework(&mut checks, table),
            call: call(&mut checks),
            type_of_action: checks.free(Column::FundingScheme, cell::code),
            amount: contribution,
        };
        let content = ProjectContent {
            acronym: checks.free(Column::Acronym, cell::line),
            titles: english(checks.free(Column::Title, cell::line)),
            r#abstract: english(checks.free(Column::Objective, cell::prose)),
            period: period(&mut checks, row, start, end),
            stated_status: status,
            total_cost,
            keywords: keywords(&row.text(Column::Keywords)),
            themes: self.themes(row, project),
            homepage: self.homepage(&mut checks, project),
            external_ids: ids,
            ..ProjectContent::default()
        };
        let fundings = self.fundings(&origin, funding);
        let record = ProjectRecord { origin, as_of: updated, content, fundings, only_adds: false };
        self.records.push(record);
        // Shifted rows were rejected by their typed cells; the others only add notices.
        checks.judge(is_contradictory).unwrap_or_else(|rejection| vec![rejection])
    }

    /// Takes projects that only side tables speak of.
    pub(super) fn take_additions(
        &mut self,
        run: &mut Run<'_>,
        index: &Index,
        tables: &[Table],
    ) -> Result<(), Error> {
        for (project, row) in self.side.projects() {
            if index.described_by(project).is_some() {
                continue;
            }
            self.take_addition(index, origin_of(tables, row), project);
            self.hand_over_full(run)?;
        }
        Ok(())
    }

    fn take_addition(&mut self, index: &Index, origin: Origin, project: ProjectNo) {
        let mut themes: Vec<Theme> = self.side.themes(project).cloned().collect();
        themes.extend(self.topics(project, ""));
        let codes: Vec<Code> = self.side.programmes(project).cloned().collect();
        let framework = codes.first().and_then(framework_of);
        let fundings = if codes.is_empty() {
            Vec::new()
        } else {
            let (call, type_of_action, amount) = (None, None, None);
            let funding = Funding { codes, framework, call, type_of_action, amount };
            self.fundings(&origin, funding)
        };
        let content = ProjectContent {
            themes,
            homepage: self.side.address(project).cloned(),
            external_ids: index.ids(project).to_vec(),
            ..ProjectContent::default()
        };
        let is_empty = content.themes.is_empty() && content.homepage.is_none();
        if !is_empty || !fundings.is_empty() {
            let record = ProjectRecord { origin, as_of: None, content, fundings, only_adds: true };
            self.records.push(record);
        }
    }

    /// Hands over what has gathered once it fills a batch.
    pub(super) fn hand_over_full(&mut self, run: &mut Run<'_>) -> Result<(), Error> {
        if self.records.len() >= BATCH_SIZE {
            self.hand_over(run)?;
        }
        Ok(())
    }

    /// Hands over what has gathered: programmes, calls, projects.
    pub(super) fn hand_over(&mut self, run: &mut Run<'_>) -> Result<(), Error> {
        let programmes = std::mem::take(&mut self.programmes.fresh);
        let calls = std::mem::take(&mut self.calls.fresh);
        let projects = std::mem::replace(&mut self.records, Vec::with_capacity(BATCH_SIZE));
        for part in programmes.chunks(BATCH_SIZE) {
            run.hand_over(Batch::Programmes(part.to_vec()))?;
        }
        for part in calls.chunks(BATCH_SIZE) {
            run.hand_over(Batch::Calls(part.to_vec()))?;
        }
        if projects.is_empty() {
            return Ok(());
        }
        run.hand_over(Batch::Projects(projects))
    }

    /// The programmes of a project, the one it is counted under first: the one `legalBasis.csv`
    /// marks, else the first of the project's own list.
    fn programme_codes(
        &self,
        checks: &mut Checks<'_>,
        row: &Row<'_>,
        project: ProjectNo,
    ) -> Vec<Code> {
        let mut codes: Vec<Code> = self.side.programmes(project).cloned().collect();
        let text = row.text(Column::LegalBasis);
        for part in cell::lines_of(&text) {
            let Some(code) = checks.free(Column::LegalBasis, |_| cell::code(part)) else {
                continue;
            };
            let key = code_key(code.as_str());
            if !codes.iter().any(|known| code_key(known.as_str()) == key) {
                codes.push(code);
            }
        }
        codes
    }

    /// The fundings of a project. It has one grant: the amount, the call and the type of action
    /// stand with the first programme, and the others follow without an amount, so that the
    /// project is found under each and its money is counted once.
    fn fundings(&mut self, origin: &Origin, funding: Funding) -> Vec<FundingRecord> {
        let Funding { codes, framework, call, type_of_action, amount } = funding;
        let framework = framework.or_else(|| codes.first().and_then(framework_of));
        for code in codes.iter().chain(&framework) {
            let side = self.side;
            self.programmes.name(code, || ProgrammeRecord {
                origin: origin.clone(),
                code: code.clone(),
                ancestors: ancestors(code, framework.as_ref()),
                titles: english(side.programme_title(code).cloned()),
            });
        }
        if let Some(identifier) = &call {
            let title = self.side.topic_title(identifier).cloned();
            self.calls.name(identifier, || CallRecord {
                origin: origin.clone(),
                programme: framework.clone(),
                content: CallContent {
                    identifier: Some(identifier.clone()),
                    titles: english(title),
                    year: call_year(identifier.as_str()),
                    ..CallContent::default()
                },
            });
        }
        let bare = |programme| FundingRecord {
            programme,
            call: None,
            type_of_action: None,
            kind: FundingKind::Grant,
            amount: None,
        };
        let mut codes = codes.into_iter();
        let main = bare(codes.next().or(framework));
        let is_known = main.programme.is_some()
            || call.is_some()
            || type_of_action.is_some()
            || amount.is_some();
        if !is_known {
            return Vec::new();
        }
        let main = FundingRecord { call, type_of_action, amount, ..main };
        std::iter::once(main).chain(codes.map(|code| bare(Some(code)))).collect()
    }

    fn themes(&self, row: &Row<'_>, project: ProjectNo) -> Vec<Theme> {
        let mut themes: Vec<Theme> = self.side.themes(project).cloned().collect();
        themes.extend(self.topics(project, &row.text(Column::Topics)));
        let text = row.text(Column::Subjects);
        themes.extend(
            cell::lines_of(&text).filter_map(|code| theme(SUBJECT, code.parse().ok()?, None)),
        );
        themes
    }

    /// The topics of a project: those of `topics.csv`, then those only its own row names.
    fn topics(&self, project: ProjectNo, cell: &str) -> Vec<Theme> {
        let mut topics: Vec<(Code, Option<Line>)> = self
            .side
            .topics(project)
            .map(|topic| (topic.code.clone(), topic.title.clone()))
            .collect();
        for part in cell::lines_of(cell) {
            let Ok(code) = part.parse::<Code>() else { continue };
            let key = code_key(code.as_str());
            if !topics.iter().any(|(known, _)| code_key(known.as_str()) == key) {
                let title = self.side.topic_title(&code).cloned();
                topics.push((code, title));
            }
        }
        topics.into_iter().filter_map(|(code, title)| theme(TOPIC, code, title)).collect()
    }

    fn homepage(&self, checks: &mut Checks<'_>, project: ProjectNo) -> Option<WebAddress> {
        let stated = checks.free(Column::HomePage, cell::first_address);
        stated.map(|(address, _)| address).or_else(|| self.side.address(project).cloned())
    }
}

/// How a project is paid for, as far as its row tells.
struct Funding {
    codes: Vec<Code>,
    framework: Option<Code>,
    call: Option<Code>,
    type_of_action: Option<Code>,
    amount: Option<Money>,
}

/// The framework programme a row states; where the table has no such column, the one the
/// file's name speaks of.
fn framework(checks: &mut Checks<'_>, table: &Table) -> Option<Code> {
    let stated = checks.free(Column::FrameworkProgramme, cell::code);
    if stated.is_some() || table.layout.has(Column::FrameworkProgramme) {
        return stated;
    }
    framework_in(&table.name)
}

/// The call a project was won in: the one people apply to, which is the sub-call; else the call
/// of the years 2015 to 2020; else the master call.
fn call(checks: &mut Checks<'_>) -> Option<Code> {
    [Column::SubCall, Column::Call, Column::MasterCall]
        .into_iter()
        .find_map(|column| checks.free(column, cell::code))
}

/// The period of a project. An end before the start is dropped, as the start is known from the
/// grant agreement and the end changes with it.
fn period(
    checks: &mut Checks<'_>,
    row: &Row<'_>,
    start: Option<PartialDate>,
    end: Option<PartialDate>,
) -> Period {
    let start = Bound::from(start);
    Period::new(start, Bound::from(end)).unwrap_or_else(|_| {
        let text = row.text(Column::EndDate);
        checks.note(Column::EndDate, &text, format!("expected a date after the start, {start}"));
        Period::new(start, Bound::Unknown).unwrap_or_default()
    })
}

fn keywords(text: &str) -> Vec<Line> {
    let separator = if text.contains(';') { ';' } else { ',' };
    let parts = text.split(separator).map(str::trim).filter(|part| cell::is_said(part));
    let mut keywords: Vec<Line> = Vec::new();
    for keyword in parts.filter_map(|part| cell::line(part).ok().flatten()) {
        if !keywords.contains(&keyword) {
            keywords.push(keyword);
        }
    }
    keywords
}

fn theme(vocabulary: &str, code: Code, label: Option<Line>) -> Option<Theme> {
    Some(Theme { vocabulary: vocabulary.parse().ok()?, code, label, path: None })
}

/// A text of CORDIS, which writes English.
fn english<T>(text: Option<T>) -> LocalizedText<T> {
    text.map(|text| (LanguageTag::english(), text)).into_iter().collect()
}
