//! Answering a repeated request as the first time, instead of doing it again.
//!
//! [`begin`] and [`finish`] belong into the transaction of the write itself: either the
//! write and its answer are kept, or neither.

crate::conn::dispatch! { idempotency:
    /// The answer given in the last 24 hours to this actor's request with this key, if any.
    /// Fails with `IdempotencyMismatch` when that was another request.
    write begin(key: &str, request_hash: &str) -> Option<Vec<u8>>;

    /// Remembers the answer to the request with this key, for 24 hours.
    write finish(key: &str, request_hash: &str, answer: &[u8]) -> ();

    /// Forgets the answers that are older, and tells how many.
    write sweep() -> usize;
}
