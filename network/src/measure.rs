//! Measures of a whole network, each computed from a frozen [`Graph`](crate::graph::Graph).
//!
//! Everything is computed from plain numbers in memory, and the same input gives the same
//! output bit for bit.
//!
//! - A node's position: [`cores`], [`pagerank`], [`eigenvector`], [`betweenness`],
//!   [`constraint`], [`clustering`], [`external_internal`].
//! - The network's parts: [`components`], [`communities`], both as a [`partition`].
//! - The rest: [`widest_path`] between two nodes, and a [`summary`] of the whole.

pub mod betweenness;
pub mod clustering;
pub mod communities;
pub mod components;
pub mod constraint;
pub mod cores;
pub mod eigenvector;
pub mod external_internal;
pub mod pagerank;
pub mod partition;
pub mod ranking;
pub mod summary;
pub mod widest_path;
