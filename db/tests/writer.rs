//! Writing: order, fairness, isolation of jobs that share a commit, and failure.

use crate::common::{TestDb, on_both, open, write};
use consortia_db::{Actor, Db, DbConfig, Error, organisation, revision};
use consortia_domain::organisation::{OrganisationContent, OrganisationFilter};
use consortia_domain::page::ListRequest;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

fn named(name: &str) -> OrganisationContent {
    crate::common::content(serde_json::json!({"names": [{"value": name, "kind": "legal"}]}))
}

fn count(db: &Db) -> u64 {
    let request = ListRequest::<OrganisationFilter>::default();
    db.read_blocking(|c| organisation::list(c, &request)).expect("a list").total
}

#[test]
fn what_fails_leaves_nothing_behind_and_harms_nobody() {
    on_both(|db| {
        // Holds the writer up, so that the jobs behind share one commit.
        let (go, wait) = mpsc::channel::<()>();
        let results: Vec<_> = thread::scope(|scope| {
            let first = scope.spawn(|| {
                write(db, move |_| {
                    wait.recv().expect("told to go on");
                    Ok(())
                })
            });
            thread::yield_now();
            let jobs: Vec<_> = (0..12)
                .map(|n| {
                    scope.spawn(move || {
                        write(db, move |tx| {
                            let made = organisation::create(tx, &named(&format!("Job {n}")))?;
                            match n % 4 {
                                1 => Err(Error::ReadOnly),
                                2 => panic!("a job panics on purpose"),
                                _ => Ok(made.id),
                            }
                        })
                    })
                })
                .collect();
            // Give the jobs time to queue up; the outcome does not depend on it.
            thread::park_timeout(Duration::from_millis(100));
            go.send(()).expect("the first job listens");
            first.join().expect("no panic").expect("the first job commits");
            jobs.into_iter().map(|job| job.join().expect("no panic")).collect()
        });
        for (n, result) in results.iter().enumerate() {
            match (n % 4, result) {
                (1, Err(Error::ReadOnly)) | (2, Err(Error::Internal(_))) | (0 | 3, Ok(_)) => {}
                other => panic!("job {n}: {other:?}"),
            }
        }
        assert_eq!(count(db), 6);
        // The writer lives on.
        write(db, |tx| organisation::create(tx, &named("Later"))).expect("a later write");
        assert_eq!(count(db), 7);
    });
}

#[test]
fn reads_see_one_snapshot() {
    on_both(|db| {
        write(db, |tx| organisation::create(tx, &named("First"))).expect("a write");
        let request = ListRequest::<OrganisationFilter>::default();
        let (before, after) = db
            .read_blocking(|c| {
                let before = organisation::list(c, &request)?.total;
                write(db, |tx| organisation::create(tx, &named("Second")))?;
                Ok((before, organisation::list(c, &request)?.total))
            })
            .expect("a read");
        assert_eq!((before, after), (1, 1));
        assert_eq!(count(db), 2);
    });
}

#[test]
fn a_full_queue_refuses_at_once() {
    let fresh = TestDb::sqlite();
    let mut config = DbConfig::new(fresh.url.parse().expect("a URL"));
    // One under way and two that wait.
    config.write_queue = 3;
    let db = Db::open(&config).expect("the database opens");
    let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("a runtime");
    let (go, wait) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel::<()>();
    runtime.block_on(async {
        let holding = tokio::spawn({
            let db = db.clone();
            async move {
                db.write(Actor::new("user:test"), move |_| {
                    started.send(()).expect("somebody listens");
                    wait.recv().expect("told to go on");
                    Ok(())
                })
                .await
            }
        });
        has_started.recv().expect("the job starts");
        let mut others = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let db = db.clone();
            others.spawn(async move { db.write(Actor::new("user:test"), |_| Ok(())).await });
        }
        // Eight of ten are refused while the writer is held up.
        for _ in 0..8 {
            let refused = others.join_next().await.expect("a result").expect("no panic");
            assert!(matches!(refused, Err(Error::QueueFull)), "{refused:?}");
        }
        go.send(()).expect("the job listens");
        holding.await.expect("no panic").expect("the job commits");
        while let Some(served) = others.join_next().await {
            served.expect("no panic").expect("what was queued is served");
        }
    });
}

#[test]
fn sixteen_writers_are_served_evenly() {
    let fresh = TestDb::sqlite();
    let db = &fresh.db;
    let stop = AtomicBool::new(false);
    let commits: Vec<AtomicU64> = (0..16).map(|_| AtomicU64::new(0)).collect();
    let began = Instant::now();
    let slowest = thread::scope(|scope| {
        let writers: Vec<_> = commits
            .iter()
            .enumerate()
            .map(|(n, commits)| {
                let stop = &stop;
                scope.spawn(move || {
                    let mut slowest = Duration::ZERO;
                    while !stop.load(Ordering::Relaxed) {
                        let asked = Instant::now();
                        let name = format!("Writer {n} at {}", commits.load(Ordering::Relaxed));
                        write(db, move |tx| organisation::create(tx, &named(&name)))
                            .expect("a write");
                        commits.fetch_add(1, Ordering::Relaxed);
                        slowest = slowest.max(asked.elapsed());
                    }
                    slowest
                })
            })
            .collect();
        thread::park_timeout(Duration::from_secs(2));
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().map(|writer| writer.join().expect("no panic")).max()
    });
    let counts: Vec<u64> = commits.iter().map(|n| n.load(Ordering::Relaxed)).collect();
    let (least, most) = (counts.iter().min().expect("16"), counts.iter().max().expect("16"));
    let total: u64 = counts.iter().sum();
    println!("{total} commits in {:?}: {least} to {most}, slowest {slowest:?}", began.elapsed());
    // A pool of writers on the same file has been seen at 1 to 7,725.
    assert!(least * 2 >= *most, "uneven: {counts:?}");
    assert_eq!(count(db), total);
}

#[test]
fn revisions_become_visible_in_order() {
    // Several processes' worth of writers: each has a connection and a queue of its own.
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let stop = Arc::new(AtomicBool::new(false));
        let reader = {
            let (db, stop) = (fresh.db.clone(), Arc::clone(&stop));
            thread::spawn(move || {
                let (mut last, mut seen) = (0, HashSet::new());
                loop {
                    let ending = stop.load(Ordering::Acquire);
                    let new = db.read_blocking(|c| revision::since(c, last, 100)).expect("a read");
                    for revision in &new {
                        assert!(revision.seq > last);
                        last = revision.seq;
                        seen.insert(revision.record_id);
                    }
                    if ending && new.is_empty() {
                        return seen;
                    }
                }
            })
        };
        let written: HashSet<_> = thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|n| {
                    let url = &fresh.url;
                    scope.spawn(move || {
                        let db = open(url);
                        let mut ids = Vec::new();
                        for m in 0..60 {
                            let name = format!("{n} {m}");
                            let made =
                                write(&db, move |tx| organisation::create(tx, &named(&name)));
                            ids.push(uuid::Uuid::from(made.expect("a write").id));
                        }
                        ids
                    })
                })
                .collect();
            writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect()
        });
        stop.store(true, Ordering::Release);
        // A tailer that never looks back has missed nothing.
        assert_eq!(reader.join().expect("no panic"), written);
    }
}

#[test]
fn closing_in_async_code_is_harmless() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("a runtime");
        let url = fresh.url.clone();
        runtime.block_on(async move {
            let db = tokio::task::spawn_blocking(move || open(&url)).await.expect("opened");
            db.write(Actor::new("user:test"), |tx| organisation::create(tx, &named("X")))
                .await
                .expect("a write");
            db.read(revision::last).await.expect("a read").expect("a revision");
            drop(db);
        });
    }
}

#[test]
fn what_nobody_waits_for_any_more_is_broken_off() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let db = fresh.db.clone();
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (begun, is_begun) = mpsc::channel();
        let (ended, end) = mpsc::channel();
        let reading = runtime.spawn(async move {
            let asked = db.read(move |c| {
                loop {
                    if let Err(fault) = revision::last(c) {
                        let _ = ended.send(fault.to_string());
                        return Err::<(), _>(fault);
                    }
                    let _ = begun.send(());
                }
            });
            asked.await
        });
        is_begun.recv().expect("it asks");
        reading.abort();
        let fault = end.recv_timeout(Duration::from_secs(10)).expect("long before its deadline");
        assert_eq!(fault, Error::TooSlow.to_string());
    }
}

#[test]
fn a_lost_connection_is_replaced() {
    let fresh = TestDb::postgres();
    write(&fresh.db, |tx| organisation::create(tx, &named("Before"))).expect("a write");
    assert_eq!(count(&fresh.db), 1);
    let output = std::process::Command::new("psql")
        .args(["-At", "-d", &fresh.url, "-c"])
        .arg(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .output()
        .expect("psql runs");
    assert!(output.status.success());
    assert_eq!(count(&fresh.db), 1);
    write(&fresh.db, |tx| organisation::create(tx, &named("After"))).expect("a write");
    assert_eq!(count(&fresh.db), 2);
}
