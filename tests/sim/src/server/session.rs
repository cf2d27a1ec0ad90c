//! Streams of containers: their output, their end, and their input.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::api::Reply;
use super::clock::now_nanos;
use super::http::{JSON, RECORDIO, Request, Requests, Response, stream_head_of};
use super::pipe::Pipe;
use super::shared::Shared;
use crate::answer::containers::{container_path, exited, window};
use crate::answer::reply::Answer;
use crate::containers::{ContainerPath, Followed, Following, Output};
use crate::shell::Channel;

/// Interval at which a waiting connection looks for news.
const LOOK: Duration = Duration::from_millis(10);
/// Maximum size of one input record.
const RECORD: usize = 1 << 20;

/// Serves an answer that needs time; returns whether the connection is reusable.
pub(super) async fn follow(
    shared: &Arc<Shared>,
    following: &Following,
    is_recordio: bool,
    requests: &mut Requests<OwnedReadHalf>,
    pipe: &mut Pipe<OwnedWriteHalf>,
) -> io::Result<bool> {
    let end = tokio::select! {
        end = serve(shared, following, is_recordio, pipe) => end.map(|()| true),
        () = requests.hung_up() => Ok(false),
    };
    if let Followed::Output { reader, is_owner } = following.what {
        shared.with(|sim| sim.drop_container_reader(following.agent, &following.path, reader, is_owner));
    }
    end
}

async fn serve(
    shared: &Arc<Shared>,
    following: &Following,
    is_recordio: bool,
    pipe: &mut Pipe<OwnedWriteHalf>,
) -> io::Result<()> {
    match following.what {
        Followed::Exit(kind) => {
            let status = wait(shared, following).await;
            let body = exited(kind, status).body.into_bytes();
            pipe.respond(&Response { content_type: Some(JSON), body, ..Response::empty(200) }).await
        }
        Followed::Output { reader, .. } => {
            let kind = if is_recordio { RECORDIO } else { JSON };
            pipe.write(&stream_head_of(now_nanos(), kind)).await?;
            write_output(shared, following, reader, pipe).await
        }
    }
}

async fn wait(shared: &Arc<Shared>, following: &Following) -> u32 {
    loop {
        let (exit, is_running) = shared.with(|sim| {
            let exit = sim.container(following.agent, &following.path).and_then(|container| container.shell.exit());
            (exit, sim.is_container_running(following.agent, &following.path))
        });
        match exit {
            Some(status) => return status,
            // The container of a task that has ended meanwhile.
            None if !is_running => return 0,
            None => tokio::time::sleep(LOOK).await,
        }
    }
}

async fn write_output(
    shared: &Arc<Shared>,
    following: &Following,
    reader: u64,
    pipe: &mut Pipe<OwnedWriteHalf>,
) -> io::Result<()> {
    loop {
        match shared.with(|sim| sim.read_container(following.agent, &following.path, reader)) {
            Output::Some(channel, bytes) => pipe.chunk(&data(channel, &bytes)).await?,
            Output::Pending => tokio::time::sleep(LOOK).await,
            Output::Ended => return pipe.write(b"0\r\n\r\n").await,
        }
    }
}

/// A ProcessIO record with its length.
fn data(channel: Channel, bytes: &[u8]) -> Vec<u8> {
    let channel = match channel {
        Channel::Stdout => "STDOUT",
        Channel::Stderr => "STDERR",
    };
    let record = json!({"type": "DATA", "data": {"type": channel, "data": STANDARD.encode(bytes)}}).to_string();
    format!("{}\n{record}", record.len()).into_bytes()
}

/// Serves ATTACH_CONTAINER_INPUT, whose request is a stream. The connection is not reusable if its body was not read to the end.
pub(super) async fn attach_input(
    shared: &Arc<Shared>,
    agent: u32,
    request: &Request,
    requests: &mut Requests<OwnedReadHalf>,
) -> io::Result<(Reply, bool)> {
    if request.header("Message-Content-Type").is_none() {
        let why = "Expecting 'Message-Content-Type' to be set for streaming requests";
        return Ok((Response::text(400, why).into(), false));
    }
    let mut records = Records::default();
    let Some(first) = records.next(requests).await? else { return Ok((malformed().into(), false)) };
    let path = (first["attach_container_input"]["type"] == "CONTAINER_ID")
        .then(|| container_path(&first["attach_container_input"]["container_id"]).ok())
        .flatten();
    let Some(path) = path else { return Ok((malformed().into(), false)) };
    if let Some(refusal) = shared.with(|sim| sim.attach_input(agent, &path)) {
        return Ok((plain(refusal).into(), false));
    }
    let end = pass_on(shared, agent, &path, &mut records, requests).await;
    shared.with(|sim| {
        if let Some(container) = sim.container(agent, &path) {
            container.has_input = false;
        }
    });
    end
}

async fn pass_on(
    shared: &Arc<Shared>,
    agent: u32,
    path: &ContainerPath,
    records: &mut Records,
    requests: &mut Requests<OwnedReadHalf>,
) -> io::Result<(Reply, bool)> {
    loop {
        let has_ended = async {
            while shared.with(|sim| sim.container(agent, path).is_some_and(|it| it.shell.exit().is_none())) {
                tokio::time::sleep(LOOK).await;
            }
        };
        // What was sent before the end counts, even if the end was seen first.
        let record = tokio::select! {
            biased;
            record = records.next(requests) => record?,
            () = has_ended => return Ok((Response::text(500, "Disconnected").into(), false)),
        };
        let Some(record) = record else {
            return Ok((if records.is_broken { malformed() } else { Response::empty(200) }.into(), !records.is_broken));
        };
        let is_taken = shared.with(|sim| {
            let Some(container) = sim.container(agent, path) else { return false };
            feed(&mut container.shell, &record["attach_container_input"]["process_io"])
        });
        if !is_taken {
            return Ok((Response::text(500, "Disconnected").into(), false));
        }
    }
}

/// Passes one ProcessIO to the process; returns whether it was understood.
fn feed(shell: &mut crate::shell::Shell, io: &Value) -> bool {
    match io["type"].as_str() {
        Some("DATA") => {
            let bytes = io["data"]["data"].as_str().and_then(|text| STANDARD.decode(text).ok());
            bytes.is_some_and(|bytes| {
                shell.input(&bytes);
                true
            })
        }
        Some("CONTROL") => {
            if io["control"]["type"] == "TTY_INFO" {
                shell.resize(window(&io["control"]["tty_info"]));
            }
            true
        }
        _ => false,
    }
}

fn plain(answer: Answer) -> Response {
    let status = answer.status;
    Response::text(status, String::from_utf8_lossy(&answer.body.into_bytes()).into_owned())
}

fn malformed() -> Response {
    Response::text(400, "Failed to decode the streamed records")
}

/// RecordIO records of a request body.
#[derive(Debug, Default)]
struct Records {
    buffer: Vec<u8>,
    is_broken: bool,
}

impl Records {
    /// Next record; `None` at the end of the body, or if it is no valid record.
    async fn next(&mut self, requests: &mut Requests<OwnedReadHalf>) -> io::Result<Option<Value>> {
        loop {
            match take_record(&mut self.buffer) {
                Ok(Some(record)) => return Ok(Some(record)),
                Ok(None) => {}
                Err(()) => {
                    self.is_broken = true;
                    return Ok(None);
                }
            }
            // Cancel-safe: a chunk is either still in the connection's buffer or here.
            match requests.next_chunk().await? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => {
                    self.is_broken |= !self.buffer.is_empty();
                    return Ok(None);
                }
            }
        }
    }
}

fn take_record(buffer: &mut Vec<u8>) -> Result<Option<Value>, ()> {
    let Some(line) = buffer.iter().position(|byte| *byte == b'\n') else {
        return if buffer.len() > 20 { Err(()) } else { Ok(None) };
    };
    let length = std::str::from_utf8(&buffer[..line]).ok().and_then(|text| text.parse::<usize>().ok()).ok_or(())?;
    if length > RECORD {
        return Err(());
    }
    let end = line + 1 + length;
    if buffer.len() < end {
        return Ok(None);
    }
    let record = serde_json::from_slice(&buffer[line + 1..end]).map_err(|_| ());
    buffer.drain(..end);
    record.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_taken_whole() {
        let mut buffer = b"7\n{\"a\":1}2\n{".to_vec();
        assert_eq!(take_record(&mut buffer), Ok(Some(json!({"a": 1}))));
        assert_eq!(take_record(&mut buffer), Ok(None));
        buffer.push(b'}');
        assert_eq!(take_record(&mut buffer), Ok(Some(json!({}))));
        for broken in [&b"x\n{}"[..], b"2\nxx", b"99999999\n", b"no length at all in here"] {
            assert_eq!(take_record(&mut broken.to_vec()), Err(()));
        }
    }
}
