//! Everything the registry holds, as one file.

use super::errors::AdminReadErrors;
use crate::auth::Admin;
use crate::export::export;
use crate::extract::Query;
use crate::respond::Answer;
use crate::state::State;
use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use consortia_domain::bundle::MEDIA_TYPE;
use futures_util::stream;
use std::io::{self, BufWriter, Write};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Sender, channel};
use utoipa_actix_web::service_config::ServiceConfig;

/// Bytes sent at a time.
const CHUNK: usize = 64 << 10;
/// Chunks written ahead of the client.
const AHEAD: usize = 4;
/// How long a client may take to accept a chunk: it holds a connection to the database.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_bundle);
}

/// Get everything as a bundle
///
/// One record a line, as of one moment; importing it into an empty registry makes the same
/// registry. Histories and imports are not in it. Needs the role admin.
#[utoipa::path(tag = "imports", security(("bearer" = [])), responses(
    (status = 200, description = "The bundle.", body = String,
     content_type = "application/x-ndjson",
     headers(("Content-Disposition" = String, description = "A name for the file.")),
     example = json!("{\"format\":\"consortia-bundle\",\"version\":1}\n")),
    AdminReadErrors,
))]
#[get("")]
async fn get_bundle(state: web::Data<State>, _: Admin, _: Query<()>) -> Answer {
    let place = state.admission().place_of_stream().await?;
    let (chunks, ready) = channel(AHEAD);
    let (db, runtime) = (state.db().clone(), Handle::current());
    // A thread of its own: it lasts as long as the client takes.
    std::thread::spawn(move || {
        let _place = place;
        let out = Chunks { chunks: chunks.clone(), runtime: runtime.clone() };
        if let Err(fault) = export(&db, BufWriter::with_capacity(CHUNK, out), |_, _| ()) {
            tracing::warn!(%fault, "an export broke off");
            // Where the client is gone already, nobody is left to be told.
            let _ = runtime.block_on(chunks.send(Err(fault)));
        }
    });
    let chunks = stream::unfold(ready, |mut ready| async { Some((ready.recv().await?, ready)) });
    let mut response = HttpResponse::Ok();
    response.content_type(MEDIA_TYPE);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"bundle.ndjson\""));
    Ok(response.streaming(chunks))
}

/// Sends what is written to it.
struct Chunks {
    chunks: Sender<io::Result<web::Bytes>>,
    runtime: Handle,
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let chunk = Ok(web::Bytes::copy_from_slice(bytes));
        let sent = async { tokio::time::timeout(PATIENCE, self.chunks.send(chunk)).await };
        match self.runtime.block_on(sent) {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the client is gone")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
