//! Answers made comparable across engines and runs.

use crate::client::Answer;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// The headers that are part of the contract; the rest is transport.
const HEADERS: &[&str] = &[
    "allow",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-location",
    "content-type",
    "deprecation",
    "etag",
    "last-modified",
    "link",
    "location",
    "retry-after",
    "vary",
    "www-authenticate",
];

/// Every answer of one run of a test, with what differs from run to run replaced by names in
/// order of appearance: `<id 1>`, `<instant 3>`, `<cursor 1>`.
#[derive(Debug, Default)]
pub struct Recording {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    names: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
    answers: Vec<String>,
    keep_instants: bool,
}

/// `value` with ids replaced by names in order of appearance; for documents whose instants
/// are those of an example.
#[must_use]
pub fn with_named_ids(mut value: Value) -> Value {
    State { keep_instants: true, ..State::default() }.normalise_json(&mut value);
    value
}

impl Recording {
    pub(crate) fn add(&self, base: &str, answer: &Answer) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = format!("{}\n{}\n", state.normalise(&answer.request), answer.status);
        for name in HEADERS {
            let Some(value) = answer.maybe_header(name) else { continue };
            let value = match *name {
                "last-modified" => "<date>".to_owned(),
                // Holds a checksum of ids and instants.
                "etag" => state.name("etag", value),
                _ => state.normalise(&value.replace(base, "")),
            };
            let _ = writeln!(text, "{name}: {value}");
        }
        match serde_json::from_slice::<Value>(&answer.body) {
            Ok(mut body) => {
                state.normalise_json(&mut body);
                let _ = writeln!(text, "{body:#}");
            }
            // Compressed, so ids and instants cannot be told from the rest.
            Err(_) if answer.maybe_header("content-encoding").is_some() => {
                text.push_str("<compressed>");
            }
            Err(_) => text.push_str(&state.normalise(&answer.text())),
        }
        state.answers.push(text);
    }

    /// Demands that the other recording is the same, answer for answer.
    ///
    /// # Panics
    /// At the first difference, with both answers.
    pub fn must_equal(&self, other: &Self) {
        let ours = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = other.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (ours, theirs) in ours.answers.iter().zip(&theirs.answers) {
            let same = ours == theirs;
            assert!(same, "The engines answer differently:\n{}", difference(ours, theirs));
        }
        assert_eq!(ours.answers.len(), theirs.answers.len(), "one engine was asked more often");
        assert!(!ours.answers.is_empty(), "nothing was asked");
    }
}

/// Both texts line by line, the lines that differ marked; alike lines far from them left out.
fn difference(ours: &str, theirs: &str) -> String {
    let (ours, theirs): (Vec<_>, Vec<_>) = (ours.lines().collect(), theirs.lines().collect());
    let same = ours.iter().zip(&theirs).take_while(|(ours, theirs)| ours == theirs).count();
    let shown = |lines: &[&str], sign: char| {
        let differing = lines.iter().skip(same).take(12);
        differing.fold(String::new(), |text, line| format!("{text}{sign} {line}\n"))
    };
    let request = ours.first().copied().unwrap_or_default();
    let before = ours[same.saturating_sub(5)..same].join("\n  ");
    format!(
        "{request}, line {}\n  {before}\nSQLite:\n{}PostgreSQL:\n{}",
        same + 1,
        shown(&ours, '-'),
        shown(&theirs, '+')
    )
}

impl State {
    fn name(&mut self, kind: &'static str, found: &str) -> String {
        if let Some(name) = self.names.get(found) {
            return name.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let name = format!("<{kind} {count}>");
        self.names.insert(found.to_owned(), name.clone());
        name
    }

    fn normalise_json(&mut self, value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map.iter_mut() {
                    match (key.as_str(), &*value) {
                        ("next", Value::String(cursor)) => {
                            *value = Value::String(self.name("cursor", cursor));
                        }
                        ("request_id", Value::String(_)) => *value = "<request>".into(),
                        ("access_token" | "refresh_token" | "token", Value::String(_)) => {
                            *value = "<token>".into();
                        }
                        _ => self.normalise_json(value),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.normalise_json(item)),
            Value::String(text) => *text = self.normalise(text),
            _ => {}
        }
    }

    /// Replaces ids, instants and cursors inside `text`.
    fn normalise(&mut self, text: &str) -> String {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let boundary = !result.ends_with(|last: char| last.is_ascii_alphanumeric());
            let found = if boundary { self.volatile(rest) } else { None };
            if let Some((name, length)) = found {
                result.push_str(&name);
                rest = &rest[length..];
            } else {
                result.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        result
    }

    /// The name of the volatile thing `text` begins with, and its length.
    fn volatile(&mut self, text: &str) -> Option<(String, usize)> {
        const UUID: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
        const INSTANT: &str = "dddd-dd-ddTdd:dd:dd";
        // The id of all examples, in messages and tests alike.
        const EXAMPLE: &str = "0198c0de-0000-7000-8000-";
        if fits(text, UUID) && !text.starts_with(EXAMPLE) {
            return Some((self.name("id", &text[..UUID.len()]), UUID.len()));
        }
        if !self.keep_instants && fits(text, INSTANT) {
            let tail = &text[INSTANT.len()..];
            let fraction = tail.find(|c: char| c != '.' && !c.is_ascii_digit())?;
            let length = INSTANT.len() + fraction + usize::from(tail[fraction..].starts_with('Z'));
            return Some((self.name("instant", &text[..length]), length));
        }
        let cursor = text.strip_prefix("cursor=")?;
        let end = cursor.find(['&', '>', '"', ' ']).unwrap_or(cursor.len());
        Some((format!("cursor={}", self.name("cursor", &cursor[..end])), "cursor=".len() + end))
    }
}

/// Whether `text` begins like `pattern`, where `x` is a hexadecimal and `d` a decimal digit.
fn fits(text: &str, pattern: &str) -> bool {
    text.len() >= pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(found, wanted)| match wanted {
            b'x' => found.is_ascii_hexdigit(),
            b'd' => found.is_ascii_digit(),
            _ => found == wanted,
        })
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn volatile_parts_are_named_in_order_of_appearance() {
        let mut state = State::default();
        let text = "/p/01a2002c-6355-76e1-a7df-8560f401bfd7 at 2026-01-31T12:00:00.123456Z, \
                    /p?cursor=abc&limit=2 01a2002c-6355-76e1-a7df-8560f401bfd7 2026-01-31";
        assert_eq!(
            state.normalise(text),
            "/p/<id 1> at <instant 1>, /p?cursor=<cursor 1>&limit=2 <id 1> 2026-01-31"
        );
    }
}
