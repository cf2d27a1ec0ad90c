//! Reads a recorded request into the typed call that prints it.

use mesoscope_core::base::ids::{AgentId, FrameworkId, OfferId, Role, TaskId};
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::mesos::calls::command::CommandInfo;
use mesoscope_core::mesos::calls::resource::Resource;
use mesoscope_core::mesos::calls::scheduler::*;
use mesoscope_core::mesos::calls::task_info::{KillPolicy, TaskInfo};
use mesoscope_core::mesos::calls::values::Valued;
use serde_json::Value;

/// A recorded call, printed by the core.
pub fn printed(request: &Value) -> Vec<u8> {
    let id = request["framework_id"]["value"].as_str().map(FrameworkId::from);
    let kind = request["type"].as_str().unwrap();
    let arguments = &request[kind.to_lowercase()];
    match kind {
        "SUBSCRIBE" => subscription(arguments).request(id.as_ref()),
        _ => call(kind, arguments).request(&id.unwrap()),
    }
}

fn subscription(it: &Value) -> SchedulerSubscription {
    let suppressed_roles = list(&it["suppressed_roles"], |role| Role(text(role)));
    SchedulerSubscription { framework: framework(it), force: it["force"] == true, suppressed_roles }
}

fn framework(it: &Value) -> FrameworkDescription {
    let info = &it["framework_info"];
    let capability = |it: &Value| FrameworkCapability { kind: text(&it["type"]) };
    FrameworkDescription {
        user: text(&info["user"]),
        name: text(&info["name"]),
        roles: list(&info["roles"], |role| Role(text(role))),
        failover_timeout: info["failover_timeout"].as_f64().unwrap_or_default(),
        checkpoint: info["checkpoint"].as_bool().unwrap_or_default(),
        capabilities: list(&info["capabilities"], capability),
    }
}

fn call(kind: &str, it: &Value) -> SchedulerCall {
    match kind {
        "TEARDOWN" => SchedulerCall::Teardown,
        "ACCEPT" => SchedulerCall::Accept(AcceptOffers {
            offer_ids: offers(&it["offer_ids"]),
            tasks: list(&it["operations"][0]["launch"]["task_infos"], task),
            filters: filters(it),
        }),
        "DECLINE" => {
            SchedulerCall::Decline(DeclineOffers { offer_ids: offers(&it["offer_ids"]), filters: filters(it) })
        }
        "REVIVE" => SchedulerCall::Revive(roles(it)),
        "SUPPRESS" => SchedulerCall::Suppress(roles(it)),
        "KILL" => SchedulerCall::Kill(KillTask { task_id: task_id(it), agent_id: agent(it), kill_policy: policy(it) }),
        "SHUTDOWN" => SchedulerCall::Shutdown(ShutDownExecutor {
            executor_id: text(&it["executor_id"]["value"]).as_str().into_id(),
            agent_id: agent(it).unwrap(),
        }),
        "ACKNOWLEDGE" => SchedulerCall::Acknowledge(AcknowledgeUpdate {
            agent_id: agent(it).unwrap(),
            task_id: task_id(it),
            uuid: text(&it["uuid"]),
        }),
        "RECONCILE" => {
            let task = |it: &Value| ReconciledTask { task_id: task_id(it), agent_id: agent(it) };
            SchedulerCall::Reconcile(ReconcileTasks { tasks: list(&it["tasks"], task) })
        }
        "MESSAGE" => SchedulerCall::Message(MessageToExecutor {
            agent_id: agent(it).unwrap(),
            executor_id: text(&it["executor_id"]["value"]).as_str().into_id(),
            data: text(&it["data"]),
        }),
        "REQUEST" => {
            let request = |it: &Value| ResourceRequest { agent_id: agent(it), resources: resources(it) };
            SchedulerCall::Request(RequestResources { requests: list(&it["requests"], request) })
        }
        "ACCEPT_INVERSE_OFFERS" => SchedulerCall::AcceptInverseOffers(AnswerInverseOffers {
            inverse_offer_ids: offers(&it["inverse_offer_ids"]),
            filters: filters(it),
        }),
        "UPDATE_FRAMEWORK" => SchedulerCall::UpdateFramework(UpdateFramework {
            framework: framework(it),
            suppressed_roles: list(&it["suppressed_roles"], |role| Role(text(role))),
        }),
        other => panic!("no call is {other}"),
    }
}

fn task(it: &Value) -> TaskInfo {
    let command = CommandInfo { value: Some(text(&it["command"]["value"])), ..CommandInfo::default() };
    TaskInfo {
        name: text(&it["name"]),
        task_id: task_id(it),
        agent_id: agent(it).unwrap(),
        resources: resources(it),
        command,
        kill_policy: policy(it),
        ..TaskInfo::default()
    }
}

fn resources(it: &Value) -> Vec<Resource> {
    list(&it["resources"], |it| {
        let resource = Resource::scalar(&text(&it["name"]), it["scalar"]["value"].as_f64().unwrap());
        match it["allocation_info"]["role"].as_str() {
            Some(role) => resource.allocated(role),
            None => resource,
        }
    })
}

fn policy(it: &Value) -> Option<KillPolicy> {
    it["kill_policy"]["grace_period"]["nanoseconds"].as_i64().map(|nanos| Nanoseconds(nanos).into())
}

fn filters(it: &Value) -> Option<OfferFilters> {
    it["filters"]["refuse_seconds"].as_f64().map(OfferFilters::seconds)
}

fn roles(it: &Value) -> OfRoles {
    OfRoles { roles: list(&it["roles"], |role| Role(text(role))) }
}

fn offers(it: &Value) -> Vec<Valued<OfferId>> {
    list(it, |it| OfferId(text(&it["value"])).into())
}

fn task_id(it: &Value) -> Valued<TaskId> {
    TaskId(text(&it["task_id"]["value"])).into()
}

fn agent(it: &Value) -> Option<Valued<AgentId>> {
    it["agent_id"]["value"].as_str().map(|id| AgentId::from(id).into())
}

fn text(it: &Value) -> String {
    it.as_str().unwrap().to_owned()
}

fn list<T>(it: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    it.as_array().into_iter().flatten().map(read).collect()
}

pub trait IntoId<T> {
    fn into_id(self) -> Valued<T>;
}

impl<'a, T: From<&'a str>> IntoId<T> for &'a str {
    fn into_id(self) -> Valued<T> {
        T::from(self).into()
    }
}
