//! What the tests share: a sink that keeps everything, files made on the spot, and a way to
//! write records as short lines.

use consortia_domain::country::Country;
use consortia_domain::import::{
    Batch, CallRecord, OrganisationRecord, ParticipationRecord, ProgrammeRecord, Progress,
    ProjectParticipations, ProjectRecord, Rejection, Severity, Sink, StopReason,
};
use consortia_domain::money::Money;
use consortia_domain::organisation::NameKind;
use consortia_domain::organisation_type::OrganisationType;
use consortia_domain::project::ProjectStatus;
use consortia_ingest::cordis::{self, Summary};
use consortia_ingest::source::Sources;
use std::fmt::{Display, Write as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Everything an import handed over.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) programmes: Vec<ProgrammeRecord>,
    pub(crate) calls: Vec<CallRecord>,
    pub(crate) organisations: Vec<OrganisationRecord>,
    pub(crate) projects: Vec<ProjectRecord>,
    pub(crate) groups: Vec<ProjectParticipations>,
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) progress: Vec<Progress>,
    pub(crate) batches: Vec<(&'static str, usize)>,
    pub(crate) summary: Summary,
}

impl Sink for Collected {
    fn batch(&mut self, batch: Batch) -> Result<(), StopReason> {
        let (kind, len) = match batch {
            Batch::Programmes(records) => {
                let len = records.len();
                self.programmes.extend(records);
                ("programmes", len)
            }
            Batch::Calls(records) => {
                let len = records.len();
                self.calls.extend(records);
                ("calls", len)
            }
            Batch::Organisations(records) => {
                let len = records.len();
                self.organisations.extend(records);
                ("organisations", len)
            }
            Batch::Projects(records) => {
                let len = records.len();
                self.projects.extend(records);
                ("projects", len)
            }
            Batch::Participations(groups) => {
                let len = groups.iter().map(|group| group.participations.len()).sum();
                self.groups.extend(groups);
                ("participations", len)
            }
        };
        self.batches.push((kind, len));
        Ok(())
    }

    fn rejection(&mut self, rejection: Rejection) -> Result<(), StopReason> {
        self.rejections.push(rejection);
        Ok(())
    }

    fn progress(&mut self, progress: Progress) {
        self.progress.push(progress);
    }
}

impl Collected {
    pub(crate) fn organisation(&self, id: &str) -> &OrganisationRecord {
        let is_it = |record: &&OrganisationRecord| {
            record.content.external_ids.iter().any(|other| other.to_string() == id)
        };
        self.organisations.iter().find(is_it).unwrap_or_else(|| panic!("no organisation {id}"))
    }

    pub(crate) fn project(&self, id: &str) -> &ProjectRecord {
        let is_it = |record: &&ProjectRecord| {
            record.content.external_ids.iter().any(|other| other.to_string() == id)
        };
        self.projects.iter().find(is_it).unwrap_or_else(|| panic!("no project {id}"))
    }

    pub(crate) fn participations(&self, project: &str) -> &[ParticipationRecord] {
        let is_it = |group: &&ProjectParticipations| {
            group.project.iter().any(|other| other.to_string() == project)
        };
        self.groups.iter().find(is_it).map_or(&[], |group| &group.participations)
    }

    pub(crate) fn all_participations(&self) -> impl Iterator<Item = &ParticipationRecord> {
        self.groups.iter().flat_map(|group| &group.participations)
    }

    /// Rejections of a severity as `line column: reason`.
    pub(crate) fn reasons(&self, severity: Severity) -> Vec<String> {
        let of = self.rejections.iter().filter(|rejection| rejection.severity == severity);
        of.map(|r| format!("{} {}: {}", r.origin.line, r.column, r.reason)).collect()
    }
}

/// Imports files or folders.
pub(crate) fn import(paths: &[PathBuf]) -> Collected {
    let sources = Sources::find(paths).expect("tables");
    let mut collected = Collected::default();
    collected.summary = cordis::read(&sources, &mut collected).expect("an import");
    collected
}

/// Imports files made of the texts given.
pub(crate) fn import_files(files: &[(&str, &str)]) -> Collected {
    let folder = folder(files);
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    import(&paths)
}

/// A folder with the files given.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Compares `text` with a file under `tests/golden`, or writes it there when the environment
/// variable `UPDATE_GOLDEN` is set.
pub(crate) fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).expect("the golden file can be written");
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    for (n, (found, wanted)) in text.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(found, wanted, "{name} line {}; UPDATE_GOLDEN=1 accepts it", n + 1);
    }
    assert_eq!(text.lines().count(), wanted.lines().count(), "{name}: lines");
}

/// Records as lines a person can read.
pub(crate) fn rendered(collected: &Collected) -> String {
    let mut out = String::new();
    for record in &collected.programmes {
        let above: Vec<_> = record.ancestors.iter().map(ToString::to_string).collect();
        let title = record.titles.preferred(&[]).map(|(_, title)| title.to_string());
        line(&mut out, &["programme", record.code.as_str(), &above.join(" < "), &shown(title)]);
    }
    for record in &collected.calls {
        let content = &record.content;
        let title = content.titles.preferred(&[]).map(|(_, title)| title.to_string());
        let (identifier, year) = (shown(content.identifier.as_ref()), shown(content.year));
        let programme = shown(record.programme.as_ref());
        line(&mut out, &["call", &identifier, &year, &programme, &shown(title)]);
    }
    for record in &collected.projects {
        project(&mut out, record);
    }
    for record in &collected.organisations {
        organisation(&mut out, record);
    }
    for group in &collected.groups {
        let ids: Vec<_> = group.project.iter().map(ToString::to_string).collect();
        for seat in &group.participations {
            let amounts = [seat.ec_contribution, seat.net_ec_contribution, seat.total_cost];
            let amounts = amounts.map(|amount| shown(amount.map(Money::decimal))).join(" ");
            let (order, ended) = (shown(seat.order), shown(seat.ended));
            let role = shown(seat.role);
            let cells = [&ids.join(" "), &order, &role, &amounts, &ended];
            let cells = cells.map(String::as_str);
            line(&mut out, &[&["seat", &seat.organisation.to_string()][..], &cells].concat());
        }
    }
    for rejection in &collected.rejections {
        let Rejection { origin, column, value, reason, severity } = rejection;
        line(&mut out, &[severity.code(), &origin.to_string(), column, value, reason]);
    }
    out
}

fn project(out: &mut String, record: &ProjectRecord) {
    let content = &record.content;
    let ids: Vec<_> = content.external_ids.iter().map(ToString::to_string).collect();
    let title = content.titles.preferred(&[]).map(|(_, title)| title.to_string());
    let r#abstract = content.r#abstract.preferred(&[]).map(|(_, text)| text.as_str().len());
    let status = shown(content.stated_status.map(ProjectStatus::code));
    let cost = shown(content.total_cost.map(Money::decimal));
    let (acronym, period) = (shown(content.acronym.as_ref()), content.period.to_string());
    let (title, length) = (shown(title), shown(r#abstract));
    let as_of = shown(record.as_of);
    let cells = [&ids.join(" "), &acronym, &title, &period, &status, &cost, &length, &as_of];
    line(out, &[&["project"][..], &cells.map(String::as_str)].concat());
    for funding in &record.fundings {
        let programme = shown(funding.programme.as_ref());
        let (call, action) = (shown(funding.call.as_ref()), shown(funding.type_of_action.as_ref()));
        let amount = shown(funding.amount.map(Money::decimal));
        line(out, &["  funding", funding.kind.code(), &programme, &call, &action, &amount]);
    }
    for theme in &content.themes {
        let (label, path) = (shown(theme.label.as_ref()), shown(theme.path.as_ref()));
        line(out, &["  theme", theme.vocabulary.as_str(), theme.code.as_str(), &label, &path]);
    }
}

fn organisation(out: &mut String, record: &OrganisationRecord) {
    let content = &record.content;
    let ids: Vec<_> = content.external_ids.iter().map(ToString::to_string).collect();
    let of = |kind| shown(content.name(kind));
    let (legal, short) = (of(NameKind::Legal), of(NameKind::Short));
    let country = shown(content.country.map(Country::code));
    let class = shown(content.r#type.map(OrganisationType::code));
    let (sme, homepage) = (shown(content.sme), shown(content.homepage.as_ref()));
    let place = content.place.as_ref().map(|place| {
        let point =
            place.coordinates.map(|point| format!("{},{}", point.latitude, point.longitude));
        [
            shown(place.city.as_ref()),
            shown(place.postcode.as_ref()),
            shown(place.nuts.as_ref()),
            shown(point),
        ]
        .join(" ")
    });
    let as_of = shown(record.as_of);
    let cells =
        [&ids.join(" "), &legal, &short, &country, &class, &sme, &shown(place), &homepage, &as_of];
    line(out, &[&["organisation"][..], &cells.map(String::as_str)].concat());
    for name in content.names.iter().filter(|name| name.kind == NameKind::Alias) {
        line(out, &["  alias", name.value.as_str()]);
    }
}

fn line(out: &mut String, cells: &[&str]) {
    writeln!(out, "{}", cells.join(" | ")).expect("writing to a text cannot fail");
}

fn shown(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
