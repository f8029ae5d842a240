//! Programmes of a batch, and those that ship with the program.

use super::super::{Conn, programme, revision, tombstones};
use super::edits::{Merge, keep};
use super::targets::ByCode;
use crate::conn::Stamp;
use crate::error::Result;
use crate::import::{Conflict, ConflictKind, Counts, Outcome, merge};
use crate::types::Id;
use consortia_domain::id::{EntityKind, ProgrammeId};
use consortia_domain::import::ProgrammeRecord;
use consortia_domain::known_programmes::known_programmes;
use consortia_domain::programme::{ProgrammeContent, ProgrammeLevel};
use consortia_domain::record::MAX_LEVELS;
use consortia_domain::text::Code;
use std::collections::{HashMap, HashSet};

const KIND: EntityKind = EntityKind::Programme;

pub(super) fn apply(
    c: &mut Conn,
    by: &Stamp,
    records: &[ProgrammeRecord],
    outcome: &mut Outcome,
) -> Result<()> {
    let codes =
        || records.iter().flat_map(|record| std::iter::once(&record.code).chain(&record.ancestors));
    let mut programmes = ByCode::look_up(c, codes())?;
    let keys: Vec<String> = codes().map(|code| tombstones::code(code.as_str())).collect();
    let deleted = tombstones::buried(c, KIND, &keys)?;
    let ids: HashSet<Id> = codes().filter_map(|code| programmes.get(code)).map(Id::of).collect();
    let ids: Vec<Id> = ids.into_iter().collect();
    let mut stored: HashMap<ProgrammeId, _> =
        programme::load(c, &ids)?.into_iter().map(|record| (record.id, record)).collect();
    let mut levels: HashMap<ProgrammeId, Option<ProgrammeLevel>> =
        stored.values().map(|record| (record.id, record.content.level)).collect();
    let mut depths = Depths::load(c, &ids)?;
    let mut pairs = Vec::new();
    let mut new: Vec<(ProgrammeId, ProgrammeContent)> = Vec::new();
    // Those with fewer ancestors first, so that a parent is there before its branches.
    let mut records: Vec<&ProgrammeRecord> = records.iter().collect();
    records.sort_by_key(|record| record.ancestors.len());
    for record in records {
        if let Some(id) = programmes.get(&record.code) {
            // A second record of the same code finds nothing stored any more.
            if let Some(stored) = stored.remove(&id) {
                let mut merged = stored.content.clone();
                merged.titles = merge::missing_texts(&merged.titles, &record.titles);
                let origin = &record.origin;
                pairs.push(Merge { id: id.into(), record: stored, merged, origin });
            }
            continue;
        }
        if let Some(id) = deleted.get(&tombstones::code(record.code.as_str())) {
            outcome.conflicts.push(Conflict {
                entity: KIND,
                record_id: *id,
                kind: ConflictKind::Deleted,
                origin: record.origin.clone(),
            });
            continue;
        }
        let known = |code: &Code| programmes.get(code);
        let mut parent =
            record.ancestors.iter().filter_map(known).find(|above| depths.have_room(*above));
        let framework = record.ancestors.last().filter(|code| known(code).is_none());
        let mut add = |programmes: &mut ByCode, code: &Code, parent: Option<ProgrammeId>| {
            let id = ProgrammeId::generate();
            let level = match parent {
                None => ProgrammeLevel::Framework,
                Some(parent) => level_below(levels.get(&parent).copied().flatten()),
            };
            levels.insert(id, Some(level));
            depths.note(id, parent);
            programmes.insert(code, id);
            let content = ProgrammeContent {
                parent_id: parent,
                level: Some(level),
                code: Some(code.clone()),
                ..ProgrammeContent::default()
            };
            new.push((id, content));
            id
        };
        if let (None, Some(code)) = (parent, framework)
            && !deleted.contains_key(&tombstones::code(code.as_str()))
        {
            parent = Some(add(&mut programmes, code, None));
        }
        add(&mut programmes, &record.code, parent);
        if let Some((_, content)) = new.last_mut() {
            content.titles = record.titles.clone();
        }
    }
    outcome.programmes.created += new.len() as u64;
    programme::insert_unchecked(c, by, &new)?;
    let changed = keep(c, KIND, pairs, |record| &record.content, outcome)?;
    programme::update_unchecked(c, by, &changed)
}

/// On which level of their tree programmes are, the topmost on the first.
struct Depths(HashMap<ProgrammeId, usize>);

impl Depths {
    fn load(c: &mut Conn, ids: &[Id]) -> Result<Self> {
        let ids: Vec<ProgrammeId> = ids.iter().map(|id| id.0.into()).collect();
        let above = programme::lineage(c, &ids)?;
        let next = |id: &ProgrammeId| above.get(id).and_then(|(_, parent)| *parent);
        // Deeper than may be is deep enough, and a loop made by hand comes to its end.
        let depth = |id| std::iter::successors(Some(id), next).take(MAX_LEVELS).count();
        Ok(Self(ids.into_iter().map(|id| (id, depth(id))).collect()))
    }

    /// Notes a new programme.
    fn note(&mut self, id: ProgrammeId, parent: Option<ProgrammeId>) {
        self.0.insert(id, parent.map_or(1, |parent| self.of(parent) + 1));
    }

    fn of(&self, id: ProgrammeId) -> usize {
        self.0.get(&id).copied().unwrap_or_default()
    }

    /// Whether anything may be put below it.
    fn have_room(&self, id: ProgrammeId) -> bool {
        self.of(id) < MAX_LEVELS
    }
}

/// The level of a programme below one of level `above`.
fn level_below(above: Option<ProgrammeLevel>) -> ProgrammeLevel {
    match above {
        Some(ProgrammeLevel::Funder) => ProgrammeLevel::Framework,
        Some(ProgrammeLevel::Framework) => ProgrammeLevel::Programme,
        _ => ProgrammeLevel::Strand,
    }
}

pub(crate) fn seed_programmes(c: &mut Conn, by: &Stamp) -> Result<Counts> {
    let shipped = known_programmes();
    let mut programmes = ByCode::look_up(c, shipped.iter().map(|known| &known.code))?;
    let keys: Vec<String> =
        shipped.iter().map(|known| tombstones::code(known.code.as_str())).collect();
    let deleted = tombstones::buried(c, KIND, &keys)?;
    // Also those somebody gave another code.
    let ids: Vec<Id> = shipped.iter().map(|known| Id::of(known.id())).collect();
    let met = revision::known(c, &ids)?;
    let stored: Vec<Id> =
        shipped.iter().filter_map(|known| programmes.get(&known.code)).map(Id::of).collect();
    let mut depths = Depths::load(c, &stored)?;
    let mut new = Vec::new();
    for (known, key) in shipped.iter().zip(keys) {
        let id = known.id();
        let is_known = programmes.get(&known.code).is_some() || met.contains(&Id::of(id));
        if is_known || deleted.contains_key(&key) {
            continue;
        }
        let parent = known.parent_code.as_ref().and_then(|code| programmes.get(code));
        let parent_id = parent.filter(|parent| depths.have_room(*parent));
        programmes.insert(&known.code, id);
        depths.note(id, parent_id);
        new.push((id, ProgrammeContent { parent_id, ..known.content.clone() }));
    }
    programme::insert_unchecked(c, by, &new)?;
    let created = new.len() as u64;
    Ok(Counts { created, updated: 0, unchanged: shipped.len() as u64 - created })
}
