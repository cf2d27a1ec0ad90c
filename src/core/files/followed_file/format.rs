//! How a file's bytes are text, as its first windows tell, or as the reader chose.

use std::borrow::Cow;

use super::{FileHead, FollowedFile, HEAD, SAMPLE};
use crate::files::WINDOW;
use crate::files::hex::is_binary;
use crate::files::line_counts::LineCounts;
use crate::files::text_format::{Encoding, LineEnd, TextFormat};

impl FollowedFile {
    /// Learns the format of the text, until enough of it is known.
    pub(super) fn learn_format(&mut self, offset: u64, bytes: &[u8]) {
        if offset == 0 && !bytes.is_empty() && !matches!(self.head, FileHead::Known(_)) {
            self.head = FileHead::Known(bytes.get(..HEAD as usize).unwrap_or(bytes).to_vec());
        } else if self.is_learnt {
            return;
        }
        let sample = self.pieces.first(HEAD as usize);
        // A hole tells nothing.
        self.is_learnt |= sample.len() > 2 * SAMPLE && sample.iter().any(|byte| *byte != 0);
        let head = if let FileHead::Known(head) = &self.head { head.as_slice() } else { &[] };
        let format = match self.encoding {
            Some(encoding) => TextFormat::of_encoding(encoding, sample),
            // ASCII is both: it does not say that other bytes of the file are UTF-8.
            None if self.is_windows && sample.is_ascii() => TextFormat::of_encoding(Encoding::Windows1252, sample),
            None => TextFormat::detect(head, sample),
        };
        if self.encoding.is_none() && !sample.is_ascii() {
            self.is_windows = format.encoding == Encoding::Windows1252;
        }
        if head.is_empty() && (sample.contains(&0) || std::str::from_utf8(sample).is_err()) {
            self.head = FileHead::Wanted;
        }
        let format = format.with_returns(sample);
        self.see_format(format);
    }

    /// Takes a format, in which returns end lines from the first on that were seen to.
    pub(super) fn see_format(&mut self, format: TextFormat) {
        self.has_returns |= format.line_end == LineEnd::LfOrCr;
        let format = if self.has_returns { format.and_returns() } else { format };
        if format != self.format {
            self.format = format;
            self.counts = LineCounts::default();
        }
    }

    /// Reads the text as encoded so, or, without one, as it looks.
    pub(in crate::files) fn set_encoding(&mut self, encoding: Option<Encoding>) {
        if self.encoding != encoding {
            (self.encoding, self.is_learnt) = (encoding, false);
            self.learn_format(u64::MAX, &[]);
        }
    }

    /// The encoding that was chosen.
    pub(in crate::files) fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }

    /// Whether the file begins with the mark of UTF-32, which is not read as text.
    pub fn is_utf32(&self) -> bool {
        matches!(&self.head, FileHead::Known(head) if matches!(head.as_slice(), [0xff, 0xfe, 0, 0] | [0, 0, 0xfe, 0xff]))
    }

    /// Format of the file's text, as far as known.
    pub fn format(&self) -> TextFormat {
        self.format
    }

    /// Format of the file's text; `None` before any text was read. Text of an unknown format is not searched: it would lack what it has.
    pub fn known_format(&self) -> Option<TextFormat> {
        (self.size == Some(0) || self.is_sampled()).then_some(self.format)
    }

    /// Reads enough text to tell the format, if none was read yet, though no screen needs it.
    pub(in crate::files) fn want_sample(&mut self) {
        self.is_sample_wanted = true;
    }

    /// The last block from which the format is read: the block before the last one if that is short.
    pub(super) fn sample_gap(&self, size: u64) -> Option<(u64, u64)> {
        if !self.is_sample_wanted || !self.pieces.first(HEAD as usize).is_empty() {
            return None;
        }
        let last = size.checked_sub(1)? / WINDOW * WINDOW;
        let offset = if size - last < 2 * SAMPLE as u64 { last.saturating_sub(WINDOW) } else { last };
        Some((offset, (size - offset).min(WINDOW)))
    }

    fn is_sampled(&self) -> bool {
        !self.pieces.first(HEAD as usize).is_empty() && !matches!(self.head, FileHead::Wanted)
    }

    /// Sample of the file's text in UTF-8; empty before any was read.
    pub fn sample(&self) -> Cow<'_, [u8]> {
        self.format.decode(u64::MAX, self.pieces.first(HEAD as usize))
    }

    /// Whether the file looks like no text; none before any of it came.
    pub fn is_binary(&self) -> Option<bool> {
        self.is_sampled().then(|| is_binary(&self.sample()))
    }
}
