//! Bytes that were never written.

/// So many NULs are a hole of the file, as `copytruncate` leaves one where the writer goes on at its old offset.
pub(super) const HOLE: [u8; 16] = [0; 16];

/// The NULs at a row's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hole {
    /// Bytes, as far as is known.
    pub length: u64,
    /// Whether the hole may be longer: its other edge is not found yet.
    pub is_open: bool,
    /// Whether some of the hole was skipped without a read.
    pub is_sampled: bool,
}
