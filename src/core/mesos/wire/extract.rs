//! One object's own JSON out of a larger text, exactly as it was sent. Reads the way to it and no more, and knows nothing of
//! what it means.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::detail::{self, DetailedResource};
use super::tree;

/// An offer of a framework, by its id, as GET_FRAMEWORKS reported it.
pub fn offer<'a>(framework: &'a str, id: &str) -> Option<&'a str> {
    listed(framework, &["offers"], &["id", "value"], id)
}

/// An inverse offer of a framework, by its id, as GET_FRAMEWORKS reported it.
pub fn inverse_offer<'a>(framework: &'a str, id: &str) -> Option<&'a str> {
    listed(framework, &["inverse_offers"], &["id", "value"], id)
}

/// An operation, by its uuid, in an answer to GET_OPERATIONS.
pub fn operation<'a>(body: &'a str, uuid: &str) -> Option<&'a str> {
    listed(body, &["get_operations", "operations"], &["uuid", "value"], uuid)
}

/// A role, by its name, in an answer to GET_ROLES.
pub fn role<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    listed(body, &["get_roles", "roles"], &["name"], name)
}

/// A role's quota in an answer to GET_QUOTA: as new masters tell it, or else as old ones do.
pub fn quota<'a>(body: &'a str, role: &str) -> Option<&'a str> {
    let reported = |list| listed(body, &["get_quota", "status", list], &["role"], role);
    reported("configs").or_else(|| reported("infos"))
}

/// All quotas in an answer to GET_QUOTA, as new masters tell them.
pub fn quota_configs(body: &str) -> impl Iterator<Item = &str> {
    items(body, &["get_quota", "status", "configs"]).unwrap_or_default().into_iter().map(RawValue::get)
}

/// All guarantees in an answer to GET_QUOTA, as old masters tell them.
pub fn quota_infos(body: &str) -> impl Iterator<Item = &str> {
    items(body, &["get_quota", "status", "infos"]).unwrap_or_default().into_iter().map(RawValue::get)
}

/// The resources that an offer is of.
pub fn offer_resources(offer: &str) -> Vec<DetailedResource> {
    tree::read(offer, detail::offer_resources).0
}

/// The resources that an operation is about.
pub fn operation_resources(operation: &str) -> Vec<DetailedResource> {
    tree::read(operation, detail::operation_resources).0
}

fn listed<'a>(text: &'a str, list: &[&str], name: &[&str], wanted: &str) -> Option<&'a str> {
    let is_it = |item: &&'a str| {
        let name: Option<String> = walk(item, name).and_then(|name| serde_json::from_str(name).ok());
        name.as_deref() == Some(wanted)
    };
    items(text, list)?.into_iter().map(RawValue::get).find(is_it)
}

fn items<'a>(text: &'a str, list: &[&str]) -> Option<Vec<&'a RawValue>> {
    serde_json::from_str(walk(text, list)?).ok()
}

fn walk<'a>(text: &'a str, way: &[&str]) -> Option<&'a str> {
    way.iter().try_fold(text, |text, name| {
        let members: HashMap<String, &'a RawValue> = serde_json::from_str(text).ok()?;
        members.get(*name).map(|value| value.get())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_found_and_left_as_it_is() {
        let body = r#"{"type":"GET_ROLES","get_roles":{"roles":[{"name":"a"},{"weight" : 2.50,"name":"b\/c"}]}}"#;
        assert_eq!(role(body, "b/c"), Some(r#"{"weight" : 2.50,"name":"b\/c"}"#));
        assert_eq!(role(body, "c"), None);
        for text in ["", "[]", "{", r#"{"get_roles":[]}"#, r#"{"get_roles":{"roles":[1,{"name":2},null]}}"#] {
            assert_eq!(role(text, "a"), None, "{text}");
        }
    }

    #[test]
    fn a_quota_is_reported_by_old_masters_too() {
        let old = r#"{"get_quota":{"status":{"infos":[{"role":"r","guarantee":[]}]}}}"#;
        assert_eq!(quota(old, "r"), Some(r#"{"role":"r","guarantee":[]}"#));
        let new = r#"{"get_quota":{"status":{"configs":[{"role":"r"}],"infos":[{"role":"r","guarantee":[]}]}}}"#;
        assert_eq!(quota(new, "r"), Some(r#"{"role":"r"}"#));
    }
}
