//! Fields of a resource provider's configuration, with their forms (ResourceProviderInfo of Mesos 1.11). Reads nothing.

/// What a new configuration begins with.
pub const TEMPLATE: &str = concat!(
    r#"{"type":"org.apache.mesos.rp.local.storage","name":"","default_reservations":[],"storage":{"plugin":{"#,
    r#""type":"","name":"","containers":[{"services":["CONTROLLER_SERVICE","NODE_SERVICE"],"command":{"value":""},"#,
    r#""resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":0.1}},"#,
    r#"{"name":"mem","type":"SCALAR","scalar":{"value":128}}]}]}}}"#
);

/// Form of a value.
#[derive(Debug)]
pub(super) enum Form {
    /// Any JSON; parts of messages that Mesos checks itself.
    Any,
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A name of letters, digits and underscores.
    Name,
    /// Such names, joined by dots.
    Dotted,
    /// A role other than `*`.
    Role,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A field that must not be set.
    Forbidden,
    /// A list of values of one form.
    List(&'static Form),
    /// An object with these fields.
    Object(&'static [Field]),
}

/// A field of an object.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) is_required: bool,
}

const fn may(name: &'static str, form: Form) -> Field {
    Field { name, form, is_required: false }
}

const fn must(name: &'static str, form: Form) -> Field {
    Field { name, form, is_required: true }
}

/// Fields of ResourceProviderInfo.
pub(super) const CONFIG: &[Field] = &[
    may("id", Form::Forbidden),
    may("attributes", Form::List(&Form::Object(ATTRIBUTE))),
    must("type", Form::OneOf(&["org.apache.mesos.rp.local.storage"])),
    must("name", Form::Name),
    may("default_reservations", Form::List(&Form::Object(RESERVATION))),
    must("storage", Form::Object(STORAGE)),
];

const ATTRIBUTE: &[Field] = &[
    must("name", Form::Text),
    must("type", Form::OneOf(&["SCALAR", "RANGES", "SET", "TEXT"])),
    may("scalar", Form::Any),
    may("ranges", Form::Any),
    may("set", Form::Any),
    may("text", Form::Any),
];

const RESERVATION: &[Field] = &[
    must("type", Form::OneOf(&["DYNAMIC", "STATIC"])),
    must("role", Form::Role),
    may("principal", Form::Text),
    may("labels", Form::Any),
];

const STORAGE: &[Field] = &[must("plugin", Form::Object(PLUGIN)), may("reconciliation_interval_seconds", Form::Number)];

const PLUGIN: &[Field] = &[
    must("type", Form::Dotted),
    must("name", Form::Name),
    may("containers", Form::List(&Form::Object(CONTAINER))),
    may("endpoints", Form::List(&Form::Object(ENDPOINT))),
    may("target_path_root", Form::Text),
    may("target_path_exists", Form::Flag),
];

/// The service that mounts volumes on the agent.
pub(super) const NODE_SERVICE: &str = "NODE_SERVICE";

const SERVICES: &[&str] = &["CONTROLLER_SERVICE", NODE_SERVICE];

const ENDPOINT: &[Field] = &[must("csi_service", Form::OneOf(SERVICES)), must("endpoint", Form::Text)];

const CONTAINER: &[Field] = &[
    may("services", Form::List(&Form::OneOf(SERVICES))),
    may("command", Form::Object(COMMAND)),
    may("resources", Form::List(&Form::Object(RESOURCE))),
    may("container", Form::Object(CONTAINER_INFO)),
];

const COMMAND: &[Field] = &[
    may("uris", Form::List(&Form::Any)),
    may("environment", Form::Any),
    may("shell", Form::Flag),
    may("value", Form::Text),
    may("arguments", Form::List(&Form::Text)),
    may("user", Form::Text),
];

const RESOURCE: &[Field] = &[
    may("provider_id", Form::Any),
    must("name", Form::Text),
    must("type", Form::OneOf(&["SCALAR", "RANGES", "SET"])),
    may("scalar", Form::Any),
    may("ranges", Form::Any),
    may("set", Form::Any),
    may("role", Form::Text),
    may("allocation_info", Form::Any),
    may("reservation", Form::Any),
    may("reservations", Form::List(&Form::Any)),
    may("disk", Form::Any),
    may("revocable", Form::Any),
    may("shared", Form::Any),
];

const CONTAINER_INFO: &[Field] = &[
    must("type", Form::OneOf(&["MESOS", "DOCKER"])),
    may("volumes", Form::List(&Form::Any)),
    may("hostname", Form::Text),
    may("docker", Form::Any),
    may("mesos", Form::Any),
    may("network_infos", Form::List(&Form::Any)),
    may("linux_info", Form::Any),
    may("rlimit_info", Form::Any),
    may("tty_info", Form::Any),
];
