//! Events and answers of the master (include/mesos/v1/master/master.proto, include/mesos/v1/scheduler/scheduler.proto).

use super::basics::{AGENT_ID, FRAMEWORK_ID, TIME_INFO};
use super::containers::EXECUTOR_INFO;
use super::infos::{
    AGENT_INFO, AGENT_INFO_CAPABILITY, DRAIN_INFO, FRAMEWORK_INFO, INVERSE_OFFER, OFFER, RESOURCE_PROVIDER_INFO,
};
use super::resources::RESOURCE;
use super::table::{BOOL, DOUBLE, TEXT, enums, many, map, messages, names, of, one};
use super::tasks::{TASK, TASK_STATE, TASK_STATUS};

messages! {
    GET_TASKS = "GetTasks" {
        1 pending_tasks: many(of(&TASK));
        2 tasks: many(of(&TASK));
        5 unreachable_tasks: many(of(&TASK));
        3 completed_tasks: many(of(&TASK));
        4 orphan_tasks: many(of(&TASK));
    }
    EXECUTOR = "Executor" {
        1 executor_info: one(of(&EXECUTOR_INFO));
        2 agent_id: one(of(&AGENT_ID));
    }
    GET_EXECUTORS = "GetExecutors" {
        1 executors: many(of(&EXECUTOR));
        2 orphan_executors: many(of(&EXECUTOR));
    }
    ATTRIBUTE_CONSTRAINT_SELECTOR = "AttributeConstraint.Selector" {
        1 pseudoattribute_type: one(names(&ATTRIBUTE_CONSTRAINT_SELECTOR_PSEUDOATTRIBUTE_TYPE));
        2 attribute_name: one(TEXT);
    }
    ATTRIBUTE_CONSTRAINT_PREDICATE_EXISTS = "AttributeConstraint.Predicate.Exists" {}
    ATTRIBUTE_CONSTRAINT_PREDICATE_NOT_EXISTS = "AttributeConstraint.Predicate.NotExists" {}
    ATTRIBUTE_CONSTRAINT_PREDICATE_TEXT_EQUALS = "AttributeConstraint.Predicate.TextEquals" {
        1 value: one(TEXT);
    }
    ATTRIBUTE_CONSTRAINT_PREDICATE_TEXT_NOT_EQUALS = "AttributeConstraint.Predicate.TextNotEquals" {
        1 value: one(TEXT);
    }
    ATTRIBUTE_CONSTRAINT_PREDICATE_TEXT_MATCHES = "AttributeConstraint.Predicate.TextMatches" {
        1 regex: one(TEXT);
    }
    ATTRIBUTE_CONSTRAINT_PREDICATE_TEXT_NOT_MATCHES = "AttributeConstraint.Predicate.TextNotMatches" {
        1 regex: one(TEXT);
    }
    ATTRIBUTE_CONSTRAINT_PREDICATE = "AttributeConstraint.Predicate" {
        1 exists: one(of(&ATTRIBUTE_CONSTRAINT_PREDICATE_EXISTS));
        2 not_exists: one(of(&ATTRIBUTE_CONSTRAINT_PREDICATE_NOT_EXISTS));
        3 text_equals: one(of(&ATTRIBUTE_CONSTRAINT_PREDICATE_TEXT_EQUALS));
        4 text_not_equals: one(of(&ATTRIBUTE_CONSTRAINT_PREDICATE_TEXT_NOT_EQUALS));
        5 text_matches: one(of(&ATTRIBUTE_CONSTRAINT_PREDICATE_TEXT_MATCHES));
        6 text_not_matches: one(of(&ATTRIBUTE_CONSTRAINT_PREDICATE_TEXT_NOT_MATCHES));
    }
    ATTRIBUTE_CONSTRAINT = "AttributeConstraint" {
        1 selector: one(of(&ATTRIBUTE_CONSTRAINT_SELECTOR));
        2 predicate: one(of(&ATTRIBUTE_CONSTRAINT_PREDICATE));
    }
    OFFER_CONSTRAINTS_ROLE_CONSTRAINTS_GROUP = "OfferConstraints.RoleConstraints.Group" {
        1 attribute_constraints: many(of(&ATTRIBUTE_CONSTRAINT));
    }
    OFFER_CONSTRAINTS_ROLE_CONSTRAINTS = "OfferConstraints.RoleConstraints" {
        1 groups: many(of(&OFFER_CONSTRAINTS_ROLE_CONSTRAINTS_GROUP));
    }
    OFFER_CONSTRAINTS = "OfferConstraints" {
        1 role_constraints: map(of(&OFFER_CONSTRAINTS_ROLE_CONSTRAINTS));
    }
    FRAMEWORK = "Framework" {
        1 framework_info: one(of(&FRAMEWORK_INFO));
        2 active: one(BOOL);
        3 connected: one(BOOL);
        11 recovered: one(BOOL);
        4 registered_time: one(of(&TIME_INFO));
        5 reregistered_time: one(of(&TIME_INFO));
        6 unregistered_time: one(of(&TIME_INFO));
        7 offers: many(of(&OFFER));
        8 inverse_offers: many(of(&INVERSE_OFFER));
        9 allocated_resources: many(of(&RESOURCE));
        10 offered_resources: many(of(&RESOURCE));
        12 offer_constraints: one(of(&OFFER_CONSTRAINTS));
    }
    GET_FRAMEWORKS = "GetFrameworks" {
        1 frameworks: many(of(&FRAMEWORK));
        2 completed_frameworks: many(of(&FRAMEWORK));
        3 recovered_frameworks: many(of(&FRAMEWORK_INFO));
    }
    AGENT_RESOURCE_PROVIDER = "Agent.ResourceProvider" {
        1 resource_provider_info: one(of(&RESOURCE_PROVIDER_INFO));
        2 total_resources: many(of(&RESOURCE));
    }
    AGENT = "Agent" {
        1 agent_info: one(of(&AGENT_INFO));
        2 active: one(BOOL);
        12 deactivated: one(BOOL);
        3 version: one(TEXT);
        4 pid: one(TEXT);
        5 registered_time: one(of(&TIME_INFO));
        6 reregistered_time: one(of(&TIME_INFO));
        7 total_resources: many(of(&RESOURCE));
        8 allocated_resources: many(of(&RESOURCE));
        9 offered_resources: many(of(&RESOURCE));
        10 capabilities: many(of(&AGENT_INFO_CAPABILITY));
        11 resource_providers: many(of(&AGENT_RESOURCE_PROVIDER));
        13 drain_info: one(of(&DRAIN_INFO));
        14 estimated_drain_start_time: one(of(&TIME_INFO));
    }
    GET_AGENTS = "GetAgents" {
        1 agents: many(of(&AGENT));
        2 recovered_agents: many(of(&AGENT_INFO));
    }
    GET_STATE = "GetState" {
        1 get_tasks: one(of(&GET_TASKS));
        2 get_executors: one(of(&GET_EXECUTORS));
        3 get_frameworks: one(of(&GET_FRAMEWORKS));
        4 get_agents: one(of(&GET_AGENTS));
    }
    EVENT_SUBSCRIBED = "Event.Subscribed" {
        1 get_state: one(of(&GET_STATE));
        2 heartbeat_interval_seconds: one(DOUBLE);
    }
    EVENT_TASK_ADDED = "Event.TaskAdded" {
        1 task: one(of(&TASK));
    }
    EVENT_TASK_UPDATED = "Event.TaskUpdated" {
        1 framework_id: one(of(&FRAMEWORK_ID));
        2 status: one(of(&TASK_STATUS));
        3 state: one(names(&TASK_STATE));
    }
    EVENT_AGENT_ADDED = "Event.AgentAdded" {
        1 agent: one(of(&AGENT));
    }
    EVENT_AGENT_REMOVED = "Event.AgentRemoved" {
        1 agent_id: one(of(&AGENT_ID));
    }
    EVENT_FRAMEWORK_ADDED = "Event.FrameworkAdded" {
        1 framework: one(of(&FRAMEWORK));
    }
    EVENT_FRAMEWORK_UPDATED = "Event.FrameworkUpdated" {
        1 framework: one(of(&FRAMEWORK));
    }
    EVENT_FRAMEWORK_REMOVED = "Event.FrameworkRemoved" {
        1 framework_info: one(of(&FRAMEWORK_INFO));
    }
    EVENT = "Event" {
        1 type: one(names(&EVENT_TYPE));
        2 subscribed: one(of(&EVENT_SUBSCRIBED));
        3 task_added: one(of(&EVENT_TASK_ADDED));
        4 task_updated: one(of(&EVENT_TASK_UPDATED));
        5 agent_added: one(of(&EVENT_AGENT_ADDED));
        6 agent_removed: one(of(&EVENT_AGENT_REMOVED));
        7 framework_added: one(of(&EVENT_FRAMEWORK_ADDED));
        8 framework_updated: one(of(&EVENT_FRAMEWORK_UPDATED));
        9 framework_removed: one(of(&EVENT_FRAMEWORK_REMOVED));
    }
    RESPONSE = "Response" {
        1 type: one(names(&RESPONSE_TYPE));
        9 get_state: one(of(&GET_STATE));
        10 get_agents: one(of(&GET_AGENTS));
        11 get_frameworks: one(of(&GET_FRAMEWORKS));
        12 get_executors: one(of(&GET_EXECUTORS));
        13 get_tasks: one(of(&GET_TASKS));
    }
}

enums! {
    EVENT_TYPE = "Event.Type" {
        0 UNKNOWN; 1 SUBSCRIBED; 2 TASK_ADDED; 3 TASK_UPDATED; 4 AGENT_ADDED; 5 AGENT_REMOVED; 6 FRAMEWORK_ADDED;
        7 FRAMEWORK_UPDATED; 8 FRAMEWORK_REMOVED; 9 HEARTBEAT;
    }
    ATTRIBUTE_CONSTRAINT_SELECTOR_PSEUDOATTRIBUTE_TYPE = "AttributeConstraint.Selector.PseudoattributeType" {
        0 UNKNOWN; 1 HOSTNAME; 2 REGION; 3 ZONE;
    }
    RESPONSE_TYPE = "Response.Type" {
        0 UNKNOWN; 1 GET_HEALTH; 2 GET_FLAGS; 3 GET_VERSION; 4 GET_METRICS; 5 GET_LOGGING_LEVEL; 6 LIST_FILES;
        7 READ_FILE; 8 GET_STATE; 9 GET_AGENTS; 10 GET_FRAMEWORKS; 11 GET_EXECUTORS; 19 GET_OPERATIONS; 12 GET_TASKS;
        13 GET_ROLES; 14 GET_WEIGHTS; 15 GET_MASTER; 16 GET_MAINTENANCE_STATUS; 17 GET_MAINTENANCE_SCHEDULE;
        18 GET_QUOTA;
    }
}
