//! Default values of all flags of Mesos 1.11.0. Source: `add(&Flags::…)` in src/master/flags.cpp, src/slave/flags.cpp and
//! src/logging/flags.cpp of the tag 1.11.0, with their constants.hpp, in the form in which GET_FLAGS prints them.

/// Default of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagDefault {
    /// The flag has this value unless it is set.
    Value(&'static str),
    /// The flag has no value unless it is set, so it is reported only then.
    Unset,
    /// The default depends on the machine, or on how Mesos was built.
    Machine,
    /// Mesos 1.11.0 has no such flag: another version has, or a module.
    Unlisted,
}

impl FlagDefault {
    /// Whether a reported value differs from the default. Where the default depends on the machine, that is not known.
    pub fn differs(self, value: &str) -> bool {
        match self {
            Self::Value(default) => default != value,
            Self::Unset | Self::Unlisted => true,
            Self::Machine => false,
        }
    }
}

/// The default of a master's flag.
pub fn of_master(flag: &str) -> FlagDefault {
    of(&MASTER, &MASTER_UNSET, flag)
}

/// The default of an agent's flag.
pub fn of_agent(flag: &str) -> FlagDefault {
    of(&AGENT, &AGENT_UNSET, flag)
}

fn of(values: &[(&str, &'static str)], unset: &[&str], flag: &str) -> FlagDefault {
    let value = values.iter().find(|(name, _)| *name == flag).map(|(_, value)| FlagDefault::Value(value));
    let other = match flag {
        _ if MACHINE.contains(&flag) => FlagDefault::Machine,
        _ if unset.contains(&flag) => FlagDefault::Unset,
        _ => FlagDefault::Unlisted,
    };
    value.unwrap_or(other)
}

const MACHINE: [&str; 2] = ["launcher", "launcher_dir"];

const MASTER: [(&str, &str); 49] = [
    ("agent_ping_timeout", "15secs"),
    ("agent_reregister_timeout", "10mins"),
    ("allocation_interval", "1secs"),
    ("allocator", "hierarchical"),
    ("allocator_agent_recovery_factor", "0.8"),
    ("allocator_recovery_timeout", "10mins"),
    ("authenticate_agents", "false"),
    ("authenticate_frameworks", "false"),
    ("authenticate_http_frameworks", "false"),
    ("authenticate_http_readonly", "false"),
    ("authenticate_http_readwrite", "false"),
    ("authentication_v0_timeout", "15secs"),
    ("authenticators", "crammd5"),
    ("authorizers", "local"),
    ("filter_gpu_resources", "true"),
    ("framework_sorter", "drf"),
    ("help", "false"),
    ("hostname_lookup", "true"),
    ("http_authenticators", "basic"),
    ("initialize_driver_logging", "true"),
    ("log_auto_initialize", "true"),
    ("logbufsecs", "0"),
    ("logging_level", "INFO"),
    ("max_agent_ping_timeouts", "5"),
    ("max_completed_frameworks", "50"),
    ("max_completed_tasks_per_framework", "1000"),
    ("max_operator_event_stream_subscribers", "1000"),
    ("max_unreachable_tasks_per_framework", "1000"),
    ("memory_profiling", "false"),
    ("min_allocatable_resources", "cpus:0.01|mem:32"),
    ("offer_constraints_re2_max_mem", "4KB"),
    ("offer_constraints_re2_max_program_size", "100"),
    ("port", "5050"),
    ("publish_per_framework_metrics", "true"),
    ("quiet", "false"),
    ("recovery_agent_removal_limit", "100%"),
    ("registry", "replicated_log"),
    ("registry_fetch_timeout", "1mins"),
    ("registry_gc_interval", "15mins"),
    ("registry_max_agent_age", "2weeks"),
    ("registry_max_agent_count", "102400"),
    ("registry_store_timeout", "20secs"),
    ("registry_strict", "false"),
    ("require_agent_domain", "false"),
    ("role_sorter", "drf"),
    ("root_submissions", "true"),
    ("version", "false"),
    ("webui_dir", "/usr/share/mesos/webui"),
    ("zk_session_timeout", "10secs"),
];

const MASTER_UNSET: [&str; 29] = [
    "acls",
    "advertise_ip",
    "advertise_port",
    "agent_removal_rate_limit",
    "cluster",
    "credentials",
    "domain",
    "external_log_file",
    "fair_sharing_excluded_resource_names",
    "firewall_rules",
    "hooks",
    "hostname",
    "http_framework_authenticators",
    "ip",
    "ip_discovery_command",
    "log_dir",
    "master_contender",
    "master_detector",
    "max_executors_per_agent",
    "modules",
    "modules_dir",
    "offer_timeout",
    "quorum",
    "rate_limits",
    "roles",
    "weights",
    "whitelist",
    "work_dir",
    "zk",
];

const AGENT: [(&str, &str); 86] = [
    ("appc_simple_discovery_uri_prefix", "http://"),
    ("appc_store_dir", "/tmp/mesos/store/appc"),
    ("authenticate_http_executors", "false"),
    ("authenticate_http_readonly", "false"),
    ("authenticate_http_readwrite", "false"),
    ("authenticatee", "crammd5"),
    ("authentication_backoff_factor", "1secs"),
    ("authentication_timeout_max", "1mins"),
    ("authentication_timeout_min", "5secs"),
    ("authorizer", "local"),
    ("cgroups_cpu_enable_pids_and_tids_count", "false"),
    ("cgroups_destroy_timeout", "1mins"),
    ("cgroups_enable_cfs", "false"),
    ("cgroups_hierarchy", "/sys/fs/cgroup"),
    ("cgroups_limit_swap", "false"),
    ("cgroups_root", "mesos"),
    ("check_agent_port_range_only", "false"),
    ("container_disk_watch_interval", "15secs"),
    ("container_ports_watch_interval", "30secs"),
    ("containerizers", "mesos"),
    ("default_role", "*"),
    ("disallow_sharing_agent_ipc_namespace", "false"),
    ("disallow_sharing_agent_pid_namespace", "false"),
    ("disk_watch_interval", "1mins"),
    ("docker", "docker"),
    ("docker_ignore_runtime", "false"),
    ("docker_kill_orphans", "true"),
    ("docker_registry", "https://registry-1.docker.io"),
    ("docker_remove_delay", "6hrs"),
    ("docker_socket", "/var/run/docker.sock"),
    ("docker_stop_timeout", "0ns"),
    ("docker_store_dir", "/tmp/mesos/store/docker"),
    ("docker_volume_checkpoint_dir", "/var/run/mesos/isolators/docker/volume"),
    ("docker_volume_chown", "false"),
    ("egress_flow_classifier_parent", "root"),
    ("egress_unique_flow_per_container", "false"),
    ("enforce_container_disk_quota", "false"),
    ("enforce_container_ports", "false"),
    ("ephemeral_ports_per_container", "1024"),
    ("executor_registration_timeout", "1mins"),
    ("executor_reregistration_timeout", "2secs"),
    ("executor_shutdown_grace_period", "5secs"),
    ("fetcher_cache_dir", "/tmp/mesos/fetch"),
    ("fetcher_cache_size", "2GB"),
    ("fetcher_stall_timeout", "1mins"),
    ("frameworks_home", ""),
    ("gc_delay", "1weeks"),
    ("gc_disk_headroom", "0.1"),
    ("gc_non_executor_container_sandboxes", "false"),
    ("help", "false"),
    ("hostname_lookup", "true"),
    ("http_command_executor", "false"),
    ("http_executor_domain_sockets", "false"),
    ("http_heartbeat_interval", "30secs"),
    ("initialize_driver_logging", "true"),
    ("isolation", "posix/cpu,posix/mem"),
    ("logbufsecs", "0"),
    ("logging_level", "INFO"),
    ("max_completed_executors_per_framework", "150"),
    ("memory_profiling", "false"),
    ("network_cni_metrics", "true"),
    ("network_cni_root_dir_persist", "false"),
    ("network_enable_snmp_statistics", "false"),
    ("network_enable_socket_statistics_details", "false"),
    ("network_enable_socket_statistics_summary", "false"),
    ("oversubscribed_resources_interval", "15secs"),
    ("perf_duration", "10secs"),
    ("perf_interval", "1mins"),
    ("port", "5051"),
    ("qos_correction_interval_min", "0ns"),
    ("quiet", "false"),
    ("reconfiguration_policy", "equal"),
    ("recover", "reconnect"),
    ("recovery_timeout", "15mins"),
    ("registration_backoff_factor", "1secs"),
    ("revocable_cpu_low_priority", "true"),
    ("runtime_dir", "/var/run/mesos"),
    ("sandbox_directory", "/mnt/mesos/sandbox"),
    ("strict", "true"),
    ("switch_user", "true"),
    ("systemd_enable_support", "true"),
    ("systemd_runtime_directory", "/run/systemd/system"),
    ("version", "false"),
    ("xfs_kill_containers", "false"),
    ("xfs_project_range", "[5000-10000]"),
    ("zk_session_timeout", "10secs"),
];

const AGENT_UNSET: [&str; 62] = [
    "acls",
    "advertise_ip",
    "advertise_port",
    "agent_features",
    "agent_subsystems",
    "allowed_devices",
    "attributes",
    "bounding_capabilities",
    "cgroups_net_cls_primary_handle",
    "cgroups_net_cls_secondary_handles",
    "container_logger",
    "container_ports_isolated_range",
    "credential",
    "csi_plugin_config_dir",
    "default_container_dns",
    "default_container_info",
    "default_container_shm_size",
    "disk_profile_adaptor",
    "docker_config",
    "docker_mesos_image",
    "domain",
    "domain_socket_location",
    "effective_capabilities",
    "egress_rate_limit_per_container",
    "eth0_name",
    "executor_environment_variables",
    "executor_reregistration_retry_interval",
    "external_log_file",
    "firewall_rules",
    "hadoop_home",
    "hooks",
    "host_path_volume_force_creation",
    "hostname",
    "http_authenticators",
    "http_credentials",
    "image_gc_config",
    "image_providers",
    "image_provisioner_backend",
    "ip",
    "ip6",
    "ip6_discovery_command",
    "ip_discovery_command",
    "jwt_secret_key",
    "lo_name",
    "log_dir",
    "master",
    "master_detector",
    "modules",
    "modules_dir",
    "network_cni_config_dir",
    "network_cni_plugins_dir",
    "nvidia_gpu_devices",
    "perf_events",
    "qos_controller",
    "resource_estimator",
    "resource_provider_config_dir",
    "resources",
    "seccomp_config_dir",
    "seccomp_profile_name",
    "secret_resolver",
    "volume_gid_range",
    "work_dir",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_differs_from_its_default_if_it_has_another_value_or_no_default() {
        assert_eq!(of_master("allocation_interval"), FlagDefault::Value("1secs"));
        assert!(!of_master("allocation_interval").differs("1secs"));
        assert!(of_master("allocation_interval").differs("2secs"));
        assert_eq!(of_master("quorum"), FlagDefault::Unset);
        assert!(of_master("quorum").differs("2"));
        assert_eq!((of_agent("launcher"), of_agent("launcher").differs("linux")), (FlagDefault::Machine, false));
        assert_eq!(of_agent("quorum"), FlagDefault::Unlisted);
        assert_eq!(of_agent("xfs_project_range"), FlagDefault::Value("[5000-10000]"));
    }

    #[test]
    fn each_flag_is_listed_once() {
        for (values, unset) in [(&MASTER[..], &MASTER_UNSET[..]), (&AGENT[..], &AGENT_UNSET[..])] {
            let mut names: Vec<&str> = values.iter().map(|(name, _)| *name).chain(unset.iter().copied()).collect();
            let number = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), number);
        }
    }
}
