//! The calls against what a real Mesos was asked and answered: each example of the official page and each recorded body.
//! Streams are not read here; that is `wire`'s test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mesoscope_core::base::ids::{AgentId, ContainerId, Role};
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::mesos::calls::answer::{Content, Expected};
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::containers::NestedContainerId;
use mesoscope_core::mesos::calls::quota::NoQuota;
use mesoscope_core::mesos::calls::reservations::NoAmount;
use mesoscope_core::mesos::calls::resource::Resource;
use mesoscope_core::mesos::calls::values::Scalar;
use mesoscope_core::mesos::calls::*;
use mesoscope_core::mesos::wire;
use mesoscope_core::mesos::wire::encoded::WireEncoding;
use mesoscope_core::mesos::wire::json_form::JsonForm;
use serde_json::Value;

use api::requests::{reserved, top, volume};

mod api {
    mod read_only;
    mod readme;
    pub mod requests;
}

// Replies.

#[test]
fn replies_of_the_examples_are_read() {
    let mut seen = 0;
    for path in files("examples").filter(|path| name(path).ends_with(".response.json")) {
        let call = name(&path).split('.').next().unwrap().to_owned();
        check_reply(&folder(&path), &call, &fs::read(&path).unwrap(), &path);
        seen += 1;
    }
    assert_eq!(seen, 28);
}

/// Files under `fold` are bodies alone; the call is in their name.
#[test]
fn replies_at_the_points_of_the_streams_are_read() {
    let mut seen = 0;
    for path in files("fold").filter(|path| name(path).starts_with("point-") && name(path).ends_with(".json")) {
        let parts: Vec<&str> = name(&path).split('.').skip(1).collect();
        let (target, call) = if parts[0].starts_with("agent") { ("agent", parts[1]) } else { ("master", parts[0]) };
        check_reply(target, call, &fs::read(&path).unwrap(), &path);
        seen += 1;
    }
    assert_eq!(seen, 660);
}

#[test]
fn recorded_replies_are_read() {
    let mut passed_over = BTreeSet::new();
    let mut seen = 0;
    for path in files("recorded").filter(|path| name(path).ends_with(".txt")) {
        let Some(exchange) = Exchange::read(&path).filter(|exchange| exchange.status == 200) else { continue };
        match exchange.call() {
            Some((target, call)) => check_reply(target, &call, &exchange.body, &path),
            None => drop(passed_over.insert(format!("{}/{}", folder(&path), name(&path)))),
        }
        seen += 1;
    }
    assert_eq!(passed_over.iter().map(String::as_str).collect::<Vec<_>>(), PASSED_OVER);
    assert_eq!(seen, 293);
}

/// Answers of status 200 that are no plain JSON of a v1 call.
const PASSED_OVER: [&str; 14] = [
    // Streams: chunked, in records.
    "agent-containers/028-LAUNCH_NESTED_CONTAINER_SESSION.txt",
    "agent-containers/029-LAUNCH_NESTED_CONTAINER_SESSION-recordio.txt",
    "agent-containers/030-LAUNCH_NESTED_CONTAINER_SESSION-recordio-no-message-accept.txt",
    // Old endpoints, asked by GET.
    "auth/020-health-endpoint.txt",
    "auth/021-version-endpoint.txt",
    // Protobuf and gzip.
    "master-http/004-accept-protobuf.txt",
    "master-http/008-gzip.txt",
    "master-http/010-gzip-deflate-br.txt",
    "master-http/015-ctype-protobuf-body.txt",
    // The stock web UI's page, which answers to a POST too.
    "master-http/049-path-_.txt",
    "master-http/050-path-_master.txt",
    // Old endpoints again.
    "master-http/054-http10.txt",
    "master-quota2/043-v0-GET-quota.txt",
    "master-quota2/044-v0-GET-roles.txt",
];

/// Indented bodies are read alike; the call is in the file's name.
#[test]
fn indented_replies_are_read() {
    let mut seen = 0;
    for path in files("recorded").filter(|path| name(path).ends_with(".pretty.json")) {
        let target = folder(&path).split('-').next().unwrap().to_owned();
        let call = name(&path).split(['.', '-']).next().unwrap().to_owned();
        check_reply(&target, &call, &fs::read(&path).unwrap(), &path);
        seen += 1;
    }
    assert_eq!(seen, 29);
}

#[test]
fn what_a_session_prints_is_read() {
    let record = r#"{"type":"DATA","data":{"type":"STDOUT","data":"b3V0MQo="}}"#;
    let data = session::ProcessIo::parse(record).unwrap().data.unwrap();
    assert_eq!((data.kind.as_str(), data.data.as_str()), ("STDOUT", "b3V0MQo="));
    let path = recorded("agent-containers/028-LAUNCH_NESTED_CONTAINER_SESSION.txt");
    assert!(String::from_utf8(Exchange::read(&path).unwrap().body).unwrap().contains(record));
}

/// All calls of PROTOCOL.md, "Master calls" and "Agent calls".
#[test]
fn every_call_is_a_type() {
    for (target, calls) in [("master", MASTER_CALLS), ("agent", AGENT_CALLS)] {
        for call in calls.split_whitespace() {
            assert!(read(target, call, "").is_some(), "{target} {call}");
        }
    }
}

/// What a gateway that is read-only lets through.
#[test]
fn every_call_is_a_read_or_a_write() {
    let all = || MASTER_CALLS.split_whitespace().chain(AGENT_CALLS.split_whitespace());
    let named = |name: &str| name.starts_with("GET_") || name.starts_with("WAIT_");
    let also = ["LIST_FILES", "READ_FILE", "SUBSCRIBE", "ATTACH_CONTAINER_OUTPUT"];
    assert!(all().filter(|name| is_read(name)).all(|name| named(name) || also.contains(&name)));
    assert!(all().filter(|name| named(name) || also.contains(name)).all(is_read));
    for name in ["", "UNKNOWN", "get_state", "GET_STATE ", "GET_EVERYTHING"] {
        assert!(!is_read(name), "{name}");
    }
}

fn is_read(name: &str) -> bool {
    read_call::ReadCall::parse(format!("{{\"type\":\"{name}\"}}").as_bytes()).is_ok()
}

const MASTER_CALLS: &str = "
    GET_HEALTH GET_FLAGS GET_VERSION GET_METRICS GET_LOGGING_LEVEL SET_LOGGING_LEVEL LIST_FILES READ_FILE GET_STATE
    GET_AGENTS GET_FRAMEWORKS GET_EXECUTORS GET_OPERATIONS GET_TASKS GET_ROLES GET_WEIGHTS UPDATE_WEIGHTS GET_MASTER
    SUBSCRIBE RESERVE_RESOURCES UNRESERVE_RESOURCES CREATE_VOLUMES DESTROY_VOLUMES GROW_VOLUME SHRINK_VOLUME
    GET_MAINTENANCE_STATUS GET_MAINTENANCE_SCHEDULE UPDATE_MAINTENANCE_SCHEDULE START_MAINTENANCE STOP_MAINTENANCE
    DRAIN_AGENT DEACTIVATE_AGENT REACTIVATE_AGENT GET_QUOTA UPDATE_QUOTA SET_QUOTA REMOVE_QUOTA TEARDOWN MARK_AGENT_GONE";

const AGENT_CALLS: &str = "
    GET_HEALTH GET_FLAGS GET_VERSION GET_METRICS GET_LOGGING_LEVEL SET_LOGGING_LEVEL LIST_FILES READ_FILE GET_STATE
    GET_CONTAINERS GET_FRAMEWORKS GET_EXECUTORS GET_OPERATIONS GET_TASKS GET_AGENT GET_RESOURCE_PROVIDERS
    LAUNCH_NESTED_CONTAINER WAIT_NESTED_CONTAINER KILL_NESTED_CONTAINER REMOVE_NESTED_CONTAINER
    LAUNCH_NESTED_CONTAINER_SESSION ATTACH_CONTAINER_INPUT ATTACH_CONTAINER_OUTPUT LAUNCH_CONTAINER WAIT_CONTAINER
    KILL_CONTAINER REMOVE_CONTAINER ADD_RESOURCE_PROVIDER_CONFIG UPDATE_RESOURCE_PROVIDER_CONFIG
    REMOVE_RESOURCE_PROVIDER_CONFIG MARK_RESOURCE_PROVIDER_GONE PRUNE_IMAGES";

fn check_reply(target: &str, call: &str, body: &[u8], path: &Path) {
    match read(target, call, &wire::decode_lossy::decode_lossy(body)) {
        Some(Ok(())) => {}
        Some(Err(error)) => panic!("{}: {error}", path.display()),
        None => panic!("{}: no reply is read to {target} {call}", path.display()),
    }
}

/// Reads an answer as the reply to that call; `None` if there is no such call.
fn read(target: &str, call: &str, body: &str) -> Option<Result<(), ReplyError>> {
    let call: Read = match (target, call) {
        (_, "GET_HEALTH") => of::<process::GetHealth>,
        (_, "GET_FLAGS") => of::<process::GetFlags>,
        (_, "GET_VERSION") => of::<process::GetVersion>,
        (_, "GET_METRICS") => of::<process::GetMetrics>,
        (_, "GET_LOGGING_LEVEL") => of::<process::GetLoggingLevel>,
        (_, "SET_LOGGING_LEVEL") => of::<process::SetLoggingLevel>,
        (_, "LIST_FILES") => of::<files::ListFiles>,
        (_, "READ_FILE") => of::<files::ReadFile>,
        (_, "GET_OPERATIONS") => of::<operations::GetOperations>,
        ("master", _) => of_master(call)?,
        _ => of_agent(call)?,
    };
    Some(call(body))
}

/// Reads an answer as the reply to one call.
type Read = fn(&str) -> Result<(), ReplyError>;

fn of_master(call: &str) -> Option<Read> {
    Some(match call {
        "GET_STATE" => of::<cluster::GetState>,
        "GET_AGENTS" => of::<cluster::GetAgents>,
        "GET_FRAMEWORKS" => of::<cluster::GetFrameworks>,
        "GET_EXECUTORS" => of::<cluster::GetExecutors>,
        "GET_TASKS" => of::<cluster::GetTasks>,
        "GET_ROLES" => of::<cluster::GetRoles>,
        "GET_WEIGHTS" => of::<weights::GetWeights>,
        "UPDATE_WEIGHTS" => of::<weights::UpdateWeights>,
        "GET_MASTER" => of::<master::GetMaster>,
        "SUBSCRIBE" => of::<subscribe::Subscribe>,
        "RESERVE_RESOURCES" => of::<reservations::ReserveResources>,
        "UNRESERVE_RESOURCES" => of::<reservations::UnreserveResources>,
        "CREATE_VOLUMES" => of::<reservations::CreateVolumes>,
        "DESTROY_VOLUMES" => of::<reservations::DestroyVolumes>,
        "GROW_VOLUME" => of::<reservations::GrowVolume>,
        "SHRINK_VOLUME" => of::<reservations::ShrinkVolume>,
        "GET_MAINTENANCE_STATUS" => of::<maintenance::GetMaintenanceStatus>,
        "GET_MAINTENANCE_SCHEDULE" => of::<maintenance::GetMaintenanceSchedule>,
        "UPDATE_MAINTENANCE_SCHEDULE" => of::<maintenance::UpdateMaintenanceSchedule>,
        "START_MAINTENANCE" => of::<maintenance::StartMaintenance>,
        "STOP_MAINTENANCE" => of::<maintenance::StopMaintenance>,
        "DRAIN_AGENT" => of::<agents::DrainAgent>,
        "DEACTIVATE_AGENT" => of::<agents::DeactivateAgent>,
        "REACTIVATE_AGENT" => of::<agents::ReactivateAgent>,
        "MARK_AGENT_GONE" => of::<agents::MarkAgentGone>,
        "GET_QUOTA" => of::<quota::GetQuota>,
        "UPDATE_QUOTA" => of::<quota::UpdateQuota>,
        "SET_QUOTA" => of::<quota::SetQuota>,
        "REMOVE_QUOTA" => of::<quota::RemoveQuota>,
        "TEARDOWN" => of::<teardown::Teardown>,
        _ => return None,
    })
}

fn of_agent(call: &str) -> Option<Read> {
    Some(match call {
        "GET_AGENT" => of::<agent::GetAgent>,
        "GET_STATE" => of::<agent::GetAgentState>,
        "GET_FRAMEWORKS" => of::<agent::GetAgentFrameworks>,
        "GET_EXECUTORS" => of::<agent::GetAgentExecutors>,
        "GET_TASKS" => of::<agent::GetAgentTasks>,
        "GET_CONTAINERS" => of::<containers::GetContainers>,
        "LAUNCH_CONTAINER" => of::<containers::LaunchContainer>,
        "WAIT_CONTAINER" => of::<containers::WaitContainer>,
        "KILL_CONTAINER" => of::<containers::KillContainer>,
        "REMOVE_CONTAINER" => of::<containers::RemoveContainer>,
        "LAUNCH_NESTED_CONTAINER" => of::<containers::LaunchNestedContainer>,
        "WAIT_NESTED_CONTAINER" => of::<containers::WaitNestedContainer>,
        "KILL_NESTED_CONTAINER" => of::<containers::KillNestedContainer>,
        "REMOVE_NESTED_CONTAINER" => of::<containers::RemoveNestedContainer>,
        "PRUNE_IMAGES" => of::<containers::PruneImages>,
        "LAUNCH_NESTED_CONTAINER_SESSION" => of::<session::LaunchNestedContainerSession>,
        "ATTACH_CONTAINER_INPUT" => of::<session::AttachContainerInput>,
        "ATTACH_CONTAINER_OUTPUT" => of::<session::AttachContainerOutput>,
        "GET_RESOURCE_PROVIDERS" => of::<providers::GetResourceProviders>,
        "ADD_RESOURCE_PROVIDER_CONFIG" => of::<providers::AddResourceProviderConfig>,
        "UPDATE_RESOURCE_PROVIDER_CONFIG" => of::<providers::UpdateResourceProviderConfig>,
        "REMOVE_RESOURCE_PROVIDER_CONFIG" => of::<providers::RemoveResourceProviderConfig>,
        "MARK_RESOURCE_PROVIDER_GONE" => of::<providers::MarkResourceProviderGone>,
        _ => return None,
    })
}

fn of<C: Call>(body: &str) -> Result<(), ReplyError> {
    assert!(C::FIELD.is_none_or(|field| field == C::TYPE.to_lowercase()), "{}", C::TYPE);
    let (_, misfits) = reply::<C>(body)?;
    // The official page's example of GET_QUOTA names no role.
    assert!(misfits.iter().all(|misfit| misfit.found == JsonForm::WithoutId), "{}: {misfits:?}", C::TYPE);
    Ok(())
}

// Leniency.

#[test]
fn unknown_fields_and_names_are_passed_over() {
    let body = r#"{"new":{"a":[]},"type":"GET_MASTER","get_master":{"master_info":{"capabilities":[{"type":"A"},{},{"type":{}}],"port":"5050","new":1},"start_time":"1.5"}}"#;
    let leader = reply::<master::GetMaster>(body).unwrap().0;
    let capabilities: Vec<_> =
        leader.master_info.capabilities.iter().map(|capability| capability.kind.as_str()).collect();
    assert_eq!(capabilities, ["A", "", ""]);
    assert_eq!((leader.master_info.port.0, leader.start_time.unwrap().0), (5050, 1.5));
}

#[test]
fn absent_lists_are_empty_and_so_are_answers_that_mesos_writes_without_their_key() {
    assert_eq!(reply::<weights::GetWeights>(r#"{"type":"GET_WEIGHTS"}"#).unwrap().0.weight_infos, []);
    assert!(reply::<cluster::GetAgents>(r#"{"type":"GET_AGENTS","get_agents":{}}"#).unwrap().0.agents.is_empty());
    assert!(reply::<containers::GetContainers>(r#"{"type":"GET_CONTAINERS"}"#).unwrap().0.0.is_empty());
    let quota = reply::<quota::GetQuota>(r#"{"type":"GET_QUOTA","get_quota":{"status":{}}}"#).unwrap().0;
    assert_eq!(quota.status.configs(), []);
    let schedule = r#"{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{}}}"#;
    assert_eq!(reply::<maintenance::GetMaintenanceSchedule>(schedule).unwrap().0.schedule.windows, []);
}

/// A page that reads an answer itself looks for its content first: for an object under the key, and for the parts of it.
fn checked_by_pages<C: Call>(body: &str, fault: &str) {
    let expected = Expected {
        call: C::TYPE,
        content: Content::Object,
        longest: 0,
        may_lack_key: C::MAY_LACK_KEY,
        parts: C::PARTS,
        accept: WireEncoding::Json,
    };
    let is_of_key = fault.contains(&format!("“{}”", C::TYPE.to_lowercase()));
    match expected.check_content(body) {
        Err(found) => assert_eq!(found.to_string(), fault, "{body}"),
        // What is deeper in the answer, its reader sees.
        Ok(()) => assert!(C::PARTS.is_empty() && !is_of_key, "{body}"),
    }
}

/// The content, beside the type, says nothing: why.
fn check_is_none<C: Call>(content: &str, fault: &str) {
    let key = C::TYPE.to_lowercase();
    let body = match content {
        "" => format!(r#"{{"type":"{}"}}"#, C::TYPE),
        _ => format!(r#"{{"type":"{}",{content}}}"#, C::TYPE),
    };
    let fault = fault.replace("KEY", &key);
    let words = reply::<C>(&body).map(|_| ()).expect_err(&body).to_string();
    assert_eq!(words, format!("{}: the answer is not what Mesos sends: {fault}", C::TYPE), "{body}");
    checked_by_pages::<C>(&body, &format!("the answer is not what Mesos sends: {fault}"));
}

/// Of each call whose empty answer was recorded: an answer without what that one has says nothing.
#[test]
fn an_answer_without_its_content_is_none() {
    fn check_key<C: Call>() {
        check_is_none::<C>("", "“KEY” is absent where an object is expected");
        check_is_none::<C>(r#""error":"internal""#, "“KEY” is absent where an object is expected");
        let key = C::TYPE.to_lowercase();
        check_is_none::<C>(&format!(r#""{key}":null"#), "“KEY” is null where an object is expected");
        let camel = key.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>();
        check_is_none::<C>(&format!(r#""{camel}":{{}}"#), "“KEY” is absent where an object is expected");
    }
    check_key::<cluster::GetState>();
    check_key::<cluster::GetAgents>();
    check_key::<cluster::GetTasks>();
    check_key::<cluster::GetRoles>();
    check_key::<operations::GetOperations>();
    check_key::<master::GetMaster>();
    check_key::<quota::GetQuota>();
    check_key::<maintenance::GetMaintenanceSchedule>();
    check_key::<maintenance::GetMaintenanceStatus>();
    check_key::<process::GetFlags>();
    check_key::<process::GetMetrics>();
    check_key::<process::GetVersion>();
    check_key::<files::ListFiles>();
    check_key::<providers::GetResourceProviders>();
    let quota = |status: &str| format!(r#""get_quota":{status}"#);
    check_is_none::<quota::GetQuota>(&quota("{}"), "“status” is absent where an object is expected");
    check_is_none::<quota::GetQuota>(&quota(r#"{"status":null}"#), "“status” is null where an object is expected");
    let configs = quota(r#"{"status":{"configs":null}}"#);
    check_is_none::<quota::GetQuota>(&configs, "“status.configs” is null where a list is expected");
    let schedule = |schedule: &str| format!(r#""get_maintenance_schedule":{schedule}"#);
    type Schedule = maintenance::GetMaintenanceSchedule;
    check_is_none::<Schedule>(&schedule("{}"), "“schedule” is absent where an object is expected");
    check_is_none::<Schedule>(&schedule(r#"{"schedule":null}"#), "“schedule” is null where an object is expected");
    let windows = schedule(r#"{"schedule":{"windows":null}}"#);
    check_is_none::<Schedule>(&windows, "“schedule.windows” is null where a list is expected");
    let status = |status: &str| format!(r#""get_maintenance_status":{status}"#);
    type Status = maintenance::GetMaintenanceStatus;
    check_is_none::<Status>(&status("{}"), "“status” is absent where an object is expected");
    let down = status(r#"{"status":{"down_machines":null}}"#);
    check_is_none::<Status>(&down, "“status.down_machines” is null where a list is expected");
    check_is_none::<cluster::GetRoles>(r#""get_roles":{"roles":null}"#, "“roles” is null where a list is expected");
    let weights = r#""get_weights":{"weight_infos":null}"#;
    check_is_none::<weights::GetWeights>(weights, "“weight_infos” is null where a list is expected");
}

#[test]
fn an_answer_without_what_mesos_always_writes_is_none() {
    /// A part that Mesos always writes.
    fn check_part<C: Call>(part: &str, form: &str) {
        let key = C::TYPE.to_lowercase();
        check_is_none::<C>(&format!(r#""{key}":{{}}"#), &format!("“{part}” is absent where {form} is expected"));
        check_is_none::<C>(
            &format!(r#""{key}":{{"error":"internal"}}"#),
            &format!("“{part}” is absent where {form} is expected"),
        );
        check_is_none::<C>(
            &format!(r#""{key}":{{"{part}":null}}"#),
            &format!("“{part}” is null where {form} is expected"),
        );
        check_is_none::<C>(
            &format!(r#""{key}":{{"{part}":"x"}}"#),
            &format!("“{part}” is a text where {form} is expected"),
        );
    }
    check_part::<process::GetFlags>("flags", "a list");
    check_part::<process::GetMetrics>("metrics", "a list");
    check_part::<process::GetVersion>("version_info", "an object");
    check_part::<process::GetLoggingLevel>("level", "a number");
    check_part::<process::GetHealth>("healthy", "a boolean");
    let state = r#""get_state":{"get_tasks":{},"get_frameworks":{}}"#;
    check_is_none::<agent::GetAgentState>(state, "“get_executors” is absent where an object is expected");
    let containers = r#""get_containers":{"containers":{}}"#;
    check_is_none::<containers::GetContainers>(containers, "“containers” is an object where a list is expected");
    let providers = r#""get_resource_providers":{"resource_providers":null}"#;
    check_is_none::<providers::GetResourceProviders>(
        providers,
        "“resource_providers” is null where a list is expected",
    );
}

#[test]
fn numbers_are_exact_and_may_be_text() {
    let body = |size| format!(r#"{{"type":"READ_FILE","read_file":{{"size":{size},"data":""}}}}"#);
    for size in ["9007199254740993", r#""9007199254740993""#] {
        assert_eq!(reply::<files::ReadFile>(&body(size)).unwrap().0.size(), Some(9_007_199_254_740_993));
    }
}

#[test]
fn escapes_are_read_and_bad_bytes_are_kept_apart() {
    let body = b"{\"type\":\"GET_FLAGS\",\"get_flags\":{\"flags\":[{\"name\":\"a\\n\\u00e9\",\"value\":\"\xff\"}]}}";
    let body = wire::decode_lossy::decode_lossy(body);
    let flags = reply::<process::GetFlags>(&body).unwrap().0.0;
    assert_eq!(flags, [("a\n\u{e9}".to_owned(), "\u{fffd}ff".to_owned())]);
}

#[test]
fn other_answers_are_errors() {
    let message = |result: Result<(process::Health, _), ReplyError>| result.unwrap_err().to_string();
    assert_eq!(message(reply::<process::GetHealth>("")), "GET_HEALTH: the answer is empty");
    let other = reply::<process::GetHealth>(r#"{"type":"GET_FLAGS"}"#);
    assert_eq!(message(other), "GET_HEALTH: the answer is one to GET_FLAGS");
    assert!(message(reply::<process::GetHealth>("[]")).starts_with("GET_HEALTH: the answer is not what Mesos sends: "));
    assert!(reply::<subscribe::Subscribe>("").is_err());
    assert_eq!(reply::<teardown::Teardown>("").unwrap().0, EmptyReply);
}

#[test]
fn refusals_keep_mesos_words() {
    assert_eq!(refusal(400, b"Cannot read a directory.\n").to_string(), "Cannot read a directory.");
    assert_eq!(refusal(404, b"").to_string(), "refused with status 404 without a reason");
    let long = "\u{e9}".repeat(5000);
    let cut = refusal(409, format!("x{long}").as_bytes()).words;
    assert!(cut.len() <= 4096 && cut.ends_with('\u{e9}'));
}

#[test]
fn a_target_is_known_by_the_call() {
    fn target<C: Call>(to: C::To) -> Target {
        to.into()
    }
    assert_eq!(target::<cluster::GetAgents>(LeadingMaster), Target::Master);
    assert_eq!(target::<containers::GetContainers>("S0".into()), Target::Agent("S0".into()));
    assert_eq!(target::<files::ReadFile>(Target::Master), Target::Master);
    assert_eq!(CONTENT_TYPE, "application/json");
    assert_eq!(Target::Master.url("http://here/x/"), "http://here/x/api/v1");
    let agent = Target::Agent("a/b-S0%".into());
    assert_eq!(agent.url("http://here/"), "http://here/agent/a%2Fb-S0%25/api/v1");
}

// Calls that abort a real master or agent: PROTOCOL.md, "Calls that abort Mesos".

#[test]
fn empty_reservations_and_volumes_are_rejected() {
    let nothing = Err(NoAmount::Nothing("cpus".to_owned()));
    for value in [0.0, -0.0, -1.0, 0.0004, f64::NAN, f64::INFINITY] {
        let with = |first: Resource| vec![first, Resource::scalar("cpus", value).reserved("r".into(), Some("ops"))];
        let resources = || with(Resource::scalar("mem", 1.0));
        let agent_id = || AgentId::from("S0");
        assert_eq!(reservations::ReserveResources::new(agent_id(), resources()).map(drop), nothing);
        assert_eq!(reservations::ReserveResources::again(agent_id(), resources(), reserved("r")).map(drop), nothing);
        assert_eq!(reservations::UnreserveResources::new(agent_id(), resources()).map(drop), nothing);
        assert_eq!(reservations::CreateVolumes::new(agent_id(), resources()).map(drop), nothing);
        assert_eq!(reservations::DestroyVolumes::new(agent_id(), resources()).map(drop), nothing);
        assert!(reservations::GrowVolume::new(agent_id(), volume(1.0), volume(value)).is_err());
        assert!(reservations::ShrinkVolume::new(agent_id(), volume(1.0), Scalar { value }).is_err());
    }
    assert_eq!(reservations::NonZeroResources::new(Vec::new()), Err(NoAmount::Empty));
    assert!(reservations::NonZeroResources::new(vec![Resource::scalar("cpus", 0.001)]).is_ok());
}

#[test]
fn a_quota_is_removed_only_where_there_is_one() {
    let path = recorded("master-quota2/042-GET-final.txt");
    let body = String::from_utf8(Exchange::read(&path).unwrap().body).unwrap();
    let status = reply::<quota::GetQuota>(&body).unwrap().0.status;
    let remove = |role: &str| quota::RemoveQuota::new(role.into(), &status).map(|call| request(&call));
    assert_eq!(remove("*").unwrap(), br#"{"type":"REMOVE_QUOTA","remove_quota":{"role":"*"}}"#);
    // Reset, and never there.
    for role in ["dev", "none"] {
        assert_eq!(remove(role), Err(NoQuota(Role::from(role))));
    }
}

#[test]
fn a_container_without_a_parent_is_not_removed() {
    assert!(NestedContainerId::try_from(top("standalone1b")).is_err());
    let nested = ContainerPath { parent: Some(Box::new(top("a"))), value: ContainerId::from("b") };
    let call = containers::RemoveContainer::new(nested.try_into().unwrap());
    let json =
        r#"{"type":"REMOVE_CONTAINER","remove_container":{"container_id":{"parent":{"value":"a"},"value":"b"}}}"#;
    assert_eq!(request(&call), json.as_bytes());
}

#[test]
fn draining_says_seconds_and_is_reported_nanoseconds() {
    let body = r#"{"type":"GET_AGENT","get_agent":{"drain_config":{"max_grace_period":{"nanoseconds":5000000000}}}}"#;
    let config = reply::<agent::GetAgent>(body).unwrap().0.0.drain.unwrap();
    assert_eq!(config.max_grace_period.unwrap(), Nanoseconds::from_secs(5));
    let said = serde_json::to_string(&agents::GracePeriod::from_secs(5)).unwrap();
    assert_eq!(said, r#"{"seconds":5}"#);
}

// Files.

/// What was sent, and what came back.
struct Exchange {
    agent: bool,
    request: Vec<u8>,
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Exchange {
    /// `None` if the file holds no exchange, or one that was never answered.
    fn read(path: &Path) -> Option<Self> {
        let file = fs::read(path).unwrap();
        let (request, response) = split(&file, b"<<< RESPONSE (raw bytes)\n")?;
        let (asked, request) = split(request, b"\n\n").or_else(|| split(request, b"\r\n\r\n"))?;
        let (head, body) = split(response, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(head).into_owned();
        let length = header(&head, "Content-Length").map_or(body.len(), |length| length.parse().unwrap());
        let host = String::from_utf8_lossy(asked).into_owned();
        Some(Self {
            // The masters listened on ports 5050, 5060 and 5070, their agents on those after.
            agent: header(&host, "Host").is_some_and(|host| !host.ends_with('0')),
            request: request.trim_ascii().to_vec(),
            status: head.split(' ').nth(1)?.parse().ok()?,
            body: body[..length.min(body.len())].to_vec(),
            head,
        })
    }

    /// The call that was answered by a body to read; `None` if it was no call, or the body is not plain JSON.
    fn call(&self) -> Option<(&'static str, String)> {
        let request: Value = serde_json::from_slice(&self.request).ok()?;
        let encoded = ["Content-Encoding", "Transfer-Encoding"].iter().any(|name| header(&self.head, name).is_some());
        let other = header(&self.head, "Content-Type").is_some_and(|kind| kind != CONTENT_TYPE);
        let call = request["type"].as_str().filter(|_| !encoded && !other)?;
        Some((if self.agent { "agent" } else { "master" }, call.to_owned()))
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.split_once(": ").filter(|(key, _)| *key == name).map(|(_, value)| value);
    head.lines().find_map(value)
}

fn split<'a>(bytes: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(by.len()).position(|window| window == by)?;
    Some((&bytes[..at], &bytes[at + by.len()..]))
}

fn data(folder: &str) -> PathBuf {
    mesoscope_tests::data(folder)
}

fn recorded(file: &str) -> PathBuf {
    data("recorded").join(file)
}

/// All files under a folder of the data, sorted.
fn files(folder: &str) -> impl Iterator<Item = PathBuf> {
    let (mut folders, mut files) = (vec![data(folder)], BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.extend([path]) }
        }
    }
    files.into_iter()
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn folder(path: &Path) -> String {
    name(path.parent().unwrap()).to_owned()
}
