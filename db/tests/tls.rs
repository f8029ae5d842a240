//! Encrypted connections to PostgreSQL, with every degree of verification.

use consortia_db::{Db, DbConfig, Error, backup};
use consortia_test_postgres::{Cluster, Settings};
use std::time::Duration;

fn try_open(url: &str) -> Result<(), Error> {
    let mut config = DbConfig::new(url.parse()?);
    config.connect_timeout = Duration::from_secs(3);
    Db::open(&config)?.pending_migrations().map(drop)
}

#[test]
fn sslmode_is_obeyed() {
    let settings = Settings { tls: true, ..Settings::default() };
    let cluster: &'static Cluster =
        Box::leak(Box::new(Cluster::start(settings).unwrap_or_else(|fault| panic!("{fault}"))));
    let database = cluster.create_database();
    let certificate = cluster.certificate().expect("a certificate");
    let certificate = certificate.display();
    let base = database.url().split('?').next().expect("an address");
    let by_name = base.replace("127.0.0.1", "localhost");
    for url in [
        base.to_owned(),
        format!("{base}?sslmode=prefer"),
        format!("{base}?sslmode=require"),
        format!("{base}?sslmode=require&sslrootcert={certificate}"),
        format!("{base}?sslmode=verify-ca&sslrootcert={certificate}"),
        format!("{base}?sslmode=verify-full&sslrootcert={certificate}"),
        format!("{by_name}?sslmode=verify-full&sslrootcert={certificate}"),
    ] {
        if let Err(error) = try_open(&url) {
            panic!("{url}: {error}");
        }
    }
    // Backups go the same way.
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let take = |query: &str, name: &str| {
        let config = DbConfig::new(format!("{base}?{query}").parse().expect("a database URL"));
        backup::take(&config, &folder.path().join(name), &mut |_, _| {})
    };
    let verified = format!("sslmode=verify-full&sslrootcert={certificate}");
    let db = Db::open(&DbConfig::new(format!("{base}?{verified}").parse().expect("a URL")));
    db.expect("the database opens").migrate().expect("up");
    take(&verified, "sound.zip").expect("a backup");
    take("sslmode=verify-full", "refused.zip").expect_err("a refusal");
    // The system's authorities did not issue the certificate.
    let refused = try_open(&format!("{base}?sslmode=verify-full"));
    match refused {
        Err(Error::Unavailable { reason }) => assert!(reason.contains("cert"), "{reason}"),
        Err(Error::Config(reason)) => assert!(reason.contains("root certificates"), "{reason}"),
        other => panic!("{other:?}"),
    }
    let nowhere = try_open(&format!("{base}?sslmode=verify-full&sslrootcert=/nowhere.pem"));
    assert!(matches!(nowhere, Err(Error::Config(_))), "{nowhere:?}");
}

#[test]
fn a_server_without_tls_is_refused_when_it_is_required() {
    let database = Cluster::shared().create_database();
    let base = database.url().split('?').next().expect("an address");
    try_open(&format!("{base}?sslmode=prefer")).expect("prefer does without");
    try_open(&format!("{base}?sslmode=disable")).expect("disable does without");
    let refused = try_open(&format!("{base}?sslmode=require"));
    match refused {
        Err(Error::Unavailable { reason }) => assert!(reason.contains("TLS"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unreachable_server_is_named_without_its_password() {
    let refused = try_open("postgres://anna:s3cret@127.0.0.1:9/registry");
    match refused {
        Err(Error::Unavailable { reason }) => {
            assert!(reason.contains("anna@127.0.0.1:9/registry"), "{reason}");
            assert!(!reason.contains("s3cret"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}
