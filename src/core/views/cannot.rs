//! Whether what is offered for many at once can be done to any of them. What can be done to each is said where it is proposed.

use serde::{Deserialize, Serialize};

use super::view::{Sources, View};
use crate::base::ids::{AgentId, FrameworkId};
use crate::base::units::Timestamp;
use crate::checks::can::{self, AgentVerb, WhyNot};
use crate::cluster::Cluster;
use crate::cluster::part::Part;

/// Of so many all are looked at: of more there is one to which it can be done, as a rule, and the proposal says which.
const LOOKED_AT: usize = 300;

/// To what it is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    Agents(Vec<AgentId>),
    Frameworks(Vec<FrameworkId>),
}

/// Asks what can be done to none of some objects: for each thing that is offered, in the order of its verbs, why to none
/// of them; nothing if to some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannotQuery(pub Whom);

impl View for CannotQuery {
    type Answer = Vec<Option<WhyNot>>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        cannot(sources.cluster, &self.0)
    }

    fn parts(&self) -> &'static [Part] {
        &[Part::Agents]
    }
}

/// For each thing that is offered, in the order of its verbs, why it can be done to none of them; nothing if to some.
fn cannot(cluster: &Cluster, whom: &Whom) -> Vec<Option<WhyNot>> {
    match whom {
        Whom::Agents(ids) => {
            let verb = |verb: AgentVerb| none_of(ids, |id| Some(verb.on(cluster.agent(id)?, cluster)));
            AgentVerb::ALL.into_iter().map(verb).collect()
        }
        Whom::Frameworks(ids) => vec![none_of(ids, |id| Some(can::tear_down(cluster.framework(id)?)))],
    }
}

/// The last reason why not, if there is one for each that is known.
fn none_of<T>(ids: &[T], can: impl Fn(&T) -> Option<Result<(), WhyNot>>) -> Option<WhyNot> {
    if ids.len() > LOOKED_AT {
        return None;
    }
    ids.iter().filter_map(can).try_fold(None, |_, can| can.err().map(Some)).flatten()
}
