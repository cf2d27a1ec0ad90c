//! Bytes that were never written.

/// So many NULs are a hole of the file, as `copytruncate` leaves one where the writer goes on at its old offset.
pub(super) const HOLE: [u8; 16] = [0; 16];

/// The NULs at a row's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hole {
    /// Bytes, as far as is known.
    pub length: u64,
    /// There may be more of them: its other edge was not found yet.
    pub is_open: bool,
    /// Some of it was leaped over.
    pub is_sampled: bool,
}
