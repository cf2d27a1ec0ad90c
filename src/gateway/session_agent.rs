//! The agent's side of a terminal: launches or joins a container, types into it, and waits for its end. Knows no WebSocket.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use mesoscope_core::mesos::calls::answer;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::containers::{
    ContainerTermination, NestedContainerId, RemoveNestedContainer, WaitContainer, WaitNestedContainer,
};
use mesoscope_core::mesos::calls::session::AttachContainerOutput;
use mesoscope_core::mesos::calls::terminal::{SessionRequest, SessionTarget};
use mesoscope_core::mesos::calls::{self, Call};
use tokio::time::{Instant, timeout};

use crate::access::{ExecPermit, MESSAGE_CONTENT_TYPE, PermittedCall};
use crate::agents::NoAgent;
use crate::proxy::{AgentCallError, call_agent};
use crate::session_input::{InputSender, input};
use crate::state::SharedState;
use crate::tickets;
use crate::upstream::{ScreenedUpstream, UpstreamCall, UpstreamError};

/// Timeout for the end of a container after its output ended or its session was dropped.
pub const END_WAIT: Duration = Duration::from_secs(10);
/// Timeout for the body of an answer that is no stream.
const BODY_WAIT: Duration = Duration::from_secs(10);
/// Maximum requests that find out why an agent took no input.
const PROBES: usize = 3;
/// Maximum bytes of an answer that is no stream.
const LONGEST: usize = calls::LONGEST_REFUSAL as usize;

/// An agent that a terminal calls with the credentials of its user.
#[derive(Clone, Debug)]
pub struct SessionAgent {
    pub app: SharedState,
    pub id: String,
    /// Credentials of the caller.
    pub headers: HeaderMap,
    pub permit: ExecPermit,
}

/// A container with its output.
#[derive(Debug)]
pub struct OpenSession {
    pub container: ContainerPath,
    /// Whether this session launched the container, and so removes it.
    is_own: bool,
    pub output: Incoming,
}

/// An answer other than success, in the words of Mesos or of the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRefusal {
    /// HTTP status; 0 if there was no answer.
    pub status: u16,
    pub words: String,
}

/// The request that types into a container. It resolves when the agent has answered it.
pub type InputRequest = Pin<Box<dyn Future<Output = Result<(), AgentRefusal>> + Send>>;

impl SessionAgent {
    /// Launches or joins the container.
    pub async fn open(&self, request: &SessionRequest) -> Result<OpenSession, AgentRefusal> {
        match &request.target {
            SessionTarget::Launch { parent, command, user } => {
                let name = tickets::name().ok_or_else(|| AgentRefusal::own("This machine gives no random numbers."))?;
                let id = format!("mesoscope-{name}").as_str().into();
                let call = command.launch(user.as_deref(), parent.clone(), id, request.size);
                let container = call.container_id.clone().into();
                Ok(OpenSession { container, is_own: true, output: self.stream(&call).await? })
            }
            SessionTarget::Attach { container, .. } => {
                let call = AttachContainerOutput { container_id: container.clone() };
                let output = self.stream(&call).await?;
                Ok(OpenSession { container: container.clone(), is_own: false, output })
            }
        }
    }

    /// The URL where the agent takes input, and the client for it.
    async fn input_route(&self) -> Result<(Uri, ScreenedUpstream), AgentRefusal> {
        let no_address = || AgentRefusal::own("The agent has no address.");
        if let Some(front) = &self.app.agent_front {
            return Ok((front.url.api(&self.id).ok_or_else(no_address)?, front.client.clone()));
        }
        let found = self.app.agents.find(&self.id, &self.headers, Instant::now()).await;
        let home = found.map_err(|why| AgentRefusal::own(&why.to_string()))?;
        let scheme = self.app.agent_scheme.map_or(&*home.reading.scheme, |scheme| scheme.name());
        let url = home.urls(scheme).into_iter().next().ok_or_else(no_address)?;
        Ok((url, self.app.to_agents(home.reading.is_near).clone()))
    }

    /// Begins to type into the container, at the address where its output came from.
    pub async fn type_into(&self, container: &ContainerPath) -> Result<(InputSender, InputRequest), AgentRefusal> {
        let (url, client) = self.input_route().await?;
        let (sender, records) = input(container.clone(), self.app.heartbeat);
        let headers = self.input_headers();
        let (permit, container, heartbeat) = (self.permit.clone(), container.clone(), self.app.heartbeat);
        let request = async move {
            let post = async |records| {
                let answer = client.post_input(url.clone(), headers.clone(), records, &permit).await;
                checked(answer).await.map(drop)
            };
            let mut answer = post(records).await;
            // Mesos refused the first record, but failed at passing on the second before it could say why. So the first is sent alone.
            for _ in 0..PROBES {
                if !answer.as_ref().is_err_and(AgentRefusal::is_broken_pipe) {
                    break;
                }
                let (_, alone) = input(container.clone(), heartbeat);
                answer = post(alone).await.and(answer);
            }
            answer
        };
        Ok((sender, Box::pin(request)))
    }

    /// Waits for the end of a container that this session has joined, and returns its wait status. The session that launched the
    /// container removes it at its end, so the wait must start before.
    pub async fn joined_end(self, container_id: ContainerPath) -> Option<i64> {
        self.exit_status(&WaitContainer { container_id }).await
    }

    /// Returns the wait status of a container that this session launched and whose output has ended. Removes the container.
    pub async fn own_end(&self, container: &ContainerPath) -> Option<i64> {
        let container_id = NestedContainerId::try_from(container.clone()).ok()?;
        let waiting = WaitNestedContainer { container_id: container_id.clone() };
        let status = timeout(END_WAIT, self.exit_status(&waiting)).await.ok().flatten();
        let removal = timeout(END_WAIT, self.answer(&RemoveNestedContainer { container_id })).await;
        if let Some(status) = removal.map_or(Some(0), |answer| answer.err().map(|why| why.status)) {
            tracing::info!(agent = self.id, status, "the container of a terminal could not be removed");
        }
        status
    }

    async fn exit_status<C>(&self, call: &C) -> Option<i64>
    where
        C: for<'a> Call<Reply<'a> = ContainerTermination<'a>>,
    {
        let body = self.answer(call).await.ok()?;
        let text = String::from_utf8_lossy(&body);
        let (end, _) = calls::reply::<C>(&text).ok()?;
        end.exit_status.map(|status| status.0)
    }

    async fn answer<C: Call>(&self, call: &C) -> Result<Vec<u8>, AgentRefusal> {
        whole(Body::new(self.stream(call).await?))
            .await
            .ok_or_else(|| AgentRefusal::own("The agent's answer broke off."))
    }

    async fn stream<C: Call>(&self, call: &C) -> Result<Incoming, AgentRefusal> {
        let json = HeaderValue::from_static(calls::CONTENT_TYPE);
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, json.clone());
        headers.insert(ACCEPT, json);
        let ask = UpstreamCall { headers, call: PermittedCall::in_session(&self.permit, call) };
        match call_agent(&self.app, &self.id, &ask).await {
            Ok(answer) => success(answer).await,
            Err(AgentCallError::NoAgent(NoAgent::Refused(answer))) => Err(refusal(*answer).await),
            Err(why) => Err(AgentRefusal::own(&why.to_string())),
        }
    }

    fn input_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(calls::RECORDS_CONTENT_TYPE));
        headers.insert(ACCEPT, HeaderValue::from_static(calls::CONTENT_TYPE));
        headers.insert(MESSAGE_CONTENT_TYPE, HeaderValue::from_static(calls::CONTENT_TYPE));
        headers
    }
}

impl OpenSession {
    pub fn is_own(&self) -> bool {
        self.is_own
    }
}

impl AgentRefusal {
    fn own(words: &str) -> AgentRefusal {
        AgentRefusal { status: 0, words: words.to_owned() }
    }

    /// Whether the agent only says that the process has ended (PROTOCOL.md, "ATTACH_CONTAINER_INPUT").
    pub fn is_end_of_process(&self) -> bool {
        self.is_failure("Disconnected")
    }

    fn is_broken_pipe(&self) -> bool {
        self.is_failure("Broken pipe")
    }

    fn is_failure(&self, words: &str) -> bool {
        self.status == StatusCode::INTERNAL_SERVER_ERROR && self.words.trim() == words
    }
}

async fn checked(answer: Result<Response<Incoming>, UpstreamError>) -> Result<Incoming, AgentRefusal> {
    match answer {
        Ok(answer) => success(answer).await,
        Err(why) => Err(AgentRefusal::own(&format!("The agent {why}."))),
    }
}

async fn success(answer: Response<Incoming>) -> Result<Incoming, AgentRefusal> {
    if answer.status() == StatusCode::OK { Ok(answer.into_body()) } else { Err(refusal(answer).await) }
}

async fn refusal(answer: Response<Incoming>) -> AgentRefusal {
    let status = answer.status().as_u16();
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let body = whole(Body::new(answer.into_body())).await.unwrap_or_default();
    AgentRefusal { status, words: answer::refusal_text(status, kind.as_deref(), &body) }
}

/// Reads a whole body. `None` if it breaks off, is too long or too slow.
async fn whole(body: Body) -> Option<Vec<u8>> {
    let read = timeout(BODY_WAIT, Limited::new(body, LONGEST).collect()).await;
    Some(read.ok()?.ok()?.to_bytes().to_vec())
}
