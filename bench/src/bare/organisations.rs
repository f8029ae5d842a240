//! Organisations: searched for, and created.

use super::projects::external_ids;
use super::records::{
    Coordinates, Details, ExternalId, Instant, Json, Name, Organisation, Page, PageInfo, Place,
};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, Transaction};
use serde::Deserialize;
use uuid::Uuid;

const COLUMNS: &str = "o.id, o.label, o.names, o.country, o.city, o.postcode, o.nuts, o.latitude, \
    o.longitude, o.type, o.kind, o.sector, o.legal_form, o.sme, o.homepage, o.founded, \
    o.parent_id, o.status, o.version, o.created_at, o.updated_at, o.details";

fn organisation(row: &Row<'_>) -> Result<Organisation> {
    let (latitude, longitude): (Option<f64>, Option<f64>) = (row.get(7)?, row.get(8)?);
    let coordinates =
        latitude.zip(longitude).map(|(latitude, longitude)| Coordinates { latitude, longitude });
    let place = Place { city: row.get(4)?, postcode: row.get(5)?, nuts: row.get(6)?, coordinates };
    let known = place.city.is_some()
        || place.postcode.is_some()
        || place.nuts.is_some()
        || place.coordinates.is_some();
    Ok(Organisation {
        id: row.get(0)?,
        label: row.get(1)?,
        names: row.get(2)?,
        country: row.get(3)?,
        place: known.then_some(place),
        r#type: row.get(9)?,
        kind: row.get(10)?,
        sector: row.get(11)?,
        legal_form: row.get(12)?,
        sme: row.get(13)?,
        homepage: row.get(14)?,
        founded: row.get(15)?,
        parent_id: row.get(16)?,
        groups: Details::read(row, 21)?.list("groups"),
        external_ids: Vec::new(),
        status: row.get(17)?,
        version: row.get(18)?,
        created_at: row.get(19)?,
        updated_at: row.get(20)?,
    })
}

const MATCHES: &str = "search_documents.doc IN \
    (SELECT rowid FROM search_index WHERE search_index MATCH ?1)";

/// The organisations whose names hold words that begin with those of `query` (letters and
/// digits, lower case), best first. The same ranking as the registry's: whole name, beginning
/// of a name, whole words, beginnings of words.
pub(super) fn search(
    connection: &Connection,
    query: &str,
    limit: usize,
) -> Result<Page<Organisation>> {
    let words: Vec<&str> = query.split(' ').collect();
    let expression = words.iter().map(|word| format!("(\"o{word}\"*)")).collect::<Vec<_>>();
    let expression = expression.join(" AND ");
    let every = |behind: &str| {
        let holds = words.iter().map(|word| format!("instr(names, ' {word}{behind}') > 0"));
        holds.collect::<Vec<_>>().join(" AND ")
    };
    // The words are letters and digits, so they cannot break out of the quotes.
    let tier = format!(
        "CASE WHEN instr(names, char(10) || ' {query} ' || char(10)) > 0 THEN 0 \
         WHEN instr(names, char(10) || ' {query}') > 0 THEN 1 \
         WHEN {} THEN 2 WHEN {} THEN 3 ELSE 4 END",
        every(" "),
        every("")
    );
    let ids: Vec<Value> = connection
        .prepare_cached(&format!(
            "SELECT record_id, {tier} AS tier FROM search_documents WHERE {MATCHES} \
             ORDER BY tier, weight DESC, label_length, label_key, record_id LIMIT ?2"
        ))?
        .query_map((&expression, i64::try_from(limit + 1).unwrap_or(i64::MAX)), |row| row.get(0))?
        .collect::<Result<_>>()?;
    let total = if ids.len() > limit {
        connection
            .prepare_cached("SELECT COUNT(*) FROM search_index WHERE search_index MATCH ?1")?
            .query_row([&expression], |row| row.get(0))?
    } else {
        i64::try_from(ids.len()).unwrap_or(i64::MAX)
    };
    let more = ids.len() > limit;
    let ids = &ids[..ids.len().min(limit)];
    let places = vec!["?"; ids.len()].join(",");
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM organisations o WHERE o.id IN ({places})"
    ))?;
    let mut found = statement
        .query_map(rusqlite::params_from_iter(ids), organisation)?
        .collect::<Result<Vec<_>>>()?;
    let rank = |organisation: &Organisation| {
        let id = Value::Blob(organisation.id.0.as_bytes().to_vec());
        ids.iter().position(|other| *other == id)
    };
    found.sort_by_cached_key(rank);
    let mut external_ids = external_ids(connection, "organisation_external_ids", ids)?;
    for organisation in &mut found {
        organisation.external_ids = external_ids.remove(&organisation.id).unwrap_or_default();
    }
    let next = found.last().filter(|_| more).map(|last| last.id.0.to_string());
    Ok(Page { data: found, page: PageInfo { next, limit, total } })
}

/// What the load sends.
#[derive(Debug, Deserialize)]
pub(super) struct New {
    names: Vec<Name>,
    country: Option<String>,
    external_ids: Vec<NewExternalId>,
}

#[derive(Debug, Deserialize)]
struct NewExternalId {
    scheme: String,
    value: String,
}

/// Inserts an organisation, its revision and its words, as the registry does.
pub(super) fn create(connection: &mut Connection, new: New, body: &[u8]) -> Result<Organisation> {
    let change = String::from_utf8_lossy(body);
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let id = Uuid::now_v7();
    let now: String = transaction
        .prepare_cached("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")?
        .query_row([], |row| row.get(0))?;
    let label = new.names.first().map(|name| name.value.clone()).unwrap_or_default();
    let names = serde_json::to_string(&new.names).unwrap_or_default();
    transaction
        .prepare_cached(
            "INSERT INTO organisations (id, label, label_key, names, country, version, created_at, \
             updated_at) VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)",
        )?
        .execute((id.as_bytes(), &label, label.to_lowercase(), &names, &new.country, &now))?;
    for (position, external) in new.external_ids.iter().enumerate() {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        transaction
            .prepare_cached(
                "INSERT INTO organisation_external_ids (record_id, position, scheme, value) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((id.as_bytes(), position, &external.scheme, &external.value))?;
    }
    transaction
        .prepare_cached(
            "INSERT INTO revisions (entity, record_id, version, action, actor, at, change) \
             VALUES ('organisation', ?1, 1, 'created', 'user:bench', ?2, ?3)",
        )?
        .execute((id.as_bytes(), &now, &change))?;
    index(&transaction, id, &label.to_lowercase())?;
    transaction.commit()?;
    let external_ids = new
        .external_ids
        .into_iter()
        .map(|external| ExternalId { scheme: external.scheme, value: external.value })
        .collect();
    let at = || Instant(now.replacen(' ', "T", 1) + "Z");
    Ok(Organisation {
        id: super::records::Id(id),
        label,
        names: Json(new.names),
        country: new.country,
        place: None,
        r#type: None,
        kind: None,
        sector: None,
        legal_form: None,
        sme: None,
        homepage: None,
        founded: None,
        parent_id: None,
        groups: Details::default().list("groups"),
        external_ids,
        status: None,
        version: 1,
        created_at: at(),
        updated_at: at(),
    })
}

fn index(transaction: &Transaction<'_>, id: Uuid, key: &str) -> Result<()> {
    let doc: Option<i64> = transaction
        .prepare_cached("SELECT max(doc) FROM search_documents")?
        .query_row([], |row| row.get(0))
        .optional()?
        .flatten();
    let doc = doc.unwrap_or(0) + 1;
    let length = i64::try_from(key.chars().count()).unwrap_or(i64::MAX);
    transaction
        .prepare_cached(
            "INSERT INTO search_documents (doc, record_id, weight, label_length, label_key, names) \
             VALUES (?1, ?2, 0, ?3, ?4, ?5)",
        )?
        .execute((doc, id.as_bytes(), length, key, format!("\n {key} \n")))?;
    let words: Vec<&str> = key.split(' ').collect();
    let line = words.iter().map(|word| format!("o{word}")).collect::<Vec<_>>().join(" ");
    transaction
        .prepare_cached("INSERT INTO search_index (rowid, words) VALUES (?1, ?2)")?
        .execute((doc, line))?;
    for word in words {
        transaction
            .prepare_cached(
                "INSERT INTO search_words (entity, word) VALUES ('organisation', ?1) \
                 ON CONFLICT DO NOTHING",
            )?
            .execute([word])?;
    }
    Ok(())
}
