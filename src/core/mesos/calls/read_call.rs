//! A call that reads, as a value: parsed strictly, and printed from what was parsed. It keeps none of the caller's bytes.
//! Decides about no write: a call that is not one of these is an error.
//!
//! Mesos reads JSON leniently (PROTOCOL.md, "Requests"). A name ends at its first NUL, the last of equal names counts, and unknown fields are
//! ignored (stout's `JSON::Protobuf`, protobuf's `FindFieldByName`). So a body can show one type to a careful reader and
//! another one to Mesos; only a body that was printed here is known to mean what it says.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Call, agent, cluster, containers, files, maintenance, master, operations, process, providers, quota, session,
    subscribe, weights,
};
use crate::mesos::wire::json_form::JsonForm;

/// A call that changes nothing, of a master or of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadCall(ReadEnvelope);

/// Why a body is not accepted as a call that only reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadCallError {
    /// The call's type is not known to only read.
    OtherType(String),
    /// The parser's words: it is no JSON, or has a field that is not known.
    Json(String),
    /// The body names no type.
    NoType,
    /// The body names a type twice.
    TwoTypes,
    /// The body has a field of another type of call.
    OtherField {
        /// The call's type, as `GET_TASKS`.
        kind: String,
        /// Name of the field that belongs to another type.
        field: &'static str,
    },
    /// A text contains a NUL: Mesos would open another path than the one that was named.
    Nul,
}

impl ReadCall {
    /// Reads a body that has exactly one known type, and only fields of that type, each once.
    ///
    /// # Errors
    /// If Mesos might read anything else in the body.
    pub fn parse(body: &[u8]) -> Result<Self, ReadCallError> {
        let unclear = |error: serde_json::Error| ReadCallError::Json(short(&error));
        let Types { first, is_repeated, .. } = serde_json::from_slice(body).map_err(unclear)?;
        let kind = first.ok_or(ReadCallError::NoType)?;
        if is_repeated {
            return Err(ReadCallError::TwoTypes);
        }
        let Some((_, field)) = READS.iter().find(|(name, _)| *name == kind) else {
            return Err(ReadCallError::OtherType(kind));
        };
        let Object(call) = serde_json::from_slice::<Object<ReadEnvelope>>(body).map_err(unclear)?;
        match call.given().find(|given| Some(*given) != *field) {
            Some(field) => Err(ReadCallError::OtherField { kind, field }),
            None if has_nul(&serde_json::to_value(&call).map_err(unclear)?) => Err(ReadCallError::Nul),
            None => Ok(Self(call)),
        }
    }

    /// The body to send: nothing but the type and the fields that are known.
    pub fn body(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).expect("text keys and plain values always print")
    }
}

/// Type of a call, of which Mesos is certain to read the same.
///
/// # Errors
/// If Mesos might read another type in the body, or none.
pub fn call_type(body: &[u8]) -> Result<String, ReadCallError> {
    let Types { first, is_repeated, has_nul } =
        serde_json::from_slice(body).map_err(|error| ReadCallError::Json(short(&error)))?;
    let kind = first.ok_or(ReadCallError::NoType)?;
    match (is_repeated, has_nul || kind.contains('\0')) {
        (true, _) => Err(ReadCallError::TwoTypes),
        (false, true) => Err(ReadCallError::Nul),
        (false, false) => Ok(kind),
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(has_nul),
        Value::Object(fields) => fields.values().any(has_nul),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The types that read, each with the field of its arguments.
const READS: [(&str, Option<&str>); 26] = [
    read::<process::GetHealth>(),
    read::<process::GetFlags>(),
    read::<process::GetVersion>(),
    read::<process::GetMetrics>(),
    read::<process::GetLoggingLevel>(),
    read::<files::ListFiles>(),
    read::<files::ReadFile>(),
    read::<cluster::GetState>(),
    read::<cluster::GetAgents>(),
    read::<cluster::GetFrameworks>(),
    read::<cluster::GetExecutors>(),
    read::<cluster::GetTasks>(),
    read::<cluster::GetRoles>(),
    read::<operations::GetOperations>(),
    read::<master::GetMaster>(),
    read::<weights::GetWeights>(),
    read::<quota::GetQuota>(),
    read::<maintenance::GetMaintenanceStatus>(),
    read::<maintenance::GetMaintenanceSchedule>(),
    read::<subscribe::Subscribe>(),
    read::<agent::GetAgent>(),
    read::<containers::GetContainers>(),
    read::<containers::WaitContainer>(),
    read::<containers::WaitNestedContainer>(),
    read::<providers::GetResourceProviders>(),
    read::<session::AttachContainerOutput>(),
];

/// The type and the field of a call that reads; for another one this does not compile.
const fn read<C: Call>() -> (&'static str, Option<&'static str>) {
    assert!(C::READS, "a call that writes is no read");
    (C::TYPE, C::FIELD)
}

/// The whole of a call, with every field that any read has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadEnvelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    get_metrics: Option<GetMetricsFields>,
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    list_files: Option<ListFilesFields>,
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    read_file: Option<ReadFileFields>,
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    get_containers: Option<GetContainersFields>,
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    wait_container: Option<WaitContainerFields>,
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    wait_nested_container: Option<WaitContainerFields>,
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    attach_container_output: Option<WaitContainerFields>,
}

impl ReadEnvelope {
    /// The names of the arguments that it has.
    fn given(&self) -> impl Iterator<Item = &'static str> + use<> {
        let all = [
            ("get_metrics", self.get_metrics.is_some()),
            ("list_files", self.list_files.is_some()),
            ("read_file", self.read_file.is_some()),
            ("get_containers", self.get_containers.is_some()),
            ("wait_container", self.wait_container.is_some()),
            ("wait_nested_container", self.wait_nested_container.is_some()),
            ("attach_container_output", self.attach_container_output.is_some()),
        ];
        all.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GetMetricsFields {
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    timeout: Option<Timeout>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Timeout {
    nanoseconds: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFilesFields {
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadFileFields {
    path: String,
    offset: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GetContainersFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    show_nested: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    show_standalone: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitContainerFields {
    #[serde(deserialize_with = "container")]
    container_id: ContainerIdFields,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContainerIdFields {
    #[serde(default, deserialize_with = "parent", skip_serializing_if = "Option::is_none")]
    parent: Option<Box<ContainerIdFields>>,
    value: String,
}

fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Object::deserialize(from).map(|Object(value)| Some(value))
}

fn container<'de, D: Deserializer<'de>>(from: D) -> Result<ContainerIdFields, D::Error> {
    Object::deserialize(from).map(|Object(value)| value)
}

fn parent<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<ContainerIdFields>>, D::Error> {
    container(from).map(|value| Some(Box::new(value)))
}

/// An object and nothing else: serde also takes a list of its values, and `null` for an optional one.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ObjectVisitor(PhantomData)).map(Object)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", JsonForm::Object)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// The texts under the key `type` of an object that is the whole body. Read first, so that a write is refused by its name.
#[derive(Default)]
struct Types {
    first: Option<String>,
    is_repeated: bool,
    /// Whether a key contains a NUL, at which its name ends for Mesos.
    has_nul: bool,
}

impl<'de> Deserialize<'de> for Types {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(TypeVisitor)
    }
}

struct TypeVisitor;

impl<'de> Visitor<'de> for TypeVisitor {
    type Value = Types;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", JsonForm::Object)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Types, A::Error> {
        let mut types = Types::default();
        while let Some(key) = map.next_key::<String>()? {
            types.has_nul |= key.contains('\0');
            if key != "type" {
                map.next_value::<IgnoredAny>()?;
            } else {
                types.is_repeated |= types.first.replace(map.next_value()?).is_some();
            }
        }
        Ok(types)
    }
}

/// The error up to the field that it quotes: what follows is a list of all that are known.
fn short(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.match_indices('`').nth(1).map_or(&*words, |(end, _)| words.get(..=end).unwrap_or(&words)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::ContainerId;
    use crate::base::units::Nanoseconds;
    use crate::mesos::calls::container_path::ContainerPath;
    use crate::mesos::calls::containers::{GetContainers, NestedContainerId, WaitContainer, WaitNestedContainer};
    use crate::mesos::calls::files::{ListFiles, ReadFile, RegularFile};
    use crate::mesos::calls::process::GetMetrics;
    use crate::mesos::calls::request;

    fn check<C: Call>(call: &C) {
        let body = request(call);
        let parsed = ReadCall::parse(&body).map(|call| String::from_utf8_lossy(&call.body()).into_owned());
        assert_eq!(parsed, Ok(String::from_utf8_lossy(&body).into_owned()));
    }

    #[test]
    fn every_read_of_the_api_is_printed_as_it_was() {
        for (name, field) in READS.iter().filter(|(_, field)| field.is_none()) {
            let body = format!("{{\"type\":\"{name}\"}}");
            let parsed = ReadCall::parse(body.as_bytes()).map(|call| call.body());
            assert_eq!(parsed, Ok(body.into_bytes()), "{name} {field:?}");
        }
        let path = || "/s/\u{1}\"\u{e9}".to_owned();
        let top = ContainerPath::top(ContainerId("c".into()));
        let nested = NestedContainerId::new(top.clone(), ContainerId("n".into()));
        check(&GetMetrics { timeout: None });
        check(&GetMetrics { timeout: Some(Nanoseconds(-1).into()) });
        check(&ListFiles { path: path() });
        check(&ReadFile::window(&RegularFile::listed(&path(), 0o100_644).unwrap(), u64::MAX, u64::MAX));
        check(&ReadFile::folder_probe(&path()).unwrap());
        check(&GetContainers { show_nested: true, show_standalone: false });
        check(&WaitContainer { container_id: top.clone() });
        check(&WaitContainer { container_id: nested.clone().into() });
        check(&WaitNestedContainer { container_id: nested });
        check(&session::AttachContainerOutput { container_id: top });
    }

    #[test]
    fn a_call_without_its_arguments_is_left_to_mesos() {
        for (name, _) in READS {
            assert!(ReadCall::parse(format!("{{\"type\":\"{name}\"}}").as_bytes()).is_ok(), "{name}");
        }
    }

    fn refused(body: &str) -> ReadCallError {
        match ReadCall::parse(body.as_bytes()) {
            Err(why) => why,
            Ok(call) => panic!("{body:?} was taken for {call:?}"),
        }
    }

    /// Mesos' C++ ends a path at its NUL: the file before it would be opened, which no listing has shown.
    #[test]
    fn no_text_has_a_nul() {
        for body in [
            r#"{"type":"READ_FILE","read_file":{"path":"/s/pipe\u0000x","offset":0}}"#,
            r#"{"type":"READ_FILE","read_file":{"path":"\u0000","offset":0,"length":1}}"#,
            r#"{"type":"LIST_FILES","list_files":{"path":"/s\u0000"}}"#,
            r#"{"type":"WAIT_CONTAINER","wait_container":{"container_id":{"value":"c\u0000"}}}"#,
            r#"{"type":"WAIT_NESTED_CONTAINER","wait_nested_container":{"container_id":{"value":"c","parent":{"value":"\u0000p"}}}}"#,
            r#"{"type":"ATTACH_CONTAINER_OUTPUT","attach_container_output":{"container_id":{"value":"\u0000"}}}"#,
        ] {
            assert_eq!(refused(body), ReadCallError::Nul, "{body}");
        }
        // Six letters that only look like one.
        let spelt = r#"{"type":"LIST_FILES","list_files":{"path":"/s\\u0000"}}"#;
        assert!(ReadCall::parse(spelt.as_bytes()).is_ok());
    }

    #[test]
    fn a_write_is_named() {
        for name in ["TEARDOWN", "SET_LOGGING_LEVEL", "ATTACH_CONTAINER_INPUT", "get_state", "GET_STATE\\u0000", ""] {
            let body = format!("{{\"teardown\":{{}},\"type\":\"{name}\"}}");
            assert_eq!(refused(&body), ReadCallError::OtherType(name.replace("\\u0000", "\0")), "{name}");
        }
    }

    #[test]
    fn only_known_fields_each_once() {
        for (body, part) in [
            (r#"{"type":"GET_STATE","type\u0000":"TEARDOWN"}"#, "unknown field `type\0`"),
            (r#"{"type\u0000":"TEARDOWN","type":"GET_STATE"}"#, "unknown field `type\0`"),
            (r#"{"type":"GET_STATE","Type":"TEARDOWN"}"#, "unknown field `Type`"),
            (r#"{"type":"GET_STATE","":1}"#, "unknown field ``"),
            (r#"{"type":"GET_STATE","type":"GET_STATE"}"#, "two types"),
            (r#"{"type":"GET_STATE","launch_container":{}}"#, "unknown field `launch_container`"),
            (r#"{"type":"GET_STATE","launchContainer":{}}"#, "unknown field `launchContainer`"),
            (r#"{"type":"GET_METRICS","getMetrics":{}}"#, "unknown field `getMetrics`"),
            (r#"{"type":"GET_STATE","get_metrics":{}}"#, "GET_STATE has no field `get_metrics`"),
            (r#"{"type":"GET_METRICS","get_metrics":{},"read_file":{"path":"/","offset":0}}"#, "no field `read_file`"),
            (r#"{"type":"GET_METRICS","get_metrics":{},"get_metrics":{}}"#, "duplicate field"),
            (r#"{"type":"GET_METRICS","get_metrics":null}"#, "null"),
            (r#"{"type":"GET_METRICS","get_metrics":[]}"#, "an object"),
            (r#"{"type":"GET_METRICS","get_metrics":{"timeout":{"nanoseconds":1,"x":1}}}"#, "unknown field `x`"),
            (r#"{"type":"GET_METRICS","get_metrics":{"timeout":[1]}}"#, "an object"),
            (r#"{"type":"LIST_FILES","list_files":{"path":"/","path\u0000":"/x"}}"#, "unknown field `path\0`"),
            (r#"{"type":"LIST_FILES","list_files":{"path":"/","path":"/x"}}"#, "duplicate field `path`"),
            (r#"{"type":"LIST_FILES","list_files":["/"]}"#, "an object"),
            (r#"{"type":"READ_FILE","read_file":{"path":"/","offset":-1}}"#, "-1"),
            (r#"{"type":"READ_FILE","read_file":{"path":"/","offset":0,"type":"TEARDOWN"}}"#, "unknown field `type`"),
            (r#"{"type":"WAIT_CONTAINER","wait_container":{"container_id":["c"]}}"#, "an object"),
            (r#"{"type":"WAIT_CONTAINER","wait_container":{"container_id":{"value":"c","parent":null}}}"#, "an object"),
            (r#"["GET_STATE"]"#, "an object"),
            (r#"{"type":"GET_STATE"} {}"#, "trailing"),
            ("", "EOF"),
        ] {
            let why = refused(body);
            assert!(!matches!(why, ReadCallError::OtherType(_)), "{body} was taken for a write");
            let words = why.to_string();
            assert!(words.contains(part), "{body}: {words}");
        }
    }

    #[test]
    fn parents_are_bounded_in_depth() {
        let within = |inner: String, _| format!(r#"{{"value":"c","parent":{inner}}}"#);
        let id = |depth| (0..depth).fold(r#"{"value":"c"}"#.to_owned(), within);
        let body = |depth| format!(r#"{{"type":"WAIT_CONTAINER","wait_container":{{"container_id":{}}}}}"#, id(depth));
        assert!(ReadCall::parse(body(32).as_bytes()).is_ok());
        assert!(matches!(refused(&body(1000)), ReadCallError::Json(_)));
    }
}
