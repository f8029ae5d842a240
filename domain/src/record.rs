//! What every record carries beside its content.

use crate::decode::{Decode, decode};
use crate::error::{Errors, Pointer};
use crate::id::EntityKind;
use crate::language::{ChosenTexts, LanguageTag};
use crate::statement::{Said, Statement, StatementContent};
use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// The most bytes of JSON that a record's content holds, with every field, also those that are null.
pub const MAX_RECORD_BYTES: usize = 500_000;

/// The most levels of records that are parts of one another, the topmost counted.
pub const MAX_LEVELS: usize = 32;

/// An instant in UTC, exact to the microsecond (what both databases can keep).
pub type Timestamp = DateTime<Utc>;

/// The present instant, cut to the microsecond.
#[must_use]
pub fn now() -> Timestamp {
    Utc::now().trunc_subsecs(6)
}

/// Where a record stands in its own history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Stamp {
    /// Counts the changes of this record from 1; also its `ETag`.
    #[schema(minimum = 1, example = 1)]
    pub version: u32,
    /// When the record was first registered.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub created_at: Timestamp,
    /// When the record last changed.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub updated_at: Timestamp,
}

/// A record of the registry: what was stated, under an id, with a history.
pub trait Record: Serialize + Send + 'static {
    /// What a writer may state about it.
    type Content: Decode + Serialize + Clone + PartialEq + Send + 'static;
    /// What kind of record it is.
    const KIND: EntityKind;

    /// Its id.
    fn id(&self) -> Uuid;

    /// What to show for it; never empty.
    fn label(&self) -> String;

    /// What was stated about it.
    fn content(&self) -> &Self::Content;

    /// Where it stands in its history.
    fn stamp(&self) -> &Stamp;

    /// The field that names the record it is a part of, where that is no part of its content.
    const WITHIN: Option<&'static str> = None;

    /// The record it is a part of, where that is no part of its content: the field that names
    /// it, and its id.
    fn within(&self) -> Option<(&'static str, Uuid)> {
        None
    }

    /// The records of which any gives those who own it a right to one with this `content`;
    /// none where it stands by itself.
    fn belongs_to(_content: &Self::Content) -> Vec<(EntityKind, Uuid)> {
        Vec::new()
    }

    /// Shows its texts in the first of the languages `asked` there is, if it has any.
    fn show_in_language(&mut self, _asked: &[LanguageTag]) {}

    /// Shows what is stated about it, if that can be.
    fn show_sources(&mut self, _: Vec<Statement>) {}
}

macro_rules! records {
    ($($module:ident: $name:ident, $content:ident, |$record:ident| $label:expr
        $(, $sources:ident)? $(, within $within:ident)?
        $(=> |$belonging:ident| $belongs:expr)?
        $(, texts |$own:ident, $asked:ident| $texts:expr)?;)+) => {$(
        impl Record for crate::$module::$name {
            type Content = crate::$module::$content;
            const KIND: EntityKind = EntityKind::$name;

            fn id(&self) -> Uuid {
                self.id.into()
            }

            fn label(&self) -> String {
                let $record = self;
                $label
            }

            fn content(&self) -> &Self::Content {
                &self.content
            }

            fn stamp(&self) -> &Stamp {
                &self.stamp
            }

            $(const WITHIN: Option<&'static str> = Some(stringify!($within));

            fn within(&self) -> Option<(&'static str, Uuid)> {
                Some((stringify!($within), self.$within.into()))
            })?

            $(fn belongs_to($belonging: &Self::Content) -> Vec<(EntityKind, Uuid)> {
                $belongs
            })?

            $(fn show_in_language(&mut self, $asked: &[LanguageTag]) {
                let $own = &self.content;
                self.in_language = Some($texts);
            })?

            $(fn show_sources(&mut self, statements: Vec<Statement>) {
                self.$sources = Some(statements);
            })?
        }
    )+

    /// Reads what a writer would state about a record of `kind`; gives it as the registry
    /// writes it.
    pub fn read_content(
        kind: EntityKind,
        value: &Value,
        at: &Pointer,
        errors: &mut Errors,
    ) -> Option<Value> {
        match kind {
            $(EntityKind::$name => {
                let content = crate::$module::$content::decode(value, at, errors)?;
                serde_json::to_value(content).ok()
            })+
        }
    }

    /// The records of which any gives those who own it a right to one of `kind` with this
    /// content; see [`Record::belongs_to`].
    ///
    /// # Errors
    /// When it is no content of such a record.
    pub fn belongings(kind: EntityKind, content: &Value) -> Result<Vec<(EntityKind, Uuid)>, Errors> {
        match kind {
            $(EntityKind::$name => {
                decode(content).map(|content| crate::$module::$name::belongs_to(&content))
            })+
        }
    }
    };
}

records! {
    organisation: Organisation, OrganisationContent, |it| it.label.clone(), sources;
    programme: Programme, ProgrammeContent, |it| it.label.clone(), sources,
        texts |it, asked| ChosenTexts { title: it.titles.chosen(asked), r#abstract: None };
    call: Call, CallContent, |it| it.label.clone(), sources,
        texts |it, asked| ChosenTexts { title: it.titles.chosen(asked), r#abstract: None };
    project: Project, ProjectContent, |it| it.label.clone(), sources,
        texts |it, asked| ChosenTexts {
            title: it.titles.chosen(asked),
            r#abstract: it.r#abstract.chosen(asked),
        };
    participation: Participation, ParticipationContent,
        |it| format!("{} in {}", it.organisation.label, it.project.label), sources, within project_id;
    relation: Relation, RelationContent,
        |it| format!("{} {} {}", it.from.label, it.reads, it.to.label), sources
        => |it| vec![(it.between.record_kind(), it.from_id)];
    agreement: Agreement, AgreementContent, |it| it.label.clone(), sources
        => |it| {
            it.party_ids.iter().map(|id| (EntityKind::Organisation, (*id).into())).collect()
        },
        texts |it, asked| ChosenTexts { title: it.titles.chosen(asked), r#abstract: None };
    source: Source, SourceContent, |it| it.label.clone();
    claim: Claim, ClaimContent, |it| it.label.clone(), sources
        => |it| vec![(EntityKind::Organisation, it.organisation_id.into())];
    statement: Statement, StatementContent,
        |it| format!("{} of {}", it.content.field, it.about)
        => |it| vec![(it.about_kind, it.about_id)];
}

/// Whether a record, written out once, says what a statement about it does.
pub type Says = Box<dyn FnMut(&StatementContent) -> bool>;

/// A record whose kind is not known beforehand.
pub trait AnyRecord {
    /// What to show for it; never empty.
    fn label(&self) -> String;

    /// Its id.
    fn id(&self) -> Uuid;

    /// What kind of record it is.
    fn kind(&self) -> EntityKind;

    /// The record it is a part of; see [`Record::within`].
    fn within(&self) -> Option<(&'static str, Uuid)>;

    /// What was stated about it, as JSON.
    fn stated(&self) -> Value;

    /// Tells of each statement about it whether it says so now.
    fn says(&self) -> Says;

    /// Refuses a statement about it that it could never say.
    ///
    /// # Errors
    /// When it has no such field, or no such value fits there.
    fn could_say(&self, statement: &StatementContent) -> Result<(), Errors>;
}

impl<R: Record> AnyRecord for R {
    fn label(&self) -> String {
        Record::label(self)
    }

    fn id(&self) -> Uuid {
        Record::id(self)
    }

    fn kind(&self) -> EntityKind {
        R::KIND
    }

    fn within(&self) -> Option<(&'static str, Uuid)> {
        Record::within(self)
    }

    fn stated(&self) -> Value {
        serde_json::to_value(self.content()).unwrap_or_default()
    }

    fn says(&self) -> Says {
        let mut said = Said::by(self.content());
        Box::new(move |statement| said.agrees_with(statement))
    }

    fn could_say(&self, statement: &StatementContent) -> Result<(), Errors> {
        statement.could_be::<R::Content>(&self.stated())
    }
}
