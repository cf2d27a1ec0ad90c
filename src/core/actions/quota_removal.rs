//! The proof that a REMOVE_QUOTA is safe: a plan that has seen the role's quota makes it, and nothing else does.

use serde::{Deserialize, Serialize};

use crate::base::ids::Role;
use crate::mesos::calls;
use crate::mesos::calls::quota::RemoveQuota;

/// The body of a REMOVE_QUOTA whose role had a quota when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaRemoval {
    role: Role,
    body: Vec<u8>,
}

impl QuotaRemoval {
    pub(super) fn new(role: &Role, call: &RemoveQuota) -> Self {
        Self { role: role.clone(), body: calls::request(call) }
    }

    /// The body, for that role alone.
    pub(super) fn body(&self, role: &Role) -> Option<Vec<u8>> {
        (self.role == *role).then(|| self.body.clone())
    }
}
