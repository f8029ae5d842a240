//! Working memory for counting by node, used again and again.

/// A value for each node, reset in time proportional to the nodes touched.
#[derive(Debug, Default)]
pub(crate) struct Scratch<T> {
    values: Vec<T>,
    touched: Vec<u32>,
    /// For each node, the round in which it was last seen.
    seen: Vec<u32>,
    round: u32,
}

impl<T: Clone + Default> Scratch<T> {
    /// Makes room for `nodes`, all at their default.
    pub(crate) fn reset(&mut self, nodes: usize) {
        for node in self.touched.drain(..) {
            self.values[node as usize] = T::default();
        }
        if self.values.len() < nodes {
            self.values.resize(nodes, T::default());
            self.seen.resize(nodes, 0);
        }
    }

    /// Begins a round, in which every node is new again.
    pub(crate) fn begin_round(&mut self) {
        if self.round == u32::MAX {
            self.seen.fill(0);
            self.round = 0;
        }
        self.round += 1;
    }

    /// Whether `node` was not seen in this round before.
    pub(crate) fn is_new(&mut self, node: u32) -> bool {
        std::mem::replace(&mut self.seen[node as usize], self.round) != self.round
    }

    /// The value of `node`; the first time it is asked for, at its default and noted.
    pub(crate) fn entry(&mut self, node: u32, is_untouched: impl Fn(&T) -> bool) -> &mut T {
        if is_untouched(&self.values[node as usize]) {
            self.touched.push(node);
        }
        &mut self.values[node as usize]
    }

    /// The nodes touched since the last reset, in the order they were.
    pub(crate) fn touched(&self) -> &[u32] {
        &self.touched
    }

    /// The value of `node`, of which the default is left.
    pub(crate) fn take(&mut self, node: u32) -> T {
        std::mem::take(&mut self.values[node as usize])
    }

    /// The value of `node`.
    pub(crate) fn get(&self, node: u32) -> &T {
        &self.values[node as usize]
    }
}
