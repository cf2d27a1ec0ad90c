//! The id of a container with those of the containers that it is nested in.

use serde::Serialize;

use crate::base::ids::ContainerId;

/// A container's id, with those of the containers that it is nested in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ContainerPath {
    /// Path of the container around this one; `None` for an outermost container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Box<ContainerPath>>,
    /// Id of the innermost container, which the path leads to.
    pub value: ContainerId,
}

impl ContainerPath {
    /// A container that is nested in none: an executor's, or a standalone one.
    pub const fn top(value: ContainerId) -> Self {
        Self { parent: None, value }
    }
}
