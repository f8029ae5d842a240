//! Finding tables in archives and folders, and what is refused.

use crate::common::{Collected, folder, import};
use consortia_domain::import::{Batch, Rejection, Sink, StopReason};
use consortia_ingest::source::{MAX_ARCHIVE_BYTES, Sources};
use consortia_ingest::{Error, cordis, report};
use std::io::Write;
use std::path::{Path, PathBuf};
use zip::write::{SimpleFileOptions, ZipWriter};

const PROJECTS: &str = "id;title;startDate\n632927;One;2014-01-01\n632928;Two;2014-01-01\n";
const SEATS: &str =
    "projectID,organisationID,name,country,role\n632927,999643007,UOA,EL,coordinator\n";

fn archive(folder: &Path, members: &[(&str, &[u8])]) -> PathBuf {
    let path = folder.join("cordis.zip");
    let mut zip = ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path
}

fn names(sources: &Sources) -> Vec<&str> {
    sources.tables.iter().map(|table| table.name.as_ref()).collect()
}

#[test]
fn tables_nested_in_an_archive_are_found_and_the_rest_is_named() {
    let place = folder(&[]);
    let path = archive(
        place.path(),
        &[
            ("csv/project.csv", PROJECTS.as_bytes()),
            ("csv/organization.csv", SEATS.as_bytes()),
            ("xlsx/project.xlsx", b"PK"),
            ("json/project.json", b"{}"),
            ("csv/projectDeliverables.csv", b"id;title;projectID;rcn\n1;D;632927;5\n"),
            ("__MACOSX/._project.csv", b"x"),
            ("csv/empty.csv", b""),
        ],
    );
    let sources = Sources::find(&[path]).unwrap();
    assert_eq!(names(&sources), ["cordis.zip/csv/organization.csv", "cordis.zip/csv/project.csv"]);
    let skipped: Vec<_> = sources.skipped.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        skipped,
        [
            "cordis.zip/csv/empty.csv",
            "cordis.zip/csv/projectDeliverables.csv",
            "cordis.zip/json/project.json",
            "cordis.zip/xlsx/project.xlsx"
        ]
    );
}

#[test]
fn folders_are_searched_and_archives_in_them_read() {
    let place = folder(&[("notes.md", "x")]);
    archive(place.path(), &[("project.csv", PROJECTS.as_bytes())]);
    std::fs::create_dir(place.path().join("more")).unwrap();
    std::fs::write(place.path().join("more/organization.csv"), SEATS).unwrap();
    let found = import(&[place.path().to_owned()]);
    assert_eq!((found.projects.len(), found.groups.len()), (2, 1));
    assert!(found.projects[0].origin.to_string().ends_with("/cordis.zip/project.csv line 2"));
}

#[test]
fn a_table_is_told_by_its_header_and_not_by_its_name() {
    let place = folder(&[("upload.tmp", SEATS)]);
    let sources = Sources::find(&[place.path().join("upload.tmp")]).unwrap();
    assert_eq!(names(&sources), ["upload.tmp"]);
}

#[test]
fn missing_columns_are_named_with_those_found() {
    let place = folder(&[("organization.csv", "projectID;street\n1;2\n")]);
    let error = Sources::find(&[place.path().to_owned()]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("has no column organisationID or name"), "{text}");
    assert!(text.ends_with("Columns found: projectID, street."), "{text}");
}

#[test]
fn nothing_found_says_what_was_seen() {
    let place = folder(&[("readme.txt", "hello\n"), ("data.json", "{}")]);
    let error = Sources::find(&[place.path().to_owned()]).unwrap_err();
    assert!(matches!(error, Error::NothingFound { .. }));
    let text = error.to_string();
    assert!(text.contains("data.json (not a csv file)"), "{text}");
    assert!(text.contains("readme.txt (not a table of CORDIS projects"), "{text}");
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let error = Sources::find(&[PathBuf::from("/nowhere/at/all.zip")]).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[test]
fn utf_16_is_refused_with_the_remedy() {
    let place = folder(&[]);
    let path = place.path().join("project.csv");
    std::fs::write(&path, b"\xFF\xFEi\0d\0").unwrap();
    let text = Sources::find(&[path]).unwrap_err().to_string();
    assert_eq!(text, "project.csv is written in UTF-16. Save it as UTF-8 and try again.");
}

#[test]
fn damaged_archives_are_errors() {
    let place = folder(&[("broken.zip", "PK\u{3}\u{4}garbage")]);
    let error = Sources::find(&[place.path().join("broken.zip")]).unwrap_err();
    assert!(matches!(error, Error::Archive { .. }), "{error}");
}

/// Has the members of an archive declare that they unpack to so many bytes, which costs none.
fn declare(path: &Path, sizes: &[u32]) {
    let mut bytes = std::fs::read(path).unwrap();
    let marks = places(&bytes, b"PK\x01\x02");
    assert_eq!(marks.len(), sizes.len());
    for (at, size) in marks.into_iter().zip(sizes) {
        // The size stands in the central directory, 24 bytes behind a member's mark.
        bytes[at + 24..at + 28].copy_from_slice(&size.to_le_bytes());
    }
    std::fs::write(path, &bytes).unwrap();
}

/// Where `needle` stands in `bytes`.
fn places(bytes: &[u8], needle: &[u8]) -> Vec<usize> {
    let windows = bytes.windows(needle.len()).enumerate();
    windows.filter(|(_, window)| *window == needle).map(|(at, _)| at).collect()
}

#[test]
fn archives_that_unpack_to_too_much_are_refused() {
    let place = folder(&[]);
    // The largest size that is no sign for a longer one elsewhere.
    let most = u32::MAX - 1;
    let rest = u32::try_from(MAX_ARCHIVE_BYTES - 2 * u64::from(most)).unwrap();
    let members = ["project.csv", "notes.bin", "more.bin"].map(|name| (name, PROJECTS.as_bytes()));
    let path = archive(place.path(), &members);
    declare(&path, &[rest, most, most]);
    let whole = Sources::find(std::slice::from_ref(&path));
    assert!(!matches!(whole, Err(Error::TooLarge { .. })), "{whole:?} is just not too large");
    declare(&path, &[rest + 1, most, most]);
    let error = Sources::find(&[path]).unwrap_err();
    let too_large = MAX_ARCHIVE_BYTES + 1;
    assert!(
        matches!(error, Error::TooLarge { declared, members: 3, .. } if declared == too_large),
        "{error:?}"
    );
    assert!(error.to_string().contains("8589934593 bytes"), "{error}");
    let members: Vec<(String, Vec<u8>)> =
        (0..10_001).map(|n| (format!("{n}.txt"), vec![])).collect();
    let members: Vec<(&str, &[u8])> =
        members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let error = Sources::find(&[archive(place.path(), &members)]).unwrap_err();
    assert!(matches!(error, Error::TooLarge { members: 10_001, .. }), "{error}");
}

#[test]
fn a_member_may_not_yield_more_than_it_declares() {
    let place = folder(&[]);
    let long = format!("{PROJECTS}{}", "632929;Three;2014-01-01\n".repeat(10_000));
    let path = archive(place.path(), &[("project.csv", long.as_bytes())]);
    declare(&path, &[100]);
    let read = Sources::find(&[path])
        .and_then(|sources| cordis::read(&sources, &mut Collected::default()));
    assert!(matches!(read, Err(Error::Broken { .. })), "{read:?}");
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() {
    let place = folder(&[]);
    let path = place.path().join("project.csv");
    let long = "x".repeat(20 << 20);
    std::fs::write(&path, format!("{PROJECTS}632930;\"{long}")).unwrap();
    let sources = Sources::find(&[path]).unwrap();
    let error = cordis::read(&sources, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains("may never be closed"), "{error}");
}

#[test]
fn names_that_lead_out_of_the_archive_are_left_out() {
    let place = folder(&[]);
    let path = archive(
        place.path(),
        &[("../project.csv", PROJECTS.as_bytes()), ("organization.csv", SEATS.as_bytes())],
    );
    let sources = Sources::find(&[path]).unwrap();
    assert_eq!(names(&sources), ["cordis.zip/organization.csv"]);
    assert_eq!(sources.skipped[0].reason, "its name leads out of the archive");
}

/// Stops at the first batch.
struct Stopper;

impl Sink for Stopper {
    fn batch(&mut self, _: Batch) -> Result<(), StopReason> {
        Err("the disk is full".into())
    }

    fn rejection(&mut self, _: Rejection) -> Result<(), StopReason> {
        Ok(())
    }
}

#[test]
fn the_receiver_may_stop_the_import() {
    let place = folder(&[("project.csv", PROJECTS)]);
    let sources = Sources::find(&[place.path().to_owned()]).unwrap();
    let error = cordis::read(&sources, &mut Stopper).unwrap_err();
    assert_eq!(error.to_string(), "The import was stopped: the disk is full");
}

#[test]
fn rejections_are_written_as_a_table() {
    let place = folder(&[("project.csv", "id;title;rcn\n;=1+1;x\n632927;a;b;c\n")]);
    let found = import(&[place.path().join("project.csv")]);
    let mut out = Vec::new();
    report::write_rejects_csv(&mut out, &found.rejections).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "severity,file,line,column,value,reason");
    assert!(lines[1].starts_with("rejected,project.csv,2,id,,The row names no project"), "{text}");
    assert!(
        lines[2].starts_with("rejected,project.csv,3,,,The row has 4 cells and the header 3"),
        "{text}"
    );
}

#[test]
fn progress_ends_at_the_whole() {
    let place = folder(&[("project.csv", PROJECTS), ("organization.csv", SEATS)]);
    let found = import(&[place.path().to_owned()]);
    let last = found.progress.last().unwrap();
    assert_eq!((last.rows, last.bytes), (3, last.total_bytes));
    let bytes = 2 * PROJECTS.len() + SEATS.len();
    assert_eq!(last.total_bytes, bytes as u64);
}
