//! Effects of other weights: the share that each role may have of the free resources, among its siblings in the tree.

use std::collections::BTreeMap;

use super::Action;
use super::preview::{Impact, ImpactKind, Preview, PreviewEntry, PreviewValue, Severity, count, named};
use crate::base::ids::Role;
use crate::base::order;
use crate::base::role;
use crate::checks::eligibility;
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::{Fetched, ReadFailure, Unknown};

/// Weight of a role without a weight of its own.
const UNSET: f64 = 1.0;
/// Smallest difference between two weights that count as different.
const SAME: f64 = 1e-9;
/// Maximum number of roles whose shares are reported one by one.
const REPORTED: usize = 8;

pub(super) fn preview(cluster: &Cluster, weights: &[(Role, f64)]) -> Preview {
    // What is not known is not current, and cannot be put back.
    let known = |(role, _): &(Role, f64)| weight_of(cluster, role).ok().map(|weight| (role.clone(), weight));
    let before: Vec<(Role, f64)> = weights.iter().filter_map(known).collect();
    let current: Vec<PreviewEntry> = entries(before.iter().map(|(role, weight)| (role, *weight)));
    let desired = entries(weights.iter().map(|(role, weight)| (role, *weight)));
    let mut preview = Preview::new(current, desired);
    preview.disabled_reason = weights.iter().find_map(|(role, _)| eligibility::configure_role(role, cluster).err());
    let changed =
        |(role, weight): &&(Role, f64)| weight_of(cluster, role).is_ok_and(|before| (before - weight).abs() > SAME);
    let changed: Vec<&(Role, f64)> = weights.iter().filter(changed).collect();
    let (was_share, after) = (shares(cluster, &[]), shares(cluster, weights));
    let moved =
        |(role, share): &(&String, &f64)| (was_share.get(*role).copied().unwrap_or(0.0) - **share).abs() > 0.0005;
    let mut moved: Vec<(&String, &f64)> = after.iter().filter(moved).collect();
    // Those that are changed come first, then those beside them.
    order::sort_by_key(&mut moved, |(role, _)| !changed.iter().any(|(other, _)| other.as_str() == role.as_str()));
    for (role, share) in moved.iter().take(REPORTED) {
        let was = was_share.get(*role).copied().unwrap_or(0.0);
        let role: Role = role.as_str().into();
        let impact = ImpactKind::Share(role.clone(), was, **share);
        preview.effects.push(Impact::new(Severity::Note, impact));
    }
    if let Some(rest) = moved.len().checked_sub(REPORTED).filter(|rest| *rest > 0) {
        preview.effects.push(Impact::new(Severity::Note, ImpactKind::MoreShares(count(rest))));
    }
    let sums = cluster.role_sums();
    let has_frameworks = |role: &Role| sums.get(role.as_str()).is_some_and(|sum| sum.frameworks > 0);
    if changed.iter().any(|(role, _)| has_frameworks(role)) {
        let offers: usize = cluster.frameworks().map(|framework| framework.offers.len()).sum();
        preview.effects.push(Impact::new(Severity::Warn, ImpactKind::AllOffersRescinded(count(offers))));
    }
    for (role, _) in changed.iter().filter(|(role, _)| !cluster.roles().contains(role.as_str())) {
        preview.effects.push(Impact::new(Severity::Note, ImpactKind::WeightWaits(role.clone())));
    }
    preview.back = (before.len() == weights.len()).then_some(Action::Weights(before));
    preview
}

fn entries<'a>(weights: impl Iterator<Item = (&'a Role, f64)>) -> Vec<PreviewEntry> {
    weights
        .map(|(role, weight)| named(format!("{role} · weight"), PreviewValue::Typed(format_weight(weight))))
        .collect()
}

/// Prints a weight as a person would type it, since Mesos returns 0.30000000000000007 for 0.3.
pub fn format_weight(weight: f64) -> String {
    match weight {
        1e-6..1e6 => format!("{weight:.9}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        _ => weight.to_string(),
    }
}

/// Reason why a text is no valid weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightError {
    /// The text is no finite number.
    #[error("Not a number. Enter one such as 1 or 2.5.")]
    NoNumber,
    /// The weight is 0 or less.
    #[error("A weight must be above 0.")]
    NotPositive,
}

/// Parses a weight.
///
/// # Errors
/// If Mesos accepts no such weight.
pub fn parse_weight(text: &str) -> Result<f64, WeightError> {
    match text.trim().parse::<f64>().ok().filter(|weight| weight.is_finite()) {
        None => Err(WeightError::NoNumber),
        Some(weight) if weight <= 0.0 => Err(WeightError::NotPositive),
        Some(weight) => Ok(weight),
    }
}

/// The role's current weight, from GET_WEIGHTS or GET_ROLES: 1 if none was set.
///
/// # Errors
/// The reason why it is not known.
pub fn weight_of(cluster: &Cluster, role: &Role) -> Fetched<f64> {
    let reported = || {
        cluster
            .roles_reported()
            .ok()?
            .iter()
            .find(|reported| reported.name == *role)
            .and_then(|reported| reported.weight)
    };
    match cluster.weights() {
        Ok(weights) => match (weights.get(role).copied().or_else(reported), cluster.misread(Topic::Weights)) {
            (Some(weight), _) => Ok(weight),
            // It may be the one that could not be read.
            (None, Some(misfit)) => Err(Unknown::Failed(ReadFailure::Field(misfit.clone()))),
            (None, None) => Ok(UNSET),
        },
        Err(why) => reported().ok_or(why),
    }
}

/// Fair shares of roles, from 0 to 1, with the weights `with` in place of their own. A share is among the siblings with
/// frameworks in them or below them; siblings among which a weight is not known have none.
pub fn shares(cluster: &Cluster, with: &[(Role, f64)]) -> BTreeMap<String, f64> {
    let mut busy: BTreeMap<String, Option<f64>> = BTreeMap::new();
    let weight = |name: &str| {
        let role = Role::from(name);
        let new = with.iter().find(|(other, _)| *other == role).map(|(_, weight)| *weight);
        new.or_else(|| weight_of(cluster, &role).ok())
    };
    for framework in cluster.frameworks().filter(|framework| !framework.completed()) {
        for role in &framework.roles {
            for name in role.with_ancestors() {
                busy.entry(name.to_owned()).or_insert_with(|| weight(name));
            }
        }
    }
    let parent = |name: &str| role::parent(name).unwrap_or_default().to_owned();
    let mut sums: BTreeMap<String, Option<f64>> = BTreeMap::new();
    for (name, weight) in &busy {
        let sum = sums.entry(parent(name)).or_insert(Some(0.0));
        *sum = sum.zip(*weight).map(|(sum, weight)| sum + weight);
    }
    let share = |(name, weight): (&String, &Option<f64>)| {
        let sum = sums.get(&parent(name)).copied().flatten()?;
        Some((name.clone(), (*weight)? / sum))
    };
    busy.iter().filter_map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_printed_as_it_is_typed() {
        for (weight, text) in [(1.0, "1"), (0.300_000_000_000_000_07, "0.3"), (2.5, "2.5"), (100.0, "100")] {
            assert_eq!(format_weight(weight), text);
        }
    }

    #[test]
    fn only_what_mesos_takes_is_read() {
        assert_eq!((parse_weight(" 2.5 "), parse_weight("1e-3")), (Ok(2.5), Ok(0.001)));
        for wrong in ["", "much", "1,5", "NaN", "inf"] {
            assert_eq!(parse_weight(wrong), Err(WeightError::NoNumber), "{wrong}");
        }
        assert_eq!(
            (parse_weight("0"), parse_weight("-1")),
            (Err(WeightError::NotPositive), Err(WeightError::NotPositive))
        );
    }
}
