//! How long one client waits for answers of the partner network, one after the other.

use crate::load::{self, Request};
use crate::report;
use consortia_tests::Client;
use std::io;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// The organisation with most projects in Horizon 2020, the CNRS.
const LARGEST: &str = "/api/v1/organisations/pic:999997930";
/// ISMU, which has two.
const ISMU: &str = "/api/v1/organisations/pic:968823876";
/// How long each question is asked.
const TIME: Duration = Duration::from_secs(3);
/// How many times a question in a scope of its own can be asked.
const SCOPES: u32 = 20_000;

/// Asks each question again and again and prints how long the answers take.
///
/// # Errors
/// When the server does not answer.
pub(crate) fn measure(base: &str, client: &Client) -> io::Result<()> {
    report::latency_heading();
    let again = |at: &str| vec![Request::get(at)];
    // Scopes that no request before had, and that leave out nothing: all ran since some day in
    // the Middle Ages.
    let fresh = |at: &str, first: u32| {
        let sign = if at.contains('?') { '&' } else { '?' };
        let day = |n: u32| format!("{}-{:02}-{:02}", 1000 + n / 336, n / 28 % 12 + 1, n % 28 + 1);
        let scopes = first..first + SCOPES;
        scopes.map(|n| Request::get(&format!("{at}{sign}active_from={}", day(n)))).collect()
    };
    for (n, (what, at)) in (0..).zip([
        ("partners of the largest, first 50", format!("{LARGEST}/partners?limit=50")),
        ("diversity of ISMU with 5,424 peers", format!("{ISMU}/diversity")),
        ("diversity of the largest", format!("{LARGEST}/diversity")),
        ("profile of ISMU", format!("{ISMU}/profile")),
        ("profile of the largest", format!("{LARGEST}/profile")),
    ]) {
        row(&format!("{what}, asked before"), base, &again(&at))?;
        let fresh: Vec<Request> = fresh(&at, n * SCOPES);
        row(&format!("{what}, never asked before"), base, &fresh)?;
    }
    for (what, at) in [
        ("network around ISMU, json", format!("{ISMU}/network")),
        ("network around ISMU, svg", format!("{ISMU}/network?format=svg")),
        ("100 around the largest, svg", format!("{LARGEST}/network?format=svg")),
        ("100 around the largest, png", format!("{LARGEST}/network?format=png")),
        (
            "within two steps of the largest, 1,000 as graphml",
            format!("{LARGEST}/network?depth=2&limit=1000&format=graphml"),
        ),
    ] {
        row(what, base, &again(&at))?;
    }
    for at in [
        "summary",
        "communities",
        "ranking?by=pagerank",
        "path?from=pic:968823876&to=pic:999997930",
    ] {
        let at = format!("/api/v1/network/{at}");
        client.get(&at).expect(200);
        row(&format!("{at}, once computed"), base, &again(&at))?;
    }
    Ok(())
}

fn row(what: &str, base: &str, requests: &[Request]) -> io::Result<()> {
    let address = base.trim_start_matches("http://");
    let mut outcome = load::run(address, requests, &AtomicU64::new(0), 1, TIME)?;
    report::latency(what, &mut outcome);
    Ok(())
}
