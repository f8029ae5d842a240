//! What a whole network keeps of what was computed.

use consortia_domain::id::OrganisationId;
use consortia_domain::network::{RankingMeasure, TieWeight};
use consortia_network::graph::bipartite::Bipartite;
use consortia_network::{Frozen, Whole};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Ten organisations in a row of nine projects.
fn row() -> Whole {
    let pairs: Vec<(u32, u32)> = (0..9).flat_map(|n| [(n, n), (n + 1, n)]).collect();
    let frozen = Frozen {
        revision: 1,
        organisations: (1..=10).map(|n| OrganisationId::from(Uuid::from_u128(n))).collect(),
        live_nodes: (0..10).collect(),
        units: HashMap::new(),
        countries: vec![None; 10],
        projects: Vec::new(),
        bipartite: Bipartite::from_pairs(10, 9, &pairs),
        participations: pairs.len(),
    };
    Whole::new(frozen, 1, TieWeight::Shared)
}

#[test]
fn all_numbers_of_pivots_beyond_the_organisations_are_one() {
    let whole = row();
    let all = whole.values(RankingMeasure::Betweenness, 10);
    for more in [11, 1_000, u32::MAX] {
        assert!(Arc::ptr_eq(&all, &whole.values(RankingMeasure::Betweenness, more)), "{more}");
    }
    let degrees = whole.values(RankingMeasure::Degree, 1);
    assert!(Arc::ptr_eq(&degrees, &whole.values(RankingMeasure::Degree, 2)));
}

#[test]
fn values_from_many_numbers_of_pivots_do_not_stay() {
    let whole = row();
    let kept: Vec<_> = (1..=10)
        .map(|pivots| Arc::downgrade(&whole.values(RankingMeasure::Betweenness, pivots)))
        .collect();
    let there: Vec<bool> = kept.iter().map(|values| values.upgrade().is_some()).collect();
    assert_eq!(there, [vec![false; 6], vec![true; 4]].concat());
}
