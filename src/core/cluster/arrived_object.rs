//! Reads the objects that the master reports, one at a time.

use crate::mesos::wire::encoded::Encoded;
use crate::mesos::wire::fault::ObjectFault;
use crate::mesos::wire::field::{FromAnyJson, Lenient, Misfits};

/// Result of reading an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArrivedObject {
    /// Its length as it was sent, in bytes.
    pub length: usize,
    /// Fields of another form than expected; the object is kept without them.
    pub misfits: Misfits,
}

/// Reads the first object, and passes it on as it was sent.
pub(super) fn first<'a, T: FromAnyJson<'a>>(
    object: Encoded<'a>,
    take: impl FnOnce(T, Encoded<'a>),
) -> Result<ArrivedObject, ObjectFault> {
    first_with(object, |value, sent, _| take(value, sent))
}

/// Reads the first object of a text, or the only one of other bytes, and passes it on as it was sent, with its misfits.
pub(super) fn first_with<'a, T: FromAnyJson<'a>>(
    object: Encoded<'a>,
    take: impl FnOnce(T, Encoded<'a>, &Misfits),
) -> Result<ArrivedObject, ObjectFault> {
    let (Lenient { value, misfits }, sent) = object.read_first::<T>()?.ok_or(ObjectFault::Another)?;
    let value = value.ok_or(ObjectFault::Another)?;
    if !value.has_identity() {
        return Err(ObjectFault::Unidentified);
    }
    take(value, sent, &misfits);
    Ok(ArrivedObject { length: sent.len(), misfits })
}
