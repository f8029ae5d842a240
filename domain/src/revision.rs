//! The history of a record: one revision for each change ever made.

use crate::decode::{Decode, Object, decode};
use crate::error::{Errors, Invalid, Pointer};
use crate::id::EntityKind;
use crate::merge_patch::merge;
use crate::record::{Record, Timestamp};
use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

crate::vocabulary! {
    /// What a change did to a record.
    pub enum RevisionAction: "revision_action" {
        Created = "created", "Created";
        Updated = "updated", "Updated";
        Deleted = "deleted", "Deleted";
    }
}

/// One change of one record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Revision {
    /// Its place among all changes of the registry; grows with time.
    #[schema(example = 4711)]
    pub seq: i64,
    /// What kind of record changed.
    pub entity: EntityKind,
    /// Which record changed.
    pub record_id: Uuid,
    /// The version the change led to.
    #[schema(example = 2)]
    pub version: u32,
    /// What it did.
    pub action: RevisionAction,
    /// Who did it: `user:<name>` for people, `import:<source>` for imports.
    #[schema(example = "user:anna")]
    pub actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub at: Timestamp,
    /// What changed, as a JSON Merge Patch (RFC 7396) of the version before; the whole content
    /// for a new record, the reason of one that was withdrawn, null for a deleted one.
    #[schema(value_type = Option<Object>)]
    pub change: Option<Value>,
}

/// Which state of a record is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateAt {
    /// The one it is in.
    Last,
    /// The one it was in at an instant.
    Instant(Timestamp),
    /// The one a version is.
    Version(u32),
}

/// What was stated about a record from one change to the next.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FormerState {
    /// What kind of record it is.
    pub entity: EntityKind,
    /// Which record it is.
    pub record_id: Uuid,
    /// The version this state is.
    #[schema(example = 2)]
    pub version: u32,
    /// Who brought it about.
    #[schema(example = "user:anna")]
    pub actor: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub since: Timestamp,
    /// The instant it was changed again; null while it has not been.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-02-28T12:00:00Z")]
    pub until: Option<Timestamp>,
    /// The content, as a request would state it; null when the record was deleted.
    #[schema(value_type = Option<Object>)]
    pub content: Option<Value>,
}

/// A record's history that is being played, change by change, up to the state that is meant.
#[derive(Debug)]
pub struct Replay {
    wanted: StateAt,
    /// What kind of record it is, and when it was registered.
    first: Option<(EntityKind, Timestamp)>,
    /// The last version played.
    last: u32,
    content: Value,
    /// The change that leads to the state.
    reached: Option<Revision>,
    until: Option<Timestamp>,
}

impl Replay {
    /// Before the first change, on the way to the state `wanted`.
    #[must_use]
    pub fn to(wanted: StateAt) -> Self {
        let content = Value::Null;
        Self { wanted, first: None, last: 0, content, reached: None, until: None }
    }

    /// Plays the next change, the oldest first; false when it comes after the state that is meant,
    /// as all others would.
    pub fn play(&mut self, mut change: Revision) -> bool {
        self.first.get_or_insert((change.entity, change.at));
        self.last = change.version;
        let reached = match self.wanted {
            StateAt::Last => true,
            StateAt::Instant(at) => change.at <= at,
            StateAt::Version(version) => change.version <= version,
        };
        if reached {
            if let Some(patch) = change.change.take() {
                merge(&mut self.content, &patch);
            }
            self.reached = Some(change);
        } else {
            self.until = Some(change.at);
        }
        reached || self.reached.is_none()
    }

    /// The state that is meant.
    ///
    /// # Errors
    /// `no_such_version` and `not_yet`, of the parameters `version` and `as_of`: the record never
    /// was in that state. `None` without any history.
    #[must_use]
    pub fn end(self) -> Option<Result<FormerState, Errors>> {
        let (entity, registered) = self.first?;
        let meant = |change: &Revision| match self.wanted {
            StateAt::Version(version) => change.version == version,
            StateAt::Instant(_) | StateAt::Last => true,
        };
        if let Some(change) = self.reached.filter(meant) {
            let deleted = change.action == RevisionAction::Deleted;
            return Some(Ok(FormerState {
                entity,
                record_id: change.record_id,
                version: change.version,
                actor: change.actor,
                since: change.at,
                until: self.until,
                content: (!deleted).then_some(self.content),
            }));
        }
        let mut errors = Errors::new();
        match self.wanted {
            StateAt::Version(version) => errors = no_such_version(entity, version, self.last),
            StateAt::Instant(at) => {
                let shown = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                let detail = format!(
                    "This {entity} was not registered yet at {}; it was at {}.",
                    shown(at),
                    shown(registered)
                );
                errors.parameter("as_of", Invalid::new("not_yet", detail));
            }
            // Any change leads to it.
            StateAt::Last => return None,
        }
        Some(Err(errors))
    }
}

/// The fault of the parameter `version` that names none of the versions 1 to `last`.
#[must_use]
pub fn no_such_version(entity: EntityKind, version: u32, last: u32) -> Errors {
    let detail =
        format!("There is no version {version} of this {entity}; it has the versions 1 to {last}.");
    let mut errors = Errors::new();
    errors.parameter("version", Invalid::new("no_such_version", detail));
    errors
}

/// What a log's document states of a record: its content. What the record is
/// [within](Record::within) is no part of that.
///
/// # Errors
/// What today's rules refuse.
pub fn content_of<R: Record>(document: &Value) -> Result<R::Content, Errors> {
    let Some(field) = R::WITHIN else { return decode(document) };
    let mut content = document.clone();
    if let Value::Object(fields) = &mut content {
        fields.shift_remove(field);
    }
    decode(&content)
}

/// Which version to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(example = json!({"version": 1}))]
pub struct Restoration {
    /// The version whose content the record is to have again.
    #[schema(minimum = 1, example = 1)]
    pub version: u32,
}

impl Decode for Restoration {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let version = object.required("version");
        let sound = object.finish();
        Some(Self { version: version.filter(|_| sound)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(version: u32, action: RevisionAction, minute: u32, change: Value) -> Revision {
        let at = format!("2026-01-31T12:{minute:02}:00Z").parse().expect("an instant");
        Revision {
            seq: i64::from(version),
            entity: EntityKind::Project,
            record_id: Uuid::nil(),
            version,
            action,
            actor: format!("user:{version}"),
            at,
            change: Some(change).filter(|change| !change.is_null()),
        }
    }

    #[test]
    fn a_record_is_what_its_changes_make_it() {
        let history = [
            change(
                1,
                RevisionAction::Created,
                1,
                json!({"acronym": "A", "period": {"start": "2020"}}),
            ),
            change(
                2,
                RevisionAction::Updated,
                3,
                json!({"acronym": null, "period": {"end": "2021"}}),
            ),
            change(3, RevisionAction::Deleted, 5, Value::Null),
        ];
        let replay = |history: &[Revision], wanted| {
            let mut replay = Replay::to(wanted);
            let _ = history.iter().cloned().all(|change| replay.play(change));
            replay.end()
        };
        let at = |wanted| replay(&history, wanted).expect("a history");
        let minute = |minute: u32| {
            StateAt::Instant(format!("2026-01-31T12:{minute:02}:00Z").parse().expect("an instant"))
        };
        let first = at(StateAt::Version(1)).expect("a state");
        assert_eq!(first.content, Some(json!({"acronym": "A", "period": {"start": "2020"}})));
        assert_eq!(first.until, Some(history[1].at));
        assert_eq!(at(minute(2)), Ok(first));
        let second = at(minute(3)).expect("a state");
        assert_eq!(second.content, Some(json!({"period": {"start": "2020", "end": "2021"}})));
        assert_eq!((second.version, second.actor.as_str()), (2, "user:2"));
        let last = at(StateAt::Last).expect("a state");
        assert_eq!((last.version, last.content, last.until), (3, None, None));
        for (wanted, code) in [
            (minute(0), "not_yet"),
            (StateAt::Version(0), "no_such_version"),
            (StateAt::Version(4), "no_such_version"),
        ] {
            let faults = at(wanted).expect_err("no state");
            assert_eq!(faults.iter().next().map(|fault| fault.code), Some(code));
        }
        assert!(replay(&[], StateAt::Last).is_none());
    }
}
