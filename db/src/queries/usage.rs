//! What refers to a record that is to be deleted.

/// Which rows of a table refer to a record: how many, and the first few of them. The condition
/// may find a row more than once. Counted only when there are more than are named.
macro_rules! usage_of {
    ($c:ident, $kind:ident, $table:ident . $id:ident, $refers:expr) => {{
        let refer = || $table::table.filter($refers);
        let first = refer().select($table::$id).distinct().order($table::$id);
        let ids: Vec<Id> = first.limit(Usage::NAMED).load($c)?;
        let ids: Vec<_> = ids.into_iter().map(|id| id.0).collect();
        let named = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let count = if named < Usage::NAMED {
            named
        } else {
            let distinct = diesel::dsl::count($table::$id).aggregate_distinct();
            refer().select(distinct).first($c)?
        };
        Usage { kind: EntityKind::$kind, count, ids, found_by: None }
    }};
}
pub(crate) use usage_of;
