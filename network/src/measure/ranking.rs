//! What a measure that is computed by iteration gives back.

/// A value for each node, and how the iteration that found them ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The value of each node.
    pub values: Vec<f64>,
    /// The number of passes over the network.
    pub iterations: u32,
    /// Whether the stated tolerance was reached within the allowed number of passes.
    pub converged: bool,
}
