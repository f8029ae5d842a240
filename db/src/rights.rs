//! Who may change which records.
//!
//! Editors change what is their own: what they registered or drafted, their organisations, the
//! projects these lead and have not left, and what belongs to any of these — the participations in a project, the relations
//! that lead from it, the agreements an organisation is a party of, and what is stated or claimed
//! about them. Where something belongs to nobody yet, such as a new project, anybody who may
//! write may register it.

use crate::{Conn, Error, Result, Usage};
use consortia_domain::id::EntityKind;
use consortia_domain::record::{Record, belongings};
use serde_json::Value;
use uuid::Uuid;

/// Which records somebody may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Every one.
    All,
    /// Their own.
    Own {
        /// Their name in the history.
        actor: String,
        /// The organisations they act for.
        organisations: Vec<Uuid>,
    },
}

impl Rights {
    /// Refuses to let `record` be changed.
    ///
    /// # Errors
    /// [`Error::NotYours`] when it is not theirs.
    pub fn touch<R: Record>(&self, c: &mut Conn<'_>, record: &R) -> Result<()> {
        let mut roots = R::belongs_to(record.content());
        // Whoever registered a part of a project that is not theirs any more has no say in it.
        let own = record.within().map(|(_, project)| (EntityKind::Project, project));
        roots.push(own.unwrap_or((R::KIND, record.id())));

        if self.hold_any(c, &roots)? {
            return Ok(());
        }
        Err(Error::NotYours { kind: R::KIND, id: Some(record.id()) })
    }

    /// Refuses to let `record` be withdrawn: when it is not theirs by what it says now, or when
    /// what others registered would go with it.
    ///
    /// # Errors
    /// [`Error::NotYours`], and [`Error::InUse`] with what others registered.
    pub fn withdraw<R: Record>(&self, c: &mut Conn<'_>, record: &R) -> Result<()> {
        self.touch(c, record)?;
        self.register::<R>(c, record.content())?;
        match self {
            Self::Own { actor, .. } => Usage::none(of_others(c, record.id(), actor)?),
            Self::All => Ok(()),
        }
    }

    /// Refuses to let a record have this `content`, newly or from now on.
    ///
    /// # Errors
    /// [`Error::NotYours`] when it would belong to what is not theirs.
    pub fn register<R: Record>(&self, c: &mut Conn<'_>, content: &R::Content) -> Result<()> {
        self.belong(c, R::KIND, &R::belongs_to(content))
    }

    /// As [`Rights::register`], for a record of a kind that is not known beforehand.
    ///
    /// # Errors
    /// As there, and [`Error::Invalid`] when there is no such content.
    pub fn register_any(&self, c: &mut Conn<'_>, kind: EntityKind, content: &Value) -> Result<()> {
        self.belong(c, kind, &belongings(kind, content)?)
    }

    fn belong(&self, c: &mut Conn<'_>, kind: EntityKind, to: &[(EntityKind, Uuid)]) -> Result<()> {
        if to.is_empty() || self.hold_any(c, to)? {
            return Ok(());
        }
        Err(Error::NotYours { kind, id: None })
    }

    /// Refuses to let something be registered within the record `id`.
    ///
    /// # Errors
    /// [`Error::NotYours`] when that is not theirs.
    pub fn add_to(&self, c: &mut Conn<'_>, kind: EntityKind, id: Uuid) -> Result<()> {
        if self.hold_any(c, &[(kind, id)])? {
            return Ok(());
        }
        Err(Error::NotYours { kind, id: Some(id) })
    }

    fn hold_any(&self, c: &mut Conn<'_>, roots: &[(EntityKind, Uuid)]) -> Result<bool> {
        let Self::Own { actor, organisations } = self else { return Ok(true) };
        for (kind, id) in roots {
            if owns(c, *kind, *id, actor, organisations)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

crate::conn::dispatch! { rights:
    /// Whether a record is `actor`'s own: they registered it, it is one of `organisations`, or
    /// a project that one of these leads. One look by index for each of the three.
    read owns(kind: EntityKind, id: Uuid, actor: &str, organisations: &[Uuid]) -> bool;

    /// What others than `actor` registered that would go with the record `id`: relations that
    /// lead to it, and statements about it, about what takes part in it and about its relations.
    read of_others(id: Uuid, actor: &str) -> Vec<Usage>;
}
