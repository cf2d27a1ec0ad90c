//! Each example of a request, and each recorded one that has no example, is built as a call and printed.

use std::fs;
use std::path::Path;

use mesoscope_core::base::ids::{AgentId, FrameworkId};
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::mesos::calls::command::{CommandInfo, Environment, Uri, Variable};
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::containers::{Image, NestedContainerId};
use mesoscope_core::mesos::calls::maintenance::{MachineId, Schedule, Window};
use mesoscope_core::mesos::calls::quota::{QuotaConfig, QuotaRequest};
use mesoscope_core::mesos::calls::resource::{DiskInfo, Persistence, ReservationInfo, Resource, Volume};
use mesoscope_core::mesos::calls::values::{Scalar, Valued};
use mesoscope_core::mesos::calls::weights::WeightInfo;
use mesoscope_core::mesos::calls::{
    agent, agents, cluster, containers, files as api_files, maintenance, master, operations, process, providers, quota,
    reply, request, reservations, session, subscribe, teardown, weights,
};
use mesoscope_core::mesos::wire::time::Unavailability;
use serde_json::Value;

use crate::{Exchange, files, folder, name, recorded};

#[test]
fn requests_print_as_the_examples_do() {
    let mut seen = 0;
    for path in files("examples").filter(|path| name(path).contains(".request.")) {
        let (target, call) = (folder(&path), name(&path).trim_end_matches(".json"));
        let printed = example(&target, call).unwrap_or_else(|| panic!("no call is built for {}", path.display()));
        check_request(&printed, &fs::read(&path).unwrap(), &path);
        seen += 1;
    }
    assert_eq!(seen, 55);
}

/// Calls that the official page has no example of print as they were recorded.
#[test]
fn requests_print_as_recorded() {
    let quota = r#"{"type":"GET_QUOTA","get_quota":{"status":{"configs":[{"role":"legacy","limits":{"cpus":{"value":1.0}}}]}}}"#;
    let quota = reply::<quota::GetQuota>(quota).unwrap().0.status;
    let standalone = || ContainerPath::top("standalone1b".into());
    let nested = || NestedContainerId::new(top("8e8d68a6-61e4-42cb-814f-597d409b5bb4"), "nest1b".into());
    let command = Some(CommandInfo { value: Some("echo sa; sleep 300".into()), ..CommandInfo::default() });
    let guarantee = vec![Resource::scalar("cpus", 0.5), Resource::scalar("mem", 64.0)];
    let framework_id = FrameworkId::from("c9862747-d47d-4710-975e-df9ae5ad25c1-0000");
    let calls = [
        ("agent-calls/013-GET_AGENT-a1.txt", request(&agent::GetAgent)),
        ("agent-calls/023-GET_METRICS.txt", request(&process::GetMetrics { timeout: None })),
        (
            "master-quota2/030-SET_QUOTA-new.txt",
            request(&quota::SetQuota {
                quota_request: QuotaRequest { force: false, role: "legacy".into(), guarantee },
            }),
        ),
        (
            "master-quota2/037-REMOVE_QUOTA-legacy.txt",
            request(&quota::RemoveQuota::new("legacy".into(), &quota).unwrap()),
        ),
        (
            "agent-containers/020-LAUNCH_CONTAINER.txt",
            request(&containers::LaunchContainer {
                container_id: standalone(),
                command,
                resources: vec![Resource::scalar("cpus", 0.1), Resource::scalar("mem", 32.0)],
                container: None,
                limits: Default::default(),
            }),
        ),
        (
            "agent-containers/024-KILL_CONTAINER.txt",
            request(&containers::KillContainer { container_id: standalone(), signal: None }),
        ),
        ("agent-containers/025-WAIT_CONTAINER.txt", request(&containers::WaitContainer { container_id: standalone() })),
        (
            "agent-containers/009-KILL_NESTED_CONTAINER.txt",
            request(&containers::KillNestedContainer { container_id: nested(), signal: Some(15) }),
        ),
        (
            "agent-containers/034-ATTACH_CONTAINER_INPUT-json-ctype.txt",
            request(&session::AttachContainerInput::Container {
                container_id: top("8e8d68a6-61e4-42cb-814f-597d409b5bb4"),
            }),
        ),
        (
            "agent-containers/040-MARK_RESOURCE_PROVIDER_GONE-unknown.txt",
            request(&providers::MarkResourceProviderGone { resource_provider_id: "x".to_owned().into() }),
        ),
        ("master-teardown/004-teardown.txt", request(&teardown::Teardown { framework_id: framework_id.into() })),
    ];
    for (file, printed) in calls {
        let path = recorded(file);
        check_request(&printed, &Exchange::read(&path).unwrap().request, &path);
    }
}

#[test]
fn what_is_typed_into_a_container() {
    let io = |process_io| String::from_utf8(request(&session::AttachContainerInput::Io { process_io })).unwrap();
    assert_eq!(
        io(session::ProcessIo::stdin("bHMK".into())),
        r#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"PROCESS_IO","process_io":{"type":"DATA","data":{"type":"STDIN","data":"bHMK"}}}}"#
    );
    assert_eq!(
        io(session::ProcessIo::heartbeat(Nanoseconds::from_secs(30))),
        r#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"PROCESS_IO","process_io":{"type":"CONTROL","control":{"type":"HEARTBEAT","heartbeat":{"interval":{"nanoseconds":30000000000}}}}}}"#
    );
}

/// The call that prints as this example, by the example's name without `.json`.
fn example(target: &str, name: &str) -> Option<Vec<u8>> {
    let call = name.split('.').next()?;
    Some(match (target, call) {
        (_, "GET_HEALTH") => request(&process::GetHealth),
        (_, "GET_FLAGS") => request(&process::GetFlags),
        (_, "GET_VERSION") => request(&process::GetVersion),
        (_, "GET_METRICS") => request(&process::GetMetrics { timeout: Some(Nanoseconds::from_secs(5).into()) }),
        (_, "GET_LOGGING_LEVEL") => request(&process::GetLoggingLevel),
        (_, "SET_LOGGING_LEVEL") => {
            request(&process::SetLoggingLevel { level: 1, duration: Nanoseconds::from_secs(60).into() })
        }
        (_, "LIST_FILES") => request(&api_files::ListFiles { path: "one/".into() }),
        (_, "READ_FILE") => {
            let listed = api_files::FileInfo::decode(r#"{"path":"myname","mode":33188}"#).ok()?;
            request(&api_files::ReadFile::window(&listed.regular_file().ok()?, 1, 6))
        }
        (_, "GET_OPERATIONS") => request(&operations::GetOperations),
        ("master", "GET_STATE") => request(&cluster::GetState),
        ("master", "GET_AGENTS") => request(&cluster::GetAgents),
        ("master", "GET_FRAMEWORKS") => request(&cluster::GetFrameworks),
        ("master", "GET_EXECUTORS") => request(&cluster::GetExecutors),
        ("master", "GET_TASKS") => request(&cluster::GetTasks),
        ("master", "GET_ROLES") => request(&cluster::GetRoles),
        ("master", "GET_MASTER") => request(&master::GetMaster),
        ("master", "GET_WEIGHTS") => request(&weights::GetWeights),
        ("master", "GET_QUOTA") => request(&quota::GetQuota),
        ("master", "GET_MAINTENANCE_STATUS") => request(&maintenance::GetMaintenanceStatus),
        ("master", "GET_MAINTENANCE_SCHEDULE") => request(&maintenance::GetMaintenanceSchedule),
        ("master", "SUBSCRIBE") => request(&subscribe::Subscribe),
        ("agent", "GET_STATE") => request(&agent::GetAgentState),
        ("agent", "GET_FRAMEWORKS") => request(&agent::GetAgentFrameworks),
        ("agent", "GET_EXECUTORS") => request(&agent::GetAgentExecutors),
        ("agent", "GET_TASKS") => request(&agent::GetAgentTasks),
        ("agent", "GET_RESOURCE_PROVIDERS") => request(&providers::GetResourceProviders),
        ("master", _) => master_write(name)?,
        _ => agent_write(call)?,
    })
}

fn master_write(name: &str) -> Option<Vec<u8>> {
    let agent_id = || Valued::from(AgentId::from("3192b9d1-db71-4699-ae25-e28dfbf42de1"));
    let machines = || vec![MachineId { hostname: Some("myhost".into()), ip: Some("0.0.0.3".into()) }];
    Some(match name {
        "DRAIN_AGENT.request" => {
            let max_grace_period = Some(agents::GracePeriod::from_secs(600));
            request(&agents::DrainAgent { agent_id: agent_id(), max_grace_period, mark_gone: false })
        }
        "DEACTIVATE_AGENT.request" => request(&agents::DeactivateAgent { agent_id: agent_id() }),
        "REACTIVATE_AGENT.request" => request(&agents::ReactivateAgent { agent_id: agent_id() }),
        "MARK_AGENT_GONE.request" => request(&agents::MarkAgentGone { agent_id: agent_id() }),
        "START_MAINTENANCE.request" => request(&maintenance::StartMaintenance { machines: machines() }),
        "STOP_MAINTENANCE.request" => request(&maintenance::StopMaintenance { machines: machines() }),
        "UPDATE_MAINTENANCE_SCHEDULE.request" => {
            request(&maintenance::UpdateMaintenanceSchedule { schedule: example_schedule() })
        }
        "UPDATE_QUOTA.request" => {
            let quota_configs = vec![limits("dev", 10.0, 2048.0, 4096.0), limits("test", 1.0, 256.0, 512.0)];
            request(&quota::UpdateQuota { force: false, quota_configs })
        }
        "UPDATE_WEIGHTS.request" => {
            request(&weights::UpdateWeights { weight_infos: vec![WeightInfo { role: "role".into(), weight: 4.0 }] })
        }
        _ => reservation(name)?,
    })
}

fn reservation(name: &str) -> Option<Vec<u8>> {
    let reserver = || AgentId::from("1557de7d-547c-48db-b5d3-6bef9c9640ef-S0");
    let volumes = || AgentId::from("919141a8-b434-4946-86b9-e1b65c8171f6-S0");
    Some(match name {
        "RESERVE_RESOURCES.request" => {
            let source = vec![Resource::scalar("cpus", 1.0), Resource::scalar("mem", 512.0)];
            request(&reservations::ReserveResources::again(reserver(), source, reserved("role")).unwrap())
        }
        "RESERVE_RESOURCES.request.2" => {
            let (source, resources) = (reserved("role_a"), reserved("role_b"));
            request(&reservations::ReserveResources::again(reserver(), source, resources).unwrap())
        }
        "UNRESERVE_RESOURCES.request" => {
            request(&reservations::UnreserveResources::new(reserver(), reserved("role")).unwrap())
        }
        "CREATE_VOLUMES.request" => request(&reservations::CreateVolumes::new(volumes(), vec![volume(64.0)]).unwrap()),
        "DESTROY_VOLUMES.request" => {
            request(&reservations::DestroyVolumes::new(volumes(), vec![volume(64.0)]).unwrap())
        }
        "GROW_VOLUME.request" => {
            let addition = Resource { role: Some("role1".into()), ..Resource::scalar("disk", 64.0) };
            request(&reservations::GrowVolume::new(volumes(), volume(64.0), addition).unwrap())
        }
        "SHRINK_VOLUME.request" => {
            let subtract = Scalar { value: 64.0 };
            request(&reservations::ShrinkVolume::new(volumes(), volume(128.0), subtract).unwrap())
        }
        _ => return None,
    })
}

fn agent_write(call: &str) -> Option<Vec<u8>> {
    let nested = || {
        NestedContainerId::new(
            top("6643b4be-583a-4dc3-bf23-a1ffb26dd452"),
            "3192b9d1-db71-4699-ae25-e28dfbf42de1".into(),
        )
    };
    let command = |line| {
        let variables = vec![Variable::new("ENV_VAR_KEY", "env_var_value")];
        Some(CommandInfo { environment: Some(Environment { variables }), ..CommandInfo::shell(line) })
    };
    Some(match call {
        "GET_CONTAINERS" => request(&containers::GetContainers { show_nested: true, show_standalone: false }),
        "LAUNCH_NESTED_CONTAINER" => {
            let container_id = deep([
                "27d44d12-ce9e-455f-9282-f580d8b56cad",
                "f5015d94-8093-477d-9551-9452acfad495",
                "3192b9d1-db71-4699-ae25-e28dfbf42de1",
            ]);
            request(&containers::LaunchNestedContainer { container_id, command: command("exit 0"), container: None })
        }
        "LAUNCH_NESTED_CONTAINER_SESSION" => {
            let container_id = deep([
                "bde04877-cb26-4277-976e-3ecf0c02e76b",
                "134bae93-cf5c-4938-87bf-f779bfcd0092",
                "e193a755-8528-4673-a05b-2cc2a01a8b94",
            ]);
            let command = command("while [ true ]; do echo $(date); sleep 1; done");
            request(&session::LaunchNestedContainerSession { container_id, command, container: None })
        }
        "WAIT_NESTED_CONTAINER" => request(&containers::WaitNestedContainer { container_id: nested() }),
        "REMOVE_NESTED_CONTAINER" => request(&containers::RemoveNestedContainer { container_id: nested() }),
        "KILL_NESTED_CONTAINER" => {
            let container_id = NestedContainerId::new(
                top("62d15977-acd4-4167-ae08-2e3738dc3ad6"),
                "3192b9d1-db71-4699-ae25-e28dfbf42de1".into(),
            );
            request(&containers::KillNestedContainer { container_id, signal: None })
        }
        "ATTACH_CONTAINER_OUTPUT" => {
            request(&session::AttachContainerOutput { container_id: top("e193a755-8528-4673-a05b-2cc2a01a8b94") })
        }
        "PRUNE_IMAGES" => request(&containers::PruneImages { excluded_images: vec![Image::docker("mysql:latest")] }),
        "ADD_RESOURCE_PROVIDER_CONFIG" => request(&providers::AddResourceProviderConfig { info: example_provider() }),
        "UPDATE_RESOURCE_PROVIDER_CONFIG" => {
            request(&providers::UpdateResourceProviderConfig { info: example_provider() })
        }
        "REMOVE_RESOURCE_PROVIDER_CONFIG" => request(&providers::RemoveResourceProviderConfig {
            kind: "org.apache.mesos.rp.local.storage".into(),
            name: "test_slrp".into(),
        }),
        _ => return None,
    })
}

fn example_schedule() -> Schedule {
    let machine_ids = vec![
        MachineId { hostname: Some("myhost".into()), ip: None },
        MachineId { hostname: None, ip: Some("0.0.0.2".into()) },
    ];
    let unavailability = Some(Unavailability { start: Timestamp(1_470_820_233_192_017_920).into(), duration: None });
    Schedule { windows: vec![Window { machine_ids, unavailability }] }
}

fn example_provider() -> providers::ResourceProviderInfo {
    let uri = Uri { value: "/PATH/TO/test-csi-plugin".into(), executable: Some(true), ..Uri::default() };
    let line = "./test-csi-plugin --available_capacity=2GB --work_dir=workdir";
    let container = providers::PluginContainer {
        services: vec!["CONTROLLER_SERVICE".into(), "NODE_SERVICE".into()],
        command: Some(CommandInfo { uris: vec![uri], ..CommandInfo::shell(line) }),
        resources: vec![Resource::scalar("cpus", 0.1), Resource::scalar("mem", 200.0)],
        ..Default::default()
    };
    let plugin = providers::Plugin {
        kind: "org.apache.mesos.csi.test".into(),
        name: "test_plugin".into(),
        containers: vec![container],
        ..Default::default()
    };
    providers::ResourceProviderInfo {
        kind: "org.apache.mesos.rp.local.storage".into(),
        name: "test_slrp".into(),
        default_reservations: vec![ReservationInfo::dynamic("test-role".into(), None)],
        storage: Some(providers::Storage { plugin, ..Default::default() }),
        ..Default::default()
    }
}

fn limits(role: &str, cpus: f64, mem: f64, disk: f64) -> QuotaConfig {
    let limits = [("cpus", cpus), ("mem", mem), ("disk", disk)];
    let limits = limits.map(|(name, value)| (name.to_owned(), Scalar { value })).into();
    QuotaConfig { role: role.into(), limits, ..QuotaConfig::default() }
}

pub fn reserved(role: &str) -> Vec<Resource> {
    let reserved = |name, value| Resource::scalar(name, value).reserved(role.into(), Some("my-principal"));
    vec![reserved("cpus", 1.0), reserved("mem", 512.0)]
}

pub fn volume(mebibytes: f64) -> Resource {
    let persistence = Persistence { id: "id1".into(), principal: Some("my-principal".into()), ..Default::default() };
    let place = Volume { container_path: "path1".into(), mode: "RW".into(), ..Default::default() };
    let disk = DiskInfo { persistence: Some(persistence), volume: Some(place), ..Default::default() };
    Resource { role: Some("role1".into()), disk: Some(disk), ..Resource::scalar("disk", mebibytes) }
}

pub fn top(id: &str) -> ContainerPath {
    ContainerPath::top(id.into())
}

fn deep([outermost, middle, innermost]: [&str; 3]) -> NestedContainerId {
    NestedContainerId::new(NestedContainerId::new(top(outermost), middle.into()).into(), innermost.into())
}

fn check_request(printed: &[u8], expected: &[u8], path: &Path) {
    let [printed, expected] = [printed, expected].map(|json| doubles(serde_json::from_slice(json).unwrap()));
    assert_eq!(printed, expected, "{}", path.display());
}

/// In a double's place the page writes `10` as well as `10.0`; Mesos takes both for the same.
fn doubles(json: Value) -> Value {
    match json {
        Value::Number(number) if number.as_f64().is_some_and(|value| value.abs() < 1e9) => number.as_f64().into(),
        Value::Array(items) => items.into_iter().map(doubles).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, doubles(value))).collect(),
        other => other,
    }
}
