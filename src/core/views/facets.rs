//! Counts of the values of a few fields of tasks. They are kept by number, so that one task can be added and taken out. Knows what a
//! filter is, and no order.

use std::collections::HashMap;

use super::filter::{Filter, FilterOutcome};
use super::table::Facet;
use crate::base::order;
use crate::cluster::Cluster;
use crate::cluster::task::{MasterTaskList, Task};
use crate::mesos::wire::state::TaskState;

/// Values of a field that are reported, beside those that the filter asks for.
const COMMONEST: usize = 16;
/// The fields whose values are counted.
pub(super) const FIELDS: [&str; 7] = ["state", "framework", "agent", "role", "label", "reason", "health"];

/// Small numbers of a task's values, in the order of [`FIELDS`]: to look up names 800,000 times would be seen.
pub(super) type ValueNumbers = [u32; FIELDS.len()];

/// Numbers of tasks, per field and number of the value.
#[derive(Debug, Default)]
pub(super) struct FacetCounts([Vec<u32>; FIELDS.len()]);

impl FacetCounts {
    /// Counts a task where the filter's outcome for it lets it count.
    pub(super) fn add(&mut self, outcome: FilterOutcome, values: ValueNumbers) {
        for (counts, value) in self.counted(outcome, values) {
            if counts.len() <= value {
                counts.resize(value + 1, 0);
            }
            counts.get_mut(value).into_iter().for_each(|count| *count += 1);
        }
    }

    /// Takes a task out that was counted with this outcome and these values.
    pub(super) fn remove(&mut self, outcome: FilterOutcome, values: ValueNumbers) {
        for (counts, value) in self.counted(outcome, values) {
            counts.get_mut(value).into_iter().for_each(|count| *count = count.saturating_sub(1));
        }
    }

    fn counted(
        &mut self,
        outcome: FilterOutcome,
        values: ValueNumbers,
    ) -> impl Iterator<Item = (&mut Vec<u32>, usize)> {
        let counts = move |at: &usize| match outcome {
            FilterOutcome::Through => true,
            FilterOutcome::FailsOnly(field) => usize::from(field) == *at,
            FilterOutcome::Out => false,
        };
        let fields = self.0.iter_mut().zip(values).enumerate().filter(move |(at, _)| counts(at));
        fields.map(|(_, (counts, value))| (counts, value as usize))
    }

    /// For each field its commonest values, and those that the filter asks for.
    pub(super) fn reported(&self, cluster: &Cluster, filter: &Filter) -> Vec<Facet> {
        FIELDS.iter().zip(&self.0).map(|(field, counts)| facet(cluster, filter, field, counts)).collect()
    }
}

fn facet(cluster: &Cluster, filter: &Filter, field: &str, counts: &[u32]) -> Facet {
    let mut named: Vec<(&str, u32)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (value, number) in (0..).zip(counts).filter(|(_, number)| **number > 0) {
        for name in names(cluster, field, value) {
            let place = *places.entry(name).or_insert(named.len());
            match named.get_mut(place) {
                Some((_, sum)) => *sum += number,
                None => named.push((name, *number)),
            }
        }
    }
    // A filter can say neither nothing nor a quote.
    named.retain(|(name, _)| !name.is_empty() && !name.contains('"'));
    let commonest = order::top_n(&named, COMMONEST, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let rest = (0_u32..).zip(&named).filter(|(at, _)| !commonest.contains(at)).map(|(_, value)| value);
    let wanted = rest.filter(|(name, _)| filter.wants(field, name));
    let commonest = commonest.iter().filter_map(|at| named.get(*at as usize));
    let values = commonest.chain(wanted).map(|(name, number)| ((*name).to_owned(), *number)).collect();
    Facet { field: field.to_owned(), values }
}

/// The names of a value: labels may be several.
fn names<'a>(cluster: &'a Cluster, field: &str, value: u32) -> Vec<&'a str> {
    vec![match field {
        "state" => TaskState::ALL.get(value as usize).map_or("", |state| state.name()),
        "framework" => cluster.framework_numbered(value),
        "agent" => cluster.agent_numbered(value),
        "role" => cluster.role_numbered(value),
        "label" => return cluster.labels_numbered(value).collect(),
        "reason" => short_reason(cluster.reason_numbered(value)),
        _ => health_name(HEALTH.get(value as usize).copied().flatten()),
    }]
}

/// Results of health checks, by their numbers.
const HEALTH: [Option<bool>; 3] = [Some(false), Some(true), None];

/// The numbers of the task's values.
pub(super) fn numbers(task: &Task) -> ValueNumbers {
    let state = match task.state {
        _ if task.section == MasterTaskList::Unreachable => TaskState::Unreachable,
        // `state:gone` means both.
        TaskState::GoneByOperator => TaskState::Gone,
        state => state,
    };
    let health = HEALTH.iter().position(|health| *health == task.healthy).unwrap_or_default();
    let [framework, agent, role] = [task.framework_number(), task.agent_number(), task.role_number()];
    [state as usize, framework, agent, role, task.labels_number(), task.reason_number(), health]
        .map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// Reason of the task's newest status, without `REASON_`.
pub(super) fn reason<'a>(cluster: &'a Cluster, task: &Task) -> &'a str {
    short_reason(cluster.reason_of(task))
}

fn short_reason(reason: &str) -> &str {
    reason.strip_prefix("REASON_").unwrap_or(reason)
}

pub(super) const fn health_name(healthy: Option<bool>) -> &'static str {
    match healthy {
        Some(true) => "healthy",
        Some(false) => "unhealthy",
        None => "unknown",
    }
}
