//! The page's side of a terminal's windows: input that waits for the gateway, and output that the terminal has shown. Sends nothing.

use std::collections::VecDeque;

use super::calls::terminal::{INPUT_CHUNK, INPUT_WINDOW, OUTPUT_WINDOW};

/// Maximum bytes of input that wait, in all. A paste of more is refused as a whole.
pub const LARGEST_PASTE: usize = 1 << 20;

/// Maximum bytes that wait when an answer of the terminal is added.
const MOST_ANSWERS: usize = 4 << 10;

/// Part of the window of output that is reported at once, so that each report covers many pieces.
const REPORTED: u64 = OUTPUT_WINDOW / 8;

/// Input that the gateway has not taken yet.
#[derive(Debug, Default)]
pub struct InputQueue {
    waiting: VecDeque<u8>,
    sent: u64,
}

/// The input is larger than `LARGEST_PASTE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasteTooLarge;

impl InputQueue {
    /// Adds input, all or nothing.
    ///
    /// # Errors
    /// If too much input waits.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), PasteTooLarge> {
        if self.waiting.len() + bytes.len() > LARGEST_PASTE {
            return Err(PasteTooLarge);
        }
        self.waiting.extend(bytes);
        Ok(())
    }

    /// Adds an answer of the terminal to its program, such as the position of the cursor. Drops it if many bytes wait: a program that
    /// asks faster than it reads gets no more.
    pub fn push_answer(&mut self, bytes: &[u8]) {
        if self.waiting.len() + bytes.len() <= MOST_ANSWERS {
            self.waiting.extend(bytes);
        }
    }

    /// The gateway has passed on that many bytes.
    pub fn taken(&mut self, bytes: u64) {
        self.sent = self.sent.saturating_sub(bytes);
    }

    /// The next message; `None` if nothing waits, or the window is full.
    pub fn next_message(&mut self) -> Option<Vec<u8>> {
        let room = usize::try_from(INPUT_WINDOW.saturating_sub(self.sent)).unwrap_or(usize::MAX);
        let size = self.waiting.len().min(INPUT_CHUNK).min(room);
        if size == 0 {
            return None;
        }
        self.sent += size as u64;
        Some(self.waiting.drain(..size).collect())
    }
}

/// The character that a terminal sends for a key with Ctrl; the key's own where there is none.
pub fn with_control(key: u8) -> u8 {
    match key {
        b'@'..=b'_' | b'a'..=b'z' => key & 0x1f,
        b' ' => 0,
        b'?' => 0x7f,
        other => other,
    }
}

/// Counter of output that was shown and not reported.
#[derive(Debug, Default)]
pub struct ShownOutput {
    received: u64,
    shown: u64,
}

impl ShownOutput {
    /// Output has arrived.
    pub fn received(&mut self, bytes: u64) {
        self.received += bytes;
    }

    /// The terminal has shown output. Returns the number of bytes to report, once they are many or all.
    pub fn shown(&mut self, bytes: u64) -> Option<u64> {
        self.shown += bytes;
        if self.shown < REPORTED && self.shown < self.received {
            return None;
        }
        self.received = self.received.saturating_sub(self.shown);
        Some(std::mem::take(&mut self.shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_keeps_to_the_window() {
        let mut queue = InputQueue::default();
        let text: Vec<u8> = (0..200_000_u32).map(|at| at as u8).collect();
        queue.push(&text).expect("it fits");
        let mut sent = Vec::new();
        let mut in_flight = 0;
        while sent.len() < text.len() {
            while let Some(message) = queue.next_message() {
                assert!(message.len() <= INPUT_CHUNK);
                in_flight += message.len() as u64;
                sent.extend(message);
            }
            assert!(in_flight > 0 && in_flight <= INPUT_WINDOW);
            queue.taken(std::mem::take(&mut in_flight));
        }
        assert_eq!(sent, text);
    }

    #[test]
    fn control_characters_are_those_of_terminals() {
        let sent: Vec<u8> = b"cCd[_ ?1\t".iter().map(|key| with_control(*key)).collect();
        assert_eq!(sent, [3, 3, 4, 27, 31, 0, 127, b'1', b'\t']);
    }

    #[test]
    fn a_paste_that_is_too_large_is_refused_whole() {
        let mut queue = InputQueue::default();
        assert_eq!(queue.push(&vec![b'x'; LARGEST_PASTE + 1]), Err(PasteTooLarge));
        assert_eq!(queue.next_message(), None);
        assert_eq!(queue.push(b"x"), Ok(()));
        assert_eq!(queue.next_message(), Some(b"x".to_vec()));
    }

    #[test]
    fn answers_of_the_terminal_leave_room_for_what_is_typed() {
        let mut queue = InputQueue::default();
        for _ in 0..1_000_000 {
            queue.push_answer(b"\x1b[24;80R");
        }
        assert_eq!(queue.push(b"exit\r"), Ok(()));
        let first = queue.next_message().expect("input waits");
        assert!(first.len() <= MOST_ANSWERS + 5 && first.starts_with(b"\x1b[24;80R\x1b["), "{}", first.len());
        assert!(first.ends_with(b"exit\r"), "typed after the answers that fit");
    }

    #[test]
    fn shown_output_is_reported_in_parts_and_at_its_end() {
        let mut output = ShownOutput::default();
        output.received(2 * REPORTED + 10);
        assert_eq!(output.shown(REPORTED - 1), None);
        assert_eq!(output.shown(1), Some(REPORTED));
        assert_eq!(output.shown(REPORTED + 9), Some(REPORTED + 9));
        assert_eq!(output.shown(1), Some(1), "the last byte is not kept back");
    }
}
