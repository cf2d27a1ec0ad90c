//! Errors of the form that runs a command, each with its field.

use serde::{Deserialize, Serialize};

use crate::actions::amount::AmountError;
use crate::actions::container_form::ContainerFormError;
use crate::actions::duration::DurationError;
use crate::actions::form::RoleError;
use crate::actions::secrets::HIDDEN;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RunField {
    /// The command.
    Command,
    /// How many agents.
    Count,
    /// The name of the tasks.
    Name,
    /// The role.
    Role,
    /// A resource, by its place in `RESOURCES`.
    Amount(usize),
    /// The user.
    User,
    /// Environment variables.
    Environment,
    /// Files to fetch.
    Files,
    /// The image.
    Image,
    /// The time limit.
    Timeout,
    /// The grace period.
    Grace,
    /// How long it goes on without the browser.
    Failover,
}

/// An error in the form, with its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFault {
    /// The field with the error.
    pub field: RunField,
    /// The error.
    pub error: RunFormError,
}

/// Error in the form that runs a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunFormError {
    /// No command.
    #[error("Enter a command.")]
    NoCommand,
    /// A longer command than Linux hands to a shell.
    #[error("A command has at most 128 KiB. Put a longer script into a file, and fetch it.")]
    CommandTooLong,
    /// A NUL, which ends a text in Mesos.
    #[error("This must not contain a NUL character.")]
    Nul,
    /// A number of agents that is none.
    #[error("Enter a whole number from 1 to 10 000.")]
    Count,
    /// The text is no valid role name.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// The text is no valid amount.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// Nothing of a resource that each task needs.
    #[error("Enter an amount above 0.")]
    NoAmount,
    /// Mesos refuses a part of a GPU (src/v1/resources.cpp).
    #[error("GPUs are whole numbers.")]
    PartOfGpu,
    /// No user.
    #[error("Enter a user that exists on the agents.")]
    NoUser,
    /// Root, though the form does not say so.
    #[error("To run as root, choose “Run as root”.")]
    Root,
    /// A text that can be no user's name.
    #[error("A user has no spaces, colons, slashes or control characters.")]
    UserCharacters,
    /// An error that the form of containers has, too.
    #[error(transparent)]
    Container(#[from] ContainerFormError),
    /// The line that names no file.
    #[error("“{0}” is not an address, with “executable” or “packed” after it.")]
    File(String),
    /// What was typed is not kept, and is to be typed again.
    #[error("Replace {HIDDEN}: this browser has not kept what was there.")]
    NotKept,
    /// The text is no duration.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// No time at all.
    #[error("Enter a time above 0, or nothing for no limit.")]
    NoTime,
    /// Runs that nobody looks after would go on for too long.
    #[error("Runs go on for at most 7 d without their browser.")]
    FailoverTooLong,
}
