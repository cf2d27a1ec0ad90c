//! Previews of actions for the cluster as it is, and initial values of the forms for quotas and weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::view::{Cost, Sources, View};
use crate::actions::preview::Preview;
use crate::actions::quotas::{QuotaFormAmounts, quota_amounts};
use crate::actions::weights::{shares, weight_of};
use crate::actions::{Action, dry_run};
use crate::base::ids::Role;
use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Fetched;

/// Asks for previews of actions, in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewsQuery {
    /// A number that is returned with the answer, to match it with its query.
    pub number: u32,
    /// The actions to preview.
    pub actions: Vec<Action>,
}

impl View for PreviewsQuery {
    type Answer = (u32, Vec<Preview>);

    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer {
        (self.number, self.actions.iter().map(|action| dry_run::preview(sources.cluster, action, now)).collect())
    }

    fn topics(&self) -> &'static [Topic] {
        self.actions.first().map_or(&[], Action::topics)
    }
}

/// Asks which actions a master would refuse now: their numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefusedActionsQuery {
    /// A number that is returned with the answer, to match it with its query.
    pub number: u32,
    /// The actions, in the order of their numbers.
    pub actions: Vec<Action>,
}

impl View for RefusedActionsQuery {
    type Answer = (u32, Vec<usize>);

    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer {
        let is_refused = |action: &Action| dry_run::preview(sources.cluster, action, now).disabled_reason.is_some();
        let refused = self.actions.iter().enumerate().filter(|(_, action)| is_refused(action));
        (self.number, refused.map(|(at, _)| at).collect())
    }

    fn topics(&self) -> &'static [Topic] {
        self.actions.first().map_or(&[], Action::topics)
    }

    fn cost(&self) -> Cost {
        Cost::Slow
    }
}

/// Asks for the amounts around a role's quota; the role is returned with the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaAmountsQuery(pub Role);

impl View for QuotaAmountsQuery {
    type Answer = (Role, Fetched<QuotaFormAmounts>);

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        (self.0.clone(), quota_amounts(sources.cluster, &self.0))
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Quota, Topic::Agents, Topic::Roles]
    }
}

/// Asks for the weights of roles as they are now, in the order of the roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsQuery(pub Vec<Role>);

impl View for WeightsQuery {
    type Answer = Vec<Fetched<f64>>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        self.0.iter().map(|role| weight_of(sources.cluster, role)).collect()
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Weights, Topic::Roles]
    }
}

/// Asks for the fair shares of roles with these weights, from 0 to 1. Roles have no share if a sibling's weight is not
/// known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharesQuery(pub Vec<(Role, f64)>);

impl View for SharesQuery {
    type Answer = BTreeMap<String, f64>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        shares(sources.cluster, &self.0)
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Weights, Topic::Roles]
    }
}
