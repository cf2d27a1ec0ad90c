//! What a master refuses in resources whatever the agent has (src/v1/resources.cpp, src/common/validation.cpp).

use serde_json::Value;

use crate::answer::policy::wrong_role;
use crate::world::pool::Item;

/// Why the reservations of a resource are invalid, in Mesos' words; `None` if they are not.
pub(super) fn reservation_error(item: &Item) -> Option<String> {
    let roles: Vec<&str> = item.reservations.iter().filter_map(|layer| layer["role"].as_str()).collect();
    let invalid = roles.iter().find_map(|role| match *role {
        "*" => Some("Invalid reservation: role \"*\" cannot be reserved".to_owned()),
        role => wrong_role(role),
    });
    let pairs = roles.iter().zip(roles.iter().skip(1));
    let not_refined = |(parent, role): (&&str, &&str)| {
        let is_below = role.strip_prefix(*parent).is_some_and(|rest| rest.starts_with('/'));
        (!is_below).then(|| format!("Invalid refined reservation: role '{role}' is not a refinement of '{parent}'"))
    };
    let why = invalid.or_else(|| pairs.into_iter().find_map(not_refined))?;
    Some(format!("Resource '{}' is invalid: {why}", item.text()))
}

/// Why the id of a volume is invalid, in Mesos' words; `None` if it is not.
pub(super) fn volume_id_error(disk: &Value) -> Option<String> {
    let id = disk["persistence"]["id"].as_str().unwrap_or_default();
    let why = match id {
        "" => "ID must not be empty".to_owned(),
        _ if id.len() > 255 => "ID must not be greater than 255 characters".to_owned(),
        "." | ".." => format!("'{id}' is disallowed"),
        _ if id.bytes().any(|byte| byte.is_ascii_control() || matches!(byte, b'/' | b'\\')) => {
            format!("'{id}' contains invalid characters")
        }
        _ => return None,
    };
    Some(format!("Invalid resources: Invalid DiskInfo: Invalid persistence ID for persistent volume: {why}"))
}
