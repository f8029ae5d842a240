//! Whom to name with the data. CORDIS (CC BY 4.0) is to be named wherever its data is shown, and a
//! registry names nobody until it is told to.

use crate::config::Config;
use consortia_db::{Db, project};
use consortia_domain::external_id::Scheme;

/// What is said to those whose registry holds data of CORDIS and names nobody.
pub(crate) const ADVICE: &str = "\
CORDIS asks to be named wherever its data is shown. Have the server say so, with the day of the files:
  data_licence = \"CC-BY-4.0\"
  data_attribution = \"CORDIS, European Commission / Publications Office of the European Union\"";

/// Whether `db` holds data of CORDIS, by whatever way it came there (its projects carry
/// identifiers of CORDIS), and nobody is named.
///
/// # Errors
/// When the database cannot be asked.
pub(crate) fn is_wanted(db: &Db, config: &Config) -> Result<bool, consortia_db::Error> {
    if !config.data_attribution.is_empty() {
        return Ok(false);
    }
    db.read_blocking(|c| project::has_identifier_of(c, Scheme::Cordis))
}
