//! The peer: what somebody writes in an afternoon with actix-web and rusqlite, for the same
//! answers from the same database file.
//!
//! It has no authentication, no validation, no entity tags, no problem documents, no request
//! ids, no logs, no cursors; it shares SQLite, the allocator and every SQLite setting with
//! the registry, so that what differs is the work around the query.

mod organisations;
pub(crate) mod partners;
mod projects;
mod records;

use actix_web::web::{self, Bytes, Data, Path, Query};
use actix_web::{App, HttpResponse, HttpServer};
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

struct State {
    file: PathBuf,
    writer: Mutex<Connection>,
}

thread_local! {
    /// One reading connection for each thread that reads.
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

fn open(file: &std::path::Path, reading: bool) -> rusqlite::Result<Connection> {
    let flags = if reading {
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
    };
    let connection = Connection::open_with_flags(file, flags)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.execute_batch(
        "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;",
    )?;
    Ok(connection)
}

/// Runs a query off the async threads, as actix-web's own database example does.
async fn read<T: Send + 'static>(
    state: Data<State>,
    query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> actix_web::Result<T> {
    let answer = web::block(move || {
        READER.with_borrow_mut(|reader| {
            let connection = match reader {
                Some(connection) => connection,
                None => reader.insert(open(&state.file, true)?),
            };
            query(connection)
        })
    });
    answer.await?.map_err(actix_web::error::ErrorInternalServerError)
}

fn json(value: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(value)
}

async fn project(state: Data<State>, id: Path<Uuid>) -> actix_web::Result<HttpResponse> {
    let found = read(state, move |connection| projects::one(connection, *id)).await?;
    Ok(found.map_or_else(|| HttpResponse::NotFound().finish(), |project| json(&project)))
}

#[derive(Deserialize)]
struct List {
    country: String,
    start_date_from: Option<String>,
    limit: usize,
}

async fn list(state: Data<State>, asked: Query<List>) -> actix_web::Result<HttpResponse> {
    let page = read(state, move |c| {
        projects::list(c, &asked.country, asked.start_date_from.as_deref(), asked.limit)
    })
    .await?;
    Ok(json(&page))
}

#[derive(Deserialize)]
struct Search {
    q: String,
    limit: usize,
}

async fn search(state: Data<State>, asked: Query<Search>) -> actix_web::Result<HttpResponse> {
    let page = read(state, move |c| organisations::search(c, &asked.q, asked.limit)).await?;
    Ok(json(&page))
}

#[derive(Deserialize)]
struct Limited {
    limit: usize,
}

async fn partners(
    state: Data<State>,
    id: Path<Uuid>,
    asked: Query<Limited>,
) -> actix_web::Result<HttpResponse> {
    let page = read(state, move |c| partners::list(c, *id, asked.limit)).await?;
    Ok(json(&page))
}

async fn create(state: Data<State>, body: Bytes) -> actix_web::Result<HttpResponse> {
    let new = serde_json::from_slice(&body).map_err(actix_web::error::ErrorBadRequest)?;
    let answer = web::block(move || {
        let mut writer = state.writer.lock().unwrap_or_else(PoisonError::into_inner);
        organisations::create(&mut writer, new, &body)
    });
    let made = answer.await?.map_err(actix_web::error::ErrorInternalServerError)?;
    Ok(HttpResponse::Created().json(&made))
}

/// Serves the database in `file` on a free port of 127.0.0.1, whose address it prints.
///
/// # Errors
/// When the file cannot be opened or the port cannot be listened on.
pub(crate) fn serve(file: PathBuf) -> io::Result<()> {
    let writer = Mutex::new(open(&file, false).map_err(io::Error::other)?);
    let state = Data::new(State { file, writer });
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/api/v1/projects/{id}", web::get().to(project))
                .route("/api/v1/projects", web::get().to(list))
                .route("/api/v1/organisations", web::get().to(search))
                .route("/api/v1/organisations/{id}/partners", web::get().to(partners))
                .route("/api/v1/organisations", web::post().to(create))
        })
        .bind(("127.0.0.1", 0))?;
        for address in server.addrs() {
            println!("http://{address}");
        }
        server.run().await
    })
}
