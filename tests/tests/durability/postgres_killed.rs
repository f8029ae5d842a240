//! PostgreSQL itself killed (SIGKILL, every process of it) under writers: what was acknowledged is
//! there, and the same server goes on.

use super::writers::{Acknowledged, assert_kept, everything, pause, write_until};
use consortia_test_postgres::{Cluster, Settings};
use consortia_tests::integrity::assert_sound;
use consortia_tests::{Place, Server};
use std::thread;
use std::time::{Duration, Instant};

const KILLS: u32 = 10;
/// How soon the server has to serve again.
const BACK: Duration = Duration::from_secs(20);

#[test]
fn acknowledged_writes_survive_ten_kills_of_postgresql() {
    let cluster = Cluster::start(Settings { durable: true, ..Settings::default() });
    let cluster: &'static Cluster =
        Box::leak(Box::new(cluster.unwrap_or_else(|fault| panic!("{fault}"))));
    let mut server = Server::start(Place::on(cluster.create_database()));
    let client = server.unrecorded();
    let mut acknowledged = Acknowledged::new();
    let mut longest = Duration::ZERO;
    for round in 0..KILLS {
        let kill = || {
            pause(round);
            cluster.kill();
        };
        // A server whose database is gone says so.
        let written = write_until(kill, &client, round, |answer| answer.status == 503);
        acknowledged.extend(written);
        cluster.resume();
        let from = Instant::now();
        while client.try_status("/health/ready") != Some(200) {
            assert!(from.elapsed() < BACK, "not ready {BACK:?} after PostgreSQL was back");
            thread::sleep(Duration::from_millis(20));
        }
        longest = longest.max(from.elapsed());
        assert_kept(&acknowledged, &everything(&client), round + 1);
    }
    println!(
        "{} records kept over {KILLS} kills of PostgreSQL; ready again after {longest:?} at most",
        acknowledged.len()
    );
    server.kill();
    assert_sound(server.place());
}
