//! The quotas of roles: read, replaced, and the two calls that masters before 1.9 have instead. Compares nothing with the cluster's size.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::resource::Resource;
use super::values::Scalar;
use super::{Call, EmptyReply, LeadingMaster};
use crate::base::ids::Role;
use crate::base::order;
use crate::mesos::wire::extract;
use crate::mesos::wire::field::{FromAnyJson, Lenient, fields};

/// The quotas that were ever set.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetQuota;

/// The answer to GET_QUOTA.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quota {
    /// Quotas of all roles that the caller may see.
    pub status: QuotaStatus,
}

/// Quotas as the master reports them. Built only from an answer of the master, so it proves that a role has a quota.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuotaStatus {
    infos: Vec<QuotaInfo>,
    configs: Vec<QuotaConfig>,
}

impl QuotaStatus {
    /// The quotas, unordered. A role that was reset stays, without amounts (PROTOCOL.md, "GET_QUOTA").
    pub fn configs(&self) -> &[QuotaConfig] {
        &self.configs
    }

    /// The guarantees in the old form, which knows no limits.
    pub fn infos(&self) -> &[QuotaInfo] {
        &self.infos
    }

    /// The quotas in one form, whichever the master tells. A master before 1.9 tells guarantees alone, and keeps a role from getting
    /// more: each is a limit of as much.
    pub fn quotas(&self) -> Vec<QuotaConfig> {
        let is_new = |role: &Role| self.configs.iter().any(|config| config.role == *role);
        let old = self.infos.iter().filter(|info| !is_new(&info.role)).map(|info| {
            let amounts: BTreeMap<String, Scalar> =
                order::inserted(info.guarantee.iter().map(|amount| (amount.name.clone(), amount.scalar)));
            QuotaConfig { role: info.role.clone(), guarantees: amounts.clone(), limits: amounts }
        });
        self.configs.iter().cloned().chain(old).collect()
    }

    /// Whether the role has any amount guaranteed or limited.
    pub fn has_quota(&self, role: &Role) -> bool {
        let config = |config: &QuotaConfig| config.role == *role && !config.is_default();
        let info = |info: &QuotaInfo| info.role == *role && !info.guarantee.is_empty();
        self.configs.iter().any(config) || self.infos.iter().any(info)
    }
}

/// A role's quota. A resource that is not in `limits` is not limited.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QuotaConfig {
    /// The role that the quota is for; never a nested one.
    pub role: Role,
    /// Guaranteed amounts by resource, `mem` and `disk` in MiB; empty for none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub guarantees: BTreeMap<String, Scalar>,
    /// Limits by resource, `mem` and `disk` in MiB; an absent resource is not limited.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, Scalar>,
}

impl QuotaConfig {
    /// Whether it says nothing, which is what resets a role.
    pub fn is_default(&self) -> bool {
        self.guarantees.is_empty() && self.limits.is_empty()
    }
}

/// A role's guarantee in the old form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuotaInfo {
    /// The role that the guarantee is for.
    pub role: Role,
    /// Principal that set the quota; empty if not reported.
    pub principal: String,
    /// Guaranteed amounts, one a resource.
    pub guarantee: Vec<Guarantee>,
}

/// An amount of one resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guarantee {
    /// The resource's name, as `cpus`.
    pub name: String,
    /// The amount, in MiB for `mem` and `disk`.
    pub scalar: Scalar,
}

/// The roles whose quota has something that cannot be read, in an answer to GET_QUOTA: their amounts are not known.
pub fn unreadable(answer: &str) -> BTreeSet<Role> {
    let configs = extract::quota_configs(answer).filter_map(unreadable_in::<QuotaConfig>).map(|config| config.role);
    let infos = extract::quota_infos(answer).filter_map(unreadable_in::<QuotaInfo>).map(|info| info.role);
    order::inserted(configs.chain(infos))
}

/// The object as far as it can be read, if something of it cannot.
fn unreadable_in<'a, T: FromAnyJson<'a>>(json: &'a str) -> Option<T> {
    let Lenient { value, misfits } = serde_json::from_str(json).ok()?;
    value.filter(|_| !misfits.is_empty())
}

fields! { impl<'de> Quota; "status" => status required }
fields! { impl<'de> QuotaStatus; "infos" => infos, "configs" => configs }
fields! { impl<'de> QuotaConfig, identified by |config| !config.role.as_str().is_empty();
    "role" => role,
    "guarantees" => guarantees,
    "limits" => limits,
}
fields! { impl<'de> QuotaInfo, identified by |info| !info.role.as_str().is_empty();
    "role" => role,
    "principal" => principal,
    "guarantee" => guarantee,
}
fields! { impl<'de> Guarantee, identified by |guarantee| !guarantee.name.is_empty();
    "name" => name,
    "scalar" => scalar,
}

impl Call for GetQuota {
    const TYPE: &'static str = "GET_QUOTA";
    const READS: bool = true;
    type Reply<'a> = Quota;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        64 << 20
    }
}

/// Replaces the quotas of the named roles, all or none. A config without amounts resets its role.
///
/// `force` skips the checks against capacity and consumption (PROTOCOL.md, "UPDATE_QUOTA").
#[derive(Clone, Debug, Serialize)]
pub struct UpdateQuota {
    /// Whether the checks against capacity and consumption are skipped.
    pub force: bool,
    /// New quotas, at most one a role.
    pub quota_configs: Vec<QuotaConfig>,
}

impl Call for UpdateQuota {
    const TYPE: &'static str = "UPDATE_QUOTA";
    const FIELD: Option<&'static str> = Some("update_quota");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Guarantees and limits a role to the same amounts, if it has no quota. Masters before 1.9 know no `UpdateQuota`; later ones
/// refuse it also for a role whose quota was reset.
#[derive(Clone, Debug, Serialize)]
pub struct SetQuota {
    /// The quota to set, wrapped as Mesos expects it.
    pub quota_request: QuotaRequest,
}

/// Quota in the form of masters before 1.9.
#[derive(Clone, Debug, Serialize)]
pub struct QuotaRequest {
    /// Whether the check against the cluster's capacity is skipped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub force: bool,
    /// The role that gets the quota; it must have none.
    pub role: Role,
    /// Guaranteed scalars, unreserved; they are the limits as well.
    pub guarantee: Vec<Resource>,
}

impl Call for SetQuota {
    const TYPE: &'static str = "SET_QUOTA";
    const FIELD: Option<&'static str> = Some("set_quota");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Removes a role's quota. From 1.9 on `UpdateQuota` with a config without amounts does so, which is safe at any time.
///
/// For a role without a quota it aborts the master (PROTOCOL.md, "Calls that abort Mesos"), so it is made only from an answer
/// that shows one. The answer ages; read it right before.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveQuota {
    role: Role,
}

/// The role has no quota, and a real master would abort.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("role '{0}' has no quota, and removing it would abort the master")]
pub struct NoQuota(pub Role);

impl RemoveQuota {
    /// Builds the call for a role that has a quota by the master's latest answer.
    pub fn new(role: Role, status: &QuotaStatus) -> Result<Self, NoQuota> {
        if status.has_quota(&role) { Ok(Self { role }) } else { Err(NoQuota(role)) }
    }
}

impl Call for RemoveQuota {
    const TYPE: &'static str = "REMOVE_QUOTA";
    const FIELD: Option<&'static str> = Some("remove_quota");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}
