//! Containers on a real agent, changed by the page's own requests: launched, waited for, killed and removed.

use std::time::Duration;

use hyper::Method;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::container_action::{ContainerAction, ContainerChange, ContainerState};
use mesoscope_core::actions::container_form::{ContainerLaunch, LaunchCommand};
use mesoscope_core::actions::containers::ContainerReading;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::calls;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::containers::{
    ContainerEnd, GetContainers, NestedContainerId, WaitContainer, WaitNestedContainer,
};
use mesoscope_core::mesos::calls::session::AttachContainerOutput;
use mesoscope_core::mesos::wire::containers::{Container, containers};
use mesoscope_tests::shared::real_mesos;

use super::ask::ask;
use super::executable::Gateway;
use super::operator::Operator;

const WEB: &str = r#"{"name": "web", "refuse_seconds": 3600, "failover_timeout": 600,
    "pods": [{"name": "pod", "tasks": [{"name": "serve", "command": "sleep 1000"}]}]}"#;
/// A look every so often, until a container has started or ended.
const EVERY: Duration = Duration::from_millis(100);
const LOOKS: usize = 200;

/// An agent behind the gateway.
struct Agent {
    at: String,
    id: String,
}

impl Agent {
    async fn post(&self, body: Vec<u8>) -> (u16, String) {
        let path = format!("/agent/{}/api/v1", self.id);
        let body = String::from_utf8(body).expect("a request is text");
        let asked = ask(&self.at, Method::POST, &path, body).with("content-type", "application/json");
        let answer = asked.with("accept", "application/json").send().await;
        (answer.status.as_u16(), answer.words().await)
    }

    async fn change(&self, path: &[String], change: ContainerChange) -> (u16, String) {
        let action = ContainerAction { agent: self.id.as_str().into(), path: path.to_vec(), change };
        let action = Action::Container(action);
        assert!(action.faults().is_empty());
        self.post(action.request(None).expect("it has a request")).await
    }

    async fn launch(&self, path: &[String], line: &str, resources: &[(&str, f64)]) -> u16 {
        let resources = resources.iter().map(|(name, amount)| ((*name).to_owned(), *amount)).collect();
        let command = LaunchCommand::Shell(line.to_owned());
        let launch = ContainerLaunch { command, resources, ..ContainerLaunch::default() };
        self.change(path, ContainerChange::Launch(Box::new(launch))).await.0
    }

    async fn listed(&self) -> Vec<Container> {
        let all = GetContainers { show_nested: true, show_standalone: true };
        containers(&self.post(calls::request(&all)).await.1, &[]).expect("the list can be read")
    }

    async fn until(&self, path: &[String], state: ContainerState) {
        for _ in 0..LOOKS {
            if ContainerReading::of(&self.listed().await, Timestamp(0)).state(path) == state {
                return;
            }
            tokio::time::sleep(EVERY).await;
        }
        panic!("{path:?} is never {state:?}");
    }

    async fn attach(&self, path: &[String]) -> (u16, String) {
        let container_id = ContainerPath::of(path).expect("it has an id");
        self.post(calls::request(&AttachContainerOutput { container_id })).await
    }

    async fn wait(&self, path: &[String]) -> (u16, Option<i64>) {
        let path = ContainerPath::of(path).expect("it has an id");
        let body = match NestedContainerId::try_from(path.clone()) {
            Ok(container_id) => calls::request(&WaitNestedContainer { container_id }),
            Err(_) => calls::request(&WaitContainer { container_id: path }),
        };
        let (status, body) = self.post(body).await;
        (status, ContainerEnd::of(&body).and_then(|end| end.status))
    }
}

fn path(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn containers_of_a_real_agent_are_launched_waited_for_killed_and_removed() {
    let name = "containers_of_a_real_agent_are_launched_waited_for_killed_and_removed";
    let Some(cluster) = real_mesos::Cluster::start(name) else { return };
    let gateway = Gateway::before(&[&cluster.master()]).await;
    let operator = Operator { at: gateway.at.clone() };
    cluster.framework(WEB);
    let mut agents = operator.content("GET_AGENTS").await["agents"].as_array().cloned().unwrap_or_default();
    let agent = |agent: serde_json::Value| {
        let id = agent["agent_info"]["id"]["value"].as_str().expect("it has an id").to_owned();
        Agent { at: gateway.at.clone(), id }
    };
    let agents: Vec<Agent> = agents.drain(..).map(agent).collect();
    let (agent, root) = pod(&agents).await;

    let nested = path(&[&root, "debug-1"]);
    assert_eq!(agent.launch(&nested, "sleep 600", &[]).await, 200);
    assert_eq!(agent.launch(&nested, "true", &[]).await, 202, "an id that is in use launches nothing");
    agent.until(&nested, ContainerState::Running).await;
    let (waited, killed) = tokio::join!(agent.wait(&nested), agent.change(&nested, ContainerChange::Kill(None)));
    assert_eq!((waited, killed.0), ((200, Some(9)), 200));
    agent.until(&nested, ContainerState::NotRunning).await;
    assert_eq!(agent.change(&nested, ContainerChange::Remove).await.0, 200);
    assert_eq!(agent.wait(&nested).await, (404, None));

    let short = path(&[&root, "debug-2"]);
    assert_eq!(agent.launch(&short, "exit 7", &[]).await, 200);
    assert_eq!(agent.wait(&short).await, (200, Some(1792)));

    let alone = path(&["standalone-1"]);
    assert_eq!(agent.launch(&alone, "sleep 600", &[("cpus", 0.1), ("mem", 32.0)]).await, 200);
    agent.until(&alone, ContainerState::Running).await;
    for unattachable in [alone.clone(), path(&["standalone-1", "debug-3"])] {
        let words = format!("Container {} cannot be found", unattachable.join("."));
        assert_eq!(agent.attach(&unattachable).await, (404, words));
    }
    let (waited, killed) = tokio::join!(agent.wait(&alone), agent.change(&alone, ContainerChange::Kill(None)));
    assert_eq!((waited, killed.0), ((200, Some(9)), 200));
    let (status, words) = agent.change(&alone, ContainerChange::Kill(None)).await;
    assert_eq!((status, words.as_str()), (404, "Container 'standalone-1' cannot be found (or is already killed)"));
}

/// The agent with the pod, and the id of its executor's container.
async fn pod(agents: &[Agent]) -> (&Agent, String) {
    for _ in 0..LOOKS {
        for agent in agents {
            let all = agent.listed().await;
            if let Some(nested) = all.iter().find(|container| container.line.len() > 1) {
                return (agent, nested.line[0].clone());
            }
        }
        tokio::time::sleep(EVERY).await;
    }
    panic!("the pod never starts");
}
