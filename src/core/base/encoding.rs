//! The form in which values cross the worker's border: postcard bytes, so that no number becomes a JavaScript one.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes that are no value of this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message of this build")]
pub struct DecodeError;

/// The bytes of a value.
pub fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

/// The value in the bytes.
///
/// # Errors
/// If they are no such value of this build.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    postcard::from_bytes(bytes).map_err(|_| DecodeError)
}
