//! What somebody means who chooses projects by a theme.

use super::super::super::{Backend, Conn};
use crate::error::Result;
use crate::schema::project_themes as t;
use consortia_domain::text::search_key;
use consortia_domain::theme::bare;
use diesel::dsl::{IntoBoxed, Select, exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// A theme as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meant {
    /// A code of one vocabulary.
    Within(String, String),
    /// A code of any vocabulary, or a term.
    Anywhere(String),
}

/// The condition that a theme has the code `$code`, or one below it as "/29/97/543" is below
/// "/29/97".
macro_rules! code_or_below {
    ($code:expr) => {{
        let code = bare($code).to_owned();
        // '0' is the character after '/'.
        let below = t::code.ge(format!("{code}/")).and(t::code.lt(format!("{code}0")));
        below.or(t::code.eq(code))
    }};
}

/// What `name` means. With a vocabulary and ':' in front it is a code of that vocabulary and
/// nothing else, as soon as there is such a code: a term that reads the same once it is folded
/// ("own:work", "Own work") is another theme.
pub(super) fn meant(c: &mut Conn, name: &str) -> Result<Meant> {
    if let Some((vocabulary, code)) = name.split_once(':') {
        let there = t::table.filter(t::vocabulary.eq(vocabulary)).filter(code_or_below!(code));
        if diesel::select(exists(there)).get_result(c)? {
            return Ok(Meant::Within(vocabulary.to_owned(), code.to_owned()));
        }
    }
    Ok(Meant::Anywhere(name.to_owned()))
}

/// The projects that carry one of `themes`, or one below them.
pub(super) fn carriers<'a>(
    themes: &[Meant],
) -> IntoBoxed<'a, Select<t::table, t::project_id>, Backend> {
    let none = t::table.select(t::project_id).into_boxed().filter(sql::<Bool>("1 = 0"));
    themes.iter().fold(none, |found, theme| match theme {
        Meant::Within(vocabulary, code) => {
            found.or_filter(t::vocabulary.eq(vocabulary.clone()).and(code_or_below!(code)))
        }
        Meant::Anywhere(name) => {
            let found = found.or_filter(code_or_below!(name));
            let term = search_key(name);
            if name.starts_with('/') || term.is_empty() {
                return found;
            }
            // A term stands for every path it is a part of. Folded it holds letters, digits and
            // blanks only: no wildcards.
            found.or_filter(t::path_key.like(format!("%/{term}/%")))
        }
    })
}
