//! The tour of the README, asked as it stands there: each answer must be what is shown, where `…`
//! stands for whatever was left out.

use consortia_tests::documents::words;
use consortia_tests::{Engine, Place, Server, h2020, program};
use std::fs;

/// A command of the tour, and what is shown below it, in one line.
struct Shown {
    command: String,
    answer: String,
}

/// Every `curl` of the README.
fn tour() -> Vec<Shown> {
    let text = fs::read_to_string(program::repository().join("README.md")).expect("the README");
    let mut shown: Vec<Shown> = Vec::new();
    // What stands between fences; in every other part is prose.
    for block in text.split("```").skip(1).step_by(2) {
        let block = block.replace("\\\n", " ");
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                shown.push(Shown { command: command.to_owned(), answer: String::new() });
            } else if block.contains("$ ")
                && let Some(last) = shown.last_mut()
            {
                last.answer.push_str(line.trim_start());
            }
        }
    }
    shown.retain(|shown| shown.command.starts_with("curl "));
    shown
}

/// What cursors begin with, which hold ids and so differ from one registry to the next.
const CURSOR: &str = "\"next\":\"";

/// `text` without cursors, ids and times.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let cursor = rest.strip_prefix(CURSOR).and_then(|rest| rest.split_once('"'));
        if let Some((_, after)) = cursor {
            masked.push_str(CURSOR);
            rest = after;
        } else if let Some(after) = skip(rest, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh") {
            masked.push_str("ID");
            rest = after;
        } else if let Some(after) = skip(rest, "hhhh-hh-hhThh:hh:hh").map(skip_fraction) {
            masked.push_str("TIME");
            rest = after;
        } else {
            masked.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    masked
}

/// What follows on the rest of an instant: as many digits of a second as it has, and `Z`.
fn skip_fraction(text: &str) -> &str {
    let rest = text.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
    rest.strip_prefix('Z').unwrap_or(text)
}

/// What follows in `text` on something of this form, `h` being any hexadecimal digit.
fn skip<'a>(text: &'a str, form: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(form.len())?;
    let alike = |(letter, form)| match form {
        'h' => char::is_ascii_hexdigit(&letter),
        _ => letter == form,
    };
    start.chars().zip(form.chars()).all(alike).then_some(rest)
}

/// How `answer` differs from what is `shown`, looked at piece by piece.
fn difference(shown: &str, answer: &str) -> Option<String> {
    let (shown, answer) = (masked(shown), masked(&answer.replace(['\n', '\r'], "")));
    let mut pieces = shown.split('…');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = answer.strip_prefix(first) else {
        return Some(format!("begins not with\n{first}\nbut is\n{answer}"));
    };
    let mut last = None;
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else {
            return Some(format!("has not\n{piece}\nin\n{rest}"));
        };
        rest = after;
        last = Some(piece);
    }
    let ends = rest.is_empty() || last.is_some_and(|last| answer.ends_with(last));
    (!ends).then(|| format!("goes on with\n{rest}"))
}

#[test]
fn the_tour_is_as_it_is_told() {
    let tour = tour();
    assert!(tour.len() > 15, "{} commands", tour.len());
    let mut faults = Vec::new();
    for engine in Engine::ALL {
        let whole = h2020::shared_with_catalogue(engine);
        let fresh = Server::start(Place::fresh(engine));
        for Shown { command, answer } in &tour {
            let words = words(command);
            let value = |name: &str| {
                let at = words.iter().position(|word| word == name)?;
                words.get(at + 1).map(String::as_str)
            };
            let url = words.iter().find_map(|word| word.strip_prefix("http://127.0.0.1:8080"));
            let url = url.unwrap_or_else(|| panic!("no address: {command}"));
            // The registry that all tests share is only read.
            let server = if value("-d").is_some() { &fresh } else { whole };
            let client = server.unrecorded();
            let request = client.request(value("-X").unwrap_or("GET"), url);
            let request = match value("-d") {
                Some(body) => request.body("application/json", body),
                None => request,
            };
            let given = request.send().text();
            let differs = difference(answer, &given).filter(|_| value(">").is_none());
            faults
                .extend(differs.map(|how| format!("{engine:?}: the answer to\n{command}\n{how}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
