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

impl Hole {
    /// As it is shown; nothing of none.
    pub fn words(self) -> String {
        match self {
            Self { length: 0, .. } => String::new(),
            Self { length, is_open: true, .. } => format!("␀×{length} or more"),
            Self { length, is_sampled: true, .. } => format!("␀×{length}, read in samples"),
            Self { length, .. } => format!("␀×{length}"),
        }
    }
}
