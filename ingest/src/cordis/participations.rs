//! Rows of participations, which also describe the organisation that takes part.

use super::checks::Checks;
use super::index::{Index, RowNo};
use super::organisations::{OrganisationNo, Organisations, Said, moment_of};
use super::run::{Pass, Run};
use super::seats::{Cents, Seat, Seats};
use super::side::NO_PROJECT;
use crate::cell::{self, CountryCell, DateOrder, Evidence};
use crate::columns::Column;
use crate::error::Error;
use crate::source::Table;
use crate::table::Row;
use consortia_domain::country::Country;
use consortia_domain::external_id::ExternalId;
use consortia_domain::import::Rejection;
use consortia_domain::role::Role;
use std::collections::HashSet;

/// Organisations and participations as they are gathered.
#[derive(Default)]
pub(super) struct Participations {
    pub(super) organisations: Organisations,
    pub(super) seats: Seats,
    /// Notices about cells of organisations, so that a fault repeated in every row of one is
    /// reported once.
    told: HashSet<(OrganisationNo, String, String)>,
}

/// Columns about the organisation rather than about its part in the project.
const OF_ORGANISATION: [Column; 6] = [
    Column::Country,
    Column::ActivityType,
    Column::Sme,
    Column::OrganisationId,
    Column::OrganisationRcn,
    Column::Geolocation,
];

impl Participations {
    /// Reads a table.
    pub(super) fn read(
        &mut self,
        run: &mut Run<'_>,
        index: &mut Index,
        number: u16,
        table: &Table,
    ) -> Result<(), Error> {
        run.each_row(table, Pass::Proper, |run, row| {
            let mut checks = Checks::new(table, row);
            let reading = Reading::of(&mut checks, &row);
            if reading.project.is_empty() {
                return run.report(checks.reject(Column::ProjectId, NO_PROJECT));
            }
            let notices = match checks.judge(reading.is_contradictory()) {
                Ok(notices) => notices,
                Err(rejection) => return run.report(rejection),
            };
            let at = RowNo::of(number, &row);
            match self.take(index, &row, at, reading) {
                Some(organisation) => self.report(run, &row, organisation, notices),
                None => run.report(checks.reject(Column::OrganisationId, NOBODY)),
            }
        })
    }

    /// Takes a sound row; yields the organisation, or `None` when nothing tells which it is.
    fn take(
        &mut self,
        index: &mut Index,
        row: &Row<'_>,
        at: RowNo,
        reading: Reading,
    ) -> Option<OrganisationNo> {
        let moment = reading.said.moment;
        let organisation = self.organisations.take(row, at, reading.said)?;
        let project = index.number(reading.project)?;
        self.seats.push(Seat {
            project,
            organisation,
            row: at,
            moment,
            role: reading.role,
            order: reading.order,
            ended: reading.ended,
            contribution: reading.contribution,
            net_contribution: reading.net_contribution,
            total_cost: reading.total_cost,
        });
        Some(organisation)
    }

    fn report(
        &mut self,
        run: &mut Run<'_>,
        row: &Row<'_>,
        organisation: OrganisationNo,
        notices: Vec<Rejection>,
    ) -> Result<(), Error> {
        for notice in notices {
            let mut of_organisation = OF_ORGANISATION.iter().map(|column| row.layout.name(*column));
            let is_repeated = of_organisation.any(|name| name == notice.column)
                && !self.told.insert((organisation, notice.column.clone(), notice.value.clone()));
            if !is_repeated {
                run.report(notice)?;
            }
        }
        Ok(())
    }

    /// Takes the coordinator and participants a project row lists by name, as rows did until
    /// 2020. They have neither numbers nor amounts.
    pub(super) fn take_listed(&mut self, index: &mut Index, at: RowNo, listed: &Listed) {
        let names = std::iter::once((listed.coordinator.as_str(), listed.coordinator_country));
        let coordinator = names.map(|(name, country)| (name, country, Role::Coordinator));
        let participants = listed
            .participants
            .iter()
            .map(|(name, country)| (name.as_str(), *country, Role::Participant));
        let mut order = 0;
        for (name, country, role) in coordinator.chain(participants) {
            let taken = self.organisations.take_named(name, country, at, listed.moment);
            let project = index.number(listed.project.iter().cloned());
            if let Some((organisation, project)) = taken.zip(project) {
                order += 1;
                self.seats.push(Seat {
                    project,
                    organisation,
                    row: at,
                    moment: listed.moment,
                    role: Some(role),
                    order: Some(order),
                    ended: None,
                    contribution: Cents::from(None),
                    net_contribution: Cents::from(None),
                    total_cost: Cents::from(None),
                });
            }
        }
    }
}

/// The reason of a row that does not tell who takes part.
const NOBODY: &str = "The row does not tell who takes part: it has neither a participant \
                      identification code nor a record number nor a name. It was left out.";

/// The typed cells of a row.
struct Reading {
    /// The identifiers of the project; none when the row names no project.
    project: Vec<ExternalId>,
    said: Said,
    role: Option<Role>,
    order: Option<u32>,
    ended: Option<bool>,
    contribution: Cents,
    net_contribution: Cents,
    total_cost: Cents,
    contradicts: bool,
}

impl Reading {
    fn of(checks: &mut Checks<'_>, row: &Row<'_>) -> Self {
        let id = checks.typed(Column::ProjectId, cell::project_id);
        let rcn = checks.typed(Column::ProjectRcn, cell::rcn);
        let mut project: Vec<ExternalId> = id.into_iter().collect();
        project.extend(rcn.filter(|rcn| !project.contains(rcn)));
        let updated =
            checks.typed(Column::UpdateDate, |text| cell::date_time(text, DateOrder::default()));
        let said = Said {
            pic: checks.typed(Column::OrganisationId, cell::pic),
            rcn: checks.typed(Column::OrganisationRcn, cell::rcn),
            country: country(checks, row),
            r#type: checks.typed(Column::ActivityType, cell::activity_type),
            sme: checks.typed(Column::Sme, cell::boolean),
            moment: moment_of(updated),
        };
        let contribution = checks.amount(Column::Contribution);
        let net_contribution = checks.amount(Column::NetContribution);
        let total_cost = checks.amount(Column::TotalCost);
        // Not kept here, but evidence of whether the row is shifted.
        checks.typed(Column::Geolocation, cell::coordinates);
        checks.typed(Column::Active, cell::boolean);
        Self {
            project,
            said,
            role: checks.typed(Column::Role, cell::role),
            order: checks.typed(Column::Order, cell::order),
            ended: checks.typed(Column::Ended, cell::boolean),
            contribution: contribution.into(),
            net_contribution: net_contribution.into(),
            total_cost: total_cost.into(),
            contradicts: Checks::contradicts(total_cost, contribution),
        }
    }

    fn is_contradictory(&self) -> bool {
        self.contradicts
    }
}

/// The country of a row; `NA` is judged by the row's other cells.
fn country(checks: &mut Checks<'_>, row: &Row<'_>) -> Option<CountryCell> {
    let text = row.text(Column::Country);
    if !text.eq_ignore_ascii_case("NA") {
        return checks.typed(Column::Country, |text| cell::country(text, &Evidence::default()));
    }
    let [name, city, vat, nuts, geolocation, address] = [
        Column::Name,
        Column::City,
        Column::VatNumber,
        Column::Nuts,
        Column::Geolocation,
        Column::HomePage,
    ]
    .map(|column| row.text(column));
    let evidence = Evidence {
        name: &name,
        city: &city,
        vat: &vat,
        nuts: &nuts,
        geolocation: &geolocation,
        address: &address,
    };
    checks.typed(Column::Country, |text| cell::country(text, &evidence))
}

/// The coordinator and participants a project row lists by name.
pub(super) struct Listed {
    project: Vec<ExternalId>,
    moment: i64,
    coordinator: String,
    coordinator_country: Option<Country>,
    participants: Vec<(String, Option<Country>)>,
}

impl Listed {
    /// Reads the lists, if the row has any. Countries are taken where there is one for each
    /// participant; some vintages name every country once.
    pub(super) fn of(row: &Row<'_>, project: &[ExternalId], moment: i64) -> Option<Self> {
        let names = row.text(Column::Participants);
        let countries = row.text(Column::ParticipantCountries);
        let country = |text: &str| match cell::country(text, &Evidence::default()) {
            Ok(Some(CountryCell::Known(country))) => Some(country),
            _ => None,
        };
        let names: Vec<String> = cell::lines_of(&names).map(ToOwned::to_owned).collect();
        let countries: Vec<&str> = countries.split(';').map(str::trim).collect();
        let are_aligned = countries.len() == names.len();
        let country_of = |n: usize| countries.get(n).filter(|_| are_aligned);
        let participants: Vec<_> = names
            .into_iter()
            .enumerate()
            .map(|(n, name)| (name, country_of(n).and_then(|text| country(text))))
            .collect();
        let coordinator = row.text(Column::Coordinator).into_owned();
        let is_listed = cell::is_said(&coordinator) || !participants.is_empty();
        is_listed.then(|| Self {
            project: project.to_vec(),
            moment,
            coordinator,
            coordinator_country: country(&row.text(Column::CoordinatorCountry)),
            participants,
        })
    }
}
