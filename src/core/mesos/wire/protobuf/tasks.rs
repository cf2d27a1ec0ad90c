//! Tasks, their statuses and their checks (include/mesos/v1/mesos.proto).

use super::basics::{
    AGENT_ID, DISCOVERY_INFO, DURATION_INFO, EXECUTOR_ID, FRAMEWORK_ID, LABELS, TASK_ID, TIME_INFO, VALUE_SCALAR,
};
use super::containers::{COMMAND_INFO, CONTAINER_INFO, CONTAINER_STATUS, NETWORK_INFO_PROTOCOL};
use super::resources::RESOURCE;
use super::table::{BOOL, BYTES, DOUBLE, INT32, TEXT, UINT32, enums, many, map, messages, names, of, one};

messages! {
    CHECK_STATUS_INFO_COMMAND = "CheckStatusInfo.Command" {
        1 exit_code: one(INT32);
    }
    CHECK_STATUS_INFO_HTTP = "CheckStatusInfo.Http" {
        1 status_code: one(UINT32);
    }
    CHECK_STATUS_INFO_TCP = "CheckStatusInfo.Tcp" {
        1 succeeded: one(BOOL);
    }
    CHECK_STATUS_INFO = "CheckStatusInfo" {
        1 type: one(names(&CHECK_INFO_TYPE));
        2 command: one(of(&CHECK_STATUS_INFO_COMMAND));
        3 http: one(of(&CHECK_STATUS_INFO_HTTP));
        4 tcp: one(of(&CHECK_STATUS_INFO_TCP));
    }
    TASK_RESOURCE_LIMITATION = "TaskResourceLimitation" {
        1 resources: many(of(&RESOURCE));
    }
    TASK_STATUS = "TaskStatus" {
        1 task_id: one(of(&TASK_ID));
        2 state: one(names(&TASK_STATE));
        4 message: one(TEXT);
        9 source: one(names(&TASK_STATUS_SOURCE));
        10 reason: one(names(&TASK_STATUS_REASON));
        3 data: one(BYTES);
        5 agent_id: one(of(&AGENT_ID));
        7 executor_id: one(of(&EXECUTOR_ID));
        6 timestamp: one(DOUBLE);
        11 uuid: one(BYTES);
        8 healthy: one(BOOL);
        15 check_status: one(of(&CHECK_STATUS_INFO));
        12 labels: one(of(&LABELS));
        13 container_status: one(of(&CONTAINER_STATUS));
        14 unreachable_time: one(of(&TIME_INFO));
        16 limitation: one(of(&TASK_RESOURCE_LIMITATION));
    }
    HEALTH_CHECK_HTTP_CHECK_INFO = "HealthCheck.HTTPCheckInfo" {
        5 protocol: one(names(&NETWORK_INFO_PROTOCOL)).or(r#""IPv4""#);
        3 scheme: one(TEXT);
        1 port: one(UINT32);
        2 path: one(TEXT);
        4 statuses: many(UINT32);
    }
    HEALTH_CHECK_TCP_CHECK_INFO = "HealthCheck.TCPCheckInfo" {
        2 protocol: one(names(&NETWORK_INFO_PROTOCOL)).or(r#""IPv4""#);
        1 port: one(UINT32);
    }
    HEALTH_CHECK = "HealthCheck" {
        2 delay_seconds: one(DOUBLE).or("15.0");
        3 interval_seconds: one(DOUBLE).or("10.0");
        4 timeout_seconds: one(DOUBLE).or("20.0");
        5 consecutive_failures: one(UINT32).or("3");
        6 grace_period_seconds: one(DOUBLE).or("10.0");
        8 type: one(names(&HEALTH_CHECK_TYPE));
        7 command: one(of(&COMMAND_INFO));
        1 http: one(of(&HEALTH_CHECK_HTTP_CHECK_INFO));
        9 tcp: one(of(&HEALTH_CHECK_TCP_CHECK_INFO));
    }
    KILL_POLICY = "KillPolicy" {
        1 grace_period: one(of(&DURATION_INFO));
    }
    TASK = "Task" {
        1 name: one(TEXT);
        2 task_id: one(of(&TASK_ID));
        3 framework_id: one(of(&FRAMEWORK_ID));
        4 executor_id: one(of(&EXECUTOR_ID));
        5 agent_id: one(of(&AGENT_ID));
        6 state: one(names(&TASK_STATE));
        7 resources: many(of(&RESOURCE));
        8 statuses: many(of(&TASK_STATUS));
        9 status_update_state: one(names(&TASK_STATE));
        10 status_update_uuid: one(BYTES);
        11 labels: one(of(&LABELS));
        12 discovery: one(of(&DISCOVERY_INFO));
        13 container: one(of(&CONTAINER_INFO));
        15 health_check: one(of(&HEALTH_CHECK));
        16 kill_policy: one(of(&KILL_POLICY));
        14 user: one(TEXT);
        17 limits: map(of(&VALUE_SCALAR));
    }
}

enums! {
    TASK_STATE = "TaskState" {
        6 TASK_STAGING; 0 TASK_STARTING; 1 TASK_RUNNING; 8 TASK_KILLING; 2 TASK_FINISHED; 3 TASK_FAILED;
        4 TASK_KILLED; 7 TASK_ERROR; 5 TASK_LOST; 9 TASK_DROPPED; 10 TASK_UNREACHABLE; 11 TASK_GONE;
        12 TASK_GONE_BY_OPERATOR; 13 TASK_UNKNOWN;
    }
    TASK_STATUS_SOURCE = "TaskStatus.Source" {
        0 SOURCE_MASTER; 1 SOURCE_AGENT; 2 SOURCE_EXECUTOR;
    }
    TASK_STATUS_REASON = "TaskStatus.Reason" {
        0 REASON_COMMAND_EXECUTOR_FAILED; 21 REASON_CONTAINER_LAUNCH_FAILED; 19 REASON_CONTAINER_LIMITATION;
        20 REASON_CONTAINER_LIMITATION_DISK; 8 REASON_CONTAINER_LIMITATION_MEMORY; 17 REASON_CONTAINER_PREEMPTED;
        22 REASON_CONTAINER_UPDATE_FAILED; 33 REASON_MAX_COMPLETION_TIME_REACHED;
        23 REASON_EXECUTOR_REGISTRATION_TIMEOUT; 24 REASON_EXECUTOR_REREGISTRATION_TIMEOUT;
        1 REASON_EXECUTOR_TERMINATED; 2 REASON_EXECUTOR_UNREGISTERED; 3 REASON_FRAMEWORK_REMOVED; 4 REASON_GC_ERROR;
        5 REASON_INVALID_FRAMEWORKID; 6 REASON_INVALID_OFFERS; 27 REASON_IO_SWITCHBOARD_EXITED;
        7 REASON_MASTER_DISCONNECTED; 9 REASON_RECONCILIATION; 18 REASON_RESOURCES_UNKNOWN;
        10 REASON_AGENT_DISCONNECTED; 34 REASON_AGENT_DRAINING; 11 REASON_AGENT_REMOVED;
        31 REASON_AGENT_REMOVED_BY_OPERATOR; 32 REASON_AGENT_REREGISTERED; 12 REASON_AGENT_RESTARTED;
        13 REASON_AGENT_UNKNOWN; 30 REASON_TASK_KILLED_DURING_LAUNCH; 28 REASON_TASK_CHECK_STATUS_UPDATED;
        29 REASON_TASK_HEALTH_CHECK_STATUS_UPDATED; 25 REASON_TASK_GROUP_INVALID; 26 REASON_TASK_GROUP_UNAUTHORIZED;
        14 REASON_TASK_INVALID; 15 REASON_TASK_UNAUTHORIZED; 16 REASON_TASK_UNKNOWN;
    }
    CHECK_INFO_TYPE = "CheckInfo.Type" {
        0 UNKNOWN; 1 COMMAND; 2 HTTP; 3 TCP;
    }
    HEALTH_CHECK_TYPE = "HealthCheck.Type" {
        0 UNKNOWN; 1 COMMAND; 2 HTTP; 3 TCP;
    }
}
