//! Tables of CORDIS: whatever is in a file, what is handed over fits together, and every fault
//! says where it is and what was expected.
#![no_main]

use consortia_domain::import::{BATCH_SIZE, Batch, Rejection, Sink, StopReason};
use consortia_domain::programme::code_key;
use consortia_fuzz::is_told;
use consortia_ingest::cordis;
use consortia_ingest::source::Sources;
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;

/// Stands between two tables.
const BETWEEN: u8 = 0x1f;

fuzz_target!(|input: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for (n, table) in input.split(|byte| *byte == BETWEEN).take(3).enumerate() {
        let file = folder.path().join(format!("{n}.csv"));
        std::fs::write(&file, table).expect("a file");
        files.push(file);
    }
    let mut taken = Taken { lines: input.len() as u64 + 2, ..Taken::default() };
    let read = Sources::find(&files).and_then(|found| cordis::read(&found, &mut taken));
    if let Err(fault) = read {
        assert!(fault.to_string().contains(".csv") && is_told(&fault.to_string()), "{fault}");
    }
});

/// What was handed over.
#[derive(Default)]
struct Taken {
    lines: u64,
    codes: HashSet<String>,
    organisations: HashSet<String>,
    projects: HashSet<String>,
}

impl Sink for Taken {
    fn batch(&mut self, batch: Batch) -> Result<(), StopReason> {
        match batch {
            Batch::Programmes(records) => {
                assert!(records.len() <= BATCH_SIZE);
                for record in records {
                    let code = code_key(record.code.as_str());
                    assert!(self.codes.insert(code), "a programme comes once");
                }
            }
            Batch::Calls(records) => assert!(records.len() <= BATCH_SIZE),
            Batch::Organisations(records) => {
                assert!(records.len() <= BATCH_SIZE);
                for record in records {
                    assert_eq!(record.content.external_ids.first(), Some(&record.key));
                    let key = record.key.to_string();
                    assert!(self.organisations.insert(key), "an organisation comes once");
                }
            }
            Batch::Projects(records) => {
                assert!(records.len() <= BATCH_SIZE);
                for record in records {
                    for id in &record.content.external_ids {
                        assert!(self.projects.insert(id.to_string()), "a project comes once");
                    }
                    for code in record.fundings.iter().filter_map(|it| it.programme.as_ref()) {
                        assert!(
                            self.codes.contains(&code_key(code.as_str())),
                            "its programme came"
                        );
                    }
                }
            }
            Batch::Participations(groups) => {
                for seat in groups.iter().flat_map(|group| &group.participations) {
                    let key = seat.organisation.to_string();
                    assert!(self.organisations.contains(&key), "its organisation came");
                }
            }
        }
        Ok(())
    }

    fn rejection(&mut self, rejection: Rejection) -> Result<(), StopReason> {
        assert!((1..=self.lines).contains(&rejection.origin.line), "{rejection:?}");
        assert!(is_told(&rejection.reason), "{rejection:?}");
        Ok(())
    }
}
