//! Counts the values of a few fields of tasks, in the same pass that filters them. Knows what a filter is, and no order.

use std::collections::HashMap;

use super::filter::{Filter, FilterOutcome, Row};
use super::table::Facet;
use crate::base::order;
use crate::cluster::Cluster;
use crate::cluster::task::{MasterTaskList, Task};
use crate::mesos::wire::state::TaskState;

/// Values of a field that are reported, beside those that the filter asks for.
const COMMONEST: usize = 16;
const FIELDS: [&str; 7] = ["state", "framework", "agent", "role", "label", "reason", "health"];

/// The counts while they are made. Fields have small numbers for their values: to look up names 800,000 times would be seen.
pub(super) struct FacetCounter<'a> {
    cluster: &'a Cluster,
    filter: Filter,
    /// Per field and index of the value: number of tasks, and one of the tasks, which has the value.
    counts: [Vec<Option<(u32, &'a Task)>>; FIELDS.len()],
}

impl<'a> FacetCounter<'a> {
    pub(super) fn new(cluster: &'a Cluster, filter: &str) -> Self {
        Self { cluster, filter: Filter::parse(filter), counts: Default::default() }
    }

    /// Counts the task where it counts; whether the filter lets it through.
    pub(super) fn takes(&mut self, task: &'a Task, row: &impl Row) -> bool {
        let sifted = if self.filter.is_empty() { FilterOutcome::Through } else { self.filter.classify(row, &FIELDS) };
        for (at, (counts, value)) in self.counts.iter_mut().zip(numbers(task)).enumerate() {
            if sifted == FilterOutcome::Through || sifted == FilterOutcome::FailsOnly(at) {
                count(counts, value, task);
            }
        }
        sifted == FilterOutcome::Through
    }

    /// The counts: for each field its commonest values, and those that the filter asks for.
    pub(super) fn reported(self) -> Vec<Facet> {
        FIELDS.iter().zip(&self.counts).map(|(field, counts)| self.facet(field, counts)).collect()
    }

    fn facet(&self, field: &str, counts: &[Option<(u32, &Task)>]) -> Facet {
        let mut named: Vec<(&str, u32)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (number, task) in counts.iter().flatten() {
            for name in self.values(field, task) {
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
        let wanted = rest.filter(|(name, _)| self.filter.wants(field, name));
        let commonest = commonest.iter().filter_map(|at| named.get(*at as usize));
        let values = commonest.chain(wanted).map(|(name, number)| ((*name).to_owned(), *number)).collect();
        Facet { field: field.to_owned(), values }
    }

    fn values<'t>(&'t self, field: &str, task: &'t Task) -> Vec<&'t str> {
        vec![match field {
            "state" if task.section == MasterTaskList::Unreachable => TaskState::Unreachable.name(),
            "state" => task.state.name(),
            "framework" => Some(self.cluster.framework_name_of(task))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| self.cluster.framework_id_of(task)),
            "agent" => Some(self.cluster.hostname_of(task))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| self.cluster.agent_id_of(task)),
            "role" => self.cluster.role_of(task).unwrap_or_default(),
            "label" => return self.cluster.labels_of(task).collect(),
            "reason" => reason(self.cluster, task),
            _ => health_name(task.healthy),
        }]
    }
}

fn count<'a>(counts: &mut Vec<Option<(u32, &'a Task)>>, value: usize, task: &'a Task) {
    if counts.len() <= value {
        counts.resize(value + 1, None);
    }
    if let Some(count) = counts.get_mut(value) {
        *count = Some((count.map_or(1, |(number, _)| number + 1), task));
    }
}

/// The numbers of the task's values, in the order of `FIELDS`.
fn numbers(task: &Task) -> [usize; FIELDS.len()] {
    let state = match task.state {
        _ if task.section == MasterTaskList::Unreachable => TaskState::Unreachable,
        // `state:gone` means both.
        TaskState::GoneByOperator => TaskState::Gone,
        state => state,
    };
    let health = task.healthy.map_or(2, usize::from);
    let [framework, agent, role] = [task.framework_number(), task.agent_number(), task.role_number()];
    [state as usize, framework, agent, role, task.labels_number(), task.reason_number(), health]
}

/// Name of the reason without `REASON_`, in lower case with blanks.
pub(super) fn reason<'a>(cluster: &'a Cluster, task: &Task) -> &'a str {
    let reason = cluster.reason_of(task);
    reason.strip_prefix("REASON_").unwrap_or(reason)
}

pub(super) const fn health_name(healthy: Option<bool>) -> &'static str {
    match healthy {
        Some(true) => "healthy",
        Some(false) => "unhealthy",
        None => "unknown",
    }
}
