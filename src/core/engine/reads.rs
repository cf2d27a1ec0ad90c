//! Parts of the state -> calls, and answers -> the cluster. When each is due is `poller`'s.

use std::collections::BTreeMap;

use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::trouble::Origin;
use crate::cluster::role::ReportedRole;
use crate::cluster::topic::Topic;
use crate::cluster::{Cluster, HistoryLimits, Master};
use crate::engine::poller::PendingRead;
use crate::engine::trouble_log::TroubleLog;
use crate::mesos::calls::answer::{self, Expected};
use crate::mesos::calls::cluster::{GetAgents, GetExecutors, GetFrameworks, GetRoles, GetTasks};
use crate::mesos::calls::maintenance::{GetMaintenanceSchedule, GetMaintenanceStatus};
use crate::mesos::calls::master::GetMaster;
use crate::mesos::calls::operations::GetOperations;
use crate::mesos::calls::process::{GetFlags, GetMetrics};
use crate::mesos::calls::quota::{self, GetQuota};
use crate::mesos::calls::weights::GetWeights;
use crate::mesos::calls::{self, Call};
use crate::mesos::wire::agent_api::Flags;
use crate::mesos::wire::encoded::{Encoded, WireEncoding};
use crate::mesos::wire::fault::AnswerFault;
use crate::mesos::wire::field::Misfits;
use crate::mesos::wire::lists;

const FLAG_CLUSTER: &str = "cluster";
const FLAG_COMPLETED_TASKS: &str = "max_completed_tasks_per_framework";
const FLAG_UNREACHABLE_TASKS: &str = "max_unreachable_tasks_per_framework";
const FLAG_COMPLETED_FRAMEWORKS: &str = "max_completed_frameworks";
/// A component that is gone keeps the master from answering for ever, unless it is reported a limit.
const METRICS_TIMEOUT: Nanoseconds = Nanoseconds::from_secs(5);

/// The request that reads a part, and what answers it.
pub(super) fn read_request(part: Topic) -> (Vec<u8>, Expected) {
    match part {
        Topic::Master => of(&GetMaster),
        Topic::Flags => of(&GetFlags),
        Topic::Agents => of(&GetAgents),
        Topic::Frameworks => of(&GetFrameworks),
        Topic::Executors => of(&GetExecutors),
        Topic::Tasks => of(&GetTasks),
        Topic::Roles => of(&GetRoles),
        Topic::Weights => of(&GetWeights),
        Topic::Quota => of(&GetQuota),
        Topic::Schedule => of(&GetMaintenanceSchedule),
        Topic::Machines => of(&GetMaintenanceStatus),
        Topic::Operations => of(&GetOperations),
        Topic::Metrics => of(&GetMetrics { timeout: Some(METRICS_TIMEOUT.into()) }),
    }
}

/// Encoding in which a topic is requested. Only long answers have a decoder for protobuf, and GET_TASKS lacks tasks in it (PROTOCOL.md,
/// "Protobuf").
pub(super) fn encoding(part: Topic, preferred: WireEncoding) -> WireEncoding {
    match part {
        Topic::Agents | Topic::Frameworks | Topic::Executors => preferred,
        Topic::Master
        | Topic::Tasks
        | Topic::Flags
        | Topic::Roles
        | Topic::Weights
        | Topic::Quota
        | Topic::Schedule
        | Topic::Machines
        | Topic::Operations
        | Topic::Metrics => WireEncoding::Json,
    }
}

fn of<C: Call>(call: &C) -> (Vec<u8>, Expected) {
    (calls::request(call), answer::expected(call))
}

/// Takes over an answer to a read that was asked for at that time. Gives the topics at whose news it hints.
///
/// # Errors
/// If it is no answer to it.
pub(super) fn apply_answer(
    PendingRead { part, at: asked }: PendingRead,
    body: Encoded<'_>,
    cluster: &mut Cluster,
    noting: &mut TroubleLog<'_>,
) -> Result<&'static [Topic], AnswerFault> {
    let before = cluster.polled(part);
    let hints = report_answer((part, body), cluster, asked, noting)?;
    cluster.note_polled(part, before, asked);
    Ok(hints)
}

fn report_answer(
    (part, body): (Topic, Encoded<'_>),
    cluster: &mut Cluster,
    asked: Timestamp,
    noting: &mut TroubleLog<'_>,
) -> Result<&'static [Topic], AnswerFault> {
    let text = match part {
        Topic::Frameworks => {
            report_frameworks(body, cluster, asked, noting)?;
            return Ok(&[]);
        }
        Topic::Executors => {
            report_executors(body, cluster, noting)?;
            return Ok(&[]);
        }
        _ => &*body.text(),
    };
    match part {
        Topic::Master => cluster.report_master(master(text, noting)?),
        Topic::Flags => {
            let (name, limits, flags) = flags(text, noting)?;
            cluster.report_flags(name, limits, flags);
        }
        // Their lists are folded as they come, or above.
        Topic::Agents | Topic::Tasks | Topic::Frameworks | Topic::Executors => {}
        Topic::Roles => cluster.report_roles(roles(text, noting)?),
        Topic::Weights => {
            let reported = lenient::<GetWeights>(part, text, cluster, noting)?;
            cluster.report_weights(reported.weight_infos.into_iter().map(|info| (info.role, info.weight)).collect());
        }
        Topic::Quota => {
            let reported = lenient::<GetQuota>(part, text, cluster, noting)?;
            let unreadable = cluster.misread(part).map(|_| quota::unreadable(text)).unwrap_or_default();
            cluster.report_quota(reported.status, unreadable);
        }
        Topic::Schedule => {
            let reported = lenient::<GetMaintenanceSchedule>(part, text, cluster, noting)?;
            cluster.report_schedule(reported.schedule);
        }
        Topic::Machines => cluster.report_machines(&read::<GetMaintenanceStatus>(part, text, noting)?, asked),
        Topic::Operations => {
            let (operations, misread) = lists::operations(text)?;
            noting.misread(&misread);
            cluster.report_operations(operations);
        }
        Topic::Metrics => {
            return Ok(report_metrics(read::<GetMetrics>(part, text, noting)?.0.into_iter().collect(), cluster));
        }
    }
    cluster.report_body(part, text);
    Ok(&[])
}

fn report_frameworks(
    body: Encoded<'_>,
    cluster: &mut Cluster,
    asked: Timestamp,
    noting: &mut TroubleLog<'_>,
) -> Result<(), AnswerFault> {
    let reported = lists::frameworks(body)?;
    noting.misread(&reported.misread);
    cluster.report_frameworks(&reported, asked);
    cluster.report_unknown_lists(Some("get_frameworks"), reported.unknown);
    Ok(())
}

fn report_executors(body: Encoded<'_>, cluster: &mut Cluster, noting: &mut TroubleLog<'_>) -> Result<(), AnswerFault> {
    let reported = lists::executors(body)?;
    noting.misread(&reported.misread);
    cluster.report_executors(&reported);
    cluster.report_unknown_lists(Some("get_executors"), reported.unknown);
    Ok(())
}

/// Counts of agents and frameworks by state are cheap to read; where they changed, the lists are worth reading.
fn news(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> &'static [Topic] {
    let moved = |prefix: &str| {
        let of = |metrics: &BTreeMap<String, f64>| {
            let named = metrics.range(prefix.to_owned()..).take_while(|(name, _)| name.starts_with(prefix));
            named.map(|(name, value)| (name.clone(), value.to_bits())).collect::<Vec<_>>()
        };
        !before.is_empty() && of(before) != of(after)
    };
    match (moved("master/slaves_"), moved("master/frameworks_")) {
        (true, true) => &[Topic::Agents, Topic::Frameworks, Topic::Machines],
        (true, false) => &[Topic::Agents, Topic::Machines],
        (false, true) => &[Topic::Frameworks],
        (false, false) => &[],
    }
}

/// Takes over the metrics. Gives the topics at whose news they hint.
fn report_metrics(metrics: BTreeMap<String, f64>, cluster: &mut Cluster) -> &'static [Topic] {
    let news = cluster.metrics().map_or(&[][..], |before| news(before, &metrics));
    cluster.report_metrics(metrics);
    news
}

fn master(body: &str, noting: &mut TroubleLog<'_>) -> Result<Master, AnswerFault> {
    let leader = read::<GetMaster>(Topic::Master, body, noting)?;
    let info = leader.master_info;
    Ok(Master {
        id: info.id.as_str().to_owned(),
        hostname: info.hostname.as_str().to_owned(),
        port: u16::try_from(info.port.0).unwrap_or(0),
        version: info.version.as_str().to_owned(),
        started: leader.start_time.map(|seconds| Timestamp::from_secs_f64(seconds.0)),
        elected: leader.elected_time.map(|seconds| Timestamp::from_secs_f64(seconds.0)),
    })
}

type MasterFlags = (Option<String>, HistoryLimits, Vec<(String, String)>);

fn flags(body: &str, noting: &mut TroubleLog<'_>) -> Result<MasterFlags, AnswerFault> {
    let Flags(flags) = read::<GetFlags>(Topic::Flags, body, noting)?;
    let value = |name: &str| flags.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    let number = |name: &str, default: usize| value(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let default = HistoryLimits::default();
    let limits = HistoryLimits {
        completed_tasks_per_framework: number(FLAG_COMPLETED_TASKS, default.completed_tasks_per_framework),
        unreachable_tasks_per_framework: number(FLAG_UNREACHABLE_TASKS, default.unreachable_tasks_per_framework),
        completed_frameworks: number(FLAG_COMPLETED_FRAMEWORKS, default.completed_frameworks),
    };
    Ok((value(FLAG_CLUSTER).filter(|name| !name.is_empty()).map(str::to_owned), limits, flags))
}

fn roles(body: &str, noting: &mut TroubleLog<'_>) -> Result<Vec<ReportedRole>, AnswerFault> {
    let roles = read::<GetRoles>(Topic::Roles, body, noting)?.roles;
    let reported = roles.into_iter().map(|role| ReportedRole {
        name: role.name.as_str().into(),
        weight: role.weight.map(|weight| weight.0),
        frameworks: role.frameworks.iter().map(|id| id.as_str().into()).collect(),
        resources: role.resources.quantities,
    });
    Ok(reported.collect())
}

/// The answer, with its fields that do not fit recorded, and the part known as misread by them.
fn lenient<'a, C: Call>(
    part: Topic,
    body: &'a str,
    cluster: &mut Cluster,
    noting: &mut TroubleLog<'_>,
) -> Result<C::Reply<'a>, AnswerFault> {
    let (reply, misfits) = noted::<C>(part, body, noting)?;
    cluster.report_misread(part, &misfits);
    Ok(reply)
}

/// The answer, with its fields that do not fit recorded.
fn read<'a, C: Call>(part: Topic, body: &'a str, noting: &mut TroubleLog<'_>) -> Result<C::Reply<'a>, AnswerFault> {
    noted::<C>(part, body, noting).map(|(reply, _)| reply)
}

fn noted<'a, C: Call>(
    part: Topic,
    body: &'a str,
    noting: &mut TroubleLog<'_>,
) -> Result<(C::Reply<'a>, Misfits), AnswerFault> {
    let (reply, misfits) = calls::reply::<C>(body).map_err(|error| error.fault)?;
    noting.misfits(&Origin::Answer(part), &misfits, body);
    Ok((reply, misfits))
}
