//! Conversions between the widths numbers are stored in and computed with.

/// A position as the 32-bit number nodes are stored as. Networks have fewer than 2³² nodes:
/// their numbers come from `u32` values in the first place.
#[expect(clippy::cast_possible_truncation, reason = "node numbers are u32 from the start")]
pub(crate) fn id(position: usize) -> u32 {
    position as u32
}

/// A count as a real number, exact below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "no count comes near 2⁵³")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

/// A sum of weights as a real number, exact below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "no sum of weights comes near 2⁵³")]
pub(crate) fn real_sum(sum: u64) -> f64 {
    sum as f64
}
