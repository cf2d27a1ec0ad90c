//! What changes would do to the cluster as it is, and what forms of quotas and weights begin with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::view::{Sources, View};
use crate::actions::plan::Plan;
use crate::actions::quotas::{Budgets, budget};
use crate::actions::weights::{shares, weight_of};
use crate::actions::{Action, preview};
use crate::base::ids::Role;
use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Reading;

/// Asks for the plans of some changes, in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlansQuery {
    /// A number that comes back with the answer, which says nothing of other changes.
    pub number: u32,
    /// The actions to preview.
    pub acts: Vec<Action>,
}

impl View for PlansQuery {
    type Answer = (u32, Vec<Plan>);

    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer {
        (self.number, self.acts.iter().map(|act| preview::plan(sources.cluster, act, now)).collect())
    }

    fn parts(&self) -> &'static [Topic] {
        self.acts.first().map_or(&[], Action::parts)
    }
}

/// Asks what there is for a role's quota; the role comes back with the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetQuery(pub Role);

impl View for BudgetQuery {
    type Answer = (Role, Reading<Budgets>);

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        (self.0.clone(), budget(sources.cluster, &self.0))
    }

    fn parts(&self) -> &'static [Topic] {
        &[Topic::Quota, Topic::Agents, Topic::Roles]
    }
}

/// Asks for the weights of roles as they are now, in the order of the roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsQuery(pub Vec<Role>);

impl View for WeightsQuery {
    type Answer = Vec<Reading<f64>>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        self.0.iter().map(|role| weight_of(sources.cluster, role)).collect()
    }

    fn parts(&self) -> &'static [Topic] {
        &[Topic::Weights, Topic::Roles]
    }
}

/// Asks what each role's fair share would be with these weights, from 0 to 1. Roles among which a weight is not known have none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharesQuery(pub Vec<(Role, f64)>);

impl View for SharesQuery {
    type Answer = BTreeMap<String, f64>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        shares(sources.cluster, &self.0)
    }

    fn parts(&self) -> &'static [Topic] {
        &[Topic::Weights, Topic::Roles]
    }
}
