//! What a search looks for: the words typed, or words near them when nothing holds those.

use super::distance::{distance, pieces, tolerance};
use super::marked;
use crate::error::Result;
use consortia_domain::id::EntityKind;
use consortia_domain::page::{Correction, SearchQuery};

pub(crate) use super::distance::Piece;

/// The most words looked for in place of one.
const MOST_ALTERNATIVES: usize = 12;

/// What planning must be able to ask of an engine.
pub(crate) trait Index {
    /// Whether any record holds, for each of `words`, a word that begins with one of its
    /// alternatives. The alternatives are marked.
    fn any(&mut self, words: &[Vec<String>]) -> Result<bool>;

    /// The words of `entity`'s names that hold at least one of `pieces`.
    fn near(&mut self, entity: EntityKind, pieces: &[Piece]) -> Result<Vec<String>>;
}

/// What a search looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The kind of records looked for.
    pub(crate) entity: EntityKind,
    /// The words typed, joined by blanks.
    pub(crate) phrase: String,
    /// For each word, the words it may begin; more than one after mending.
    pub(crate) words: Vec<Vec<String>>,
    /// What was mended; empty when the words were found as typed.
    pub(crate) corrections: Vec<Correction>,
}

impl Plan {
    /// Makes a plan that finds something, if any word near those typed allows it.
    ///
    /// Tried in order until something is found: the words as typed; words nothing begins
    /// with replaced by the nearest words, then by all near ones; every word widened to
    /// its nearest, then to all near ones.
    ///
    /// # Errors
    /// Those of the engine.
    pub(crate) fn make(
        index: &mut impl Index,
        entity: EntityKind,
        query: &SearchQuery,
    ) -> Result<Self> {
        let typed = Self::typed(entity, query);
        if index.any(&typed.marked())? {
            return Ok(typed);
        }
        let mut words = Vec::with_capacity(query.tokens.len());
        for token in &query.tokens {
            words.push(Word::look_up(index, entity, token)?);
        }
        if words.iter().any(|word| !word.known && word.near.is_empty()) {
            return Ok(typed);
        }
        let mut tried = typed.words.clone();
        for widen_known in [false, true] {
            for nearest_only in [true, false] {
                let plan = typed.mended(&words, widen_known, nearest_only);
                if plan.words != tried {
                    if index.any(&plan.marked())? {
                        return Ok(plan);
                    }
                    tried = plan.words;
                }
            }
        }
        Ok(typed)
    }

    /// The plan to look for the words as they stand.
    fn typed(entity: EntityKind, query: &SearchQuery) -> Self {
        Self {
            entity,
            phrase: query.tokens.join(" "),
            words: query.tokens.iter().map(|token| vec![token.clone()]).collect(),
            corrections: Vec::new(),
        }
    }

    /// This plan with `words` mended.
    fn mended(&self, words: &[Word], widen_known: bool, nearest_only: bool) -> Self {
        let mut plan = Self { words: Vec::new(), corrections: Vec::new(), ..self.clone() };
        for word in words {
            let alternatives = word.alternatives(widen_known, nearest_only);
            if alternatives.len() > 1 || alternatives[0] != word.typed {
                let correction =
                    Correction { typed: word.typed.clone(), searched: alternatives.clone() };
                // A word typed twice is mended once.
                if !plan.corrections.contains(&correction) {
                    plan.corrections.push(correction);
                }
            }
            plan.words.push(alternatives);
        }
        plan
    }

    /// The words as they stand in the index.
    pub(crate) fn marked(&self) -> Vec<Vec<String>> {
        let mark = |word: &String| marked(self.entity, word);
        self.words.iter().map(|alternatives| alternatives.iter().map(mark).collect()).collect()
    }

    /// Whether other words than those typed are looked for.
    pub(crate) fn is_mended(&self) -> bool {
        !self.corrections.is_empty()
    }
}

/// A typed word and the words near it.
struct Word {
    typed: String,
    /// Whether some record holds a word that begins with it.
    known: bool,
    /// Words near it that some record holds, nearest first, each with its distance.
    near: Vec<(usize, String)>,
}

impl Word {
    fn look_up(index: &mut impl Index, entity: EntityKind, typed: &str) -> Result<Self> {
        let mut holds = |word: &str| index.any(&[vec![marked(entity, word)]]);
        let known = holds(typed)?;
        let edits = tolerance(typed);
        let mut near = Vec::new();
        if edits > 0 {
            let candidates = index.near(entity, &pieces(typed, edits))?;
            near = candidates
                .into_iter()
                .filter(|word| word != typed)
                .filter_map(|word| Some((distance(typed, &word, edits)?, word)))
                .collect();
            near.sort_unstable();
            near.dedup();
            // The vocabulary only grows: a word may have lost its last record.
            let mut held = Vec::new();
            for (edits, word) in near {
                if held.len() == MOST_ALTERNATIVES {
                    break;
                }
                if index.any(&[vec![marked(entity, &word)]])? {
                    held.push((edits, word));
                }
            }
            near = held;
        }
        Ok(Self { typed: typed.to_owned(), known, near })
    }

    /// The words to look for in its place; never empty once every unknown word has a near
    /// one.
    fn alternatives(&self, widen_known: bool, nearest_only: bool) -> Vec<String> {
        if self.known && !widen_known {
            return vec![self.typed.clone()];
        }
        let nearest = self.near.first().map_or(0, |(edits, _)| *edits);
        let near = self.near.iter().filter(|(edits, _)| !nearest_only || *edits == nearest);
        let typed = self.known.then(|| self.typed.clone());
        typed.into_iter().chain(near.map(|(_, word)| word.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index over a few names; every lookup goes through all of them.
    struct Names(Vec<&'static str>);

    impl Index for Names {
        fn any(&mut self, words: &[Vec<String>]) -> Result<bool> {
            let begins = |name: &str, word: &String| {
                name.split(' ').any(|own| format!("o{own}").starts_with(word))
            };
            let holds = |name: &&str| words.iter().all(|any| any.iter().any(|w| begins(name, w)));
            Ok(self.0.iter().any(holds))
        }

        fn near(&mut self, _: EntityKind, _: &[Piece]) -> Result<Vec<String>> {
            Ok(self.0.iter().flat_map(|name| name.split(' ')).map(str::to_owned).collect())
        }
    }

    fn plan(names: &[&'static str], query: &str) -> Plan {
        let query = query.parse().expect("a query");
        let mut index = Names(names.to_vec());
        Plan::make(&mut index, EntityKind::Organisation, &query).expect("a plan")
    }

    fn searched(plan: &Plan) -> Vec<(&str, Vec<&str>)> {
        let corrections = plan.corrections.iter();
        corrections
            .map(|c| (c.typed.as_str(), c.searched.iter().map(String::as_str).collect()))
            .collect()
    }

    const NAMES: [&str; 4] = [
        "fondazione iniziative e studio sulla multietnicita",
        "universita di bologna",
        "universite de paris",
        "consorzio universitario",
    ];

    #[test]
    fn words_that_are_found_stay_as_typed() {
        let plan = plan(&NAMES, "Università Bolo");
        assert!(!plan.is_mended());
        assert_eq!(plan.phrase, "universita bolo");
        assert_eq!(plan.marked(), [["ouniversita"], ["obolo"]]);
    }

    #[test]
    fn unknown_words_are_replaced_by_the_nearest() {
        let plan = plan(&NAMES, "inizative multietnicita");
        assert_eq!(searched(&plan), [("inizative", vec!["iniziative"])]);
        assert_eq!(plan.words, [["iniziative"], ["multietnicita"]]);
        let nearest = self::plan(&NAMES, "unversita");
        assert_eq!(searched(&nearest), [("unversita", vec!["universita"])]);
    }

    #[test]
    fn farther_words_are_tried_when_the_nearest_lead_nowhere() {
        let plan = plan(&NAMES, "universit paris");
        assert!(!plan.is_mended(), "a beginning is no error: {plan:?}");
        let farther = self::plan(&NAMES, "unversita paris");
        assert_eq!(searched(&farther), [("unversita", vec!["universita", "universite"])]);
    }

    #[test]
    fn known_words_are_widened_when_they_do_not_meet() {
        let plan = plan(&NAMES, "universita paris");
        assert_eq!(searched(&plan), [("universita", vec!["universita", "universite"])]);
    }

    #[test]
    fn hopeless_words_are_left_alone() {
        let plan = plan(&NAMES, "universita zzzzzz");
        assert!(!plan.is_mended());
        assert_eq!(plan.words, [["universita"], ["zzzzzz"]]);
        assert!(!self::plan(&NAMES, "par1s").is_mended());
    }
}
