//! What goes in and out of a container: calls that are streams of `ProcessIo` records, one way or the other.
//! Frames no records; that is `recordio`. Decodes no base64.

use serde::Serialize;

use super::command::{CommandInfo, ContainerInfo, TtyInfo};
use super::containers::NestedContainerId;
use super::{Call, EmptyReply};
use crate::base::ids::AgentId;
use crate::base::units::Nanoseconds;
use crate::mesos::calls::container_path::ContainerPath;
use crate::mesos::wire::field::{Lenient, fields};
use crate::mesos::wire::time::DurationInfo;

/// Launches a command inside a container and streams what it prints. It ends with the connection.
#[derive(Clone, Debug, Serialize)]
pub struct LaunchNestedContainerSession {
    /// Id of the session's container, nested in the container that it looks into.
    pub container_id: NestedContainerId,
    /// Command of the session; `None` for the image's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandInfo>,
    /// Terminal and image of the session; `None` for a session without a terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerInfo>,
}

impl Call for LaunchNestedContainerSession {
    const TYPE: &'static str = "LAUNCH_NESTED_CONTAINER_SESSION";
    const FIELD: Option<&'static str> = Some("launch_nested_container_session");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Streams what a session, or a task with a terminal, prints. Others are refused with 500: they have no I/O switchboard.
#[derive(Clone, Debug, Serialize)]
pub struct AttachContainerOutput {
    /// The container whose output is streamed.
    pub container_id: ContainerPath,
}

impl Call for AttachContainerOutput {
    const TYPE: &'static str = "ATTACH_CONTAINER_OUTPUT";
    const FIELD: Option<&'static str> = Some("attach_container_output");
    const READS: bool = true;
    type Reply<'a> = EmptyReply;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        u64::MAX
    }
}

/// One record of what is typed into a container. The request is a stream of them, of the type `RECORDS_CONTENT_TYPE`:
/// first which container, then what goes in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type")]
pub enum AttachContainerInput {
    /// The first record, which names the container.
    #[serde(rename = "CONTAINER_ID")]
    Container {
        /// The container that the input goes to.
        container_id: ContainerPath,
    },
    /// All later records. Data without bytes ends the input; heartbeats keep the connection.
    #[serde(rename = "PROCESS_IO")]
    Io {
        /// A piece of input, or a control message.
        process_io: ProcessIo,
    },
}

impl Call for AttachContainerInput {
    const TYPE: &'static str = "ATTACH_CONTAINER_INPUT";
    const FIELD: Option<&'static str> = Some("attach_container_input");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// A record of a container's input or output.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProcessIo {
    /// Type of the record: DATA or CONTROL.
    #[serde(rename = "type")]
    pub kind: String,
    /// Bytes of input or output, for the type DATA; otherwise `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// Message beside the bytes, for the type CONTROL; otherwise `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
}

impl ProcessIo {
    /// Reads a record of an answer; it is text once `wire::mend` made it so.
    pub fn parse(record: &str) -> serde_json::Result<Self> {
        Ok(serde_json::from_str::<Lenient<Self>>(record)?.value.unwrap_or_default())
    }

    /// Bytes for the standard input, in base64.
    pub fn stdin(base64: String) -> Self {
        let data = Data { kind: "STDIN".to_owned(), data: base64 };
        Self { kind: "DATA".to_owned(), data: Some(data), control: None }
    }

    /// Builds the message for a new size of the terminal.
    pub fn resized(tty_info: TtyInfo) -> Self {
        Self::control(Control { kind: "TTY_INFO".to_owned(), tty_info: Some(tty_info), heartbeat: None })
    }

    /// Builds a heartbeat that promises the next one within this time.
    pub fn heartbeat(interval: Nanoseconds) -> Self {
        let heartbeat = Some(Heartbeat { interval: interval.into() });
        Self::control(Control { kind: "HEARTBEAT".to_owned(), tty_info: None, heartbeat })
    }

    fn control(control: Control) -> Self {
        Self { kind: "CONTROL".to_owned(), data: None, control: Some(control) }
    }
}

/// Bytes of one of the three standard streams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Data {
    /// Stream of the bytes: STDIN, STDOUT or STDERR.
    #[serde(rename = "type")]
    pub kind: String,
    /// The bytes in base64, with padding.
    pub data: String,
}

/// A control message of a container's terminal or connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Type of the message: TTY_INFO or HEARTBEAT.
    #[serde(rename = "type")]
    pub kind: String,
    /// New size of the terminal, for the type TTY_INFO; otherwise `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tty_info: Option<TtyInfo>,
    /// Interval of heartbeats, for the type HEARTBEAT; otherwise `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat: Option<Heartbeat>,
}

/// Interval of the heartbeats that keep a connection alive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Heartbeat {
    /// Longest time until the next heartbeat.
    pub interval: DurationInfo,
}

fields! { impl<'de> ProcessIo; "type" => kind, "data" => data, "control" => control }
fields! { impl<'de> Data; "type" => kind, "data" => data }
fields! { impl<'de> Control; "type" => kind, "tty_info" => tty_info, "heartbeat" => heartbeat }
fields! { impl<'de> Heartbeat; "interval" => interval }
