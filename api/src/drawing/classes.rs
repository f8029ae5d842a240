//! What organisations are told apart by, and in which colours.

use consortia_domain::network::{Neighbourhood, NetworkNode};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Colours that people who do not see all colours can tell apart: the scheme "muted" of Paul
/// Tol, "Colour schemes", SRON/EPS/TN/09-002, 2021.
const COLOURS: [&str; 9] = [
    "#332288", "#88ccee", "#44aa99", "#cc6677", "#ddcc77", "#117733", "#882255", "#999933",
    "#aa4499",
];
/// The colour of the classes beyond.
const OTHERS: &str = "#888888";
/// The colour of what has no class.
pub(super) const UNKNOWN: &str = "#dddddd";

/// A class and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) colour: &'static str,
    pub(super) organisations: usize,
}

/// What an organisation is told apart by: its country's code, or its community's number.
type Key = Option<(u64, &'static str)>;

/// The classes of all nodes, largest first, and the place of each node's class among them.
pub(super) fn classes(found: &Neighbourhood) -> (Vec<Class>, Vec<usize>) {
    let by_community = found.communities_revision.is_some();
    let key = |node: &NetworkNode| -> Key {
        if by_community {
            node.community.map(|number| (number, ""))
        } else {
            node.organisation.country.map(|country| (0, country.name()))
        }
    };
    let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
    for node in &found.nodes {
        *counts.entry(key(node)).or_default() += 1;
    }
    let unknown = counts.remove(&None);
    let mut known: Vec<(Key, usize)> = counts.into_iter().collect();
    // Stable: equally large ones stay in the order of their names.
    known.sort_by_key(|(_, count)| Reverse(*count));
    // A colour for "others" is worth it only when it stands for several.
    let own = if known.len() <= COLOURS.len() { known.len() } else { COLOURS.len() - 1 };
    let (own, rest) = known.split_at(own);
    let mut classes: Vec<Class> = own
        .iter()
        .zip(COLOURS)
        .map(|((key, organisations), colour)| Class {
            name: name(*key),
            colour,
            organisations: *organisations,
        })
        .collect();
    let mut places: BTreeMap<Key, usize> =
        own.iter().enumerate().map(|(place, (key, _))| (*key, place)).collect();
    if !rest.is_empty() {
        places.extend(rest.iter().map(|(key, _)| (*key, classes.len())));
        let what = if by_community { "communities" } else { "countries" };
        classes.push(Class {
            name: format!("{} other {what}", rest.len()),
            colour: OTHERS,
            organisations: rest.iter().map(|(_, count)| count).sum(),
        });
    }
    if let Some(organisations) = unknown {
        places.insert(None, classes.len());
        let name = if by_community { "In no community" } else { "Unknown" };
        classes.push(Class { name: name.to_owned(), colour: UNKNOWN, organisations });
    }
    let of_nodes = found.nodes.iter().map(|node| places[&key(node)]).collect();
    (classes, of_nodes)
}

fn name(key: Key) -> String {
    match key {
        Some((_, country)) if !country.is_empty() => country.to_owned(),
        Some((number, _)) => format!("Community {number}"),
        None => String::new(),
    }
}
