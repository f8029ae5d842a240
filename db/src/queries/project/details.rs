//! The lists of a project that are read whole: one document, null where all are empty.

use super::super::rows::{from_doc, to_doc};
use crate::error::Result;
use crate::types::Doc;
use consortia_domain::activity::Activity;
use consortia_domain::decode::{Decode, Object};
use consortia_domain::group::Group;
use consortia_domain::project::ProjectContent;
use consortia_domain::territory::Territory;
use consortia_domain::text::Line;
use consortia_domain::{Errors, Pointer};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// What the column `projects.details` holds. Lists that are empty are left out.
#[derive(Default, PartialEq, Serialize)]
pub(super) struct Details<'a> {
    #[serde(skip_serializing_if = "<[Line]>::is_empty")]
    pub(super) aliases: Cow<'a, [Line]>,
    #[serde(skip_serializing_if = "<[Line]>::is_empty")]
    pub(super) target_groups: Cow<'a, [Line]>,
    #[serde(skip_serializing_if = "<[Territory]>::is_empty")]
    pub(super) territories: Cow<'a, [Territory]>,
    #[serde(skip_serializing_if = "<[Group]>::is_empty")]
    pub(super) groups: Cow<'a, [Group]>,
    #[serde(skip_serializing_if = "<[Activity]>::is_empty")]
    pub(super) activities: Cow<'a, [Activity]>,
}

impl<'a> Details<'a> {
    pub(super) fn of(content: &'a ProjectContent) -> Self {
        Self {
            aliases: Cow::Borrowed(&content.aliases),
            target_groups: Cow::Borrowed(&content.target_groups),
            territories: Cow::Borrowed(&content.territories),
            groups: Cow::Borrowed(&content.groups),
            activities: Cow::Borrowed(&content.activities),
        }
    }

    /// What the column is to hold.
    pub(super) fn write(&self) -> Result<Option<Doc>> {
        if *self == Self::default() { Ok(None) } else { to_doc(self).map(Some) }
    }

    /// What the column holds.
    pub(super) fn read(doc: Option<&Doc>) -> Result<Self> {
        doc.map(from_doc).transpose().map(Option::unwrap_or_default)
    }
}

impl Decode for Details<'_> {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let details = Self {
            aliases: Cow::Owned(object.list("aliases")),
            target_groups: Cow::Owned(object.list("target_groups")),
            territories: Cow::Owned(object.list("territories")),
            groups: Cow::Owned(object.list("groups")),
            activities: Cow::Owned(object.list("activities")),
        };
        object.finish().then_some(details)
    }
}
