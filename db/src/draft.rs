//! Drafts: records that are being prepared, kept apart from the registry's own.

use crate::rights::Rights;
use crate::{Conn, Error, Result, Tx, project};
use consortia_domain::draft::{Draft, DraftContent, Published};
use consortia_domain::error::{Errors, Location, Pointer};
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::page::Page;
use serde_json::Value;
use std::ops::Range;
use uuid::Uuid;

/// The most drafts that one maker has at a time.
pub const MOST: u32 = 5_000;

/// The most bytes of JSON that the drafts of one maker hold, with all they were before: 64 MiB.
pub const MOST_BYTES: usize = 64 << 20;

crate::conn::dispatch! { draft:
    /// Begins a draft that whoever acts for one of `organisations` sees too, unless its maker has
    /// [`MOST`] already, or more than [`MOST_BYTES`] with it. The project it names must have passed
    /// [`check_project`].
    write create(content: &DraftContent, organisations: &[Uuid]) -> Draft;

    /// Puts new content in the place of the old, which is at `version`; where its maker does so,
    /// it is shown to those they act for now. Refused when its maker has more than [`MOST_BYTES`]
    /// with it. `None` when `viewer` sees no such draft. Another project than before must have
    /// passed [`check_project`].
    write update(id: Uuid, version: u32, content: &DraftContent, viewer: &Rights) -> Option<Draft>;

    /// Throws a draft away that is at `version`; false when `viewer` sees no such draft.
    write discard(id: Uuid, version: u32, viewer: &Rights) -> bool;

    /// The draft with this id; `None` when `viewer` sees none.
    read find(id: Uuid, viewer: &Rights) -> Option<Draft>;

    /// The drafts of participations in the project `id` that `viewer` sees, the oldest first.
    read parts(id: Uuid, viewer: &Rights) -> Vec<Draft>;

    /// A page of the drafts that `viewer` sees, of one kind if given, the oldest first, those
    /// after `after` (an id) if given. It ends early, with a cursor, when its drafts and what
    /// they were before hold more than 4 MiB. `fingerprint` goes into the cursor of the next page.
    read list(
        viewer: &Rights, kind: Option<EntityKind>, after: Option<Uuid>, limit: u32,
        fingerprint: u64,
    ) -> Page<Draft>;

    /// The drafts made with the account `id`, the oldest first.
    read made_with(id: Uuid) -> Vec<Uuid>;

    /// What the draft `id` was in `versions`, each with its number; the first 8 of them.
    read former(id: Uuid, versions: Range<u32>) -> Vec<(u32, Value)>;

    /// Registers a record of any kind under an id that nothing has, as `made_by` drafted it.
    write register(
        kind: EntityKind, id: Uuid, project: Option<Uuid>, content: &Value, made_by: &str,
    ) -> ();
}

/// Refuses a draft that is to be part of a project which is neither in the registry nor a draft
/// that `viewer` sees, so that nobody plants a part in what they do not see.
///
/// # Errors
/// [`Error::Invalid`], of `project_id`.
pub fn check_project(c: &mut Conn<'_>, content: &DraftContent, viewer: &Rights) -> Result<()> {
    let Some(id) = content.project_id.map(Uuid::from) else { return Ok(()) };
    if is_drafted(c, id, viewer)? || project::get(c, &RecordRef::Id(id)).is_ok() {
        return Ok(());
    }
    let at = Pointer::root().field("project_id");
    let detail = format!("There is no project '{id}', nor a draft of one that you see.");
    Err(Error::invalid(&at, "dangling_reference", detail))
}

/// Whether there is a draft of the project `id` that `viewer` sees.
fn is_drafted(c: &mut Conn<'_>, id: Uuid, viewer: &Rights) -> Result<bool> {
    let draft = find(c, id, viewer)?;
    Ok(draft.is_some_and(|draft| draft.content.kind == EntityKind::Project))
}

/// Makes a draft at `version` a record of the registry, under its id, and with it the drafts of
/// participations in it. `None` when `rights` lets nobody see such a draft.
///
/// # Errors
/// [`Error::NotYours`] when the record would belong to what is not theirs; [`Error::Invalid`]
/// when it refers to what is not there, with places in the draft.
pub fn publish(
    tx: &mut Tx<'_>,
    rights: &Rights,
    id: Uuid,
    version: u32,
) -> Result<Option<Vec<Published>>> {
    let Some(draft) = find(tx.conn(), id, rights)? else { return Ok(None) };
    let mut all = vec![draft];
    if all[0].content.kind == EntityKind::Project {
        all.extend(parts(tx.conn(), id, rights)?);
    }
    let mut published = Vec::with_capacity(all.len());
    for draft in all {
        let DraftContent { kind, project_id, content } = &draft.content;
        let (kind, project) = (*kind, project_id.map(Uuid::from));
        // Gone before its record is there, so that no id is in both.
        let expected = if draft.id == id { version } else { draft.stamp.version };
        discard(tx, draft.id, expected, rights)?;
        let done = permit(tx.conn(), rights, kind, project, content)
            .and_then(|()| register(tx, kind, draft.id, project, content, &draft.made_by));
        done.map_err(|fault| in_draft(fault, draft.id, id))?;
        published.push(Published { kind, id: draft.id });
    }
    Ok(Some(published))
}

fn permit(
    c: &mut Conn<'_>,
    rights: &Rights,
    kind: EntityKind,
    project: Option<Uuid>,
    content: &Value,
) -> Result<()> {
    if let Some(project) = project {
        if project::get(c, &RecordRef::Id(project)).is_err() {
            let at = Pointer::root().field("project_id");
            let detail = if is_drafted(c, project, rights)? {
                format!("There is no project '{project}' yet; publish it first.")
            } else {
                format!(
                    "There is no project '{project}', nor a draft of one that you see any more; \
                     give the draft another `project_id`."
                )
            };
            return Err(Error::invalid(&at, "dangling_reference", detail));
        }
        return rights.add_to(c, EntityKind::Project, project);
    }
    rights.register_any(c, kind, content)
}

/// A fault of a record's content as one of the draft it was; of another draft than the one
/// `asked` for, with its id.
fn in_draft(fault: Error, draft: Uuid, asked: Uuid) -> Error {
    let Error::Invalid(faults) = &fault else { return fault };
    let mut errors = Errors::new();
    for fault in faults.iter() {
        let mut detail = fault.detail.clone();
        if draft != asked {
            detail = format!("The draft '{draft}', which is part of it: {detail}");
        }
        let at =
            match &fault.at {
                Location::Pointer(at) if at.as_str() == "/project_id" => fault.at.clone(),
                Location::Pointer(at) => {
                    let root = Pointer::root().field("content");
                    Location::Pointer(at.as_str().split('/').skip(1).fold(root, |at, part| {
                        at.field(&part.replace("~1", "/").replace("~0", "~"))
                    }))
                }
                other => other.clone(),
            };
        errors.push(at, consortia_domain::Invalid::new(fault.code, detail));
    }
    Error::Invalid(errors)
}
