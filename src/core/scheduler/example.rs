//! The calls that a run makes, as JSON to read before it begins. The master's own ids are not known yet; secrets are hidden.

use super::form::RunSpec;
use super::matching::take;
use super::run::{RunId, RunRequest, RunTargets};
use crate::base::ids::{AgentId, FrameworkId, OfferId};
use crate::base::units::Quantities;
use crate::mesos::calls::resource::Resource;
use crate::mesos::calls::scheduler::{AcceptOffers, SchedulerCall, SchedulerSubscription};
use crate::mesos::wire::pool_resource::{PoolAmount, PoolResource};

/// In place of the id that the master gives the framework.
const FRAMEWORK: &str = "FRAMEWORK";
/// In place of the id of an offer.
const OFFER: &str = "OFFER";
/// More than any task takes, in thousandths.
const PLENTY: u64 = u64::MAX / 4;

/// A call by Mesos' name, and its JSON.
pub type ExampleCall = (&'static str, String);

/// SUBSCRIBE, and ACCEPT with the task of one agent.
pub fn calls(spec: &RunSpec, id: &RunId, agent: &AgentId) -> [ExampleCall; 2] {
    let request = spec.request(id.clone(), RunTargets::Each([agent.clone()].into())).without_secrets();
    let subscription =
        SchedulerSubscription { framework: spec.framework.description(), ..SchedulerSubscription::default() };
    let accept = SchedulerCall::Accept(AcceptOffers {
        offer_ids: vec![OfferId::from(OFFER).into()],
        tasks: vec![request.task_info(id.task(0, 1), agent.clone(), resources(spec, &request))],
        filters: None,
    });
    let text = |json: Vec<u8>| String::from_utf8_lossy(&json).into_owned();
    [("SUBSCRIBE", text(subscription.request(None))), ("ACCEPT", text(accept.request(&FrameworkId::from(FRAMEWORK))))]
}

/// As an offer without reservations has them.
fn resources(spec: &RunSpec, request: &RunRequest) -> Vec<Resource> {
    let plenty = |name: &&str| PoolResource {
        name: (**name).to_owned(),
        amount: PoolAmount::Scalar(PLENTY),
        ..PoolResource::default()
    };
    let mut room = super::form::RESOURCES.iter().map(plenty).collect();
    let wanted: Quantities = request.resources;
    let taken = take(&mut room, wanted, super::run::RunPool::Any).unwrap_or_default();
    taken.iter().map(|part| Resource::from(part).allocated(spec.framework.role.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::form::RunForm;
    use super::*;

    #[test]
    fn the_calls_are_those_of_the_run_without_secrets() {
        let form = RunForm {
            command: "df -h".to_owned(),
            user: "ops".to_owned(),
            role: "eng".to_owned(),
            environment: "TOKEN=hunter2".to_owned(),
            files: "https://ops:hunter2@h/a.tgz".to_owned(),
            ..RunForm::default()
        };
        let spec = form.checked().unwrap();
        let [(first, subscribe), (second, accept)] = calls(&spec, &RunId::new("r1").unwrap(), &"S1".into());
        assert_eq!((first, second), ("SUBSCRIBE", "ACCEPT"));
        let subscribe: Value = serde_json::from_str(&subscribe).unwrap();
        assert_eq!(subscribe["subscribe"]["framework_info"]["roles"], serde_json::json!(["eng"]));
        assert!(!accept.contains("hunter2") && accept.contains("TOKEN") && accept.contains("@h/a.tgz"), "{accept}");
        let accept: Value = serde_json::from_str(&accept).unwrap();
        let task = &accept["accept"]["operations"][0]["launch"]["task_infos"][0];
        assert_eq!((&task["command"]["value"], &task["command"]["user"]), (&"df -h".into(), &"ops".into()));
        assert_eq!((&task["agent_id"]["value"], &task["task_id"]["value"]), (&"S1".into(), &"r1.0".into()));
        assert_eq!(task["resources"][0]["allocation_info"]["role"], "eng");
        assert_eq!(task["resources"].as_array().map(Vec::len), Some(2));
    }
}
