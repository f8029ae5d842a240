//! Contact persons of organisations and projects. They are no records: no list, export, search or
//! history has them, and who may not change the record they belong to is not told of them.

use consortia_domain::contact::{Contact, ContactContent, Email};
use consortia_domain::id::EntityKind;
use consortia_domain::page::Page;
use uuid::Uuid;

/// The most contacts one record has.
pub const MOST: u32 = 50;

crate::conn::dispatch! { contact:
    /// Adds a contact to the record `of`, unless it has [`MOST`] already.
    write create(kind: EntityKind, of: Uuid, content: &ContactContent) -> Contact;

    /// Puts new content in the place of the old, which is at `version`. `None` when there is no
    /// such contact.
    write update(id: Uuid, version: u32, content: &ContactContent) -> Option<Contact>;

    /// Removes a contact at `version`; false when there is none.
    write remove(id: Uuid, version: u32) -> bool;

    /// Forgets the person with this address, whatever records they are a contact of; tells how
    /// many these were.
    write erase(email: &Email) -> usize;

    /// The contact with this id; `None` when there is none.
    read find(id: Uuid) -> Option<Contact>;

    /// All that is known of the person with this address, the oldest first.
    read with_email(email: &Email) -> Vec<Contact>;

    /// A page of a record's contacts, the oldest first, those after `after` (an id) if given.
    /// `fingerprint` goes into the cursor of the next page.
    read list(of: Uuid, after: Option<Uuid>, limit: u32, fingerprint: u64) -> Page<Contact>;
}
