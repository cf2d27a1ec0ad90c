//! Messages that many others hold: ids, labels, times, values, secrets (include/mesos/v1/mesos.proto).

use super::table::{BYTES, DOUBLE, INT32, INT64, TEXT, UINT32, UINT64, enums, many, messages, names, of, one};

messages! {
    TASK_ID = "TaskID" {
        1 value: one(TEXT);
    }
    FRAMEWORK_ID = "FrameworkID" {
        1 value: one(TEXT);
    }
    EXECUTOR_ID = "ExecutorID" {
        1 value: one(TEXT);
    }
    AGENT_ID = "AgentID" {
        1 value: one(TEXT);
    }
    RESOURCE_PROVIDER_ID = "ResourceProviderID" {
        1 value: one(TEXT);
    }
    VALUE_SCALAR = "Value.Scalar" {
        1 value: one(DOUBLE);
    }
    VALUE_RANGE = "Value.Range" {
        1 begin: one(UINT64);
        2 end: one(UINT64);
    }
    VALUE_RANGES = "Value.Ranges" {
        1 range: many(of(&VALUE_RANGE));
    }
    VALUE_SET = "Value.Set" {
        1 item: many(TEXT);
    }
    LABEL = "Label" {
        1 key: one(TEXT);
        2 value: one(TEXT);
    }
    LABELS = "Labels" {
        1 labels: many(of(&LABEL));
    }
    CREDENTIAL = "Credential" {
        1 principal: one(TEXT);
        2 secret: one(TEXT);
    }
    SECRET_REFERENCE = "Secret.Reference" {
        1 name: one(TEXT);
        2 key: one(TEXT);
    }
    SECRET_VALUE = "Secret.Value" {
        1 data: one(BYTES);
    }
    SECRET = "Secret" {
        1 type: one(names(&SECRET_TYPE));
        2 reference: one(of(&SECRET_REFERENCE));
        3 value: one(of(&SECRET_VALUE));
    }
    PARAMETER = "Parameter" {
        1 key: one(TEXT);
        2 value: one(TEXT);
    }
    PARAMETERS = "Parameters" {
        1 parameter: many(of(&PARAMETER));
    }
    CONTAINER_ID = "ContainerID" {
        1 value: one(TEXT);
        2 parent: one(of(&CONTAINER_ID));
    }
    TIME_INFO = "TimeInfo" {
        1 nanoseconds: one(INT64);
    }
    PORT = "Port" {
        1 number: one(UINT32);
        2 name: one(TEXT);
        3 protocol: one(TEXT);
        4 visibility: one(names(&DISCOVERY_INFO_VISIBILITY));
        5 labels: one(of(&LABELS));
    }
    PORTS = "Ports" {
        1 ports: many(of(&PORT));
    }
    DISCOVERY_INFO = "DiscoveryInfo" {
        1 visibility: one(names(&DISCOVERY_INFO_VISIBILITY));
        2 name: one(TEXT);
        3 environment: one(TEXT);
        4 location: one(TEXT);
        5 version: one(TEXT);
        6 ports: one(of(&PORTS));
        7 labels: one(of(&LABELS));
    }
    DURATION_INFO = "DurationInfo" {
        1 nanoseconds: one(INT64);
    }
    OFFER_ID = "OfferID" {
        1 value: one(TEXT);
    }
    ADDRESS = "Address" {
        1 hostname: one(TEXT);
        2 ip: one(TEXT);
        3 port: one(INT32);
    }
    URL = "URL" {
        1 scheme: one(TEXT);
        2 address: one(of(&ADDRESS));
        3 path: one(TEXT);
        4 query: many(of(&PARAMETER));
        5 fragment: one(TEXT);
    }
    DOMAIN_INFO_FAULT_DOMAIN_REGION_INFO = "DomainInfo.FaultDomain.RegionInfo" {
        1 name: one(TEXT);
    }
    DOMAIN_INFO_FAULT_DOMAIN_ZONE_INFO = "DomainInfo.FaultDomain.ZoneInfo" {
        1 name: one(TEXT);
    }
    DOMAIN_INFO_FAULT_DOMAIN = "DomainInfo.FaultDomain" {
        1 region: one(of(&DOMAIN_INFO_FAULT_DOMAIN_REGION_INFO));
        2 zone: one(of(&DOMAIN_INFO_FAULT_DOMAIN_ZONE_INFO));
    }
    DOMAIN_INFO = "DomainInfo" {
        1 fault_domain: one(of(&DOMAIN_INFO_FAULT_DOMAIN));
    }
    VALUE_TEXT = "Value.Text" {
        1 value: one(TEXT);
    }
    ATTRIBUTE = "Attribute" {
        1 name: one(TEXT);
        2 type: one(names(&VALUE_TYPE));
        3 scalar: one(of(&VALUE_SCALAR));
        4 ranges: one(of(&VALUE_RANGES));
        6 set: one(of(&VALUE_SET));
        5 text: one(of(&VALUE_TEXT));
    }
    UNAVAILABILITY = "Unavailability" {
        1 start: one(of(&TIME_INFO));
        2 duration: one(of(&DURATION_INFO));
    }
}

enums! {
    VALUE_TYPE = "Value.Type" {
        0 SCALAR; 1 RANGES; 2 SET; 3 TEXT;
    }
    SECRET_TYPE = "Secret.Type" {
        0 UNKNOWN; 1 REFERENCE; 2 VALUE;
    }
    DISCOVERY_INFO_VISIBILITY = "DiscoveryInfo.Visibility" {
        0 FRAMEWORK; 1 CLUSTER; 2 EXTERNAL;
    }
}
