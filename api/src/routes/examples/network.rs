//! Examples of the whole network, from the registry's own data.

use super::{list, merge, meta};
use serde_json::{Value, json};

fn stated() -> Value {
    json!({
        "scope": {}, "min_shared": 1, "weight": "shared", "revision": 212_755,
        "projects": 31_451, "organisations": 35_871, "participations": 144_727
    })
}

/// The parts, one after the other, as one object.
fn together<const N: usize>(parts: [Value; N]) -> Value {
    let mut all = json!({});
    for part in parts {
        merge(&mut all, part);
    }
    all
}

fn ismu() -> Value {
    json!({
        "id": super::ISMU, "label": "Fondazione ISMU ETS", "short_name": "ISMU", "country": "IT"
    })
}

fn partner() -> Value {
    json!({
        "id": "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c08",
        "label": "ERASMUS UNIVERSITEIT ROTTERDAM", "short_name": "EUR", "country": "NL"
    })
}

fn first() -> Value {
    json!({
        "id": "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c09",
        "label": "CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE CNRS",
        "short_name": "CNRS", "country": "FR"
    })
}

pub(crate) fn network_summary() -> Value {
    together([
        stated(),
        json!({
            "ties": 796_679, "isolates": 4_206, "components": 4_417,
            "giant_component": {"organisations": 31_152, "ties": 796_240},
            "largest_core": {"k": 185, "organisations": 186},
            "density": 0.001_238, "clustering": 0.7007, "transitivity": 0.1211, "mean_degree": 44.419,
            "degrees": [{"partners": 0, "organisations": 4_206}],
            "strongest_ties": [
                {"organisations": [first(), partner()], "shared_projects": 42}
            ],
            "meta": meta()
        }),
    ])
}

pub(crate) fn ranking_list() -> Value {
    let ranked =
        json!({"rank": 1, "organisation": first(), "value": 4_099.0, "standard_error": null});
    let summary = together([
        json!({"by": "degree"}),
        stated(),
        json!({
            "ties": 796_679, "undefined": 0, "pivots": null, "passes": null, "converged": null
        }),
    ]);
    together([list(&ranked, 35_871), json!({"summary": summary})])
}

fn community() -> Value {
    json!({
        "number": 1, "organisations": 6_397, "projects": 3_113, "ties_within": 80_665,
        "ties_outward": 115_202, "countries": [{"country": "DE", "organisations": 822}],
        "top_organisations": [first()]
    })
}

fn division() -> Value {
    together([stated(), json!({"communities": 241, "alone": 4_206, "modularity": 0.4268})])
}

pub(crate) fn community_list() -> Value {
    together([list(&community(), 241), json!({"summary": division()})])
}

pub(crate) fn community_member_list() -> Value {
    let member = json!({
        "organisation": first(), "partners_within": 900, "partners": 4_099,
        "strength_within": 2_100.0
    });
    let summary = together([
        division(),
        json!({
            "community": community(),
            "keywords": [{"keyword": "migration", "projects": 12}]
        }),
    ]);
    together([list(&member, 6_397), json!({"summary": summary})])
}

pub(crate) fn country_network() -> Value {
    json!({
        "scope": {"programme": ["H2020"]}, "revision": 212_755,
        "international_projects": 10_947, "unclassified": 9,
        "countries": [{
            "country": "DE", "organisations": 3_899, "participations": 17_341,
            "projects": 8_728, "degree": 157, "strength": 226_880, "eigenvector": 1.0
        }],
        "ties": [{"countries": ["DE", "ES"], "strength": 22_000}],
        "meta": meta()
    })
}

pub(crate) fn neighbourhood() -> Value {
    let node = |organisation: Value, distance: u32, projects: u32, shared_projects: u32| {
        json!({
            "organisation": organisation,
            "external_ids": [{"scheme": "pic", "value": if distance == 0 { "968823876" } else { "999830934" }}],
            "distance": distance, "by_agreement": false, "projects": projects,
            "shared_projects": shared_projects, "community": null
        })
    };
    let tie = json!({
        "source": super::ISMU, "target": "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c08",
        "kind": "collaboration", "shared_projects": 2,
        "fractional_weight": 0.236_111_111_111_111_1, "agreements": []
    });
    json!({
        "organisation": ismu(), "scope": {}, "min_shared": 1, "depth": 1, "revision": 212_755,
        "communities_revision": null, "within_reach": 16, "left_out": 14,
        "rings": [
            {"distance": 0, "organisations": 1, "shown": 1},
            {"distance": 1, "organisations": 15, "shown": 1}
        ],
        "by_agreement": {"organisations": 0, "shown": 0}, "unnamed": [],
        "nodes": [node(ismu(), 0, 2, 0), node(partner(), 1, 188, 2)],
        "ties": [tie],
        "meta": meta()
    })
}

pub(crate) fn network_path() -> Value {
    let step = json!({
        "from": ismu(), "to": partner(), "shared_projects": 1,
        "projects": [{
            "id": super::SPRING, "label": "SPRING",
            "period": {"start": "2021-03-01", "end": "2023-02-28"}
        }]
    });
    together([
        stated(),
        json!({
            "from": ismu(), "to": partner(), "connected": true, "steps": 1,
            "paths": [{"weakest": 1, "steps": [step]}], "more": false,
            "meta": meta()
        }),
    ])
}

pub(crate) fn comparison() -> Value {
    let compared = |organisation: Value, partners: u32| {
        json!({
            "organisation": organisation, "projects": 2, "partners": partners,
            "collaborations": 17, "countries": 6, "blau": 0.604_444_444_444_444_5,
            "only_its_own": {"count": 1, "organisations": [partner()]}
        })
    };
    json!({
        "scope": {}, "revision": 212_755,
        "organisations": [compared(ismu(), 15), compared(first(), 4_099)],
        "common_partners": {"count": 1, "organisations": [partner()]},
        "pairs": [{
            "organisations": [ismu(), first()], "shared_projects": 0, "common_partners": 9,
            "jaccard": 0.002
        }],
        "meta": meta()
    })
}

pub(crate) fn claim_report() -> Value {
    json!({
        "organisation": ismu(), "scope": {}, "revision": 212_755, "verdict": "agrees",
        "claims": [{
            "claim": "partners", "stated": "15", "found": 15, "verdict": "agrees",
            "explanation": "It has 15 distinct partners in 2 projects.", "missing": null,
            "href": format!("/api/v1/organisations/{}/partners", super::ISMU)
        }],
        "meta": meta()
    })
}

pub(crate) fn diversity_bounds() -> Value {
    let between = |least: f64, greatest: f64| json!({"least": least, "greatest": greatest});
    json!({
        "items": 43, "richness": 37, "blau": between(0.954, 0.9703),
        "shannon": between(3.4444, 3.5678), "effective_1": between(31.3252, 35.4373),
        "effective_2": between(21.7529, 33.6182), "evenness": between(0.9539, 0.988),
        "meta": meta()
    })
}
