//! What a project has several of: fundings, keywords, themes, identifiers.

use super::super::external_ids::project as external_ids;
use super::super::rows::{currency, held, money, parse, parse_opt, position, text, unsigned};
use super::super::{Backend, CHUNK, Conn};
use super::facets;
use crate::error::Result;
use crate::schema::{project_fundings, project_keywords, project_themes};
use crate::types::Id;
use consortia_domain::external_id::ExternalId;
use consortia_domain::funding::Funding;
use consortia_domain::id::ProjectId;
use consortia_domain::money::Money;
use consortia_domain::percent::Percent;
use consortia_domain::project::{ProjectContent, Theme};
use consortia_domain::text::{Line, search_key};
use consortia_domain::year::Year;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = project_fundings, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false)]
struct FundingRow {
    project_id: Id,
    position: i32,
    programme_id: Option<Id>,
    funder_id: Option<Id>,
    call_id: Option<Id>,
    type_of_action: Option<String>,
    type_of_action_key: Option<String>,
    kind: String,
    amount_minor: Option<i64>,
    amount_currency: Option<String>,
    title: Option<String>,
    year: Option<i32>,
    share_hundredths: Option<i32>,
}

impl FundingRow {
    fn write(project: Id, index: usize, funding: &Funding) -> Result<Self> {
        Ok(Self {
            project_id: project,
            position: position(index)?,
            programme_id: funding.programme_id.map(Id::of),
            funder_id: funding.funder_id.map(Id::of),
            call_id: funding.call_id.map(Id::of),
            type_of_action: text(funding.type_of_action.as_ref()),
            type_of_action_key: funding
                .type_of_action
                .as_ref()
                .map(|code| search_key(code.as_str())),
            kind: funding.kind.code().to_owned(),
            amount_minor: funding.amount.map(Money::minor),
            amount_currency: currency(funding.amount),
            title: text(funding.title.as_ref()),
            year: funding.year.map(|year| year.number().into()),
            share_hundredths: funding.share.map(|share| share.hundredths().into()),
        })
    }

    fn read(self) -> Result<Funding> {
        Ok(Funding {
            programme_id: self.programme_id.map(|id| id.0.into()),
            funder_id: self.funder_id.map(|id| id.0.into()),
            call_id: self.call_id.map(|id| id.0.into()),
            type_of_action: parse_opt(self.type_of_action.as_deref())?,
            kind: parse(&self.kind)?,
            amount: money(self.amount_minor, self.amount_currency.as_deref())?,
            title: parse_opt(self.title.as_deref())?,
            year: self.year.map(|year| held(Year::new(unsigned(year)?))).transpose()?,
            share: self
                .share_hundredths
                .map(|share| held(Percent::from_hundredths(share.into())))
                .transpose()?,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = project_themes, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false)]
struct ThemeRow {
    project_id: Id,
    position: i32,
    vocabulary: String,
    code: String,
    label: Option<String>,
    path: Option<String>,
    path_key: String,
}

impl ThemeRow {
    fn write(project: Id, index: usize, theme: &Theme) -> Result<Self> {
        let terms = theme.path.as_ref().or(theme.label.as_ref()).map_or("", Line::as_str);
        let terms: Vec<String> = terms.split('/').map(search_key).collect();
        let terms: Vec<String> = terms.into_iter().filter(|term| !term.is_empty()).collect();
        Ok(Self {
            project_id: project,
            position: position(index)?,
            vocabulary: theme.vocabulary.to_string(),
            code: theme.code.to_string(),
            label: text(theme.label.as_ref()),
            path: text(theme.path.as_ref()),
            path_key: format!("/{}/", terms.join("/")),
        })
    }

    fn read(self) -> Result<Theme> {
        Ok(Theme {
            vocabulary: parse(&self.vocabulary)?,
            code: parse(&self.code)?,
            label: parse_opt(self.label.as_deref())?,
            path: parse_opt(self.path.as_deref())?,
        })
    }
}

/// What belongs to one project.
#[derive(Default)]
pub(super) struct Own {
    pub(super) fundings: Vec<Funding>,
    pub(super) keywords: Vec<Line>,
    pub(super) themes: Vec<Theme>,
    pub(super) external_ids: Vec<ExternalId>,
}

/// What belongs to some projects, by project.
pub(super) struct Parts(HashMap<Id, Own>);

impl Parts {
    /// Four queries, however many projects.
    pub(super) fn load(c: &mut Conn, ids: &[Id]) -> Result<Self> {
        let mut found: HashMap<Id, Own> = HashMap::with_capacity(ids.len());
        let fundings: Vec<FundingRow> = project_fundings::table
            .filter(project_fundings::project_id.eq_any(ids))
            .select(FundingRow::as_select())
            .order((project_fundings::project_id, project_fundings::position))
            .load(c)?;
        for row in fundings {
            let own = found.entry(row.project_id).or_default();
            own.fundings.push(row.read()?);
        }
        let keywords: Vec<(Id, String)> = project_keywords::table
            .filter(project_keywords::project_id.eq_any(ids))
            .select((project_keywords::project_id, project_keywords::keyword))
            .order((project_keywords::project_id, project_keywords::position))
            .load(c)?;
        for (id, keyword) in keywords {
            found.entry(id).or_default().keywords.push(parse(&keyword)?);
        }
        let themes: Vec<ThemeRow> = project_themes::table
            .filter(project_themes::project_id.eq_any(ids))
            .select(ThemeRow::as_select())
            .order((project_themes::project_id, project_themes::position))
            .load(c)?;
        for row in themes {
            let own = found.entry(row.project_id).or_default();
            own.themes.push(row.read()?);
        }
        for (id, externals) in external_ids::load(c, ids)? {
            found.entry(id).or_default().external_ids = externals;
        }
        Ok(Self(found))
    }

    pub(super) fn take(&mut self, id: Id) -> Own {
        self.0.remove(&id).unwrap_or_default()
    }
}

/// Adds what belongs to new projects.
pub(super) fn insert(c: &mut Conn, records: &[(ProjectId, ProjectContent)]) -> Result<()> {
    let each = || records.iter().map(|(id, content)| (Id::of(*id), content));
    insert_fundings(c, each().map(|(id, content)| (id, content.fundings.as_slice())))?;
    insert_keywords(c, each().map(|(id, content)| (id, content.keywords.as_slice())))?;
    insert_themes(c, each().map(|(id, content)| (id, content.themes.as_slice())))?;
    facets::insert(c, each())?;
    external_ids::insert(c, each().map(|(id, content)| (id, content.external_ids.as_slice())))
}

/// Puts new lists in the place of the old ones, where they differ.
pub(super) fn replace(
    c: &mut Conn,
    id: ProjectId,
    old: &ProjectContent,
    new: &ProjectContent,
) -> Result<()> {
    let key = Id::of(id);
    if old.fundings != new.fundings {
        let own = project_fundings::table.filter(project_fundings::project_id.eq(key));
        diesel::delete(own).execute(c)?;
        insert_fundings(c, [(key, new.fundings.as_slice())])?;
    }
    if old.keywords != new.keywords {
        let own = project_keywords::table.filter(project_keywords::project_id.eq(key));
        diesel::delete(own).execute(c)?;
        insert_keywords(c, [(key, new.keywords.as_slice())])?;
    }
    if old.themes != new.themes {
        let own = project_themes::table.filter(project_themes::project_id.eq(key));
        diesel::delete(own).execute(c)?;
        insert_themes(c, [(key, new.themes.as_slice())])?;
    }
    facets::replace(c, key, old, new)?;
    if old.external_ids != new.external_ids {
        external_ids::replace(c, key, &new.external_ids)?;
    }
    Ok(())
}

fn insert_fundings<'a>(
    c: &mut Conn,
    records: impl IntoIterator<Item = (Id, &'a [Funding])>,
) -> Result<()> {
    let mut rows = Vec::new();
    for (id, fundings) in records {
        for (n, funding) in fundings.iter().enumerate() {
            rows.push(FundingRow::write(id, n, funding)?);
        }
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(project_fundings::table).values(chunk).execute(c)?;
    }
    Ok(())
}

fn insert_keywords<'a>(
    c: &mut Conn,
    records: impl IntoIterator<Item = (Id, &'a [Line])>,
) -> Result<()> {
    let mut rows = Vec::new();
    for (id, keywords) in records {
        for (n, keyword) in keywords.iter().enumerate() {
            rows.push((
                project_keywords::project_id.eq(id),
                project_keywords::position.eq(position(n)?),
                project_keywords::keyword.eq(keyword.as_str()),
                project_keywords::keyword_key.eq(search_key(keyword.as_str())),
            ));
        }
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(project_keywords::table).values(chunk).execute(c)?;
    }
    Ok(())
}

fn insert_themes<'a>(
    c: &mut Conn,
    records: impl IntoIterator<Item = (Id, &'a [Theme])>,
) -> Result<()> {
    let mut rows = Vec::new();
    for (id, themes) in records {
        for (n, theme) in themes.iter().enumerate() {
            rows.push(ThemeRow::write(id, n, theme)?);
        }
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(project_themes::table).values(chunk).execute(c)?;
    }
    Ok(())
}
