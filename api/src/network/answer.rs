//! What several answers have in common.

use consortia_db::{Conn, Error, Result, organisation};
use consortia_domain::id::OrganisationId;
use consortia_domain::money::MoneySum;
use consortia_domain::organisation::OrganisationRef;
use consortia_network::{Ego, Lens, Sums};

/// An organisation the network has not heard of has nothing in it.
pub(super) fn ego_of(lens: &Lens<'_>, id: OrganisationId) -> Ego {
    lens.network().organisation(id).map(|node| lens.ego(node)).unwrap_or_default()
}

/// Amounts added up, in the registry's terms.
///
/// # Errors
/// When a sum is beyond what an amount can be.
pub(super) fn sum(sums: &Sums) -> Result<MoneySum> {
    MoneySum::of(&sums.by_currency(), sums.known, sums.of)
        .map_err(|fault| Error::internal(format!("a sum of amounts: {fault}")))
}

/// The short form of whom an answer is about: the organisation asked about, or with units
/// counted as their parents the one it counts as.
///
/// # Errors
/// When it is not there, or the store fails.
pub(super) fn own_reference(
    c: &mut Conn<'_>,
    lens: &Lens<'_>,
    id: OrganisationId,
) -> Result<OrganisationRef> {
    let network = lens.network();
    let counted = |node| network.organisation_id(lens.counted_as(node));
    let id = network.organisation(id).map_or(id, counted);
    let mut own = organisation::references(c, &[id])?;
    own.remove(&id).ok_or_else(|| Error::internal("an organisation vanished from a snapshot"))
}
