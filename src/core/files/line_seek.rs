//! Where the line of a number begins: counts line ends from the file's start, window by window. Asks for nothing.

use super::followed_file::ReadReply;
use super::text_format::TextFormat;

/// The search for the line of a number.
#[derive(Clone, Debug)]
pub struct LineSeek {
    format: TextFormat,
    /// Line ends before the line that is looked for.
    wanted: u64,
    /// Offset up to which lines were counted, how many end before it, and where the last of them ends.
    at: u64,
    lines: u64,
    last_end: u64,
}

/// What is known of the line after a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineSought {
    /// The line is farther on.
    More,
    /// The offset at which the line begins.
    At(u64),
    /// The file has fewer lines: so many.
    Beyond(u64),
}

impl LineSeek {
    /// Looks for a line by its number, from 1.
    pub fn new(number: u64, format: TextFormat) -> Self {
        Self { format, wanted: number.saturating_sub(1), at: 0, lines: 0, last_end: 0 }
    }

    /// Offset of the next window to read.
    pub fn offset(&self) -> u64 {
        self.at
    }

    /// Takes the answer to the read at that offset.
    pub fn answered(&mut self, reply: &ReadReply) -> LineSought {
        let size = reply.size;
        if self.wanted == 0 {
            return if size > 0 { LineSought::At(0) } else { LineSought::Beyond(0) };
        }
        for end in self.format.line_ends(self.at, &reply.bytes) {
            (self.lines, self.last_end) = (self.lines + 1, end);
            if self.lines == self.wanted && end < size {
                return LineSought::At(end);
            }
        }
        self.at += reply.bytes.len() as u64;
        if reply.bytes.is_empty() || self.at >= size {
            return LineSought::Beyond(self.lines + u64::from(self.last_end < self.at));
        }
        LineSought::More
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sought(file: &[u8], number: u64, window: usize) -> LineSought {
        let mut seek = LineSeek::new(number, TextFormat::default());
        loop {
            let rest = file.get(seek.offset() as usize..).unwrap_or_default();
            let bytes = rest.get(..window.min(rest.len())).unwrap_or_default().to_vec();
            match seek.answered(&ReadReply { size: file.len() as u64, bytes }) {
                LineSought::More => {}
                found => return found,
            }
        }
    }

    proptest! {
        #[test]
        fn a_line_is_found_by_its_number(lines in prop::collection::vec(0..9usize, 0..12), ends in any::<bool>(), number in 1..16u64, window in 1..7usize) {
            let mut file: Vec<u8> = lines.iter().flat_map(|length| [vec![b'x'; *length], vec![b'\n']].concat()).collect();
            if !ends {
                file.pop();
            }
            let starts: Vec<u64> = file.split_inclusive(|byte| *byte == b'\n').scan(0, |at, line| {
                let start = *at;
                *at += line.len() as u64;
                Some(start)
            }).collect();
            let due = starts.get(number as usize - 1).map_or(LineSought::Beyond(starts.len() as u64), |start| LineSought::At(*start));
            prop_assert_eq!(sought(&file, number, window), due);
        }
    }
}
