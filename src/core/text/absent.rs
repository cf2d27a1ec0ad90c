//! Words of a page whose object is not shown.

/// Title where the master does not list the object; `name` is its kind and id. It may be hidden from the user.
pub fn not_listed(name: &str, may_be_filtered: bool) -> String {
    if may_be_filtered { format!("The master shows you no {name}") } else { format!("The master lists no {name}") }
}

/// Title where an operator marked an agent gone.
pub fn marked_gone(name: &str) -> String {
    format!("An operator marked {name} gone")
}

/// What follows for an agent that was marked gone.
pub const GONE: &str = "Its tasks are in the state TASK_GONE_BY_OPERATOR. It cannot return under this ID.";

/// Title while the cluster's state loads, with or without a connection.
pub fn loading(name: &str, is_connected: bool) -> String {
    if is_connected { format!("Loading {name}") } else { format!("Waiting for the master to list {name}") }
}

/// What is missing while the cluster's state loads, with or without a connection.
pub const fn loading_hint(is_connected: bool) -> &'static str {
    match is_connected {
        true => "The cluster's state is still loading, and this is not in the part received so far.",
        false => "Not connected to the master, and this is not in the state received before.",
    }
}
