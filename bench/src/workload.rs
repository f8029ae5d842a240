//! What is asked: the kinds of requests, made from the data itself.

use crate::load::Request;
use consortia_tests::Client;
use rusqlite::{Connection, OpenFlags, Result};
use std::path::Path;
use uuid::Uuid;

/// One kind of request.
pub(crate) struct Workload {
    /// What it is called in reports.
    pub(crate) name: &'static str,
    /// The requests for the registry, asked in turn.
    pub(crate) ours: Vec<Request>,
    /// The same requests for the peer.
    pub(crate) bare: Vec<Request>,
}

/// How many different records or words are asked for.
const VARIETY: u32 = 2000;

/// Every kind of request on the data of the SQLite database `file`. `client` asks the
/// registry, whose own ids differ when it was imported apart from the file.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn all(file: &Path, client: &Client, token: &str) -> Result<Vec<Workload>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let [known, fresh] = lists(&connection)?;
    let [largest, large] = partners(&connection, client)?;
    let searches = searches(&connection)?;
    Ok(vec![by_id(&connection, client)?, known, fresh, searches, largest, large, creates(token)])
}

fn by_id(connection: &Connection, client: &Client) -> Result<Workload> {
    let projects: Vec<(Uuid, String)> = connection
        .prepare(
            "SELECT id, scheme || ':' || value FROM projects \
             JOIN project_external_ids ON record_id = id AND position = 0 \
             ORDER BY substr(hex(id), 20), id LIMIT ?1",
        )?
        .query_map([VARIETY], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?
        .map(|row| row.map(|(id, name)| (Uuid::from_slice(&id).unwrap_or_default(), name)))
        .collect::<Result<_>>()?;
    let ours = |(_, name): &(Uuid, String)| {
        let found = client.get(&format!("/api/v1/projects/{name}?fields=id")).expect(200).json();
        let id = found["id"].as_str().unwrap_or_default().to_owned();
        Request::get(&format!("/api/v1/projects/{id}?include=participations"))
    };
    let bare = |(id, _): &(Uuid, String)| Request::get(&format!("/api/v1/projects/{id}"));
    Ok(Workload {
        name: "project with participations, by id",
        ours: projects.iter().map(ours).collect(),
        bare: projects.iter().map(bare).collect(),
    })
}

/// The projects of a country, and those of them that start from a day on. The first are few
/// enough that the registry knows their totals from earlier requests; of the second, none is
/// asked for twice, so that both servers count.
fn lists(connection: &Connection) -> Result<[Workload; 2]> {
    let countries: Vec<String> = connection
        .prepare(
            "SELECT country FROM organisations WHERE country IS NOT NULL \
             GROUP BY country ORDER BY count(*) DESC LIMIT 40",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let days: Vec<String> = connection
        .prepare(
            "WITH RECURSIVE days (day) AS (SELECT '2014-01-01' \
             UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < '2018-12-31') \
             SELECT day FROM days",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let asked = |more: &str| {
        let path = |country: &String| {
            format!("/api/v1/projects?country={country}&limit=50&sort=label{more}")
        };
        countries.iter().map(|country| Request::get(&path(country))).collect::<Vec<_>>()
    };
    let known = asked("");
    let fresh: Vec<_> =
        days.iter().flat_map(|day| asked(&format!("&start_date_from={day}"))).collect();
    Ok([
        Workload {
            name: "projects of a country, first 50 and the total, asked before",
            ours: known.clone(),
            bare: known,
        },
        Workload {
            name: "projects of a country from a day on, never asked before",
            ours: fresh.clone(),
            bare: fresh,
        },
    ])
}

/// Two words of one organisation's name each, as people search.
fn searches(connection: &Connection) -> Result<Workload> {
    let names: Vec<String> = connection
        .prepare(
            "SELECT search_documents.label_key FROM search_documents JOIN organisations ON id = record_id \
             ORDER BY substr(hex(record_id), 20), record_id LIMIT ?1",
        )?
        .query_map([VARIETY], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let words = names.iter().filter_map(|name| {
        let plain = |word: &&str| {
            word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let words: Vec<&str> = name.split(' ').filter(plain).take(2).collect();
        (!words.is_empty()).then(|| words.join("%20"))
    });
    let requests: Vec<Request> = words
        .map(|words| Request::get(&format!("/api/v1/organisations?q={words}&limit=50")))
        .collect();
    Ok(Workload { name: "search for an organisation", ours: requests.clone(), bare: requests })
}

/// The partners of the organisation with most projects, which the registry remembers, and of the
/// largest in turn, which are too many to be remembered.
fn partners(connection: &Connection, client: &Client) -> Result<[Workload; 2]> {
    let organisations: Vec<(Uuid, String)> = connection
        .prepare(
            "SELECT record_id, scheme || ':' || value FROM organisation_external_ids \
             JOIN participations ON organisation_id = record_id WHERE scheme = 'pic' \
             GROUP BY record_id, value ORDER BY count(DISTINCT project_id) DESC, value LIMIT ?1",
        )?
        .query_map([VARIETY], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?
        .map(|row| row.map(|(id, name)| (Uuid::from_slice(&id).unwrap_or_default(), name)))
        .collect::<Result<_>>()?;
    let path = |id: &str| Request::get(&format!("/api/v1/organisations/{id}/partners?limit=50"));
    let ours: Vec<Request> = organisations
        .iter()
        .map(|(_, name)| {
            let organisation = format!("/api/v1/organisations/{name}?fields=id");
            let found = client.get(&organisation).expect(200).json();
            path(found["id"].as_str().unwrap_or_default())
        })
        .collect();
    let bare: Vec<Request> = organisations.iter().map(|(id, _)| path(&id.to_string())).collect();
    let first = |requests: &[Request]| requests.iter().take(1).cloned().collect();
    Ok([
        Workload {
            name: "partners of the largest organisation, first 50 and the total",
            ours: first(&ours),
            bare: first(&bare),
        },
        Workload { name: "partners of the 2,000 largest organisations in turn", ours, bare },
    ])
}

/// New organisations; each request can be made once only, so there are many.
fn creates(token: &str) -> Workload {
    let make = |owner: &str| {
        (0..400_000)
            .map(|n| {
                let body = format!(
                    r#"{{"names":[{{"value":"Bench {owner} {n}","kind":"legal"}}],"country":"IT","external_ids":[{{"scheme":"local","value":"{owner}-{n}"}}]}}"#
                );
                Request::post("/api/v1/organisations", token, &body)
            })
            .collect()
    };
    Workload { name: "create an organisation", ours: make("ours"), bare: make("bare") }
}
