//! Many short lists of numbers that grow and shrink, in one piece of memory.

/// A list for each of many owners, all in one pool: 8 bytes an owner and, for a list of n
/// numbers, 4 bytes for each up to the next power of two. A `Vec` each would take 24 bytes and
/// an allocation.
///
/// A list of n lies in a block of as many places as the next power of two. When it outgrows
/// the block it moves to one twice as large; when it fits into half, the other half becomes
/// free. Free blocks are used again for lists of their size (Knowlton 1965, "A fast storage
/// allocator").
#[derive(Debug, Default)]
pub(crate) struct Lists {
    spans: Vec<Span>,
    pool: Vec<u32>,
    /// The beginnings of the free blocks, by the logarithm of their size.
    free: [Vec<u32>; 32],
}

#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    length: u32,
}

impl Lists {
    /// Makes room for so many owners in all.
    pub(crate) fn make_room(&mut self, owners: usize) {
        self.spans.reserve_exact(owners.saturating_sub(self.spans.len()));
    }

    /// Adds an owner, with an empty list, after all others.
    pub(crate) fn add_owner(&mut self) {
        self.spans.push(Span::default());
    }

    /// The list of an owner, in the order it was pushed. O(1).
    pub(crate) fn of(&self, owner: u32) -> &[u32] {
        let Span { start, length } = self.spans[owner as usize];
        &self.pool[start as usize..(start + length) as usize]
    }

    /// Adds a number at the end of a list. O(1) amortised.
    ///
    /// # Panics
    /// When all lists together hold 2³² numbers, for which no machine has room.
    pub(crate) fn push(&mut self, owner: u32, number: u32) {
        let Span { start, length } = self.spans[owner as usize];
        let mut place = start;
        if length == 0 {
            place = self.block(0);
        } else if length.is_power_of_two() {
            place = self.block(length.ilog2() + 1);
            let list = start as usize..(start + length) as usize;
            self.pool.copy_within(list, place as usize);
            self.free[length.ilog2() as usize].push(start);
        }
        self.pool[(place + length) as usize] = number;
        self.spans[owner as usize] = Span { start: place, length: length + 1 };
    }

    /// Takes a number out of a list, where it is once; the others keep their order. O(length).
    pub(crate) fn remove(&mut self, owner: u32, number: u32) {
        let Span { start, length } = self.spans[owner as usize];
        let Some(place) = self.of(owner).iter().position(|other| *other == number) else { return };
        let end = (start + length) as usize;
        self.pool.copy_within(start as usize + place + 1..end, start as usize + place);
        let left = length - 1;
        if left == 0 {
            self.free[0].push(start);
        } else if left.is_power_of_two() {
            self.free[left.ilog2() as usize].push(start + left);
        }
        self.spans[owner as usize].length = left;
    }

    /// The memory it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let free: usize = self.free.iter().map(Vec::capacity).sum();
        self.spans.capacity() * size_of::<Span>() + (self.pool.capacity() + free) * size_of::<u32>()
    }

    /// A block of 2^`size` places.
    fn block(&mut self, size: u32) -> u32 {
        self.free[size as usize].pop().unwrap_or_else(|| {
            let end = self.pool.len();
            self.pool.resize(end + (1 << size), 0);
            u32::try_from(self.pool.len()).expect("fewer than 2^32 numbers");
            crate::number::id(end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn lists_are_what_vectors_would_be() {
        let mut random = Random::new(3);
        let mut lists = Lists::default();
        let mut vectors: Vec<Vec<u32>> = vec![Vec::new(); 7];
        for _ in &vectors {
            lists.add_owner();
        }
        for number in 0..20_000 {
            let owner = random.sample(7, 1)[0];
            let vector = &mut vectors[owner as usize];
            // Long times of growing and long times of shrinking.
            let shrinks = (number / 1000) % 3 == 2;
            if shrinks && !vector.is_empty() {
                let gone = vector.remove(random.sample(vector.len(), 1)[0] as usize);
                lists.remove(owner, gone);
            } else {
                vector.push(number);
                lists.push(owner, number);
            }
            lists.remove(owner, u32::MAX);
            assert_eq!(lists.of(owner), vector);
        }
        for (owner, vector) in (0..).zip(&vectors) {
            assert_eq!(lists.of(owner), vector);
        }
        // What was given up was used again: never more than twice the most ever held, and
        // what lies between.
        assert!(lists.pool.len() < 4 * 14_000, "{}", lists.pool.len());
    }
}
