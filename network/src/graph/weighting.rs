//! What the strength of a tie is: nothing, the projects shared, or shares of projects.

use crate::graph::Graph;

/// One tie's weight, whatever it is stored as.
pub(crate) trait Weight: Copy + Send + Sync {
    fn value(self) -> f64;
}

impl Weight for u32 {
    #[inline]
    fn value(self) -> f64 {
        f64::from(self)
    }
}

impl Weight for f64 {
    #[inline]
    fn value(self) -> f64 {
        self
    }
}

/// The weight of every tie of an unweighted network. It has no size, so a column of a
/// million of them takes no memory and no time to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct One;

impl Weight for One {
    #[inline]
    fn value(self) -> f64 {
        1.0
    }
}

/// A column of weights, parallel to the targets of the graph it belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column<'g> {
    Ones,
    Shared(&'g [u32]),
    Fractional(&'g [f64]),
}

/// A graph together with the weights a measure is to use: see [`Graph::unweighted`],
/// [`Graph::by_shared`] and [`Graph::by_fraction`].
#[derive(Clone, Copy, Debug)]
pub struct Weighted<'g> {
    pub(crate) graph: &'g Graph,
    pub(crate) column: Column<'g>,
}

impl<'g> Weighted<'g> {
    /// The graph without its weights.
    #[must_use]
    pub fn graph(self) -> &'g Graph {
        self.graph
    }

    /// The ties of a node: its neighbours, ascending, and how strong each is.
    pub fn ties(self, node: u32) -> impl Iterator<Item = (u32, f64)> {
        let offsets = &self.graph.offsets()[node as usize..];
        let row = offsets[0]..offsets[1];
        row.map(move |place| {
            let strength = match self.column {
                Column::Ones => 1.0,
                Column::Shared(weights) => f64::from(weights[place]),
                Column::Fractional(weights) => weights[place],
            };
            (self.graph.targets()[place], strength)
        })
    }

    /// Every node's weighted degree: the sum of the weights of its ties. O(nodes + edges).
    #[must_use]
    pub fn strengths(self) -> Vec<f64> {
        with_weights!(self, |graph, weights| strengths(graph, weights))
    }
}

/// Runs the body with the graph and its weights as a slice of the type they are stored in,
/// so that the loops over them are compiled for each type.
macro_rules! with_weights {
    ($weighted:expr, |$graph:ident, $weights:ident| $body:expr) => {{
        let $graph = $weighted.graph;
        match $weighted.column {
            $crate::graph::weighting::Column::Ones => {
                let ones = vec![$crate::graph::weighting::One; $graph.targets().len()];
                let $weights = ones.as_slice();
                $body
            }
            $crate::graph::weighting::Column::Shared($weights) => $body,
            $crate::graph::weighting::Column::Fractional($weights) => $body,
        }
    }};
}
pub(crate) use with_weights;

/// The sum of each row of weights.
pub(crate) fn strengths<W: Weight>(graph: &Graph, weights: &[W]) -> Vec<f64> {
    graph
        .offsets()
        .windows(2)
        // Not `sum`: that of nothing is -0.0.
        .map(|row| weights[row[0]..row[1]].iter().fold(0.0, |sum, weight| sum + weight.value()))
        .collect()
}
