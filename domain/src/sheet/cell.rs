//! What stands in a cell, and what a cell makes of a record's fields.

use super::list::{join, split};
use super::{Holds, NameOf, Place};
use crate::decimal;
use crate::error::Invalid;
use crate::external_id::ExternalId;
use crate::id::EntityKind;
use crate::organisation::NameKind;
use crate::text::shown;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::HashSet;
use uuid::Uuid;

impl Place {
    /// The cell of a record with these fields; empty where nothing is known, cut where it is
    /// longer than a cell can be.
    #[must_use]
    pub fn show(&self, fields: &Value, name_of: &NameOf<'_>) -> String {
        cut(self.whole(fields, name_of))
    }

    fn whole(&self, fields: &Value, name_of: &NameOf<'_>) -> String {
        let path = self.path();
        let value = || fields.pointer(&format!("/{path}")).unwrap_or(&Value::Null);
        match self.column.holds {
            Holds::Id | Holds::Seal => String::new(),
            Holds::Text(_) | Holds::Number(_) | Holds::Texts(_) => text(value()).into_owned(),
            Holds::Flag(_) => flag_words(value()).to_owned(),
            Holds::Amount(_) => amount(value()),
            Holds::List(_) => join(elements(value()).iter().map(text)),
            Holds::Identifiers => {
                join(elements(value()).iter().map(|id| pair(id, "scheme", "value")))
            }
            Holds::Themes => {
                join(elements(value()).iter().map(|it| pair(it, "vocabulary", "code")))
            }
            Holds::FirstName(kind) => {
                let names = elements(value());
                first(names, kind)
                    .map(|n| text(&names[n]["value"]).into_owned())
                    .unwrap_or_default()
            }
            Holds::OtherNames => join(others(elements(value())).map(|name| text(&name["value"]))),
            Holds::Reference(_, kind) => name(value(), kind, name_of),
            Holds::References(_, kind) => {
                join(elements(value()).iter().map(|id| name(id, kind, name_of)))
            }
        }
    }

    /// Puts what `cell` says into `fields`; an empty one says that nothing is known.
    ///
    /// # Errors
    /// When the cell cannot be read; `fields` are as they were.
    pub(super) fn put(&self, fields: &mut Value, cell: &str) -> Result<(), Invalid> {
        let value = match self.column.holds {
            Holds::Id | Holds::Seal => return Ok(()),
            Holds::FirstName(kind) => {
                rename(list_of(fields, "names"), kind, cell);
                return Ok(());
            }
            Holds::OtherNames => {
                let texts = split(cell)?;
                name_otherwise(list_of(fields, "names"), &texts);
                return Ok(());
            }
            Holds::Themes => themes(elements(&fields["themes"]), &split(cell)?)?,
            Holds::List(_) | Holds::Identifiers => split(cell)?.into(),
            Holds::References(..) => {
                let names = split(cell)?;
                names.iter().map(|name| named(name)).collect::<Vec<_>>().into()
            }
            _ if cell.is_empty() => Value::Null,
            Holds::Text(_) | Holds::Texts(_) => cell.into(),
            Holds::Number(_) => number(cell),
            Holds::Flag(_) => flag(cell)?.into(),
            Holds::Amount(_) => money(cell),
            Holds::Reference(..) => named(cell).into(),
        };
        set(fields, &self.path(), value);
        Ok(())
    }

    /// Adds what `cell` lists to what `fields` list already.
    ///
    /// # Errors
    /// When the cell cannot be read; `fields` are as they were.
    pub(super) fn add(&self, fields: &mut Value, cell: &str) -> Result<(), Invalid> {
        let path = self.path();
        let mut all = elements(&fields[&path]).to_vec();
        let known: HashSet<String> = all.iter().map(|id| pair(id, "scheme", "value")).collect();
        let written =
            |id: &str| id.parse::<ExternalId>().map_or(id.to_owned(), |id| id.to_string());
        let more = split(cell)?.into_iter().map(|id| written(&id));
        all.extend(more.filter(|id| !known.contains(id)).map(Value::from));
        set(fields, &path, all.into());
        Ok(())
    }

    /// Refuses a cell that was longer than a cell can be when it was exported, and was changed
    /// since or is to make a record: what was cut off would be lost.
    ///
    /// # Errors
    /// `cut_cell`.
    pub(super) fn refuse_cut(&self, cell: &str, fields: Option<&Value>) -> Result<(), Invalid> {
        let is_cut = || {
            fields.is_some_and(|fields| units(&self.whole(fields, &|_, _| String::new())) > LONGEST)
        };
        if !cell.ends_with('…') || !(units(cell) >= LONGEST || is_cut()) {
            return Ok(());
        }
        let detail = "A cell holds 32,767 characters; the rest was cut off when it was exported, \
                      and would be lost. Change the text over the API or by a bundle, or write \
                      all of it without … at its end.";
        Err(Invalid::new("cut_cell", detail))
    }

    /// The cell in the form in which two that say the same are equal.
    pub(super) fn plain(&self, cell: &str) -> String {
        let cell = cell.trim().replace("\r\n", "\n");
        match self.column.holds {
            Holds::Number(_) => unpadded(&text(&number(&cell))),
            Holds::Amount(_) if !cell.is_empty() => {
                let money = money(&cell);
                format!("{} {}", unpadded(&text(&money["amount"])), text(&money["currency"]))
            }
            Holds::Flag(_) => flag(&cell).map_or(cell, |flag| flag_words(&flag.into()).to_owned()),
            Holds::Reference(..) => named(&cell).to_owned(),
            Holds::References(..) => match split(&cell) {
                Ok(names) => join(names.iter().map(|name| named(name))),
                Err(_) => cell,
            },
            Holds::List(_) | Holds::Identifiers | Holds::Themes | Holds::OtherNames => {
                split(&cell).map_or(cell, join)
            }
            _ => cell,
        }
    }
}

/// A name of a record with what a reader calls it: `SPRING [cordis:101004635]`. `None` when
/// [reading](named) it would give another name, as with one that has brackets itself.
#[must_use]
pub fn labelled(label: &str, name: &str) -> Option<String> {
    let cell = if label == name { label.to_owned() } else { format!("{label} [{name}]") };
    (named(&cell) == name).then_some(cell)
}

/// What a cell names a record by: what it has in brackets at its end, else all of it.
pub(super) fn named(cell: &str) -> &str {
    let bracketed = cell.trim_end().strip_suffix(']').and_then(|cell| cell.rsplit_once('['));
    bracketed.map_or(cell.trim(), |(_, name)| name.trim())
}

/// The most UTF-16 units that a cell can hold in Excel.
const LONGEST: usize = 32_767;

/// Whether a text fits into a cell.
pub(super) fn fits(text: &str) -> bool {
    units(text) <= LONGEST
}

/// The length of a text as Excel counts it. O(1) for texts that are short whatever is in them.
fn units(text: &str) -> usize {
    if text.len() <= LONGEST { text.len() } else { text.encode_utf16().count() }
}

/// A text as it fits into a cell.
fn cut(text: String) -> String {
    if units(&text) <= LONGEST {
        return text;
    }
    let mut length = 0;
    let fits = |letter: &char| {
        length += letter.len_utf16();
        length < LONGEST
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut.push('…');
    cut
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

fn elements(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn pair(value: &Value, scheme: &str, code: &str) -> String {
    format!("{}:{}", text(&value[scheme]), text(&value[code]))
}

fn name(value: &Value, kind: EntityKind, name_of: &NameOf<'_>) -> String {
    let id = value.as_str().and_then(|id| id.parse::<Uuid>().ok());
    id.map(|id| name_of(kind, id)).unwrap_or_default()
}

/// Euro stand alone: it is what nearly all amounts are in, and numbers can be added up.
fn amount(money: &Value) -> String {
    match money["currency"].as_str() {
        None => String::new(),
        Some("EUR") => text(&money["amount"]).into_owned(),
        Some(currency) => format!("{} {currency}", text(&money["amount"])),
    }
}

/// An amount as the registry's reader takes it, which tells what is wrong with it.
fn money(cell: &str) -> Value {
    let cell = cell.replace('€', " EUR ");
    let is_code = |word: &&str| word.chars().all(char::is_alphabetic);
    let (codes, digits): (Vec<&str>, Vec<&str>) = cell.split_whitespace().partition(is_code);
    if codes.is_empty() || digits.is_empty() {
        return json!({"amount": point(cell.trim()), "currency": "EUR"});
    }
    json!({"amount": point(&digits.join(" ")), "currency": codes.join(" ")})
}

/// A number with a decimal point, where it has a decimal comma that cannot be anything else.
fn point(digits: &str) -> Cow<'_, str> {
    match digits.split_once(',') {
        Some((whole, part))
            if (1..=2).contains(&part.len())
                && [whole, part].iter().all(|it| it.bytes().all(|byte| byte.is_ascii_digit())) =>
        {
            format!("{whole}.{part}").into()
        }
        _ => digits.into(),
    }
}

/// A number as JSON, or the cell itself for the registry's reader to refuse.
fn number(cell: &str) -> Value {
    let digits = cell.trim_end_matches('%').trim();
    let number = match digits.split_once(',') {
        Some((whole, part)) => format!("{whole}.{part}"),
        None => digits.to_owned(),
    };
    match serde_json::from_str(&number) {
        Ok(Value::Number(number)) => Value::Number(number),
        _ => cell.into(),
    }
}

/// A decimal number without zeros at its end: spreadsheets do not keep them.
fn unpadded(number: &str) -> String {
    if decimal::is_ambiguous(number) {
        return number.to_owned();
    }
    if number.contains('.')
        && number.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte))
    {
        number.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number.to_owned()
    }
}

fn flag(cell: &str) -> Result<bool, Invalid> {
    match cell.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Ok(true),
        "no" | "n" | "false" | "0" => Ok(false),
        _ => {
            let detail = format!("{} is neither yes nor no.", shown(cell));
            Err(Invalid::new("invalid_flag", detail))
        }
    }
}

fn flag_words(value: &Value) -> &'static str {
    value.as_bool().map_or("", |flag| if flag { "yes" } else { "no" })
}

/// Themes keep what is known of them beside their code.
fn themes(known: &[Value], cells: &[String]) -> Result<Value, Invalid> {
    let mut known: Vec<&Value> = known.iter().collect();
    let theme = |cell: &String| {
        // Each once: two may have one code and differ in their labels.
        let plain = match cell.split_once(':') {
            Some((vocabulary, code)) => format!("{}:{}", vocabulary.trim(), code.trim()),
            None => cell.clone(),
        };
        let same = known.iter().position(|it| pair(it, "vocabulary", "code") == plain);
        if let Some(n) = same {
            return Ok(known.remove(n).clone());
        }
        let (vocabulary, code) = cell.split_once(':').ok_or_else(|| {
            let detail = format!(
                "{} is not a theme. Expected vocabulary:code, such as euroscivoc:/29/97.",
                shown(cell)
            );
            Invalid::new("invalid_theme", detail)
        })?;
        Ok(json!({"vocabulary": vocabulary.trim(), "code": code.trim()}))
    };
    cells.iter().map(theme).collect()
}

/// The list of a field, made where there is none.
fn list_of<'a>(fields: &'a mut Value, field: &str) -> &'a mut Vec<Value> {
    if !fields[field].is_array() {
        fields[field] = json!([]);
    }
    match &mut fields[field] {
        Value::Array(list) => list,
        _ => unreachable!("it was made a list"),
    }
}

/// Where the first name of a kind stands.
fn first(names: &[Value], kind: NameKind) -> Option<usize> {
    names.iter().position(|name| name["kind"] == kind.code())
}

fn others(names: &[Value]) -> impl Iterator<Item = &Value> {
    let first = [first(names, NameKind::Legal), first(names, NameKind::Short)];
    names.iter().enumerate().filter(move |(n, _)| !first.contains(&Some(*n))).map(|(_, name)| name)
}

/// Changes the first name of a kind, which keeps its language.
fn rename(names: &mut Vec<Value>, kind: NameKind, cell: &str) {
    match (first(names, kind), cell) {
        // Left in its place until all cells are read: it is still the first of its kind.
        (Some(n), "") => names[n]["value"] = "".into(),
        (Some(n), cell) => names[n]["value"] = cell.into(),
        (None, "") => {}
        (None, cell) => {
            // The legal name leads, then comes the short one.
            let legal = first(names, NameKind::Legal).map_or(0, |n| n + 1);
            let place = if kind == NameKind::Legal { 0 } else { legal };
            names.insert(place, json!({"value": cell, "kind": kind.code()}));
        }
    }
}

/// Replaces the other names; those that stay keep their kind and language.
fn name_otherwise(names: &mut Vec<Value>, texts: &[String]) {
    let mut known: Vec<Value> = others(names).cloned().collect();
    let leading = [NameKind::Legal, NameKind::Short].into_iter();
    let mut renamed: Vec<Value> =
        leading.filter_map(|kind| first(names, kind).map(|n| names[n].clone())).collect();
    renamed.extend(texts.iter().map(|text| {
        // Each once: one name may be there in several languages.
        match known.iter().position(|name| name["value"] == text.as_str()) {
            Some(n) => known.remove(n),
            None => json!({"value": text, "kind": NameKind::Alias.code()}),
        }
    }));
    *names = renamed;
}

/// Puts `value` at a path, making what leads there; an object left without anything known is
/// null.
fn set(fields: &mut Value, path: &str, value: Value) {
    let Some((head, rest)) = path.split_once('/') else {
        fields[path] = value;
        return;
    };
    let inner = match (fields, head.parse::<usize>()) {
        (Value::Array(list), Ok(n)) => {
            if list.len() <= n {
                list.resize(n + 1, json!({}));
            }
            &mut list[n]
        }
        (fields, _) => {
            let is_list = rest.starts_with(|first: char| first.is_ascii_digit());
            let inner = &mut fields[head];
            if inner.is_null() {
                *inner = if is_list { json!([]) } else { Value::Object(Map::new()) };
            }
            inner
        }
    };
    set(inner, rest, value);
    let is_empty =
        |value: &Value| value.as_object().is_some_and(|inner| inner.values().all(Value::is_null));
    if is_empty(inner) {
        *inner = Value::Null;
    }
}
