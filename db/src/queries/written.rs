//! Reading and writing single records of the kinds that nothing imports many of at once.

/// Declares `get`, `create`, `update`, `delete` and `load` of a kind of record.
///
/// The module that uses it has a `Row` of `$table` with `Row::write`, `complete`, which makes
/// records of rows, and `check`, which refuses content that cannot be stored. `kept by` names
/// a function that writes what is kept of a record outside its row, each time it is written;
/// `released by` one that takes it away again before the row is deleted, or refuses.
macro_rules! written {
    (
        $table:ident: $Record:ident, $Content:ident, $RecordId:ident, $Kind:ident;
        $(kept by $keep:ident;)?
        $(released by $release:ident;)?
    ) => {
        const KIND: consortia_domain::id::EntityKind =
            consortia_domain::id::EntityKind::$Kind;

        fn find(c: &mut Conn, id: Id) -> Result<$Record> {
            let found = load(c, &[id])?.pop();
            found.map_or_else(|| Err(super::revision::missing(c, KIND, id.0)?), Ok)
        }

        /// Those of `ids` that are there, in order of id.
        pub(crate) fn load(c: &mut Conn, ids: &[Id]) -> Result<Vec<$Record>> {
            let mut found = Vec::with_capacity(ids.len());
            for ids in ids.chunks(super::LOOKUP) {
                let known = $table::table.filter($table::id.eq_any(ids)).order($table::id);
                let rows: Vec<Row> = known.select(Row::as_select()).load(c)?;
                found.extend(complete(c, rows)?);
            }
            Ok(found)
        }

        pub(crate) fn get(c: &mut Conn, id: $RecordId) -> Result<$Record> {
            find(c, Id::of(id))
        }

        pub(crate) fn create(
            c: &mut Conn,
            by: &crate::conn::Stamp,
            content: &$Content,
        ) -> Result<$Record> {
            insert(c, by, $RecordId::generate(), content)
        }

        /// Registers a record under an id that nothing has.
        pub(crate) fn insert(
            c: &mut Conn,
            by: &crate::conn::Stamp,
            id: $RecordId,
            content: &$Content,
        ) -> Result<$Record> {
            let key = Id::of(id);
            check(c, key, content)?;
            let row = Row::write(key, content, 1, super::rows::naive(by.now), by)?;
            diesel::insert_into($table::table).values(&row).execute(c)?;
            $($keep(c, key, content)?;)?
            let change = super::revision::Change::created(KIND, id.into(), content)?;
            super::revision::append(c, by, vec![change])?;
            find(c, key)
        }

        pub(crate) fn update(
            c: &mut Conn,
            by: &crate::conn::Stamp,
            id: $RecordId,
            expected: Option<u32>,
            content: &$Content,
        ) -> Result<$Record> {
            let key = Id::of(id);
            let old = find(c, key)?;
            super::check_version(expected, old.stamp.version)?;
            let change = super::revision::Change::updated(
                KIND, id.into(), old.stamp.version, &old.content, content,
            )?;
            let Some(change) = change else { return Ok(old) };
            check(c, key, content)?;
            let created_at = super::rows::naive(old.stamp.created_at);
            let row = Row::write(key, content, change.version, created_at, by)?;
            diesel::update($table::table.find(key)).set(&row).execute(c)?;
            $($keep(c, key, content)?;)?
            super::revision::append(c, by, vec![change])?;
            find(c, key)
        }

        pub(crate) fn delete(
            c: &mut Conn,
            by: &crate::conn::Stamp,
            id: $RecordId,
            expected: Option<u32>,
        ) -> Result<()> {
            let key = Id::of(id);
            let old = find(c, key)?;
            super::check_version(expected, old.stamp.version)?;
            $($release(c, key)?;)?
            diesel::delete($table::table.find(key)).execute(c)?;
            let change =
                super::revision::Change::deleted(KIND, id.into(), old.stamp.version);
            super::revision::append(c, by, vec![change])
        }
    };
}
pub(crate) use written;
