//! The encoding of a database, chosen when it is made and never changed.

use super::Conn;
use crate::error::{Error, Result};
use diesel::prelude::*;

const ASK: &str = "SELECT current_database()::text AS name, \
                   current_setting('server_encoding') AS encoding";

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    encoding: String,
}

/// Refuses a database in which not every name can be written.
///
/// # Errors
/// [`Error::Config`] when its encoding is not UTF8, or the conditions of any read.
pub(crate) fn must_be_unicode(conn: &mut Conn) -> Result<()> {
    let Answer { name, encoding } = diesel::sql_query(ASK).get_result(conn)?;
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(Error::Config(format!(
        "The encoding of the database '{name}' is {encoding}, in which not every name can be \
         written; expected UTF8. Make another: createdb --encoding=UTF8 --template=template0 NAME."
    )))
}
