//! When pages are sent the status of the connection, and what is in it.

use super::Engine;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::visibility::Visibility;
use crate::engine::io::Output;
use crate::engine::message::{FromEngine, Status};
use crate::engine::stream_connection::ConnectionState;
use crate::views::cluster_summary;

/// Statuses go out at most so often.
const STATUS_EVERY: Nanoseconds = Nanoseconds::from_millis(250);
/// That the master was heard of, and nothing else, goes out at most so often.
const HEARD_EVERY: Nanoseconds = Nanoseconds::from_secs(1);

impl Engine {
    pub(super) fn tell_status(&mut self, now: Timestamp) {
        let Some(link) = self.session.link(now) else { return };
        let Some(due) = self.status.as_ref().map(|(_, sent)| *sent + STATUS_EVERY).filter(|due| *due > now) else {
            self.decoding.millis = self.millis as u64;
            let shown = self.shown();
            // Of 40,000 agents of which none is reported yet, this looks at all.
            let empty = shown.arriving() && shown.agents().next().is_none();
            let standing = (!empty).then(|| cluster_summary::cluster_summary(shown));
            let status = Status {
                link,
                heard: self.session.last_heard(),
                heartbeat: self.session.heartbeat(),
                unknown_lists: shown.unknown_lists().to_vec(),
                events_a_minute: self.rate.a_minute(now),
                is_whole: !shown.arriving(),
                standing,
                trouble: self.trouble.total,
                decoding: self.decoding,
                encoding: self.wire.shown(self.stream.encoding()),
                topics: self.poller.status(),
                access: self.signed_in.access().clone(),
                visibility: Visibility::of(shown, self.signed_in.may_be_filtered()),
                skew: self.clocks.skew(),
                runs: self.runs_summary(),
            };
            return self.send_status(status, now);
        };
        self.status_due = Some(due);
    }

    fn send_status(&mut self, status: Status, now: Timestamp) {
        self.status_due = None;
        if self.status.as_ref().is_some_and(|(sent, _)| same_but_heard(sent, &status)) {
            return;
        }
        for client in self.clients.listening() {
            self.outputs.push_back(Output::SendToPage(client, FromEngine::Status(Box::new(status.clone()))));
        }
        self.status = Some((status, now));
    }
}

/// Whether a status says nothing new. While the link is live, only each second of the time when the master was heard of does.
fn same_but_heard(sent: &Status, status: &Status) -> bool {
    let live = matches!(status.link, ConnectionState::Live { .. });
    let lately = sent.heard.zip(status.heard).is_some_and(|(sent, heard)| heard.since(sent) < HEARD_EVERY);
    let old = Status { heard: if live && lately { status.heard } else { sent.heard }, ..sent.clone() };
    old == *status
}
