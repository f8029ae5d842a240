//! Who pays where a funding names a programme only.

use super::super::Conn;
use crate::error::Result;
use crate::schema::{programme_funders, programmes};
use crate::types::Id;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Of each programme the funders that it names or, if none, the nearest above it that names any;
/// programmes of which nobody is named are left out. O(programmes × depth).
pub(crate) fn nearest_funders(c: &mut Conn) -> Result<HashMap<Id, Vec<Id>>> {
    let rows: Vec<(Id, Id)> = programme_funders::table
        .select((programme_funders::programme_id, programme_funders::organisation_id))
        .load(c)?;
    let mut named: HashMap<Id, Vec<Id>> = HashMap::new();
    for (programme, funder) in rows {
        named.entry(programme).or_default().push(funder);
    }
    if named.is_empty() {
        return Ok(named);
    }
    let rows: Vec<(Id, Option<Id>)> =
        programmes::table.select((programmes::id, programmes::parent_id)).load(c)?;
    let above: HashMap<Id, Option<Id>> = rows.into_iter().collect();
    let nearest = |programme: &Id| {
        let mut passed = HashSet::new();
        let mut at = Some(*programme);
        while let Some(id) = at.filter(|id| passed.insert(*id)) {
            if let Some(funders) = named.get(&id) {
                return Some((*programme, funders.clone()));
            }
            at = above.get(&id).copied().flatten();
        }
        None
    };
    Ok(above.keys().filter_map(nearest).collect())
}
