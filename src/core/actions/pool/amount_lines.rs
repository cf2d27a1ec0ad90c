//! Resources that a form of a reservation has fields for: those that all chosen agents have in common.

use super::AgentPool;
use crate::mesos::wire::pool_resource::{PoolAmount, PoolResource};

/// A resource that the form has a field for.
#[derive(Clone, Debug, PartialEq)]
pub struct AmountLine {
    /// The resource as it is; its amount is that of the agent with the least.
    pub resource: PoolResource,
    /// Free on each of the agents.
    pub free: PoolAmount,
}

/// Resources of the pools that are meant, without volumes. With several agents, only resources that are no agent's own disk; of a
/// resource that one of them lacks, nothing is free.
pub fn amount_lines(pools: &[AgentPool], is_meant: impl Fn(&PoolResource) -> bool) -> Vec<AmountLine> {
    let mut lines: Vec<AmountLine> = Vec::new();
    let is_many = pools.len() > 1;
    let items = pools.iter().flat_map(|pool| &pool.items);
    let meant = items.filter(|item| is_meant(&item.resource) && item.resource.volume.is_none());
    for item in meant.filter(|item| !is_many || item.resource.source.is_none() && item.resource.provider.is_none()) {
        match lines.iter_mut().find(|line| line.resource.is_like(&item.resource)) {
            Some(line) => {
                line.free = line.free.least(&item.free());
                line.resource.amount = line.resource.amount.least(&item.resource.amount);
            }
            None => lines.push(AmountLine { resource: item.resource.clone(), free: item.free() }),
        }
    }
    for line in &mut lines {
        let has = |pool: &AgentPool| pool.items.iter().any(|item| item.resource.is_like(&line.resource));
        if !pools.iter().all(has) {
            line.free = line.free.minus(&line.free);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::pool::PoolItem;
    use crate::mesos::wire::pool_resource::{PersistentVolume, PoolDisk};

    fn item(name: &str, total: f64, used: f64) -> PoolItem {
        let resource =
            PoolResource { name: name.to_owned(), amount: PoolAmount::scalar(total), ..PoolResource::default() };
        PoolItem { resource, allocated: PoolAmount::scalar(used), ..PoolItem::default() }
    }

    fn check(pools: &[Vec<PoolItem>], expected: &[(&str, f64, f64)]) {
        let pools: Vec<AgentPool> =
            pools.iter().map(|items| AgentPool { items: items.clone(), ..AgentPool::default() }).collect();
        let lines = amount_lines(&pools, |_| true);
        let found: Vec<(&str, f64, f64)> = lines
            .iter()
            .map(|line| (line.resource.name.as_str(), line.resource.amount.number(), line.free.number()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_has_the_least_of_all_agents() {
        let one = vec![item("cpus", 8.0, 1.0), item("mem", 100.0, 90.0)];
        let other = vec![item("cpus", 4.0, 0.0), item("mem", 200.0, 0.0)];
        check(std::slice::from_ref(&one), &[("cpus", 8.0, 7.0), ("mem", 100.0, 10.0)]);
        check(&[one, other], &[("cpus", 4.0, 4.0), ("mem", 100.0, 10.0)]);
        check(&[], &[]);
    }

    #[test]
    fn nothing_is_free_of_a_resource_that_an_agent_lacks() {
        let with = vec![item("cpus", 8.0, 1.0), item("gpus", 2.0, 0.0)];
        let without = vec![item("cpus", 8.0, 2.0)];
        check(&[with.clone(), without.clone()], &[("cpus", 8.0, 6.0), ("gpus", 2.0, 0.0)]);
        check(&[without, with], &[("cpus", 8.0, 6.0), ("gpus", 2.0, 0.0)]);
    }

    #[test]
    fn several_agents_share_no_disk_of_their_own_and_volumes_are_no_amounts() {
        let mut own = item("disk", 500.0, 0.0);
        own.resource.source = Some(PoolDisk { kind: "MOUNT".to_owned(), ..PoolDisk::default() });
        let mut volume = item("disk", 50.0, 0.0);
        volume.resource.volume = Some(PersistentVolume::default());
        let pool = vec![own, volume, item("disk", 100.0, 0.0)];
        check(std::slice::from_ref(&pool), &[("disk", 500.0, 500.0), ("disk", 100.0, 100.0)]);
        check(&[pool.clone(), pool], &[("disk", 100.0, 100.0)]);
    }
}
