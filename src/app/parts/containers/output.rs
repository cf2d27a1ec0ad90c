//! Live output of a container that has a terminal or is a session. Keeps its end only; a terminal's colours are left out.

use std::collections::VecDeque;
use std::time::Duration;

use leptos::html::Pre;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::files::styled_line::plain;
use mesoscope_core::mesos::calls::container_path::ContainerPath as CallPath;
use mesoscope_core::mesos::calls::session::AttachContainerOutput;
use mesoscope_core::mesos::process_output::ProcessOutput;
use mesoscope_core::text;

use super::state::{ContainerPanel, ContainerPath};
use crate::api_client::{ApiRequest, yield_to_browser};
use crate::hooks::{Timer, set_if_changed};
use crate::worker_link::link;

/// Bytes of output that are kept and shown.
const KEPT: usize = 64 << 10;
/// Bytes after which the page's thread is left to others.
const AT_ONCE: usize = 64 << 10;
/// Interval between two drawings.
const DRAWN: Duration = Duration::from_millis(200);

/// The end of an output.
#[derive(Default)]
struct OutputTail {
    bytes: VecDeque<u8>,
    dropped: u64,
}

impl OutputTail {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let over = self.bytes.len().saturating_sub(KEPT);
        self.bytes.drain(..over);
        self.dropped += over as u64;
    }

    /// The lines as text, without control sequences.
    fn text(&mut self) -> String {
        let lines = self.bytes.make_contiguous().split(|byte| *byte == b'\n');
        lines.map(|line| plain(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()).collect::<Vec<_>>().join("\n")
    }
}

/// State of the connection.
#[derive(Clone, PartialEq)]
enum OutputState {
    Live,
    /// The process has ended.
    Ended,
    /// The agent refuses, or the connection broke.
    Failed(String),
}

/// The output from now on, until the process ends or the view is closed.
pub(super) fn output(panel: ContainerPanel, path: &ContainerPath) -> AnyView {
    let tail = StoredValue::new(OutputTail::default());
    let (shown, dropped) = (RwSignal::new(String::new()), RwSignal::new(0_u64));
    let (unreadable, state) = (RwSignal::new(0_u64), RwSignal::new(OutputState::Live));
    let timer = Timer::new();
    let is_due = StoredValue::new(false);
    let draw = move || {
        is_due.try_set_value(false);
        if let Some((text, gone)) = tail.try_update_value(|tail| (tail.text(), tail.dropped)) {
            set_if_changed(shown, text);
            set_if_changed(dropped, gone);
        }
    };
    let later = move || {
        if is_due.try_update_value(|is_due| std::mem::replace(is_due, true)) == Some(false) {
            timer.start(DRAWN, draw);
        }
    };
    let question = CallPath::of(path)
        .map(|container_id| ApiRequest::new(&AttachContainerOutput { container_id }, panel.agent.get_value()));
    let link = link();
    Effect::new(move |_| {
        let Some(question) = question.clone() else { return };
        spawn_local_scoped_with_cancellation(async move {
            let ended = follow(question, link, tail, unreadable, later).await;
            draw();
            set_if_changed(state, ended);
        });
    });
    view! {
        {lines(shown)}
        <p class="dim" role="status">{move || words(&state.read(), dropped.get(), unreadable.get(), shown.read().is_empty())}</p>
    }
    .into_any()
}

async fn follow(
    question: ApiRequest,
    link: crate::worker_link::WorkerLink,
    tail: StoredValue<OutputTail>,
    unreadable: RwSignal<u64>,
    later: impl Fn(),
) -> OutputState {
    let mut answer = match question.follow(link).await {
        Ok(answer) => answer,
        Err(why) => return OutputState::Failed(why.to_string()),
    };
    let (mut records, mut taken) = (ProcessOutput::default(), 0);
    loop {
        let bytes = match answer.next().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) if records.is_between_records() => return OutputState::Ended,
            Ok(None) => return OutputState::Failed(text::containers::broken_output(text::containers::CUT_RECORD)),
            Err(why) => return OutputState::Failed(text::containers::broken_output(&why.to_string())),
        };
        let mut input = bytes.as_slice();
        let broken = loop {
            match records.next(&mut input) {
                Ok(Some(piece)) => _ = tail.try_update_value(|tail| tail.push(&piece.bytes)),
                Ok(None) => break None,
                Err(why) => break Some(text::containers::unreadable_output(&why.to_string())),
            }
        };
        set_if_changed(unreadable, records.unreadable());
        later();
        if let Some(words) = broken {
            return OutputState::Failed(words);
        }
        taken += bytes.len();
        if taken >= AT_ONCE {
            taken = 0;
            yield_to_browser().await;
        }
    }
}

/// The text, at its end unless it was scrolled up.
fn lines(shown: RwSignal<String>) -> impl IntoView {
    let element = NodeRef::<Pre>::new();
    let is_at_end = move || {
        let at_end = |pre: web_sys::HtmlPreElement| pre.scroll_top() + pre.client_height() + 20 >= pre.scroll_height();
        element.get_untracked().is_none_or(at_end)
    };
    Effect::new(move |_| {
        shown.track();
        if is_at_end() {
            request_animation_frame(move || {
                let _ = element.get_untracked().map(|pre| pre.set_scroll_top(pre.scroll_height()));
            });
        }
    });
    view! { <pre class="output" tabindex="0" role="group" aria-label="Output of the container" node_ref=element>{shown}</pre> }
}

fn words(state: &OutputState, dropped: u64, unreadable: u64, is_empty: bool) -> String {
    let state = match state {
        OutputState::Live if is_empty => "Attached. No output since.".to_owned(),
        OutputState::Live => "Attached.".to_owned(),
        OutputState::Ended => "The process has ended.".to_owned(),
        OutputState::Failed(why) => why.clone(),
    };
    let dropped = (dropped > 0).then(|| text::containers::dropped(dropped));
    let unreadable =
        (unreadable > 0).then(|| text::containers::unreadable(u32::try_from(unreadable).unwrap_or(u32::MAX)));
    [Some(state), dropped, unreadable].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
