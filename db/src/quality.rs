//! What is missing or looks wrong.

use consortia_domain::page::Page;
use consortia_domain::quality::QualityCheck;
use uuid::Uuid;

crate::conn::dispatch! { quality:
    /// How many records a check finds. Looks at every record of its kind.
    read count(check: QualityCheck) -> u64;

    /// One page of the records a check finds after `after`, in order of id: ids and labels.
    read list(
        check: QualityCheck,
        after: Option<Uuid>,
        limit: u32,
        fingerprint: u64,
    ) -> Page<(Uuid, String)>;
}
