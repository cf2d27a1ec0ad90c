//! Output of a terminal on its way to the page. Sends nothing and reads no clock.
//!
//! Mesos passes on what a process prints as fast as it comes, and keeps in its own memory what a slow reader leaves: on a real agent,
//! `yes` left 250 MB there within five seconds, and a Ctrl+C showed after a minute. So the gateway reads at full speed, keeps what the
//! page has yet to show up to a limit, and skips what came before. After Ctrl+C it skips until the output pauses, as a terminal
//! driver discards its queue.

use std::collections::VecDeque;

use mesoscope_core::mesos::calls::terminal::OUTPUT_WINDOW;
use tokio::time::{Duration, Instant};

/// Bytes that wait for the page before older ones are skipped.
const LARGEST: usize = 4 << 20;
/// Bytes that are kept then: more than the 10,000 lines that a page can scroll back to, unless they are long.
const KEPT: usize = 2 << 20;
/// Bytes that are kept after Ctrl+C: what follows it, such as a prompt.
const KEPT_AFTER_INTERRUPT: usize = 4 << 10;
/// Bytes that must wait for Ctrl+C to skip them.
const FLOOD: usize = 64 << 10;
/// Bytes without a pause that are a flood, too.
const BURST: u64 = 1 << 20;
/// Pause of the output that ends the skipping.
const QUIET: Duration = Duration::from_millis(150);
/// Maximum time of skipping after Ctrl+C: the program may ignore it.
const LONGEST_SKIP: Duration = Duration::from_secs(20);
/// Bytes within which the kept part may begin at the start of a line.
const LINE: usize = 4 << 10;
/// Bytes that are sent at once.
const PIECE: usize = 64 << 10;

/// What the page gets next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Printed(Vec<u8>),
    /// That many bytes were skipped here; `None` while they are being skipped.
    Skipped(Option<u64>),
}

/// Output that waits for the page.
#[derive(Debug, Default)]
pub struct SessionOutput {
    waiting: VecDeque<u8>,
    /// Bytes skipped before those that wait.
    skipped: u64,
    /// Bytes that the page has not reported as shown.
    unshown: u64,
    /// Bytes that came without a pause, and when the last did.
    burst: u64,
    last: Option<Instant>,
    interrupt: Option<Interrupt>,
}

#[derive(Debug)]
struct Interrupt {
    at: Instant,
    is_reported: bool,
}

impl SessionOutput {
    /// Takes over what was printed.
    pub fn push(&mut self, bytes: &[u8], now: Instant) {
        self.waiting.extend(bytes);
        let goes_on = self.last.is_some_and(|last| now < last + QUIET);
        let before = if goes_on { self.burst } else { 0 };
        self.burst = before + bytes.len() as u64;
        self.last = Some(now);
        match &self.interrupt {
            Some(_) if self.waiting.len() > 2 * KEPT_AFTER_INTERRUPT => self.skip_to(KEPT_AFTER_INTERRUPT),
            Some(_) => {}
            None if self.waiting.len() > LARGEST => self.skip_to(KEPT),
            None => {}
        }
    }

    /// Notes what the user typed: Ctrl+C or Ctrl+\ during a flood skips it.
    pub fn typed(&mut self, bytes: &[u8], now: Instant) {
        let is_interrupt = bytes.iter().any(|byte| matches!(byte, 0x03 | 0x1c));
        // What Mesos keeps is unknown: a long burst may go on there.
        let is_burst = self.burst > BURST && self.last.is_some_and(|last| now < last + QUIET);
        if is_interrupt && (self.waiting.len() > FLOOD || is_burst) {
            self.skip_to(0);
            self.interrupt = Some(Interrupt { at: now, is_reported: false });
        }
    }

    /// The page has shown that many further bytes.
    pub fn shown(&mut self, bytes: u64) {
        self.unshown = self.unshown.saturating_sub(bytes);
    }

    /// No more output comes.
    pub fn end(&mut self) {
        self.interrupt = None;
    }

    /// Whether the page has been sent everything.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.skipped == 0
    }

    /// When `next` has more although nothing else happens; `None` if it never has.
    pub fn due(&self) -> Option<Instant> {
        let interrupt = self.interrupt.as_ref()?;
        let last = self.last.map_or(interrupt.at, |last| last.max(interrupt.at));
        Some((last + QUIET).min(interrupt.at + LONGEST_SKIP))
    }

    /// What the page gets next; `None` if it must first show what it has, or nothing waits.
    pub fn next(&mut self, now: Instant) -> Option<Piece> {
        if let Some(due) = self.due() {
            if now < due {
                let interrupt = self.interrupt.as_mut()?;
                return (!std::mem::replace(&mut interrupt.is_reported, true)).then_some(Piece::Skipped(None));
            }
            self.interrupt = None;
        }
        if self.unshown >= OUTPUT_WINDOW {
            return None;
        }
        if self.skipped > 0 {
            return Some(Piece::Skipped(Some(std::mem::take(&mut self.skipped))));
        }
        if self.waiting.is_empty() {
            return None;
        }
        let size = self.waiting.len().min(PIECE);
        self.unshown += size as u64;
        Some(Piece::Printed(self.waiting.drain(..size).collect()))
    }

    /// Skips all but the newest bytes, from the start of a line on.
    fn skip_to(&mut self, kept: usize) {
        let first = self.waiting.len().saturating_sub(kept);
        let line = self.waiting.iter().skip(first).take(LINE).position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let skipped = (first + line).min(self.waiting.len());
        self.waiting.drain(..skipped);
        self.skipped += skipped as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(output: &mut SessionOutput, now: Instant) -> (Vec<u8>, Vec<Option<u64>>) {
        let (mut printed, mut skipped) = (Vec::new(), Vec::new());
        while let Some(piece) = output.next(now) {
            match piece {
                Piece::Printed(bytes) => {
                    output.shown(bytes.len() as u64);
                    printed.extend(bytes);
                }
                Piece::Skipped(bytes) => skipped.push(bytes),
            }
        }
        (printed, skipped)
    }

    fn lines(first: u32, count: u32) -> Vec<u8> {
        (first..first + count).flat_map(|line| format!("{line:0>15}\n").into_bytes()).collect()
    }

    #[test]
    fn output_waits_for_the_page_within_its_window() {
        let (mut output, now) = (SessionOutput::default(), Instant::now());
        let text = lines(0, 40_000);
        output.push(&text, now);
        let mut sent = Vec::new();
        while let Some(Piece::Printed(bytes)) = output.next(now) {
            sent.extend(bytes);
        }
        assert_eq!(sent.len() as u64, OUTPUT_WINDOW);
        output.shown(OUTPUT_WINDOW);
        let (rest, skipped) = all(&mut output, now);
        sent.extend(rest);
        assert_eq!((sent == text, skipped), (true, Vec::new()));
        assert!(output.is_empty());
    }

    #[test]
    fn a_flood_keeps_the_newest_whole_lines_and_says_how_much_it_skips() {
        let (mut output, now) = (SessionOutput::default(), Instant::now());
        let text = lines(0, 1_000_000);
        for piece in text.chunks(10_000) {
            output.push(piece, now);
        }
        assert!(output.waiting.len() <= LARGEST);
        let (printed, skipped) = all(&mut output, now);
        assert!(printed.len() >= KEPT - LINE && text.ends_with(&printed), "{}", printed.len());
        assert_eq!(printed.len() % 16, 0, "it begins with a line");
        assert_eq!(skipped, [Some((text.len() - printed.len()) as u64)]);
    }

    #[test]
    fn control_c_skips_a_flood_until_it_pauses() {
        let (mut output, start) = (SessionOutput::default(), Instant::now());
        output.push(&lines(0, 50_000), start);
        output.typed(b"\x03", start);
        assert_eq!(output.next(start), Some(Piece::Skipped(None)));
        let mut now = start;
        for _ in 0..50 {
            now += QUIET / 2;
            output.push(&lines(0, 10_000), now);
            assert_eq!(output.next(now), None, "it goes on");
        }
        output.push(b"^C\r\n$ ", now);
        let due = output.due().expect("it waits for the pause");
        let (printed, skipped) = all(&mut output, due);
        assert!(printed.ends_with(b"^C\r\n$ ") && printed.len() <= 2 * KEPT_AFTER_INTERRUPT, "{}", printed.len());
        assert_eq!(skipped.iter().flatten().sum::<u64>() + printed.len() as u64, 16 * 550_000 + 6);
        assert_eq!(output.due(), None);
    }

    #[test]
    fn a_program_that_ignores_control_c_is_shown_again() {
        let (mut output, start) = (SessionOutput::default(), Instant::now());
        output.push(&lines(0, 50_000), start);
        output.typed(b"\x03", start);
        let late = start + LONGEST_SKIP;
        output.push(&lines(0, 10), late);
        assert!(matches!(output.next(late), Some(Piece::Skipped(Some(_)))));
        assert!(matches!(output.next(late), Some(Piece::Printed(_))));
    }

    #[test]
    fn control_c_without_a_flood_skips_nothing() {
        let (mut output, now) = (SessionOutput::default(), Instant::now());
        output.push(b"some\n", now);
        output.typed(b"\x03", now);
        assert_eq!(all(&mut output, now), (b"some\n".to_vec(), Vec::new()));
        output.push(&lines(0, 50_000), now);
        output.typed(b"\x03", now);
        output.end();
        assert_eq!(all(&mut output, now), (Vec::new(), vec![Some(800_000)]), "at the end all of it is due");
    }
}
