//! The weights of roles: read and set. Says nothing about which are sensible.

use serde::Serialize;

use super::{Call, EmptyReply, LeadingMaster};
use crate::base::ids::Role;
use crate::mesos::wire::field::fields;

/// Reads the weights that were ever set.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetWeights;

/// The weights, unordered. Without any the answer lacks its key (PROTOCOL.md, "JSON").
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Weights in no particular order; a role set back to 1 stays listed.
    pub weight_infos: Vec<WeightInfo>,
}

/// A role's weight, 1 if it has none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WeightInfo {
    /// The role that the weight is for.
    pub role: Role,
    /// The weight, greater than 0: its share relative to other roles.
    pub weight: f64,
}

fields! { impl<'de> Weights; "weight_infos" => weight_infos }
fields! { impl<'de> WeightInfo, identified by |info| !info.role.as_str().is_empty() && info.weight > 0.0; "role" => role, "weight" => weight }

impl Call for GetWeights {
    const TYPE: &'static str = "GET_WEIGHTS";
    const READS: bool = true;
    const MAY_LACK_KEY: bool = true;
    type Reply<'a> = Weights;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        64 << 20
    }
}

/// Sets weights, all or none of them; a role that is not named keeps its own. Rescinds all offers if one of the roles has frameworks.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateWeights {
    /// New weights, at most one a role.
    pub weight_infos: Vec<WeightInfo>,
}

impl Call for UpdateWeights {
    const TYPE: &'static str = "UPDATE_WEIGHTS";
    const FIELD: Option<&'static str> = Some("update_weights");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}
