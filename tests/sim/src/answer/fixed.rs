//! Nearly constant responses: flags and versions.

use serde_json::{Value, json};

use crate::answer::reply::Answer;
use crate::json_out::Out;
use crate::world::agent::Agent;
use crate::world::cluster::World;

pub(super) fn version(version: &str) -> Answer {
    let (date, time, sha) = match version {
        "1.10.0" => ("2020-05-27 02:17:09", 1_590_545_829.0, "84387aaf4f33bc9d8a4bf5d1a1bd2a7e5d3a2a17"),
        _ => ("2020-11-24 15:38:37", 1_606_232_317.0, "04bc7ee1984d86fbb0bd782ccc69ce44c13ae4b9"),
    };
    Answer::value(&json!({"type": "GET_VERSION", "get_version": {"version_info": {
        "version": version, "build_date": date, "build_time": time, "build_user": "ubuntu", "git_sha": sha, "git_tag": version,
    }}}))
}

pub(super) fn master_flags(world: &World) -> Answer {
    let mut flags = pairs(MASTER);
    flags.extend([pair("cluster", "example"), pair("ip", &world.addresses.ip), pair("hostname", &world.addresses.ip)]);
    flags.push(pair("port", &world.addresses.master.to_string()));
    flags.extend([
        pair("max_completed_frameworks", &world.rings.completed_frameworks.to_string()),
        pair("max_completed_tasks_per_framework", &world.rings.completed_tasks.to_string()),
        pair("max_unreachable_tasks_per_framework", &world.rings.unreachable_tasks.to_string()),
    ]);
    answer(flags)
}

pub(super) fn agent_flags(world: &World, agent: &Agent) -> Answer {
    let mut flags = pairs(AGENT);
    if agent.number % 331 == 11 {
        // Three agents of a thousand were configured by hand.
        flags.retain(|(name, _)| name != "gc_delay");
        flags.push(pair("gc_delay", "2days"));
    }
    let mut hostname = Vec::new();
    agent.hostname(&mut hostname, world.seed);
    let attributes = format!("rack:r{};zone:{};class:{}", agent.rack(), agent.zone(), agent.machine(world.seed).class);
    flags.extend([pair("attributes", &attributes), pair("hostname", &String::from_utf8_lossy(&hostname))]);
    flags.extend([
        pair("ip", &world.addresses.ip),
        pair("master", &format!("{}:{}", world.addresses.ip, world.addresses.master)),
    ]);
    flags.push(pair("port", &world.addresses.agent(agent.number).0.to_string()));
    let mut domain = Vec::new();
    domain.all(&[
        "{\"fault_domain\":{\"region\":{\"name\":\"",
        agent.region(),
        "\"},\"zone\":{\"name\":\"",
        agent.region(),
        agent.zone(),
    ]);
    domain.str("\"}}}");
    flags.push(pair("domain", &String::from_utf8_lossy(&domain)));
    answer(flags)
}

fn answer(mut flags: Vec<(String, String)>) -> Answer {
    flags.sort();
    let flags: Vec<Value> = flags.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    Answer::value(&json!({"type": "GET_FLAGS", "get_flags": {"flags": flags}}))
}

fn pairs(lines: &str) -> Vec<(String, String)> {
    lines.lines().filter_map(|line| line.trim().split_once('=')).map(|(name, value)| pair(name, value)).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

const MASTER: &str = "agent_ping_timeout=15secs
    agent_reregister_timeout=10mins
    allocation_interval=1secs
    allocator=hierarchical
    allocator_agent_recovery_factor=0.8
    allocator_recovery_timeout=10mins
    authenticate_agents=false
    authenticate_frameworks=false
    authenticate_http_frameworks=false
    authenticate_http_readonly=false
    authenticate_http_readwrite=false
    authentication_v0_timeout=15secs
    authenticators=crammd5
    authorizers=local
    external_log_file=/var/log/mesos/mesos-master.log
    filter_gpu_resources=true
    framework_sorter=drf
    help=false
    hostname_lookup=true
    http_authenticators=basic
    initialize_driver_logging=true
    log_auto_initialize=true
    logbufsecs=0
    logging_level=INFO
    max_agent_ping_timeouts=5
    max_operator_event_stream_subscribers=1000
    memory_profiling=false
    min_allocatable_resources=cpus:0.01|mem:32
    offer_constraints_re2_max_mem=4KB
    offer_constraints_re2_max_program_size=100
    publish_per_framework_metrics=true
    quiet=false
    quorum=1
    recovery_agent_removal_limit=100%
    registry=replicated_log
    registry_fetch_timeout=1mins
    registry_gc_interval=15mins
    registry_max_agent_age=2weeks
    registry_max_agent_count=102400
    registry_store_timeout=20secs
    registry_strict=false
    require_agent_domain=false
    role_sorter=drf
    root_submissions=true
    version=false
    webui_dir=/usr/share/mesos/webui
    work_dir=/var/lib/mesos
    zk_session_timeout=10secs";

const AGENT: &str = "appc_simple_discovery_uri_prefix=http://
    appc_store_dir=/tmp/mesos/store/appc
    authenticate_http_executors=false
    authenticate_http_readonly=false
    authenticate_http_readwrite=false
    authenticatee=crammd5
    authentication_backoff_factor=1secs
    authorizer=local
    cgroups_enable_cfs=true
    cgroups_hierarchy=/sys/fs/cgroup
    cgroups_limit_swap=false
    cgroups_root=mesos
    container_disk_watch_interval=15secs
    containerizers=mesos
    default_role=*
    disk_watch_interval=1mins
    enforce_container_disk_quota=false
    executor_registration_timeout=1mins
    executor_shutdown_grace_period=5secs
    external_log_file=/var/log/mesos/mesos-agent.log
    fetcher_cache_size=2GB
    gc_delay=1weeks
    gc_disk_headroom=0.1
    help=false
    hostname_lookup=false
    http_command_executor=false
    isolation=cgroups/cpu,cgroups/mem,disk/du,filesystem/linux,docker/runtime
    launcher=linux
    logbufsecs=0
    logging_level=INFO
    max_completed_executors_per_framework=150
    quiet=false
    recover=reconnect
    strict=true
    version=false
    work_dir=/var/lib/mesos";
