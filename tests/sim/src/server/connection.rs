//! A connection: requests in sequence, routed by listener and path.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::api::{self, Reply};
use super::call_fault::{self, CallFailure};
use super::clock::now_nanos;
use super::http::{Request, Requests, Response};
use super::pipe::Pipe;
use super::shared::Shared;
use super::{control, guest, session, stream, webui};
use crate::answer::reply::{Answer, Body, Target};
use crate::pieces::Pieces;
use crate::scheduler::reply::SchedulerHead;

/// Part of a response that is cut: most writes are answered by a head alone.
const HALF: &[u8] = b"HTTP/1.1 200 OK\r\nDate: Sun, 22";

/// Listener of a port.
#[derive(Clone, Copy, Debug)]
pub(super) enum Listener {
    /// A master by index.
    Master(usize),
    /// The agents of one port, by its index among the agents' ports.
    Agents(usize),
}

pub(super) async fn serve(shared: Arc<Shared>, listener: Listener, socket: TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let (reader, writer) = socket.into_split();
    let mut requests = Requests::new(reader);
    let mut pipe = Pipe::new(writer, Arc::clone(&shared));
    while let Some(request) = requests.next().await? {
        if request.is_stream {
            let (reply, is_reusable) = stream_request(&shared, listener, &request, &mut requests).await?;
            if !send(&shared, reply, &mut requests, &mut pipe).await? || !is_reusable || request.close {
                return Ok(());
            }
            continue;
        }
        let Some(reply) = route(&shared, listener, &request).await else { return Ok(()) };
        if !send(&shared, reply, &mut requests, &mut pipe).await? || request.close {
            return Ok(());
        }
    }
    Ok(())
}

/// Sends a reply; returns whether the connection is reusable.
async fn send(
    shared: &Arc<Shared>,
    reply: Reply,
    requests: &mut Requests<OwnedReadHalf>,
    pipe: &mut Pipe<OwnedWriteHalf>,
) -> io::Result<bool> {
    match reply {
        Reply::Stream(encoding) => stream::serve(shared, encoding, requests, pipe).await,
        Reply::Scheduler(number, id, subscription) => {
            stream::serve_scheduler(shared, (number, id, subscription), requests, pipe).await
        }
        Reply::Following(following, is_recordio) => {
            session::follow(shared, &following, is_recordio, requests, pipe).await
        }
        Reply::Pieces(pieces) => send_pieces(pieces, pipe).await.map(|()| true),
        Reply::Whole(response) => pipe.respond(&response).await.map(|()| true),
        Reply::Half => pipe.write(HALF).await.map(|()| false),
        Reply::Nothing => {
            requests.hung_up().await;
            Ok(false)
        }
        Reply::Compressed(pieces) => {
            // A large state takes seconds of computing, which must not block other connections.
            let response = tokio::task::spawn_blocking(|| api::compressed(pieces)).await.map_err(io::Error::other)?;
            pipe.respond(&response).await.map(|()| true)
        }
    }
}

async fn send_pieces(mut pieces: Pieces, pipe: &mut Pipe<OwnedWriteHalf>) -> io::Result<()> {
    let head = Response { content_type: Some(pieces.encoding().content_type()), ..Response::empty(200) };
    let mut buffer = head.head(now_nanos(), pieces.length());
    loop {
        let more = pieces.fill(&mut buffer, 64 << 10);
        pipe.write(&buffer).await?;
        buffer.clear();
        if !more {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}

/// Routes a request; `None` if no process would reply.
async fn route(shared: &Arc<Shared>, listener: Listener, request: &Request) -> Option<Reply> {
    match listener {
        Listener::Master(place) => master(shared, place, request).await,
        Listener::Agents(place) => {
            let ahead = shared.with(|sim| sim.agents_ahead());
            agent(shared, place, request).map(|reply| match reply {
                Reply::Whole(response) => Reply::Whole(Response { ahead, ..response }),
                other => other,
            })
        }
    }
}

async fn master(shared: &Arc<Shared>, place: usize, request: &Request) -> Option<Reply> {
    let path = request.path.strip_prefix("/master").filter(|rest| rest.starts_with('/')).unwrap_or(&request.path);
    if path.starts_with("/sim/") {
        return Some(control::answer(shared, request).into());
    }
    match path {
        "/redirect" => Some(redirect(shared, "").into()),
        "/api/v1" | "/api/v1/" => call(shared, place, request, done_by_master),
        "/api/v1/scheduler" | "/api/v1/scheduler/" => call(shared, place, request, scheduled),
        _ => match &shared.webui_dir {
            Some(folder) => Some(webui::answer(folder, request).await.into()),
            None => Some(Response::not_found().into()),
        },
    }
}

/// Checks credentials, then leadership, then the rest (PROTOCOL.md, "Requests").
fn call(
    shared: &Arc<Shared>,
    place: usize,
    request: &Request,
    done: fn(&Arc<Shared>, &Request) -> Option<Reply>,
) -> Option<Reply> {
    if let Some(refusal) = shared.door.refuse(request, Target::Master) {
        return Some(refusal.into());
    }
    let status = shared.status();
    if place != shared.leader() && status.is_none() {
        return Some(redirect(shared, &request.path).into());
    }
    if let Some(refusal) = api::refuse(request, Target::Master, status) {
        return Some(refusal.into());
    }
    done(shared, request)
}

fn done_by_master(shared: &Arc<Shared>, request: &Request) -> Option<Reply> {
    done(shared, request, Target::Master)
}

/// Executes and answers a call of the scheduler API, unless a fault applies.
fn scheduled(shared: &Arc<Shared>, request: &Request) -> Option<Reply> {
    let how = shared.trip(&request.body);
    if how.is_none_or(CallFailure::is_done) {
        let head = SchedulerHead {
            stream_id: request.header("Mesos-Stream-Id"),
            refuses_json: !api::accepts_json(request),
            is_guest: shared.door.is_guest(request),
        };
        let reply = match shared.schedule(&request.body, head, shared.door.principal(request)) {
            Ok((number, id, subscription)) => Reply::Scheduler(number, id, subscription),
            // Mesos looks at Accept only for a stream.
            Err(Answer { status, body }) => match body {
                Body::Text(text) => Response::text(status, text).into(),
                _ => Response::empty(status).into(),
            },
        };
        let is_refusal = matches!(&reply, Reply::Whole(response) if response.status >= 400);
        if how.is_none() || is_refusal {
            return Some(reply);
        }
        // The stream that nobody will read ends.
        if let Reply::Scheduler(number, ..) = reply {
            shared.end_scheduler(number);
        }
    }
    failed(how?, request, Target::Master)
}

/// Executes and answers a call, unless a fault applies.
fn done(shared: &Arc<Shared>, request: &Request, target: Target) -> Option<Reply> {
    let how = shared.trip(&request.body);
    if how.is_none_or(CallFailure::is_done) {
        let is_guest = target == Target::Master && shared.door.is_guest(request);
        let principal = shared.door.principal(request);
        let answer = shared.with(|sim| {
            sim.principal = principal;
            let other = is_guest.then(|| guest::answer(sim, &request.body)).flatten();
            other.unwrap_or_else(|| sim.answer(target, &request.body))
        });
        // A refusal takes precedence over a fault.
        if how.is_none() || answer.status >= 400 {
            return Some(api::reply(request, target, answer));
        }
    }
    failed(how?, request, target)
}

/// Reply to a call that fails.
fn failed(how: CallFailure, request: &Request, target: Target) -> Option<Reply> {
    match how {
        CallFailure::Status(status) => Some(call_fault::refusal(status, &request.body, target).into()),
        CallFailure::Page(status) => Some(call_fault::page(status).into()),
        CallFailure::SignOn => Some(Response::empty(302).with("Location", "http://sign-on.example/login").into()),
        CallFailure::Force => Some(call_fault::by_force().into()),
        CallFailure::Output(bytes) => Some(call_fault::output(bytes).into()),
        CallFailure::Ignore => Some(call_fault::accepted(&request.body).into()),
        CallFailure::Hang { .. } => Some(Reply::Nothing),
        CallFailure::Cut { done: true } => Some(Reply::Half),
        CallFailure::Cut { done: false } => None,
    }
}

/// Redirect to the leader: protocol-relative, with an empty body.
fn redirect(shared: &Shared, path: &str) -> Response {
    let port = shared.master_ports.get(shared.leader()).copied().unwrap_or_default();
    Response::empty(307).with("Location", format!("//{}:{port}{path}", shared.host))
}

fn agent(shared: &Arc<Shared>, place: usize, request: &Request) -> Option<Reply> {
    let (nth, path) = agent_path(&request.path);
    if !matches!(path, "/api/v1" | "/api/v1/") {
        return Some(Response::not_found().into());
    }
    let Some(number) = shared.with(|sim| sim.agent_at(place, nth)) else { return Some(Response::not_found().into()) };
    if shared.has_stopped(number) {
        return None;
    }
    let target = Target::Agent(number);
    if let Some(refusal) = shared.door.refuse(request, target) {
        return Some(refusal.into());
    }
    if let Some(refusal) = api::refuse(request, target, None) {
        return Some(refusal.into());
    }
    done(shared, request, target)
}

/// Routes a request whose body is a stream of records; returns the reply, and whether the connection is reusable.
async fn stream_request(
    shared: &Arc<Shared>,
    listener: Listener,
    request: &Request,
    requests: &mut Requests<OwnedReadHalf>,
) -> io::Result<(Reply, bool)> {
    let refusal = match listener {
        Listener::Master(_) => api::refuse(request, Target::Master, None),
        Listener::Agents(place) => {
            let (nth, path) = agent_path(&request.path);
            match shared.with(|sim| sim.agent_at(place, nth)).filter(|_| path.starts_with("/api/v1")) {
                None => Some(Response::not_found()),
                Some(number) => {
                    let target = Target::Agent(number);
                    match shared.door.refuse(request, target).or_else(|| api::refuse(request, target, None)) {
                        None => return session::attach_input(shared, number, request, requests).await,
                        refusal => refusal,
                    }
                }
            }
        }
    };
    Ok((refusal.unwrap_or_else(Response::not_found).into(), false))
}

/// Splits an agent's path: `/slave(3)/api/v1` is the third agent of the port; without a prefix it is the first.
fn agent_path(path: &str) -> (u32, &str) {
    let prefixed = path.strip_prefix("/slave(").and_then(|rest| rest.split_once(')'));
    match prefixed.and_then(|(nth, rest)| Some((nth.parse().ok()?, rest))) {
        Some((nth, rest)) => (nth, rest),
        None => (1, path),
    }
}
