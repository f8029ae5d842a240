//! Receiving a file: onto the disk as it arrives, limited in size and patience.

use super::timed::broken_off;
use crate::admission::step_aside;
use crate::problem::{Code, Problem};
use actix_web::dev::Payload;
use futures_util::StreamExt as _;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

/// The least speed of an upload in the long run, in bytes a second.
const LEAST_SPEED: u64 = 16 * 1024;

/// Writes `payload` to `path`. Gives its size in bytes.
///
/// # Errors
/// `body_too_large` beyond `limit` bytes, `request_timeout` when nothing arrives for
/// `patience` or it arrives slower than 16 KiB/s, `invalid_body` when it is empty,
/// `storage_full` when the disk is.
pub(crate) async fn receive(
    mut payload: Payload,
    path: &Path,
    limit: u64,
    patience: Duration,
) -> Result<u64, Problem> {
    step_aside();
    let mut file = File::create(path).await.map_err(cannot_store)?;
    let started = Instant::now();
    let mut size = 0_u64;
    loop {
        let next = actix_web::rt::time::timeout(patience, payload.next()).await;
        let Some(chunk) = next.map_err(|_| too_slow(patience))? else { break };
        let chunk = chunk.map_err(|error| broken_off(&error))?;
        size += chunk.len() as u64;
        if size > limit {
            let detail = format!("The file has more than the {limit} bytes accepted.");
            return Err(Problem::new(Code::BodyTooLarge, detail));
        }
        if started.elapsed() > patience + Duration::from_secs(size / LEAST_SPEED) {
            return Err(too_slow(patience));
        }
        file.write_all(&chunk).await.map_err(cannot_store)?;
    }
    file.flush().await.map_err(cannot_store)?;
    if size == 0 {
        let detail = "The body is empty; send the file itself as the body.";
        return Err(Problem::new(Code::InvalidBody, detail));
    }
    Ok(size)
}

fn too_slow(patience: Duration) -> Problem {
    let detail = format!(
        "The file stopped arriving for {} s, or came slower than 16 KiB/s; send it again.",
        patience.as_secs()
    );
    Problem::new(Code::RequestTimeout, detail)
}

/// What it means that a file cannot be written.
pub(crate) fn cannot_store(error: std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            let detail = "The disk of the server is full, so nothing was kept or changed; free some \
                          space on it, then ask again.";
            Problem::new(Code::StorageFull, detail).caused_by(error)
        }
        _ => Problem::internal(error),
    }
}
