//! What projects do and put out.

use crate::count::Count;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::language::{LanguageTag, LocalizedProse, LocalizedText};
use crate::period::Period;
use crate::text::{Line, WebAddress};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

crate::vocabulary! {
    /// Whether something is done or put out.
    pub enum ActivityKind: "activity_kind" {
        Activity = "activity", "Activity";
        Output = "output", "Output";
    }
}

crate::vocabulary! {
    /// How far an activity or output has come.
    pub enum ActivityState: "activity_state" {
        Planned = "planned", "Planned";
        Ongoing = "ongoing", "Ongoing";
        Done = "done", "Done";
    }
}

/// Something a project does or puts out: sixteen meetings, a report, a set of learning units. It
/// has a title, a description or a unit it is counted in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "output",
    "titles": {},
    "description": {"en": "Teaching material for social enterprises."},
    "period": {"start": null, "end": null},
    "state": "planned",
    "languages": [],
    "count": {"at_least": 16, "at_most": 24},
    "unit": "learning units",
    "place": null,
    "url": null,
    "wording": "16-24 Learning Units"
}))]
pub struct Activity {
    /// Whether it is done or put out.
    pub kind: ActivityKind,
    /// What it is called, by language.
    #[serde(default)]
    pub titles: LocalizedText,
    /// What it is, by language.
    #[serde(default)]
    pub description: LocalizedProse,
    /// When it takes place or is there.
    #[serde(default)]
    pub period: Period,
    /// How far it has come; null when nobody knows.
    pub state: Option<ActivityState>,
    /// Languages it is in; each once.
    #[serde(default)]
    pub languages: Vec<LanguageTag>,
    /// How many there are of its unit.
    pub count: Option<Count>,
    /// What is counted.
    #[schema(example = "learning units")]
    pub unit: Option<Line>,
    /// Where it takes place, as written in the source.
    #[schema(example = "Roma")]
    pub place: Option<Line>,
    /// Where it is found.
    pub url: Option<WebAddress>,
    /// The words of the source.
    #[schema(example = "16-24 Learning Units")]
    pub wording: Option<Line>,
}

impl Decode for Activity {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let kind = object.required("kind");
        let titles = object.optional("titles").unwrap_or_default();
        let description = object.optional("description").unwrap_or_default();
        let period = object.optional("period").unwrap_or_default();
        let state = object.optional("state");
        let languages = object.distinct("languages");
        let count = object.optional("count");
        let unit = object.optional("unit");
        let place = object.optional("place");
        let url = object.optional("url");
        let wording = object.optional("wording");
        object.demand_any(&["titles", "description", "unit"], || {
            let detail = "Nothing says what this is; give 'titles', a 'description' or a 'unit'.";
            Invalid::new("empty_activity", detail)
        });
        let sound = object.finish();
        kind.filter(|_| sound).map(|kind| Self {
            kind,
            titles,
            description,
            period,
            state,
            languages,
            count,
            unit,
            place,
            url,
            wording,
        })
    }
}
