//! Takes a task's resources out of those that are offered. Knows scalars only, of the agent itself: no volumes and no ports.

use super::run::RunPool;
use crate::base::units::{Bytes, Quantities};
use crate::mesos::wire::pool_resource::{PoolAmount, PoolResource};

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// Takes the resources, reserved ones first. Nothing is taken if one is missing.
///
/// # Errors
/// The names of those that are missing.
pub fn take(room: &mut Vec<PoolResource>, wanted: Quantities, pool: RunPool) -> Result<Vec<PoolResource>, Vec<String>> {
    let mut left = room.clone();
    let (mut taken, mut missing) = (Vec::new(), Vec::new());
    for (name, amount) in scalars(wanted) {
        if !take_scalar(&mut left, name, amount, pool, &mut taken) {
            missing.push(name.to_owned());
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    *room = left;
    Ok(taken)
}

fn scalars(wanted: Quantities) -> impl Iterator<Item = (&'static str, PoolAmount)> {
    let mebibytes = |bytes: Bytes| PoolAmount::scalar(bytes.as_f64() / MEBIBYTE);
    let all = [
        ("cpus", PoolAmount::scalar(wanted.cpus.as_f64())),
        ("gpus", PoolAmount::scalar(wanted.gpus.as_f64())),
        ("mem", mebibytes(wanted.mem)),
        ("disk", mebibytes(wanted.disk)),
    ];
    all.into_iter().filter(|(_, amount)| !amount.is_none())
}

fn take_scalar(
    room: &mut [PoolResource],
    name: &str,
    mut wanted: PoolAmount,
    pool: RunPool,
    taken: &mut Vec<PoolResource>,
) -> bool {
    for reserved in [true, false] {
        let fits =
            |one: &&mut PoolResource| one.name == name && is_usable(one, pool) && one.role().is_some() == reserved;
        for resource in room.iter_mut().filter(fits) {
            let part = resource.amount.least(&wanted);
            if !part.is_none() {
                resource.amount = resource.amount.minus(&part);
                wanted = wanted.minus(&part);
                taken.push(resource.of(part));
            }
        }
    }
    wanted.is_none()
}

fn is_usable(resource: &PoolResource, pool: RunPool) -> bool {
    let is_plain =
        resource.volume.is_none() && resource.source.is_none() && !resource.shared && resource.provider.is_none();
    let is_of_pool = match pool {
        RunPool::Any => true,
        RunPool::Unreserved => resource.role().is_none(),
        RunPool::Reserved => resource.role().is_some(),
    };
    is_plain && is_of_pool && matches!(resource.amount, PoolAmount::Scalar(_))
}
