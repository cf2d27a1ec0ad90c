//! The id of a container with those of the containers that it is nested in.

use serde::{Deserialize, Serialize};

use crate::base::ids::ContainerId;

/// A container's id, with those of the containers that it is nested in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

    /// A container by its ids: those of the containers around it, outermost first, its own last. `None` without any.
    pub fn of(ids: &[String]) -> Option<Self> {
        ids.iter().fold(None, |parent: Option<Self>, id| {
            Some(Self { parent: parent.map(Box::new), value: ContainerId(id.clone()) })
        })
    }

    /// Ids of the containers around it, outermost first, and its own last.
    pub fn ids(&self) -> Vec<String> {
        let levels = std::iter::successors(Some(self), |path| path.parent.as_deref());
        let mut ids: Vec<String> = levels.map(|path| path.value.0.clone()).collect();
        ids.reverse();
        ids
    }
}
