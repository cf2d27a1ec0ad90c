//! Errors in the forms of reservations and volumes.

use crate::base::ids::Role;

/// Error in the form of a reservation or a volume. `text::reservations` has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReservationFault {
    /// The role `*`, for which nothing can be reserved.
    DefaultRole,
    /// The role is not below the one that the resources are reserved for already.
    NotBelow(Role, Role),
    /// No amount is above 0: a master would abort.
    NoAmount,
    /// The resources would stay as they are.
    NothingChanged,
    /// The resources have no dynamic reservation.
    NotDynamic,
    /// A volume keeps its disk reserved.
    IsVolume,
    /// The resource is no reserved disk, so that it can have no volume.
    NotReservedDisk,
    /// The volume's id is not valid.
    VolumeId(VolumeIdError),
    /// The volume has no path in its container.
    NoPath,
    /// Nothing would be left of the volume.
    NothingLeft,
    /// The resources come from different providers, which one call cannot name.
    ManyProviders,
}

/// Reason why Mesos does not accept the id of a volume (src/common/validation.cpp).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VolumeIdError {
    /// The empty text.
    #[error("Enter an id.")]
    Empty,
    /// The id is `.` or `..`.
    #[error("An id must not be one dot or two dots.")]
    Dots,
    /// A slash, a backslash or a control character.
    #[error("An id must not contain slashes, backslashes or control characters.")]
    Letters,
    /// More than 255 bytes.
    #[error("An id must not be longer than 255 bytes.")]
    TooLong,
}

/// Checks that Mesos accepts the text as a volume's id.
///
/// # Errors
/// If Mesos refuses it.
pub fn check_volume_id(id: &str) -> Result<(), VolumeIdError> {
    match id {
        "" => Err(VolumeIdError::Empty),
        _ if id.len() > 255 => Err(VolumeIdError::TooLong),
        "." | ".." => Err(VolumeIdError::Dots),
        _ if id.bytes().any(|byte| byte.is_ascii_control() || matches!(byte, b'/' | b'\\')) => {
            Err(VolumeIdError::Letters)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_that_a_master_accepts() {
        for id in ["a b", "a%b:é", "...", &"a".repeat(255)] {
            assert_eq!(check_volume_id(id), Ok(()), "{id}");
        }
        for id in ["", ".", "..", "a/b", "a\\b", "a\tb", "a\u{7f}", &"é".repeat(128)] {
            assert!(check_volume_id(id).is_err(), "{id}");
        }
    }
}
