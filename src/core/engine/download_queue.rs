//! The queue of downloads of all pages of an origin. A browser has six connections to a server for all its tabs, and the cluster's
//! stream and all calls need some: two downloads run at a time, the others wait for their turn in the order in which they came.

use crate::engine::clients::Client;
use crate::engine::message::{DownloadId, DownloadStage};

/// Downloads that run at a time, over all pages.
pub const CONCURRENT: usize = 2;

/// Downloads that wait or run, the oldest first.
#[derive(Debug, Default)]
pub(super) struct DownloadQueue(Vec<Queued>);

#[derive(Debug)]
struct Queued {
    client: Client,
    id: DownloadId,
    is_running: bool,
}

impl DownloadQueue {
    /// Notes what a page reports of one of its downloads. A page may report the same stage again: a message can be lost while the
    /// worker starts.
    pub(super) fn report(&mut self, client: Client, id: DownloadId, stage: DownloadStage) {
        if stage == DownloadStage::Over {
            return self.0.retain(|queued| (queued.client, queued.id) != (client, id));
        }
        let is_running = stage == DownloadStage::Running;
        match self.0.iter_mut().find(|queued| (queued.client, queued.id) == (client, id)) {
            // A page that still waits has not heard that its turn has come: `turn` says it again.
            Some(queued) => queued.is_running = is_running,
            None => self.0.push(Queued { client, id, is_running }),
        }
    }

    /// Forgets the downloads of a page that is gone.
    pub(super) fn forget(&mut self, client: Client) {
        self.0.retain(|queued| queued.client != client);
    }

    /// Starts the downloads whose turn has come. A page that sleeps starts none, and its own do not count until it wakes.
    pub(super) fn turn(&mut self, is_awake: impl Fn(Client) -> bool) -> Vec<(Client, DownloadId)> {
        let running = self.0.iter().filter(|queued| queued.is_running && is_awake(queued.client)).count();
        let waiting = self.0.iter_mut().filter(|queued| !queued.is_running && is_awake(queued.client));
        let start = |queued: &mut Queued| {
            queued.is_running = true;
            (queued.client, queued.id)
        };
        waiting.take(CONCURRENT.saturating_sub(running)).map(start).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{Nanoseconds, Timestamp};
    use crate::engine::Engine;
    use crate::engine::io::{Input, Output};
    use crate::engine::message::{FromEngine, ToEngine};

    const A: Client = Client(1);
    const B: Client = Client(2);
    const C: Client = Client(3);

    /// Each page has these downloads, all of which wait.
    fn waiting(all: &[(Client, u32)]) -> DownloadQueue {
        let mut queue = DownloadQueue::default();
        all.iter().for_each(|(client, id)| queue.report(*client, DownloadId(*id), DownloadStage::Waiting));
        queue
    }

    fn turn(queue: &mut DownloadQueue, asleep: &[Client]) -> Vec<(Client, u32)> {
        queue.turn(|client| !asleep.contains(&client)).into_iter().map(|(client, id)| (client, id.0)).collect()
    }

    #[test]
    fn two_run_over_all_pages_in_the_order_in_which_they_came() {
        let mut queue = waiting(&[(A, 1), (B, 1), (C, 1), (A, 2)]);
        assert_eq!(turn(&mut queue, &[]), [(A, 1), (B, 1)]);
        assert_eq!(turn(&mut queue, &[]), [], "no third starts");
        queue.report(B, DownloadId(1), DownloadStage::Over);
        assert_eq!(turn(&mut queue, &[]), [(C, 1)]);
        queue.report(A, DownloadId(1), DownloadStage::Over);
        assert_eq!(turn(&mut queue, &[]), [(A, 2)]);
    }

    #[test]
    fn a_page_that_is_gone_gives_its_places_back() {
        let mut queue = waiting(&[(A, 1), (A, 2), (A, 3), (B, 1), (B, 2), (B, 3)]);
        assert_eq!(turn(&mut queue, &[]), [(A, 1), (A, 2)]);
        queue.forget(A);
        assert_eq!(turn(&mut queue, &[]), [(B, 1), (B, 2)]);
        queue.report(A, DownloadId(1), DownloadStage::Over);
        assert_eq!(turn(&mut queue, &[]), [], "what a page that is gone reports late frees nothing");
    }

    #[test]
    fn a_page_that_sleeps_gives_its_places_back_until_it_wakes() {
        let mut queue = waiting(&[(A, 1), (A, 2), (A, 3), (B, 1), (B, 2), (B, 3)]);
        assert_eq!(turn(&mut queue, &[]), [(A, 1), (A, 2)]);
        assert_eq!(turn(&mut queue, &[A]), [(B, 1), (B, 2)]);
        queue.report(B, DownloadId(1), DownloadStage::Over);
        assert_eq!(turn(&mut queue, &[]), [], "three run once it has woken");
        queue.report(A, DownloadId(1), DownloadStage::Over);
        assert_eq!(turn(&mut queue, &[]), []);
        queue.report(A, DownloadId(2), DownloadStage::Over);
        assert_eq!(turn(&mut queue, &[]), [(A, 3)]);
    }

    #[test]
    fn a_page_that_reports_again_that_it_waits_hears_again_that_it_may_begin() {
        let mut queue = waiting(&[(A, 1), (B, 1), (C, 1)]);
        assert_eq!(turn(&mut queue, &[]), [(A, 1), (B, 1)]);
        queue.report(A, DownloadId(1), DownloadStage::Waiting);
        assert_eq!(turn(&mut queue, &[]), [(A, 1)]);
        queue.report(A, DownloadId(1), DownloadStage::Running);
        assert_eq!(turn(&mut queue, &[]), []);
    }

    #[test]
    fn a_page_that_returns_with_downloads_that_run_keeps_the_others_waiting() {
        let mut queue = waiting(&[(A, 1)]);
        queue.report(B, DownloadId(1), DownloadStage::Running);
        queue.report(B, DownloadId(2), DownloadStage::Running);
        assert_eq!(turn(&mut queue, &[]), []);
        queue.report(B, DownloadId(2), DownloadStage::Over);
        assert_eq!(turn(&mut queue, &[]), [(A, 1)]);
    }

    /// Which downloads the engine has said may begin since it was last asked.
    fn started(engine: &mut Engine) -> Vec<(Client, u32)> {
        let started = |output| match output {
            Output::SendToPage(client, FromEngine::StartDownload(id)) => Some((client, id.0)),
            _ => None,
        };
        std::iter::from_fn(|| engine.poll()).filter_map(started).collect()
    }

    #[test]
    fn the_engine_begins_downloads_as_pages_leave_and_fall_asleep() {
        let mut engine = Engine::new("build", 1);
        for client in [A, B, C] {
            let hello = ToEngine::Hello { build: "build".to_owned(), base: "http://here/".to_owned() };
            engine.handle(Input::FromPage(client, hello), Timestamp(0));
            for id in [1, 2] {
                let waits = ToEngine::Download(DownloadId(id), DownloadStage::Waiting);
                engine.handle(Input::FromPage(client, waits), Timestamp(0));
            }
        }
        assert_eq!(started(&mut engine), [(A, 1), (A, 2)]);
        engine.handle(Input::FromPage(A, ToEngine::Bye), Timestamp(1));
        assert_eq!(started(&mut engine), [(B, 1), (B, 2)]);
        // B answers no ping.
        for seconds in (5..=30).step_by(5) {
            let now = Timestamp(0) + Nanoseconds::from_secs(seconds);
            engine.handle(Input::Tick, now);
            engine.handle(Input::FromPage(C, ToEngine::Pong), now);
        }
        assert_eq!(started(&mut engine), [(C, 1), (C, 2)]);
    }
}
