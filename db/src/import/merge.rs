//! What becomes of a record when a source says something about it again.
//!
//! A stated value replaces the known one, an unstated one leaves it, lists are united with
//! the known elements first. Merging the same content again changes nothing.

use consortia_domain::call::CallContent;
use consortia_domain::funding::{Funding, FundingKind};
use consortia_domain::language::LocalizedText;
use consortia_domain::organisation::{Name, NameKind, OrganisationContent};
use consortia_domain::participation::ParticipationContent;
use consortia_domain::period::{Bound, Period};
use consortia_domain::place::Place;
use consortia_domain::project::{ProjectContent, Theme};
use consortia_domain::text::{Line, search_key};

/// What is known of an organisation after `said`. The parent and the groups of unnamed ones are
/// not a source's business.
pub(crate) fn organisation(
    known: &OrganisationContent,
    said: &OrganisationContent,
) -> OrganisationContent {
    OrganisationContent {
        names: names(&known.names, &said.names),
        country: said.country.or(known.country),
        place: place(known.place.as_ref(), said.place.as_ref()),
        r#type: said.r#type.or(known.r#type),
        kind: said.kind.or(known.kind),
        sector: said.sector.or(known.sector),
        legal_form: newer(known.legal_form.as_ref(), said.legal_form.as_ref()),
        sme: said.sme.or(known.sme),
        homepage: newer(known.homepage.as_ref(), said.homepage.as_ref()),
        founded: said.founded.or(known.founded),
        parent_id: known.parent_id,
        groups: known.groups.clone(),
        external_ids: united(&known.external_ids, &said.external_ids, |a, b| a == b),
        status: said.status.or(known.status),
    }
}

/// What is known of a call after `said`.
pub(crate) fn call(known: &CallContent, said: &CallContent) -> CallContent {
    CallContent {
        programme_id: said.programme_id.or(known.programme_id),
        identifier: known.identifier.clone().or_else(|| said.identifier.clone()),
        titles: texts(&known.titles, &said.titles),
        year: said.year.or(known.year),
        opening_date: said.opening_date.or(known.opening_date),
        deadlines: united(&known.deadlines, &said.deadlines, |a, b| a == b),
        budget: said.budget.or(known.budget),
        type_of_action: newer(known.type_of_action.as_ref(), said.type_of_action.as_ref()),
        homepage: newer(known.homepage.as_ref(), said.homepage.as_ref()),
        external_ids: united(&known.external_ids, &said.external_ids, |a, b| a == b),
    }
}

/// What is known of a project after `said`. Aliases, target groups, territories, groups of
/// unnamed ones and activities are not a source's business.
pub(crate) fn project(known: &ProjectContent, said: &ProjectContent) -> ProjectContent {
    ProjectContent {
        acronym: newer(known.acronym.as_ref(), said.acronym.as_ref()),
        aliases: known.aliases.clone(),
        titles: texts(&known.titles, &said.titles),
        r#abstract: texts(&known.r#abstract, &said.r#abstract),
        period: period(known.period, said.period),
        stated_status: said.stated_status.or(known.stated_status),
        total_cost: said.total_cost.or(known.total_cost),
        fundings: fundings(&known.fundings, &said.fundings),
        keywords: united(&known.keywords, &said.keywords, same_text),
        themes: themes(&known.themes, &said.themes),
        target_groups: known.target_groups.clone(),
        territories: known.territories.clone(),
        groups: known.groups.clone(),
        activities: known.activities.clone(),
        homepage: newer(known.homepage.as_ref(), said.homepage.as_ref()),
        external_ids: united(&known.external_ids, &said.external_ids, |a, b| a == b),
    }
}

/// What is known of a participation after `said`.
pub(crate) fn participation(
    known: &ParticipationContent,
    said: &ParticipationContent,
) -> ParticipationContent {
    ParticipationContent {
        organisation_id: known.organisation_id,
        role: said.role.or(known.role),
        order: said.order.or(known.order),
        period: period(known.period, said.period),
        ec_contribution: said.ec_contribution.or(known.ec_contribution),
        net_ec_contribution: said.net_ec_contribution.or(known.net_ec_contribution),
        total_cost: said.total_cost.or(known.total_cost),
        ended: said.ended.or(known.ended),
    }
}

/// `known` with the texts of languages it lacks. Titles of programmes are not rewritten:
/// every project repeats them, in the spelling of its year.
pub(crate) fn missing_texts(known: &LocalizedText, said: &LocalizedText) -> LocalizedText {
    let mut merged = known.clone();
    for (language, text) in said.iter() {
        if known.get(language).is_none() {
            merged.insert(language.clone(), text.clone());
        }
    }
    merged
}

fn newer<T: Clone>(known: Option<&T>, said: Option<&T>) -> Option<T> {
    said.or(known).cloned()
}

/// `known`, and what of `said` is not the same as one of them.
fn united<T: Clone>(known: &[T], said: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut all = known.to_vec();
    for new in said {
        if !all.iter().any(|old| same(old, new)) {
            all.push(new.clone());
        }
    }
    all
}

fn same_text(a: &Line, b: &Line) -> bool {
    a == b || search_key(a.as_str()) == search_key(b.as_str())
}

/// Names after a source's: a new legal name makes the old one a former name, or an alias
/// when only the spelling differs; all others are added.
fn names(known: &[Name], said: &[Name]) -> Vec<Name> {
    let mut names = known.to_vec();
    for new in said {
        match new.kind {
            NameKind::Legal => legal_name(&mut names, new),
            kind => {
                let listed = |old: &Name| {
                    old.value == new.value
                        || (kind != NameKind::Short && same_text(&old.value, &new.value))
                };
                if !names.iter().any(listed) {
                    names.push(new.clone());
                }
            }
        }
    }
    names
}

fn legal_name(names: &mut Vec<Name>, new: &Name) {
    let legal = |old: &Name| old.kind == NameKind::Legal;
    if names.iter().any(|old| old.kind == NameKind::Legal && old.value == new.value) {
        return;
    }
    // A source that states no language means the one legal name there is.
    let same = |old: &Name| legal(old) && old.language == new.language;
    let any = |old: &Name| legal(old) && (new.language.is_none() || old.language.is_none());
    let place = names.iter().position(same).or_else(|| names.iter().position(any));
    // The new name may have been known as a former or another one; a short name stays one.
    let promoted = |old: &Name| {
        old.value == new.value && !matches!(old.kind, NameKind::Legal | NameKind::Short)
    };
    match place {
        None => {
            names.retain(|old| !promoted(old));
            names.insert(0, new.clone());
        }
        Some(place) => {
            let mut newer = new.clone();
            newer.language = newer.language.or_else(|| names[place].language.clone());
            let mut old = std::mem::replace(&mut names[place], newer);
            old.kind =
                if same_text(&old.value, &new.value) { NameKind::Alias } else { NameKind::Former };
            let mut n = 0;
            names.retain(|name| {
                n += 1;
                n - 1 == place || !promoted(name)
            });
            names.push(old);
        }
    }
}

fn place(known: Option<&Place>, said: Option<&Place>) -> Option<Place> {
    let (Some(known), Some(said)) = (known, said) else { return said.or(known).cloned() };
    Some(Place {
        city: newer(known.city.as_ref(), said.city.as_ref()),
        postcode: newer(known.postcode.as_ref(), said.postcode.as_ref()),
        nuts: newer(known.nuts.as_ref(), said.nuts.as_ref()),
        coordinates: said.coordinates.or(known.coordinates),
    })
}

/// Texts by language. A text of unstated language that is known in some language adds
/// nothing.
fn texts<T: Clone + PartialEq>(
    known: &LocalizedText<T>,
    said: &LocalizedText<T>,
) -> LocalizedText<T> {
    let mut merged = known.clone();
    for (language, text) in said.iter() {
        let told = language.is_undetermined() && known.iter().any(|(_, known)| known == text);
        if !told {
            merged.insert(language.clone(), text.clone());
        }
    }
    merged
}

/// Each end as stated last. When the two ends do not go together, those of the source do.
fn period(known: Period, said: Period) -> Period {
    let newer = |known: Bound, said: Bound| if said.is_unknown() { known } else { said };
    Period::new(newer(known.start(), said.start()), newer(known.end(), said.end())).unwrap_or(said)
}

fn themes(known: &[Theme], said: &[Theme]) -> Vec<Theme> {
    let mut themes = known.to_vec();
    for new in said {
        let same = |old: &&mut Theme| old.vocabulary == new.vocabulary && old.code == new.code;
        match themes.iter_mut().find(same) {
            Some(old) => {
                old.label = newer(old.label.as_ref(), new.label.as_ref());
                old.path = newer(old.path.as_ref(), new.path.as_ref());
            }
            None => themes.push(new.clone()),
        }
    }
    themes
}

/// Fundings after a source's: one that is the same source of money is completed, others
/// are added.
fn fundings(known: &[Funding], said: &[Funding]) -> Vec<Funding> {
    let mut fundings = known.to_vec();
    let mut open: Vec<bool> = vec![true; fundings.len()];
    for new in said {
        let exact = |old: &Funding| {
            old.programme_id == new.programme_id
                && old.call_id == new.call_id
                && old.type_of_action == new.type_of_action
        };
        let find = |fundings: &[Funding], same: &dyn Fn(&Funding) -> bool| {
            fundings.iter().zip(&open).position(|(old, open)| *open && same(old))
        };
        let place = find(&fundings, &exact).or_else(|| find(&fundings, &|old| agree(old, new)));
        let Some(place) = place else {
            fundings.push(new.clone());
            open.push(false);
            continue;
        };
        open[place] = false;
        let old = &fundings[place];
        fundings[place] = Funding {
            programme_id: new.programme_id.or(old.programme_id),
            funder_id: new.funder_id.or(old.funder_id),
            call_id: new.call_id.or(old.call_id),
            type_of_action: newer(old.type_of_action.as_ref(), new.type_of_action.as_ref()),
            kind: match new.kind {
                FundingKind::Unspecified => old.kind,
                stated => stated,
            },
            amount: new.amount.or(old.amount),
            title: newer(old.title.as_ref(), new.title.as_ref()),
            year: new.year.or(old.year),
            share: new.share.or(old.share),
        };
    }
    fundings
}

/// Whether two fundings may be the same: nothing stated of both differs, and something is
/// the same.
fn agree(a: &Funding, b: &Funding) -> bool {
    fn differ<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
        a.zip(b).is_some_and(|(a, b)| a != b)
    }
    let same = (a.programme_id.is_some() && a.programme_id == b.programme_id)
        || (a.call_id.is_some() && a.call_id == b.call_id)
        || (a.type_of_action.is_some() && a.type_of_action == b.type_of_action);
    same && !differ(a.programme_id.as_ref(), b.programme_id.as_ref())
        && !differ(a.funder_id.as_ref(), b.funder_id.as_ref())
        && !differ(a.call_id.as_ref(), b.call_id.as_ref())
        && !differ(a.type_of_action.as_ref(), b.type_of_action.as_ref())
}

#[cfg(test)]
mod tests;
