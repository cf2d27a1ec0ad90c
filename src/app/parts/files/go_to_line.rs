//! Jumps to a line by its number: reads the file from its start and counts lines, with progress and a stop button.

use futures_util::future::join_all;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::followed_file::ReadReply;
use mesoscope_core::files::line_seek::{LineSeek, LineSought};
use mesoscope_core::text;
use web_sys::KeyboardEvent;

use super::log_source::LogSource;
use super::scroll::Scroller;

/// Concurrent reads.
const ABREAST: u64 = 4;

/// State of the jump.
#[derive(Clone, Default, PartialEq)]
enum LineJump {
    #[default]
    Idle,
    /// Share of the file that was read.
    Counting(String),
    Failed(String),
}

/// Field for a line number. A merged view has no line numbers, and so no field.
pub(super) fn line_field(active: Signal<Scroller>) -> impl IntoView {
    let (jump, stopped) = (RwSignal::new(LineJump::Idle), RwSignal::new(0_u32));
    let owner = StoredValue::new(Owner::current().unwrap_or_default());
    let typed = move |event: KeyboardEvent| {
        if event.key() != "Enter" {
            return;
        }
        let text: String = event_target_value(&event).chars().filter(char::is_ascii_digit).collect();
        match text.parse::<u64>() {
            Ok(number) if number > 0 => {
                stopped.update(|stopped| *stopped += 1);
                let scroller = active.get_untracked();
                owner.with_value(|owner| owner.with(|| start(scroller, number, (jump, stopped))));
            }
            Ok(_) | Err(_) => jump.set(LineJump::Failed(text::log_viewer::NO_LINE_NUMBER.to_owned())),
        }
    };
    let stop = move |_| {
        stopped.update(|stopped| *stopped += 1);
        jump.set(LineJump::Idle);
    };
    let state = move || match jump.get() {
        LineJump::Idle => ().into_any(),
        LineJump::Counting(share) => {
            let words = text::log_viewer::finding_line(&share);
            view! { <p role="status">{words}<button class="text-button" on:click=stop>"Stop"</button></p> }.into_any()
        }
        LineJump::Failed(why) => view! { <p class="wrong" role="status">{why}</p> }.into_any(),
    };
    move || {
        active.get().stream.is_none().then(|| {
            view! {
                <div class="field"><label for="to-line">"Line number"</label><input id="to-line" type="text" inputmode="numeric" autocomplete="off" placeholder="1000, then Enter" on:keydown=typed/></div>
                {state}
            }
        })
    }
}

fn start(scroller: Scroller, number: u64, (jump, stopped): (RwSignal<LineJump>, RwSignal<u32>)) {
    let run = stopped.get_untracked();
    let is_stopped = move || stopped.try_get_untracked() != Some(run);
    jump.set(LineJump::Counting(text::percent(0.0, 1.0)));
    spawn_local_scoped_with_cancellation(async move {
        let count = |share| _ = jump.try_set(LineJump::Counting(share));
        match seek(scroller.log_source, number, is_stopped, count).await {
            Some(Ok(at)) => {
                jump.try_set(LineJump::Idle);
                scroller.reveal(at);
            }
            Some(Err(why)) => _ = jump.try_set(LineJump::Failed(why)),
            None => {}
        }
    });
}

/// The offset of a line, or why there is none; `None` if the jump was stopped.
async fn seek(
    log_source: LogSource,
    number: u64,
    is_stopped: impl Fn() -> bool,
    count: impl Fn(String),
) -> Option<Result<u64, String>> {
    let format = log_source.log.try_with_value(|log| log.tail().format())?;
    let mut seek = LineSeek::new(number, format);
    loop {
        let from = seek.offset();
        let reads = (0..ABREAST).map(|nth| log_source.read(from + nth * WINDOW, WINDOW));
        for reply in join_all(reads).await {
            if is_stopped() {
                return None;
            }
            let (bytes, size) = match reply {
                Ok(reply) => reply,
                Err(why) => return Some(Err(why.to_string())),
            };
            let length = bytes.len() as u64;
            count(text::percent(seek.offset() as f64, size as f64));
            match seek.answered(&ReadReply { size, bytes }) {
                LineSought::More if length == WINDOW => {}
                // A shorter answer than asked for: what follows it is read again.
                LineSought::More => break,
                LineSought::At(at) => return Some(Ok(at)),
                LineSought::Beyond(lines) => return Some(Err(text::log_viewer::no_such_line(lines))),
            }
        }
    }
}
