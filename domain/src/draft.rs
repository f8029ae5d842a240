//! Drafts: records that are being prepared, and are no part of the registry yet.

use crate::decode::{Decode, Object, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use crate::id::{EntityKind, ProjectId};
use crate::record::{Stamp, read_content};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is prepared.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({"kind": "project", "content": {"acronym": "DIME", "period": "2020/2022"}}))]
pub struct DraftContent {
    /// What kind of record it is to be.
    pub kind: EntityKind,
    /// The project it is to be a part of; stated for participations, and for nothing else. It
    /// may be a draft itself.
    pub project_id: Option<ProjectId>,
    /// What is to be stated about it, as a request to create such a record would. It may refer
    /// to other drafts, which are published first.
    #[schema(value_type = Object)]
    pub content: Value,
}

impl Decode for DraftContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&["id", "label", "made_by", "version", "created_at", "updated_at"]);
        let kind: Option<EntityKind> = object.required("kind");
        let project_id: Option<ProjectId> = object.optional("project_id");
        let mut content: Option<Given> = object.required("content");
        let misplaced = kind == Some(EntityKind::Participation)
            && content.as_mut().is_some_and(Given::take_project);
        if misplaced {
            let detail = "Give 'project_id' beside 'content', not in it.";
            object.fault_at("content/project_id", Invalid::new("not_here", detail));
        }
        match (kind, object.has("project_id")) {
            (Some(EntityKind::Participation), false) if !misplaced => {
                let detail = "A participation is part of a project; give its id.";
                object.fault("project_id", Invalid::new("required", detail));
            }
            (Some(kind), true) if kind != EntityKind::Participation => {
                let kind = kind.with_article();
                let detail = format!("Only participations are part of a project, not {kind}.");
                object.fault("project_id", Invalid::new("not_here", detail));
            }
            _ => {}
        }
        let complete = object.finish();
        let (kind, Given(content)) = (kind?, content?);
        let content = read_content(kind, &content, &at.field("content"), errors);
        let content = content.filter(|_| complete)?;
        Some(Self { kind, project_id, content })
    }
}

/// An object, read once its kind is known.
struct Given(Value);

impl Given {
    /// Takes out the project it is said to be a part of; whether there was one.
    fn take_project(&mut self) -> bool {
        self.0.as_object_mut().is_some_and(|fields| fields.remove("project_id").is_some())
    }
}

impl Decode for Given {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        if value.is_object() {
            return Some(Self(value.clone()));
        }
        errors.body(at, wrong_type("an object", value));
        None
    }
}

/// A draft. Only its maker, editors who act for the same organisations, and staff see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Draft {
    /// Its id, which the record will have.
    #[schema(example = "0198c0de-0000-7000-8000-000000000000")]
    pub id: Uuid,
    /// What to show for it; never empty.
    #[schema(example = "DIME")]
    pub label: String,
    /// What is prepared.
    #[serde(flatten)]
    pub content: DraftContent,
    /// Who made it, as in the history of records.
    #[schema(example = "account:0198c0de-0000-7000-8000-000000000000")]
    pub made_by: String,
    /// Where it stands.
    #[serde(flatten)]
    pub stamp: Stamp,
}

impl DraftContent {
    /// What to show for it: its acronym, a title or name, an identifier, or else its kind.
    #[must_use]
    pub fn label(&self) -> String {
        let own = |name: &str| self.content[name].as_str();
        let first = |name: &str| {
            let texts = self.content[name].as_object()?;
            texts.values().next().and_then(Value::as_str)
        };
        let name = || self.content["names"][0]["value"].as_str();
        let found = own("acronym").or_else(|| first("titles")).or_else(name);
        let found = found.or_else(|| own("title")).or_else(|| own("identifier"));
        let found = found.or_else(|| own("code")).or_else(|| own("wording"));
        found.map_or_else(|| format!("Draft of {}", self.kind.with_article()), str::to_owned)
    }
}

/// A draft with what it was before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Drafted {
    /// What it is now.
    #[serde(flatten)]
    pub draft: Draft,
    /// What was prepared in the versions before, the first first.
    #[schema(value_type = Vec<DraftContent>)]
    pub former: Vec<Value>,
}

/// What became of drafts: records of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Published {
    /// What kind of record it is.
    pub kind: EntityKind,
    /// Its id, which the draft had.
    #[schema(example = "0198c0de-0000-7000-8000-000000000000")]
    pub id: Uuid,
}

/// Why a record is withdrawn.
#[derive(Clone, Debug, PartialEq, ToSchema)]
#[schema(example = json!({"reason": "Registered by mistake; the project was never funded"}))]
pub struct Withdrawal {
    /// The reason, which everybody is told who asks for the record.
    #[schema(example = "Registered by mistake; the project was never funded")]
    pub reason: crate::text::Line,
}

impl Decode for Withdrawal {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let reason = object.required("reason");
        object.finish().then_some(Self { reason: reason? })
    }
}
