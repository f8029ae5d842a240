//! The cluster starts, gives databases, and is gone with its owner.

use consortia_test_postgres::{Cluster, Settings};
use std::process::Command;

#[test]
fn databases_are_fresh_and_templates_are_made_once() {
    let cluster = Cluster::shared();
    let one = cluster.create_database();
    let _ = one.query("CREATE TABLE t (a text)");
    let other = cluster.create_database();
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!((one.query(tables).as_str(), other.query(tables).as_str()), ("1", "0"));

    let mut made = 0;
    for _ in 0..2 {
        let template = cluster.template("made-once", |url| {
            made += 1;
            let out = Command::new("psql").args([url, "-c", "CREATE TABLE t (a text)"]).output();
            assert!(out.is_ok_and(|out| out.status.success()));
        });
        assert_eq!(cluster.create_from(template).query(tables), "1");
    }
    assert_eq!(made, 1);
}

#[test]
fn text_sorts_by_language_unless_a_column_says_otherwise() {
    let database = Cluster::shared().create_database();
    let sorted = |collation: &str| {
        database.query(&format!(
            "SELECT string_agg(v, '' ORDER BY v {collation}) FROM (VALUES ('a'), ('B'), ('é')) AS t(v)"
        ))
    };
    assert_eq!(sorted(""), "aBé");
    assert_eq!(sorted(r#"COLLATE "C""#), "Baé");
}

#[test]
fn tls_is_served_on_request() {
    let cluster: &'static Cluster = Box::leak(Box::new(
        Cluster::start(Settings { tls: true, ..Settings::default() }).expect("a cluster with TLS"),
    ));
    let certificate = cluster.certificate().expect("a certificate");
    let database = cluster.create_database();
    let url =
        format!("{}?sslmode=verify-full&sslrootcert={}", database.url(), certificate.display());
    let out = Command::new("psql")
        .args(["-XAtc", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &url])
        .output()
        .expect("psql");
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "t", "{out:?}");
}

#[test]
fn a_dropped_cluster_leaves_nothing() {
    let cluster =
        Cluster::start(Settings { durable: true, ..Settings::default() }).expect("a cluster");
    let id = cluster.process_id().expect("a process id");
    drop(cluster);
    assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
}
