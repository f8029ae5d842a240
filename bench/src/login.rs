//! Whether the time an account takes not to be opened tells what was wrong.

use crate::load::Outcome;
use consortia_tests::people::{ACCOUNTS, PASSWORD, account, administrator, log_in};
use consortia_tests::{Client, Server};
use serde_json::json;
use std::io;
use std::time::Instant;

/// Accounts of each kind.
const ACCOUNTS_EACH: usize = 25;
/// How often each is tried: one failure less than locks it.
const TRIES: usize = 9;
/// How far the medians of two kinds may be apart.
const ALIKE: f64 = 1.1;
/// Failures that lock a name.
const LOCKING: usize = 10;
const WRONG: &str = "not the words at all";

/// Tries to open, in turn, accounts that are not there, with a wrong password, shut, and locked;
/// prints what that took.
///
/// # Errors
/// When the median of one kind is a tenth longer than that of another, so that it tells.
pub(crate) fn measure(server: &Server) -> io::Result<()> {
    let client = server.unrecorded();
    let kinds = [
        ("no such name", "nobody", PASSWORD),
        ("wrong password", "open", WRONG),
        ("right password, account shut", "shut", PASSWORD),
        ("right password, account locked", "locked", PASSWORD),
    ];
    for n in 0..ACCOUNTS_EACH {
        prepare(server, &client, n);
    }
    let mut taken: [Outcome; 4] = Default::default();
    for _ in 0..TRIES {
        for n in 0..ACCOUNTS_EACH {
            for ((_, who, password), outcome) in kinds.iter().zip(&mut taken) {
                let sent = Instant::now();
                log_in(&client, &format!("{who}-{n}"), password).expect(401);
                let micros = sent.elapsed().as_micros();
                outcome.latencies.push(u32::try_from(micros).unwrap_or(u32::MAX));
            }
        }
    }
    println!("\n| not opened | times | median ms | 10 % / 90 % within ms |");
    println!("|---|---:|---:|---:|");
    for ((kind, ..), outcome) in kinds.iter().zip(&mut taken) {
        println!(
            "| {kind} | {} | {:.1} | {:.1} / {:.1} |",
            outcome.latencies.len(),
            outcome.percentile(0.5),
            outcome.percentile(0.1),
            outcome.percentile(0.9),
        );
    }
    let medians = taken.map(|mut outcome| outcome.percentile(0.5));
    let longest = medians.into_iter().fold(f64::MIN, f64::max);
    let shortest = medians.into_iter().fold(f64::MAX, f64::min);
    if longest <= ALIKE * shortest {
        return Ok(());
    }
    Err(io::Error::other(format!("the medians differ: {shortest:.1} to {longest:.1} ms")))
}

/// Makes the `n`th account that is open, the one that is shut and the one that is locked.
fn prepare(server: &Server, client: &Client, n: usize) {
    for who in ["open", "shut", "locked"] {
        let made = account(server, &format!("{who}-{n}"), "editor", &[]);
        if who == "shut" {
            let at = format!("{ACCOUNTS}/{}", made.json()["id"].as_str().unwrap_or_default());
            let shut = json!({"disabled": true});
            administrator(server).patch(&at, made.etag(), &shut).expect(200);
        }
    }
    for _ in 0..LOCKING {
        log_in(client, &format!("locked-{n}"), WRONG).expect(401);
    }
}
