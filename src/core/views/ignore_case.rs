//! A word that is looked for in many texts, whatever its case: 800,000 of them at each key. So it is looked for by that byte of
//! it that is seldom in texts.

use memchr::memchr2_iter;

/// The word.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Needle {
    /// The text in lower case.
    word: String,
    /// Where its seldom byte is, and that byte in both cases; none in a word that is empty or is not ASCII.
    seldom: Option<(usize, u8, u8)>,
}

/// Bytes that texts of a cluster are full of, the commonest first.
const COMMON: &[u8] = b"e-artsnoi0l.1dcm2pu3/5kgb4hf6789";

impl Needle {
    pub(super) fn new(word: &str) -> Self {
        let word = word.to_lowercase();
        let common = |byte: u8| COMMON.iter().rev().position(|common| *common == byte).map_or(0, |at| at + 1);
        let seldom = word.bytes().enumerate().min_by_key(|(_, byte)| common(*byte)).filter(|_| word.is_ascii());
        Self { seldom: seldom.map(|(at, byte)| (at, byte, byte.to_ascii_uppercase())), word }
    }

    /// The text in lower case.
    pub(super) fn text(&self) -> &str {
        &self.word
    }

    pub(super) fn len(&self) -> usize {
        self.word.len()
    }

    pub(super) fn bytes(&self) -> impl Iterator<Item = u8> {
        self.word.bytes()
    }

    pub(super) fn chars(&self) -> impl Iterator<Item = char> {
        self.word.chars()
    }

    /// Whether each text that has this word has the other one, too. If in doubt, no.
    pub(super) fn is_narrower_than(&self, other: &Self) -> bool {
        self.word == other.word || self.word.is_ascii() && self.word.contains(&other.word)
    }

    /// Whether the text has the word.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Where the text has the word first. In a text that is not ASCII, for a word that is not, the place is that in its lower
    /// case, which may be another by a few bytes.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        let Some((at, lower, upper)) = self.seldom else {
            return if self.word.is_empty() {
                Some(0)
            } else if text.is_ascii() {
                None
            } else {
                text.to_lowercase().find(&self.word)
            };
        };
        memchr2_iter(lower, upper, text.as_bytes()).find_map(|found| {
            let begin = found.checked_sub(at)?;
            let part = text.as_bytes().get(begin..begin + self.word.len())?;
            part.eq_ignore_ascii_case(self.word.as_bytes()).then_some(begin)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_begin() {
        let check = |word: &str, text: &str, at: Option<usize>| {
            assert_eq!(Needle::new(word).find(text), at, "{word} in {text}")
        };
        check("", "", Some(0));
        check("a", "", None);
        check("Web", "my-wEb", Some(3));
        check("aab", "aaab", Some(1));
        check("x", "aaaX", Some(3));
        check("xa", "aax", None);
        check("größe", "Die GRÖßE", Some(4));
        check("größe", "ascii", None);
        check("s", "größe s", Some(8));
        check("zone", "\u{212a}zone", Some(3));
    }
}
