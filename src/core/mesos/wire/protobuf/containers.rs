//! Commands, containers, networks and executors (include/mesos/v1/mesos.proto).

use super::basics::{
    CONTAINER_ID, DISCOVERY_INFO, DURATION_INFO, EXECUTOR_ID, FRAMEWORK_ID, LABELS, PARAMETER, SECRET,
};
use super::resources::{IMAGE, RESOURCE, VOLUME};
use super::table::{BOOL, BYTES, TEXT, UINT32, UINT64, enums, many, messages, names, of, one};

messages! {
    NETWORK_INFO_IP_ADDRESS = "NetworkInfo.IPAddress" {
        1 protocol: one(names(&NETWORK_INFO_PROTOCOL)).or(r#""IPv4""#);
        2 ip_address: one(TEXT);
    }
    NETWORK_INFO_PORT_MAPPING = "NetworkInfo.PortMapping" {
        1 host_port: one(UINT32);
        2 container_port: one(UINT32);
        3 protocol: one(TEXT);
    }
    NETWORK_INFO = "NetworkInfo" {
        5 ip_addresses: many(of(&NETWORK_INFO_IP_ADDRESS));
        6 name: one(TEXT);
        3 groups: many(TEXT);
        4 labels: one(of(&LABELS));
        7 port_mappings: many(of(&NETWORK_INFO_PORT_MAPPING));
    }
    CGROUP_INFO_NET_CLS = "CgroupInfo.NetCls" {
        1 classid: one(UINT32);
    }
    CGROUP_INFO = "CgroupInfo" {
        1 net_cls: one(of(&CGROUP_INFO_NET_CLS));
    }
    CONTAINER_STATUS = "ContainerStatus" {
        4 container_id: one(of(&CONTAINER_ID));
        1 network_infos: many(of(&NETWORK_INFO));
        2 cgroup_info: one(of(&CGROUP_INFO));
        3 executor_pid: one(UINT32);
    }
    CONTAINER_INFO_DOCKER_INFO_PORT_MAPPING = "ContainerInfo.DockerInfo.PortMapping" {
        1 host_port: one(UINT32);
        2 container_port: one(UINT32);
        3 protocol: one(TEXT);
    }
    CONTAINER_INFO_DOCKER_INFO = "ContainerInfo.DockerInfo" {
        1 image: one(TEXT);
        2 network: one(names(&CONTAINER_INFO_DOCKER_INFO_NETWORK)).or(r#""HOST""#);
        3 port_mappings: many(of(&CONTAINER_INFO_DOCKER_INFO_PORT_MAPPING));
        4 privileged: one(BOOL).or("false");
        5 parameters: many(of(&PARAMETER));
        6 force_pull_image: one(BOOL);
        7 volume_driver: one(TEXT);
    }
    CONTAINER_INFO_MESOS_INFO = "ContainerInfo.MesosInfo" {
        1 image: one(of(&IMAGE));
    }
    CAPABILITY_INFO = "CapabilityInfo" {
        1 capabilities: many(names(&CAPABILITY_INFO_CAPABILITY));
    }
    SECCOMP_INFO = "SeccompInfo" {
        1 profile_name: one(TEXT);
        2 unconfined: one(BOOL);
    }
    LINUX_INFO = "LinuxInfo" {
        1 capability_info: one(of(&CAPABILITY_INFO));
        2 bounding_capabilities: one(of(&CAPABILITY_INFO));
        3 effective_capabilities: one(of(&CAPABILITY_INFO));
        4 share_pid_namespace: one(BOOL);
        5 seccomp: one(of(&SECCOMP_INFO));
        6 ipc_mode: one(names(&LINUX_INFO_IPC_MODE));
        7 shm_size: one(UINT32);
        8 share_cgroups: one(BOOL).or("true");
    }
    R_LIMIT_INFO_R_LIMIT = "RLimitInfo.RLimit" {
        1 type: one(names(&R_LIMIT_INFO_R_LIMIT_TYPE));
        2 hard: one(UINT64);
        3 soft: one(UINT64);
    }
    R_LIMIT_INFO = "RLimitInfo" {
        1 rlimits: many(of(&R_LIMIT_INFO_R_LIMIT));
    }
    TTY_INFO_WINDOW_SIZE = "TTYInfo.WindowSize" {
        1 rows: one(UINT32);
        2 columns: one(UINT32);
    }
    TTY_INFO = "TTYInfo" {
        1 window_size: one(of(&TTY_INFO_WINDOW_SIZE));
    }
    CONTAINER_INFO = "ContainerInfo" {
        1 type: one(names(&CONTAINER_INFO_TYPE));
        2 volumes: many(of(&VOLUME));
        4 hostname: one(TEXT);
        3 docker: one(of(&CONTAINER_INFO_DOCKER_INFO));
        5 mesos: one(of(&CONTAINER_INFO_MESOS_INFO));
        7 network_infos: many(of(&NETWORK_INFO));
        8 linux_info: one(of(&LINUX_INFO));
        9 rlimit_info: one(of(&R_LIMIT_INFO));
        10 tty_info: one(of(&TTY_INFO));
    }
    COMMAND_INFO_URI = "CommandInfo.URI" {
        1 value: one(TEXT);
        2 executable: one(BOOL);
        3 extract: one(BOOL).or("true");
        4 cache: one(BOOL);
        5 output_file: one(TEXT);
    }
    ENVIRONMENT_VARIABLE = "Environment.Variable" {
        1 name: one(TEXT);
        3 type: one(names(&ENVIRONMENT_VARIABLE_TYPE)).or(r#""VALUE""#);
        2 value: one(TEXT);
        4 secret: one(of(&SECRET));
    }
    ENVIRONMENT = "Environment" {
        1 variables: many(of(&ENVIRONMENT_VARIABLE));
    }
    COMMAND_INFO = "CommandInfo" {
        1 uris: many(of(&COMMAND_INFO_URI));
        2 environment: one(of(&ENVIRONMENT));
        6 shell: one(BOOL).or("true");
        3 value: one(TEXT);
        7 arguments: many(TEXT);
        5 user: one(TEXT);
    }
    EXECUTOR_INFO = "ExecutorInfo" {
        15 type: one(names(&EXECUTOR_INFO_TYPE));
        1 executor_id: one(of(&EXECUTOR_ID));
        8 framework_id: one(of(&FRAMEWORK_ID));
        7 command: one(of(&COMMAND_INFO));
        11 container: one(of(&CONTAINER_INFO));
        5 resources: many(of(&RESOURCE));
        9 name: one(TEXT);
        10 source: one(TEXT);
        4 data: one(BYTES);
        12 discovery: one(of(&DISCOVERY_INFO));
        13 shutdown_grace_period: one(of(&DURATION_INFO));
        14 labels: one(of(&LABELS));
    }
}

enums! {
    NETWORK_INFO_PROTOCOL = "NetworkInfo.Protocol" {
        1 IPv4; 2 IPv6;
    }
    CONTAINER_INFO_TYPE = "ContainerInfo.Type" {
        1 DOCKER; 2 MESOS;
    }
    CONTAINER_INFO_DOCKER_INFO_NETWORK = "ContainerInfo.DockerInfo.Network" {
        1 HOST; 2 BRIDGE; 3 NONE; 4 USER;
    }
    CAPABILITY_INFO_CAPABILITY = "CapabilityInfo.Capability" {
        0 UNKNOWN; 1000 CHOWN; 1001 DAC_OVERRIDE; 1002 DAC_READ_SEARCH; 1003 FOWNER; 1004 FSETID; 1005 KILL;
        1006 SETGID; 1007 SETUID; 1008 SETPCAP; 1009 LINUX_IMMUTABLE; 1010 NET_BIND_SERVICE; 1011 NET_BROADCAST;
        1012 NET_ADMIN; 1013 NET_RAW; 1014 IPC_LOCK; 1015 IPC_OWNER; 1016 SYS_MODULE; 1017 SYS_RAWIO; 1018 SYS_CHROOT;
        1019 SYS_PTRACE; 1020 SYS_PACCT; 1021 SYS_ADMIN; 1022 SYS_BOOT; 1023 SYS_NICE; 1024 SYS_RESOURCE;
        1025 SYS_TIME; 1026 SYS_TTY_CONFIG; 1027 MKNOD; 1028 LEASE; 1029 AUDIT_WRITE; 1030 AUDIT_CONTROL;
        1031 SETFCAP; 1032 MAC_OVERRIDE; 1033 MAC_ADMIN; 1034 SYSLOG; 1035 WAKE_ALARM; 1036 BLOCK_SUSPEND;
        1037 AUDIT_READ; 1038 PERFMON; 1039 BPF; 1040 CHECKPOINT_RESTORE;
    }
    LINUX_INFO_IPC_MODE = "LinuxInfo.IpcMode" {
        0 UNKNOWN; 1 PRIVATE; 2 SHARE_PARENT;
    }
    R_LIMIT_INFO_R_LIMIT_TYPE = "RLimitInfo.RLimit.Type" {
        0 UNKNOWN; 1 RLMT_AS; 2 RLMT_CORE; 3 RLMT_CPU; 4 RLMT_DATA; 5 RLMT_FSIZE; 6 RLMT_LOCKS; 7 RLMT_MEMLOCK;
        8 RLMT_MSGQUEUE; 9 RLMT_NICE; 10 RLMT_NOFILE; 11 RLMT_NPROC; 12 RLMT_RSS; 13 RLMT_RTPRIO; 14 RLMT_RTTIME;
        15 RLMT_SIGPENDING; 16 RLMT_STACK;
    }
    ENVIRONMENT_VARIABLE_TYPE = "Environment.Variable.Type" {
        0 UNKNOWN; 1 VALUE; 2 SECRET;
    }
    EXECUTOR_INFO_TYPE = "ExecutorInfo.Type" {
        0 UNKNOWN; 1 DEFAULT; 2 CUSTOM;
    }
}
