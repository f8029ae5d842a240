//! Organisations, gathered from all rows that describe them.

use super::checks::shown;
use super::index::{Moment, RowNo, UNDATED};
use super::votes::Votes;
use crate::cell::{self, Cell, CountryCell, Misfit};
use crate::columns::Column;
use crate::source::Table;
use crate::table::Row;
use chrono::{DateTime, NaiveDateTime};
use consortia_domain::country::Country;
use consortia_domain::external_id::{ExternalId, Scheme};
use consortia_domain::import::{OrganisationRecord, Origin, Rejection, Severity};
use consortia_domain::organisation::{Name, NameKind, OrganisationContent};
use consortia_domain::organisation_type::OrganisationType;
use consortia_domain::place::{Nuts, Place};
use consortia_domain::text::{WebAddress, search_key};
use std::collections::{BTreeSet, HashMap};

/// An organisation of this import, by number.
pub(super) type OrganisationNo = u32;

/// What one row says of an organisation, as far as it could be read.
pub(super) struct Said {
    pub(super) pic: Option<ExternalId>,
    pub(super) rcn: Option<ExternalId>,
    pub(super) country: Option<CountryCell>,
    pub(super) r#type: Option<OrganisationType>,
    pub(super) sme: Option<bool>,
    pub(super) moment: Moment,
}

/// The free texts of an organisation, kept as written and read once at the end.
const TEXTS: [Column; 7] = [
    Column::Name,
    Column::ShortName,
    Column::City,
    Column::PostCode,
    Column::Nuts,
    Column::HomePage,
    Column::VatNumber,
];

/// An organisation being gathered.
struct Gathered {
    key: ExternalId,
    first: RowNo,
    newest: Moment,
    texts: [Votes<Box<str>>; TEXTS.len()],
    geolocation: Votes<Box<str>>,
    rcn: Votes<ExternalId>,
    country: Votes<Country>,
    doubtful_country: Option<RowNo>,
    r#type: Votes<OrganisationType>,
    sme: Votes<bool>,
}

impl Gathered {
    fn new(key: ExternalId, first: RowNo) -> Self {
        Self {
            key,
            first,
            newest: UNDATED,
            texts: Default::default(),
            geolocation: Votes::None,
            rcn: Votes::None,
            country: Votes::None,
            doubtful_country: None,
            r#type: Votes::None,
            sme: Votes::None,
        }
    }
}

/// All organisations of an import.
#[derive(Default)]
pub(super) struct Organisations {
    numbers: HashMap<ExternalId, OrganisationNo>,
    gathered: Vec<Gathered>,
}

impl Organisations {
    /// Takes what a row says; yields the number of the organisation, or `None` when the row
    /// does not tell which one it speaks of.
    pub(super) fn take(&mut self, row: &Row<'_>, at: RowNo, said: Said) -> Option<OrganisationNo> {
        let Said { pic, rcn, country, r#type, sme, moment } = said;
        let known = match country {
            Some(CountryCell::Known(country)) => Some(country),
            Some(CountryCell::Doubtful) | None => None,
        };
        let key = pic
            .or_else(|| rcn.clone())
            .or_else(|| named(&row.text(Column::Name), known, &row.text(Column::City)))?;
        let number = self.number(key, at);
        let organisation = &mut self.gathered[number as usize];
        organisation.newest = organisation.newest.max(moment);
        for (votes, column) in organisation.texts.iter_mut().zip(TEXTS) {
            let text = row.text(column);
            if !text.is_empty() {
                votes.add(text.as_ref(), moment, at, || text.as_ref().into());
            }
        }
        let point = row.text(Column::Geolocation);
        if matches!(cell::coordinates(&point), Ok(Some(_))) {
            organisation.geolocation.add(point.as_ref(), moment, at, || point.as_ref().into());
        }
        if let Some(rcn) = rcn {
            organisation.rcn.add(&rcn.clone(), moment, at, || rcn);
        }
        if let Some(known) = known {
            organisation.country.add(&known, moment, at, || known);
        } else if country.is_some() {
            organisation.doubtful_country.get_or_insert(at);
        }
        if let Some(stated) = r#type {
            organisation.r#type.add(&stated, moment, at, || stated);
        }
        if let Some(stated) = sme {
            organisation.sme.add(&stated, moment, at, || stated);
        }
        Some(number)
    }

    /// Takes an organisation that is only named in a list.
    pub(super) fn take_named(
        &mut self,
        name: &str,
        country: Option<Country>,
        at: RowNo,
        moment: Moment,
    ) -> Option<OrganisationNo> {
        let number = self.number(named(name, country, "")?, at);
        let organisation = &mut self.gathered[number as usize];
        organisation.newest = organisation.newest.max(moment);
        organisation.texts[0].add(name, moment, at, || name.into());
        if let Some(country) = country {
            organisation.country.add(&country, moment, at, || country);
        }
        Some(number)
    }

    fn number(&mut self, key: ExternalId, at: RowNo) -> OrganisationNo {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = OrganisationNo::try_from(self.gathered.len()).unwrap_or(OrganisationNo::MAX);
        self.gathered.push(Gathered::new(key.clone(), at));
        self.numbers.insert(key, number);
        number
    }

    /// The identifiers of all organisations, by number.
    pub(super) fn keys(&self) -> Vec<ExternalId> {
        self.gathered.iter().map(|organisation| organisation.key.clone()).collect()
    }

    /// Every organisation as a record, with what could not be taken, in the order of first
    /// mention.
    pub(super) fn finish(
        self,
        tables: &[Table],
    ) -> impl Iterator<Item = (OrganisationRecord, Vec<Rejection>)> {
        drop(self.numbers);
        let mut owners: HashMap<ExternalId, u32> = HashMap::new();
        for organisation in &self.gathered {
            if let Votes::One(vote) = &organisation.rcn {
                *owners.entry(vote.value.clone()).or_default() += 1;
            }
        }
        self.gathered.into_iter().map(move |organisation| {
            let mut finishing = Finishing { tables, notices: Vec::new() };
            let record = finishing.record(organisation, &owners);
            (record, finishing.notices)
        })
    }
}

/// The key of an organisation that has no number: its name, country and city, folded, so that
/// letter case, accents and blanks do not make two of one.
fn named(name: &str, country: Option<Country>, city: &str) -> Option<ExternalId> {
    let name = search_key(&cell::spelling(name));
    if name.is_empty() {
        return None;
    }
    let country = country.map_or("", Country::code).to_lowercase();
    let parts = [name, country, search_key(city)].map(|part| part.replace(' ', "-"));
    // Keys have 200 characters at most; names of that length differ before their end.
    let key: String = format!("cordis-name:{}", parts.join("/")).chars().take(200).collect();
    ExternalId::new(Scheme::Local, &key).ok()
}

/// Turning what was gathered of one organisation into its record.
struct Finishing<'t> {
    tables: &'t [Table],
    notices: Vec<Rejection>,
}

impl Finishing<'_> {
    fn record(
        &mut self,
        organisation: Gathered,
        owners: &HashMap<ExternalId, u32>,
    ) -> OrganisationRecord {
        let Gathered { key, first, newest, texts, geolocation, rcn, country, r#type, sme, .. } =
            organisation;
        let [legal, short, city, postcode, nuts, homepage, vat] = texts;
        let country = country.best();
        if let (None, Some(row)) = (country, organisation.doubtful_country) {
            let reason = "NA may be Namibia or mean that the country is not available, and nothing \
                          else in the rows of this organisation tells; its country was left out.";
            self.note(row, Column::Country, "NA", reason);
        }
        let stated = |text: &str| if cell::is_said(text) { cell::line(text) } else { Ok(None) };
        let place = Place {
            city: self.best(city, Column::City, stated),
            postcode: self.best(postcode, Column::PostCode, stated),
            nuts: self.best(nuts, Column::Nuts, nuts_of),
            coordinates: geolocation
                .best()
                .and_then(|text| cell::coordinates(&text).ok().flatten()),
        };
        let mut external_ids = vec![key.clone()];
        if let Votes::One(vote) = rcn
            && owners.get(&vote.value) == Some(&1)
            && vote.value != key
        {
            external_ids.push(vote.value);
        }
        external_ids.extend(self.best(vat, Column::VatNumber, cell::vat_number));
        OrganisationRecord {
            origin: self.origin(first),
            as_of: date_time_of(newest),
            key,
            content: OrganisationContent {
                names: self.names(legal, short),
                country,
                place: place.known(),
                r#type: r#type.best(),
                sme: sme.best(),
                homepage: self.homepage(homepage),
                external_ids,
                ..OrganisationContent::default()
            },
        }
    }

    /// The legal name, the short one, and every other spelling as an alias.
    fn names(&mut self, legal: Votes<Box<str>>, short: Votes<Box<str>>) -> Vec<Name> {
        let is_whole = |text: &str| !text.contains('\u{FFFD}') && cell::is_said(text);
        let mut names: Vec<Name> = Vec::new();
        let mut known = BTreeSet::new();
        let mut aliases = Vec::new();
        for (votes, kind, column) in
            [(legal, NameKind::Legal, Column::Name), (short, NameKind::Short, Column::ShortName)]
        {
            let mut is_first = true;
            for vote in votes.ranked(|text| is_whole(text)) {
                let read =
                    if cell::is_said(&vote.value) { cell::line(&vote.value) } else { Ok(None) };
                let Some(value) = self.taken(read, vote.first, column, &vote.value) else {
                    continue;
                };
                if is_first {
                    known.insert(value.clone());
                    names.push(Name::new(value, kind));
                } else {
                    aliases.push(value);
                }
                is_first = false;
            }
        }
        let other = aliases.into_iter().filter(|alias| known.insert(alias.clone()));
        names.extend(other.map(|alias| Name::new(alias, NameKind::Alias)));
        names
    }

    fn homepage(&mut self, votes: Votes<Box<str>>) -> Option<WebAddress> {
        for vote in votes.ranked(|_| true) {
            let read = cell::first_address(&vote.value);
            match self.taken(read, vote.first, Column::HomePage, &vote.value) {
                Some((address, true)) => {
                    let reason = format!("Of several addresses in the cell, {address} was taken.");
                    self.note(vote.first, Column::HomePage, &vote.value, &reason);
                    return Some(address);
                }
                Some((address, false)) => return Some(address),
                None => {}
            }
        }
        None
    }

    /// The best of what was said that can be read.
    fn best<T>(
        &mut self,
        votes: Votes<Box<str>>,
        column: Column,
        read: impl Fn(&str) -> Cell<T>,
    ) -> Option<T> {
        let is_whole = |text: &str| !text.contains('\u{FFFD}');
        votes
            .ranked(|text| is_whole(text))
            .iter()
            .find_map(|vote| self.taken(read(&vote.value), vote.first, column, &vote.value))
    }

    fn taken<T>(&mut self, read: Cell<T>, row: RowNo, column: Column, text: &str) -> Option<T> {
        match read {
            Ok(value) => value,
            Err(Misfit { expected, .. }) => {
                let reason = format!("{expected} The cell was left out.");
                self.note(row, column, text, &reason);
                None
            }
        }
    }

    fn note(&mut self, row: RowNo, column: Column, value: &str, reason: &str) {
        let table = self.tables.get(usize::from(row.table));
        let column = table.map_or("", |table| table.layout.name(column)).to_owned();
        let value = shown(value, table.is_some_and(|table| table.layout.has_persons));
        let (origin, reason) = (self.origin(row), reason.to_owned());
        let severity = Severity::Notice;
        self.notices.push(Rejection { origin, column, value, reason, severity });
    }

    fn origin(&self, row: RowNo) -> Origin {
        origin_of(self.tables, row)
    }
}

/// Reads a NUTS code. CORDIS repeats the country there for places outside the EU, which says
/// nothing new.
fn nuts_of(text: &str) -> Cell<Nuts> {
    if !cell::is_said(text) || text.len() < 3 {
        return Ok(None);
    }
    Ok(Some(text.parse()?))
}

/// The place of a row, for messages.
pub(super) fn origin_of(tables: &[Table], row: RowNo) -> Origin {
    let file = tables.get(usize::from(row.table)).map_or_else(|| "".into(), |t| t.name.clone());
    Origin { file, line: u64::from(row.line) }
}

/// The date and time of a moment.
pub(super) fn date_time_of(moment: Moment) -> Option<NaiveDateTime> {
    if moment == UNDATED {
        return None;
    }
    DateTime::from_timestamp(moment, 0).map(|moment| moment.naive_utc())
}

/// The moment of a date and time.
pub(super) fn moment_of(date_time: Option<NaiveDateTime>) -> Moment {
    date_time.map_or(UNDATED, |date_time| date_time.and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_numbers_make_keys_that_ignore_case_and_accents() {
        let italy: Option<Country> = "IT".parse().ok();
        let key = named("Fondazione Multietnicità", italy, "Milano").expect("a key");
        assert_eq!(key.value(), "cordis-name:fondazione-multietnicita/it/milano");
        assert_eq!(named("FONDAZIONE  MULTIETNICITA'", italy, "MILANO"), Some(key));
        assert_eq!(named("", italy, "Milano"), None);
        let long = named(&"Istituto ".repeat(60), None, "Roma").expect("a key");
        assert_eq!(long.value().chars().count(), 200);
    }
}
