//! Agents, resource providers, frameworks and offers (include/mesos/v1/mesos.proto).

use super::basics::{
    AGENT_ID, ATTRIBUTE, DOMAIN_INFO, DURATION_INFO, EXECUTOR_ID, FRAMEWORK_ID, LABELS, OFFER_ID, RESOURCE_PROVIDER_ID,
    UNAVAILABILITY, URL, VALUE_SCALAR,
};
use super::containers::{COMMAND_INFO, CONTAINER_INFO};
use super::resources::{RESOURCE, RESOURCE_ALLOCATION_INFO, RESOURCE_RESERVATION_INFO};
use super::table::{BOOL, DOUBLE, INT32, TEXT, enums, many, map, messages, names, of, one};

messages! {
    FRAMEWORK_INFO_CAPABILITY = "FrameworkInfo.Capability" {
        1 type: one(names(&FRAMEWORK_INFO_CAPABILITY_TYPE));
    }
    OFFER_FILTERS_RESOURCE_QUANTITIES = "OfferFilters.ResourceQuantities" {
        1 quantities: map(of(&VALUE_SCALAR));
    }
    OFFER_FILTERS_MIN_ALLOCATABLE_RESOURCES = "OfferFilters.MinAllocatableResources" {
        1 quantities: many(of(&OFFER_FILTERS_RESOURCE_QUANTITIES));
    }
    OFFER_FILTERS = "OfferFilters" {
        1 min_allocatable_resources: one(of(&OFFER_FILTERS_MIN_ALLOCATABLE_RESOURCES));
    }
    FRAMEWORK_INFO = "FrameworkInfo" {
        1 user: one(TEXT);
        2 name: one(TEXT);
        3 id: one(of(&FRAMEWORK_ID));
        4 failover_timeout: one(DOUBLE).or("0.0");
        5 checkpoint: one(BOOL).or("false");
        6 role: one(TEXT);
        12 roles: many(TEXT);
        7 hostname: one(TEXT);
        8 principal: one(TEXT);
        9 webui_url: one(TEXT);
        10 capabilities: many(of(&FRAMEWORK_INFO_CAPABILITY));
        11 labels: one(of(&LABELS));
        13 offer_filters: map(of(&OFFER_FILTERS));
    }
    OFFER = "Offer" {
        1 id: one(of(&OFFER_ID));
        2 framework_id: one(of(&FRAMEWORK_ID));
        3 agent_id: one(of(&AGENT_ID));
        4 hostname: one(TEXT);
        8 url: one(of(&URL));
        11 domain: one(of(&DOMAIN_INFO));
        5 resources: many(of(&RESOURCE));
        7 attributes: many(of(&ATTRIBUTE));
        6 executor_ids: many(of(&EXECUTOR_ID));
        9 unavailability: one(of(&UNAVAILABILITY));
        10 allocation_info: one(of(&RESOURCE_ALLOCATION_INFO));
    }
    INVERSE_OFFER = "InverseOffer" {
        1 id: one(of(&OFFER_ID));
        2 url: one(of(&URL));
        3 framework_id: one(of(&FRAMEWORK_ID));
        4 agent_id: one(of(&AGENT_ID));
        5 unavailability: one(of(&UNAVAILABILITY));
        6 resources: many(of(&RESOURCE));
    }
    AGENT_INFO = "AgentInfo" {
        1 hostname: one(TEXT);
        8 port: one(INT32).or("5051");
        3 resources: many(of(&RESOURCE));
        5 attributes: many(of(&ATTRIBUTE));
        6 id: one(of(&AGENT_ID));
        10 domain: one(of(&DOMAIN_INFO));
        7 checkpoint: one(BOOL);
    }
    AGENT_INFO_CAPABILITY = "AgentInfo.Capability" {
        1 type: one(names(&AGENT_INFO_CAPABILITY_TYPE));
    }
    CSI_PLUGIN_CONTAINER_INFO = "CSIPluginContainerInfo" {
        1 services: many(names(&CSI_PLUGIN_CONTAINER_INFO_SERVICE));
        2 command: one(of(&COMMAND_INFO));
        3 resources: many(of(&RESOURCE));
        4 container: one(of(&CONTAINER_INFO));
    }
    CSI_PLUGIN_ENDPOINT = "CSIPluginEndpoint" {
        1 csi_service: one(names(&CSI_PLUGIN_CONTAINER_INFO_SERVICE));
        2 endpoint: one(TEXT);
    }
    CSI_PLUGIN_INFO = "CSIPluginInfo" {
        1 type: one(TEXT);
        2 name: one(TEXT).or(r#""default""#);
        3 containers: many(of(&CSI_PLUGIN_CONTAINER_INFO));
        4 endpoints: many(of(&CSI_PLUGIN_ENDPOINT));
        5 target_path_root: one(TEXT);
        6 target_path_exists: one(BOOL);
    }
    RESOURCE_PROVIDER_INFO_STORAGE = "ResourceProviderInfo.Storage" {
        1 plugin: one(of(&CSI_PLUGIN_INFO));
        2 reconciliation_interval_seconds: one(DOUBLE);
    }
    RESOURCE_PROVIDER_INFO = "ResourceProviderInfo" {
        1 id: one(of(&RESOURCE_PROVIDER_ID));
        2 attributes: many(of(&ATTRIBUTE));
        3 type: one(TEXT);
        4 name: one(TEXT);
        5 default_reservations: many(of(&RESOURCE_RESERVATION_INFO));
        6 storage: one(of(&RESOURCE_PROVIDER_INFO_STORAGE));
    }
    DRAIN_CONFIG = "DrainConfig" {
        1 max_grace_period: one(of(&DURATION_INFO));
        2 mark_gone: one(BOOL).or("false");
    }
    DRAIN_INFO = "DrainInfo" {
        1 state: one(names(&DRAIN_STATE));
        2 config: one(of(&DRAIN_CONFIG));
    }
}

enums! {
    FRAMEWORK_INFO_CAPABILITY_TYPE = "FrameworkInfo.Capability.Type" {
        0 UNKNOWN; 1 REVOCABLE_RESOURCES; 2 TASK_KILLING_STATE; 3 GPU_RESOURCES; 4 SHARED_RESOURCES;
        5 PARTITION_AWARE; 6 MULTI_ROLE; 7 RESERVATION_REFINEMENT; 8 REGION_AWARE;
    }
    AGENT_INFO_CAPABILITY_TYPE = "AgentInfo.Capability.Type" {
        0 UNKNOWN; 1 MULTI_ROLE; 2 HIERARCHICAL_ROLE; 3 RESERVATION_REFINEMENT; 4 RESOURCE_PROVIDER; 5 RESIZE_VOLUME;
        6 AGENT_OPERATION_FEEDBACK; 7 AGENT_DRAINING; 8 TASK_RESOURCE_LIMITS;
    }
    CSI_PLUGIN_CONTAINER_INFO_SERVICE = "CSIPluginContainerInfo.Service" {
        0 UNKNOWN; 1 CONTROLLER_SERVICE; 2 NODE_SERVICE;
    }
    DRAIN_STATE = "DrainState" {
        0 UNKNOWN; 1 DRAINING; 2 DRAINED;
    }
}
