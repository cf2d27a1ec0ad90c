//! What may be done to a thing now, or the reason why not: what a real master would refuse is said before it is asked.
//! Knows nothing of what a call's form must be; that is `act`'s.

use serde::{Deserialize, Serialize};

use crate::base::ids::Role;
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, Drain};
use crate::cluster::framework::Framework;
use crate::cluster::part::Part;
use crate::cluster::role::MachineMode;
use crate::cluster::unknown::{Reading, Unknown};
use crate::mesos::calls::maintenance::MachineId;
use crate::mesos::wire::detail;

/// Why something cannot be done now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyNot {
    /// In a sentence.
    pub words: String,
    /// Where the server says so: the file of Mesos' sources, as of 1.11.0.
    pub source: String,
}

type Can = Result<(), WhyNot>;

const HTTP: &str = "src/master/http.cpp";
const MAINTENANCE: &str = "src/master/maintenance.cpp";
/// The first version with UPDATE_QUOTA.
const QUOTA_SINCE: (u32, u32) = (1, 9);
/// Not the server says so.
const HERE: &str = "this console";
const QUOTA: &str = "src/master/quota_handler.cpp";

fn no(words: impl Into<String>, source: &str) -> Can {
    Err(WhyNot { words: words.into(), source: source.to_owned() })
}

/// What may be done to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AgentVerb {
    Drain,
    Deactivate,
    Reactivate,
    MarkGone,
}

impl AgentVerb {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Drain, Self::Deactivate, Self::Reactivate, Self::MarkGone];

    /// In words, as on a button.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drain => "Drain",
            Self::Deactivate => "Deactivate",
            Self::Reactivate => "Reactivate",
            Self::MarkGone => "Mark gone",
        }
    }

    /// Whether it may be done to the agent now.
    ///
    /// # Errors
    /// Why not, in the words of who asks for it.
    pub fn on(self, agent: &Agent, cluster: &Cluster) -> Can {
        match self {
            Self::Drain => drain(agent, cluster),
            Self::Deactivate if agent.drain.is_some() => no("It is drained already, and so deactivated.", HTTP),
            Self::Deactivate if agent.deactivated => no("It is deactivated already.", HTTP),
            Self::Reactivate if agent.drain == Some(Drain::Draining) => {
                no("It is still draining. Mesos reactivates an agent only once it is drained.", HTTP)
            }
            Self::Reactivate if !agent.deactivated && agent.drain.is_none() => no("It is not deactivated.", HTTP),
            Self::Deactivate | Self::Reactivate | Self::MarkGone => Ok(()),
        }
    }
}

/// The maintenance schedule and a drain exclude each other, and an agent must know how to.
fn drain(agent: &Agent, cluster: &Cluster) -> Can {
    // Only of registered agents does Mesos ask that; one that tells no capabilities at all is none to judge.
    let capabilities = || detail::agent(&cluster.json(agent.json)).capabilities;
    if !agent.recovered && !agent.unreachable {
        let known = capabilities();
        if !known.is_empty() && !known.iter().any(|name| name == "AGENT_DRAINING") {
            return no("It is not capable of draining: its Mesos is older than 1.9.", HTTP);
        }
    }
    // Where nobody knows the schedule, the master is asked, and says so itself.
    let windows = cluster.schedule().map(|schedule| schedule.windows.as_slice()).unwrap_or_default();
    match windows.iter().flat_map(|window| &window.machine_ids).find(|machine| agent.is_of(machine)) {
        Some(machine) => no(
            format!(
                "Its machine {machine} is in the maintenance schedule, which asks frameworks to leave it; Mesos drains no agent of such a machine."
            ),
            HTTP,
        ),
        None => Ok(()),
    }
}

/// Whether a framework may be torn down.
///
/// # Errors
/// Why not.
pub fn tear_down(framework: &Framework) -> Can {
    if framework.completed() { no("It has ended already.", HTTP) } else { Ok(()) }
}

/// Whether a role may have a quota of its own.
///
/// # Errors
/// Why not.
pub fn set_quota(role: &Role) -> Can {
    if role.as_str().contains('/') {
        return no(format!("{role} is a nested role, and Mesos does not support quotas of those yet."), QUOTA);
    }
    Ok(())
}

/// Whether all that a call would replace is known: what could not be read would be lost.
///
/// # Errors
/// Why not.
pub fn replace(part: Part, cluster: &Cluster) -> Can {
    cluster.misread(part).map_or(Ok(()), |misfit| {
        no(format!("Mesoscope cannot read all of {} ({misfit}), and a change would lose that.", part.name()), HTTP)
    })
}

/// The calls by which a master takes quotas, as its version decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuotaCalls {
    /// UPDATE_QUOTA, which replaces a role's quota: Mesos 1.9 and later, and masters of an unknown version.
    #[default]
    Update,
    /// SET_QUOTA for a role without a quota, and REMOVE_QUOTA: a master of that version, before 1.9.
    SetAndRemove(String),
}

/// The calls by which the master takes quotas.
pub fn quota_calls(cluster: &Cluster) -> QuotaCalls {
    let version = cluster.master().map_or("", |master| master.version.as_str());
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(major), Some(minor)) if (major, minor) < QUOTA_SINCE => QuotaCalls::SetAndRemove(version.to_owned()),
        _ => QuotaCalls::Update,
    }
}

/// Whether the master knows the call that replaces quotas. One whose version is not known yet may be asked.
///
/// # Errors
/// Why not.
pub fn update_quota(cluster: &Cluster) -> Can {
    match quota_calls(cluster) {
        QuotaCalls::Update => Ok(()),
        QuotaCalls::SetAndRemove(version) => no(
            format!(
                "This master runs Mesos {version}. It does not know UPDATE_QUOTA, which came with Mesos 1.9. \
                 Set or remove the quota in a new form."
            ),
            QUOTA,
        ),
    }
}

/// Whether a role may be given a quota by SET_QUOTA: only one that has none.
///
/// # Errors
/// Why not.
pub fn set_first_quota(role: &Role, cluster: &Cluster) -> Can {
    if cluster.quota().is_ok_and(|status| status.has_quota(role)) {
        return no(
            format!("{role} has a quota already. This master changes none that is set: remove it first."),
            QUOTA,
        );
    }
    Ok(())
}

/// Whether the master takes quotas by SET_QUOTA and REMOVE_QUOTA. One whose version is not known yet may be asked.
///
/// # Errors
/// Why not.
pub fn set_and_remove_quota(cluster: &Cluster) -> Can {
    match cluster.master() {
        Ok(master) if quota_calls(cluster) == QuotaCalls::Update && !master.version.is_empty() => {
            let version = &master.version;
            no(
                format!(
                    "This master runs Mesos {version}, which takes quotas by UPDATE_QUOTA. Change it in a new form."
                ),
                QUOTA,
            )
        }
        _ => Ok(()),
    }
}

/// Why a role without a quota cannot have it removed.
pub fn no_quota(role: &Role) -> WhyNot {
    let words = format!("{role} has no quota. Removing it would abort the master.");
    WhyNot { words, source: QUOTA.to_owned() }
}

/// Whether a quota or a weight may be given to the role at all: a master that was started with `--roles` knows no others.
///
/// # Errors
/// Why not.
pub fn name_role(role: &Role, cluster: &Cluster) -> Can {
    let listed = cluster.flags().ok().into_iter().flatten().find(|(name, value)| name == "roles" && !value.is_empty());
    match listed {
        Some((_, listed)) if role.as_str() != "*" && !listed.split(',').any(|name| name.trim() == role.as_str()) => {
            no(format!("The master was started with --roles, and {role} is not on that list."), "src/master/master.cpp")
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether an agent, or the master where none is named, can be told to log more.
///
/// # Errors
/// Why not.
pub fn set_logging_level(agent: Option<&Agent>) -> Can {
    match agent {
        Some(agent) if agent.unreachable => no("The master cannot reach it.", HERE),
        Some(agent) if agent.recovered => no("It has not come back since the master started.", HERE),
        Some(_) | None => Ok(()),
    }
}

/// Whether a machine may be taken down.
///
/// # Errors
/// Why not.
pub fn start_maintenance(machine: &MachineId, cluster: &Cluster) -> Can {
    match mode(machine, cluster) {
        Ok(Some(MachineMode::Draining)) => Ok(()),
        Ok(Some(MachineMode::Down)) => no(format!("{machine} is down already."), MAINTENANCE),
        Ok(None) => no(
            format!("{machine} is not part of the maintenance schedule; only scheduled machines can be taken down."),
            MAINTENANCE,
        ),
        Err(why) => not_known(machine, &why),
    }
}

/// Whether a machine may be taken up again.
///
/// # Errors
/// Why not.
pub fn stop_maintenance(machine: &MachineId, cluster: &Cluster) -> Can {
    match mode(machine, cluster) {
        Ok(Some(MachineMode::Down)) => Ok(()),
        Ok(Some(MachineMode::Draining) | None) => no(format!("{machine} is not down."), MAINTENANCE),
        Err(why) => not_known(machine, &why),
    }
}

fn not_known(machine: &MachineId, why: &Unknown) -> Can {
    let words = [why.name(), why.words()].join(": ");
    no(format!("Nobody knows how far the maintenance of {machine} is ({}).", words.trim_end_matches(": ")), HERE)
}

/// How far a machine's maintenance is; `None` while it is up.
///
/// # Errors
/// Why that is not known.
pub fn mode(machine: &MachineId, cluster: &Cluster) -> Reading<Option<MachineMode>> {
    let machines = cluster.machines()?;
    if let Some(told) = machines.iter().find(|other| other.id == *machine) {
        return Ok(Some(told.mode));
    }
    // The schedule may have been read since.
    let scheduled = cluster.schedule()?.windows.iter().any(|window| window.machine_ids.contains(machine));
    Ok(scheduled.then_some(MachineMode::Draining))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_with_a_list_of_roles_knows_no_others() {
        let mut cluster = Cluster::default();
        let may = |cluster: &Cluster, role: &str| name_role(&role.into(), cluster).is_ok();
        assert!(may(&cluster, "dev"));
        let flags = vec![("roles".to_owned(), "dev,ops/ci".to_owned())];
        cluster.report_flags(None, crate::cluster::Limits::default(), flags);
        assert!(may(&cluster, "dev") && may(&cluster, "ops/ci") && may(&cluster, "*"));
        assert!(!may(&cluster, "ops") && !may(&cluster, "de"));
        let weight = crate::actions::Act::Weights(vec![("ops".into(), 2.0)]);
        let quota = crate::actions::RoleQuota { role: "ops".into(), ..crate::actions::RoleQuota::default() };
        let quota = crate::actions::Act::Quotas { quotas: vec![quota], force: false };
        for act in [weight, quota] {
            let why = crate::actions::preview::plan(&cluster, &act, crate::base::units::Timestamp(0))
                .why_not
                .expect("it may not");
            assert!(why.words.contains("--roles"), "{}", why.words);
        }
    }
}
