//! Dense numbers for ids.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher as _;
use uuid::Uuid;

/// Gives each id a number, from 0 on in the order they are first seen. A number is never given
/// to another id. About 24 bytes an id.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    ids: Vec<Uuid>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Interner {
    /// The number of `id`, given now if it has none. O(1) amortised.
    ///
    /// # Panics
    /// At the 2³²nd id, for which no machine has room.
    pub(crate) fn number(&mut self, id: Uuid) -> u32 {
        let Self { ids, numbers, hasher } = self;
        let hash = hasher.hash_one(id);
        let same = |number: &u32| ids[*number as usize] == id;
        if let Some(number) = numbers.find(hash, same) {
            return *number;
        }
        let number = u32::try_from(ids.len()).expect("fewer than 2^32 ids");
        ids.push(id);
        numbers.insert_unique(hash, number, |number| hasher.hash_one(ids[*number as usize]));
        number
    }

    /// Makes room for so many ids in all.
    pub(crate) fn make_room(&mut self, total: usize) {
        let Self { ids, numbers, hasher } = self;
        let more = total.saturating_sub(ids.len());
        ids.reserve_exact(more);
        numbers.reserve(more, |number| hasher.hash_one(ids[*number as usize]));
    }

    /// The number of `id`, if it has one. O(1).
    pub(crate) fn find(&self, id: Uuid) -> Option<u32> {
        let hash = self.hasher.hash_one(id);
        self.numbers.find(hash, |number| self.ids[*number as usize] == id).copied()
    }

    /// The id of a number given before.
    pub(crate) fn id(&self, number: u32) -> Uuid {
        self.ids[number as usize]
    }

    /// The memory it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.ids.capacity() * size_of::<Uuid>() + self.numbers.allocation_size()
    }

    /// How many numbers were given.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}
