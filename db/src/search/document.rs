//! What of a record is indexed.

use super::{LONGEST_WORD, marked};
use consortia_domain::agreement::AgreementContent;
use consortia_domain::call::CallContent;
use consortia_domain::claim::ClaimContent;
use consortia_domain::external_id::ExternalId;
use consortia_domain::group::Group;
use consortia_domain::id::EntityKind;
use consortia_domain::organisation::OrganisationContent;
use consortia_domain::programme::ProgrammeContent;
use consortia_domain::project::ProjectContent;
use consortia_domain::source::SourceContent;
use consortia_domain::statement::StatementContent;
use consortia_domain::text::search_key;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Display;
use uuid::Uuid;

/// The fewest letters of a word that may be what somebody meant to type.
const SHORTEST_LEARNT: usize = 4;

/// A record as the index sees it. Its texts are folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) entity: EntityKind,
    pub(crate) id: Uuid,
    /// What lists show for the record, folded.
    pub(crate) label_key: String,
    /// Every name between line breaks, every word of a name between blanks, so that whole
    /// names, beginnings and whole words can all be looked for in this one text:
    /// `"\n first name \n second \n"`.
    pub(crate) names: String,
    /// The distinct words of names and body, marked, in order.
    pub(crate) words: BTreeSet<String>,
    /// The distinct words of the names that a typing error may be mended to.
    pub(crate) learnt: BTreeSet<String>,
}

impl Document {
    /// An organisation: names and identifiers; then its city, legal form and groups.
    pub(crate) fn organisation(id: Uuid, content: &OrganisationContent) -> Self {
        let mut document = Self::new(EntityKind::Organisation, id, &content.label(id.into()));
        content.names.iter().for_each(|name| document.name(&name.value));
        document.external_ids(&content.external_ids);
        let city = content.place.as_ref().and_then(|place| place.city.as_ref());
        city.into_iter().chain(&content.legal_form).for_each(|text| document.body(text));
        document.groups(&content.groups);
        document
    }

    /// A programme: code, aliases, titles and identifiers.
    pub(crate) fn programme(id: Uuid, content: &ProgrammeContent) -> Self {
        let mut document = Self::new(EntityKind::Programme, id, &content.label(id.into()));
        content.code.iter().for_each(|code| document.name(code));
        content.aliases.iter().for_each(|alias| document.name(alias));
        content.titles.iter().for_each(|(_, title)| document.name(title));
        document.external_ids(&content.external_ids);
        document
    }

    /// A call: identifier, titles and identifiers elsewhere.
    pub(crate) fn call(id: Uuid, content: &CallContent) -> Self {
        let mut document = Self::new(EntityKind::Call, id, &content.label(id.into()));
        content.identifier.iter().for_each(|identifier| document.name(identifier));
        content.titles.iter().for_each(|(_, title)| document.name(title));
        document.external_ids(&content.external_ids);
        document
    }

    /// A project: acronym, aliases, titles and identifiers; then abstracts, keywords, themes,
    /// target groups, places, groups, titles of fundings and activities.
    pub(crate) fn project(id: Uuid, content: &ProjectContent) -> Self {
        let mut document = Self::new(EntityKind::Project, id, &content.label(id.into()));
        content.acronym.iter().chain(&content.aliases).for_each(|name| document.name(name));
        content.titles.iter().for_each(|(_, title)| document.name(title));
        document.external_ids(&content.external_ids);
        content.r#abstract.iter().for_each(|(_, text)| document.body(text));
        content.keywords.iter().for_each(|keyword| document.body(keyword));
        for theme in &content.themes {
            theme.label.iter().chain(&theme.path).for_each(|text| document.body(text));
        }
        content.target_groups.iter().for_each(|group| document.body(group));
        let places = content.territories.iter().filter_map(|territory| territory.place.as_ref());
        places.for_each(|place| document.body(place));
        document.groups(&content.groups);
        let fundings = content.fundings.iter().filter_map(|funding| funding.title.as_ref());
        fundings.for_each(|title| document.body(title));
        for activity in &content.activities {
            activity.titles.iter().for_each(|(_, title)| document.body(title));
            activity.description.iter().for_each(|(_, text)| document.body(text));
            activity.unit.iter().for_each(|unit| document.body(unit));
        }
        document
    }

    /// A source: title; then publisher, address and note.
    pub(crate) fn source(id: Uuid, content: &SourceContent) -> Self {
        let mut document = Self::new(EntityKind::Source, id, &content.label());
        content.title.iter().for_each(|title| document.name(title));
        content.publisher.iter().for_each(|publisher| document.body(publisher));
        content.url.iter().for_each(|url| document.body(url));
        content.note.iter().for_each(|note| document.body(note));
        document
    }

    /// A claim: its words.
    pub(crate) fn claim(id: Uuid, content: &ClaimContent) -> Self {
        let mut document = Self::new(EntityKind::Claim, id, &content.label());
        document.name(content.label());
        content.note.iter().for_each(|note| document.body(note));
        document
    }

    /// A statement: its value, where that is words or a number, quotation and note. The record
    /// it is about and its source are found by their own documents.
    pub(crate) fn statement(id: Uuid, content: &StatementContent) -> Self {
        let mut document = Self::new(EntityKind::Statement, id, content.field.as_str());
        match &content.value {
            Value::String(text) => document.body(text),
            Value::Number(number) => document.body(number),
            _ => {}
        }
        content.quotation.iter().for_each(|quotation| document.body(quotation));
        content.note.iter().for_each(|note| document.body(note));
        document
    }

    /// An agreement: titles; then what it is for, and for whom. Its parties are found by
    /// their own documents.
    pub(crate) fn agreement(id: Uuid, label: &str, content: &AgreementContent) -> Self {
        let mut document = Self::new(EntityKind::Agreement, id, label);
        content.titles.iter().for_each(|(_, title)| document.name(title));
        let texts = content.purposes.iter().chain(&content.target_groups);
        texts.chain(&content.resources).for_each(|text| document.body(text));
        let places = content.territories.iter().filter_map(|of| of.place.as_ref());
        places.for_each(|text| document.body(text));
        document.groups(&content.groups);
        document
    }

    /// The number of characters of the label.
    pub(crate) fn label_length(&self) -> i32 {
        i32::try_from(self.label_key.chars().count()).unwrap_or(i32::MAX)
    }

    fn new(entity: EntityKind, id: Uuid, label: &str) -> Self {
        Self {
            entity,
            id,
            label_key: search_key(label),
            names: "\n".to_owned(),
            words: BTreeSet::new(),
            learnt: BTreeSet::new(),
        }
    }

    fn external_ids(&mut self, ids: &[ExternalId]) {
        for id in ids {
            self.name(id.value());
        }
    }

    fn groups(&mut self, groups: &[Group]) {
        let texts = groups.iter().flat_map(|group| [&group.description, &group.wording]);
        texts.flatten().for_each(|text| self.body(text));
    }

    fn name(&mut self, name: impl Display) {
        let key = search_key(&name.to_string());
        if key.is_empty() {
            return;
        }
        for word in key.split(' ') {
            self.words.insert(marked(self.entity, word));
            let length = word.chars().count();
            if (SHORTEST_LEARNT..=LONGEST_WORD).contains(&length)
                && word.chars().all(char::is_alphabetic)
                && !self.learnt.contains(word)
            {
                self.learnt.insert(word.to_owned());
            }
        }
        self.names.push(' ');
        self.names.push_str(&key);
        self.names.push_str(" \n");
    }

    fn body(&mut self, text: impl Display) {
        let key = search_key(&text.to_string());
        let words = key.split(' ').filter(|word| !word.is_empty());
        self.words.extend(words.map(|word| marked(self.entity, word)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(document: &Document) -> Vec<&str> {
        document.words.iter().map(String::as_str).collect()
    }

    #[test]
    fn an_organisation_is_found_by_its_names_ids_and_city() {
        let body = serde_json::json!({
            "names": [
                {"value": "Università degli Studi, Milano-Bicocca", "kind": "legal"},
                {"value": "UNIMIB", "kind": "short"}
            ],
            "place": {"city": "Milano"},
            "external_ids": [{"scheme": "pic", "value": "999880657"}]
        });
        let content = consortia_domain::decode::decode(&body).expect("an organisation");
        let document = Document::organisation(Uuid::nil(), &content);
        assert_eq!(document.label_key, "universita degli studi milano bicocca");
        assert_eq!(
            document.names,
            "\n universita degli studi milano bicocca \n unimib \n 999880657 \n"
        );
        assert_eq!(
            words(&document),
            ["o999880657", "obicocca", "odegli", "omilano", "ostudi", "ounimib", "ouniversita"]
        );
        let learnt: Vec<_> = document.learnt.iter().map(String::as_str).collect();
        assert_eq!(learnt, ["bicocca", "degli", "milano", "studi", "unimib", "universita"]);
    }

    #[test]
    fn a_project_keeps_its_abstract_out_of_its_names() {
        let body = serde_json::json!({
            "acronym": "SPRING",
            "titles": {"en": "Sustainable practices"},
            "abstract": {"en": "About integration."},
            "keywords": ["migration"],
            "themes": [{"vocabulary": "euroscivoc", "code": "/29", "label": "law"}]
        });
        let content = consortia_domain::decode::decode(&body).expect("a project");
        let document = Document::project(Uuid::nil(), &content);
        assert_eq!(document.names, "\n spring \n sustainable practices \n");
        let expected = [
            "pabout",
            "pintegration",
            "plaw",
            "pmigration",
            "ppractices",
            "pspring",
            "psustainable",
        ];
        assert_eq!(words(&document), expected);
    }

    #[test]
    fn endless_words_are_cut() {
        let mut document = Document::new(EntityKind::Call, Uuid::nil(), "x");
        document.name("a".repeat(500));
        assert_eq!(words(&document), [format!("c{}", "a".repeat(LONGEST_WORD))]);
        assert!(document.learnt.is_empty());
    }
}
