//! Bytes that were never written.

/// So many NULs are a hole of the file, as `copytruncate` leaves one where the writer goes on at its old offset.
pub(super) const HOLE: [u8; 16] = [0; 16];
