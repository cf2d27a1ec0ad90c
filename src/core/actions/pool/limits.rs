//! Limits of a role's quota that a reservation exceeds. Mesos does not check them: what is reserved counts against the quota,
//! used or not (`consumedQuota` in src/master/allocator/mesos/hierarchical.cpp).

use crate::actions::Action;
use crate::actions::quotas::QuotaAmounts;
use crate::actions::reservation::ReservationOperation;
use crate::base::ids::Role;
use crate::mesos::wire::pool_resource::{PoolAmount, PoolResource};

/// A limit that a reservation exceeds.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceededLimit {
    /// Name of the resource, such as `cpus`.
    pub resource: String,
    /// The role's limit in Mesos' own units, `mem` and `disk` in MiB.
    pub limit: f64,
    /// The amount that would count against it, in the same units.
    pub consumed: f64,
}

/// The role whose quota counts for a role: its topmost ancestor, as nested roles have none of their own.
pub fn quota_role(role: &Role) -> Role {
    role.with_ancestors().last().unwrap_or_default().into()
}

/// Resources that the reservations among some actions take, without those that a master would refuse: their numbers.
pub fn reserved_by(actions: &[Action], refused: &[usize]) -> Vec<PoolResource> {
    let sent = actions.iter().enumerate().filter(|(at, _)| !refused.contains(at));
    let resources = sent.filter_map(|(_, action)| match action {
        Action::Reservation(action) => match &action.operation {
            ReservationOperation::Reserve { resources, .. } => Some(resources.clone()),
            _ => None,
        },
        _ => None,
    });
    resources.flatten().collect()
}

/// Limits that are exceeded if these resources, of all agents, are reserved for the role. `quota` are the amounts of its
/// [`quota_role`]. What is reserved for that role or below it already counts.
pub fn exceeded_limits(quota: &[QuotaAmounts], role: &Role, resources: &[PoolResource]) -> Vec<ExceededLimit> {
    let top = quota_role(role);
    let counts_already = |of: &PoolResource| of.role().is_some_and(|role| quota_role(role) == top);
    let added = |name: &str| -> f64 {
        let new = resources.iter().filter(|of| of.name == name && !counts_already(of));
        new.map(|of| if let PoolAmount::Scalar(thousandths) = of.amount { thousandths as f64 / 1000.0 } else { 0.0 })
            .sum()
    };
    let exceeded = quota.iter().filter_map(|of| {
        let (limit, added) = (of.limit?, added(&of.resource));
        let consumed = of.consumed? + added;
        (added > 0.0 && consumed > limit).then(|| ExceededLimit { resource: of.resource.clone(), limit, consumed })
    });
    exceeded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::reservation::ReservationAction;
    use crate::mesos::wire::pool_resource::ReservationLayer;

    fn resource(name: &str, amount: f64, role: Option<&str>) -> PoolResource {
        let layer = |role: &str| ReservationLayer { is_dynamic: true, role: role.into(), ..Default::default() };
        PoolResource {
            name: name.to_owned(),
            amount: PoolAmount::scalar(amount),
            reservations: role.map(layer).into_iter().collect(),
            ..PoolResource::default()
        }
    }

    #[test]
    fn reservations_count_against_the_limit_of_the_topmost_role() {
        let amounts = |resource: &str, limit, consumed| QuotaAmounts {
            resource: resource.to_owned(),
            guarantee: None,
            limit,
            consumed: Some(consumed),
            others: 0.0,
            capacity: None,
        };
        let quota = [amounts("cpus", Some(8.0), 5.0), amounts("mem", None, 0.0)];
        let check = |role: &str, resources: &[PoolResource], expected: Option<f64>| {
            let exceeded = exceeded_limits(&quota, &role.into(), resources);
            assert_eq!(exceeded.first().map(|of| of.consumed), expected, "{role} {resources:?}");
        };
        assert_eq!((quota_role(&"eng/web/a".into()), quota_role(&"".into())), ("eng".into(), "".into()));
        check("eng", &[resource("cpus", 3.0, None)], None);
        check("eng/web", &[resource("cpus", 3.5, None)], Some(8.5));
        check("eng", &[resource("cpus", 2.0, None), resource("cpus", 2.0, None)], Some(9.0));
        check("eng", &[resource("cpus", 2.0, None), resource("cpus", 2.0, Some("eng/db"))], None);
        check("eng", &[resource("cpus", 4.0, Some("other"))], Some(9.0));
        check("eng", &[resource("mem", 1e9, None)], None);
        check("eng", &[], None);
    }

    #[test]
    fn refused_reservations_take_nothing() {
        let reserve = |agent: &str, cpus: f64| {
            let layers = vec![ReservationLayer { is_dynamic: true, role: "eng".into(), ..Default::default() }];
            let operation = ReservationOperation::Reserve { resources: vec![resource("cpus", cpus, None)], layers };
            Action::Reservation(Box::new(ReservationAction { agent: agent.into(), operation }))
        };
        let actions = [reserve("S1", 1.0), reserve("S2", 2.0), Action::Deactivate("S3".into()), reserve("S4", 4.0)];
        let taken = |refused: &[usize]| -> f64 {
            reserved_by(&actions, refused).iter().map(|resource| resource.amount.number()).sum()
        };
        assert_eq!((taken(&[]), taken(&[1]), taken(&[0, 1, 3])), (7.0, 5.0, 0.0));
    }
}
