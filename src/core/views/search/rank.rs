//! How well something fits what was typed, and the best of a kind. Knows no table.
//!
//! Hand-written: `nucleo-matcher` scores one text; here a name, ids, labels and owners count by what they are. Its tables of
//! Unicode would be part of the download.

use crate::views::ignore_case::Needle;
use crate::views::search::hit::Hit;

/// Maximum number of hits per kind.
const EACH: usize = 8;
/// Nobody types more; and each word is looked for in each text.
pub(super) const MAX_WORDS: usize = 8;

/// The texts of something, by how much they mean.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SearchTexts<'a> {
    /// Its name, for which letters in order are enough.
    pub(super) name: &'a str,
    /// Its ids and addresses.
    pub(super) own: &'a [&'a str],
    /// Its own details: labels, attributes, users.
    pub(super) said: &'a [&'a str],
    /// Names of its owners and of its place.
    pub(super) owners: &'a [&'a str],
}

/// The words of what was typed.
pub(super) fn words(text: &str) -> Vec<Needle> {
    text.split_whitespace().take(MAX_WORDS).map(Needle::new).collect()
}

/// The sum of how well each word fits; none, if a word fits nowhere.
pub(super) fn score(words: &[Needle], texts: SearchTexts<'_>) -> Option<u32> {
    words.iter().map(|word| best(word, texts, true)).sum()
}

/// Score of the word in the text that it fits best.
pub(super) fn best(word: &Needle, texts: SearchTexts<'_>, loose: bool) -> Option<u32> {
    let best_of = |all: &[&str]| all.iter().filter_map(|text| fit(text, word)).max();
    let loosely = || (loose && in_order(texts.name, word)).then_some(5);
    let name = fit(texts.name, word).or_else(loosely).map(|fit| fit * 4 + 2);
    let own = best_of(texts.own).map(|fit| fit * 4);
    let said = best_of(texts.said).map(|fit| fit * 2);
    name.max(own).max(said).max(best_of(texts.owners))
}

/// Score of the word in a text: the whole text, its start, the start of a part, or anywhere.
pub(super) fn fit(text: &str, word: &Needle) -> Option<u32> {
    let at = word.find(text)?;
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    Some(match before {
        None if text.len() == word.len() => 100,
        None => 60,
        Some(before) if !before.is_alphanumeric() => 40,
        Some(_) => 20,
    })
}

/// Whether the text begins as the word does and has its letters in their order. Words of one or two letters would find everything.
pub(super) fn in_order(text: &str, word: &Needle) -> bool {
    if text.is_ascii() {
        let mut letters = text.bytes();
        let begins_alike = text.bytes().zip(word.bytes()).next().is_some_and(|(a, b)| a.eq_ignore_ascii_case(&b));
        return begins_alike
            && word.len() > 2
            && word.bytes().all(|wanted| letters.any(|letter| letter.eq_ignore_ascii_case(&wanted)));
    }
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let begins_alike = text.chars().flat_map(char::to_lowercase).next() == word.chars().next();
    begins_alike && word.len() > 2 && word.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

/// The best of one kind.
#[derive(Default)]
pub(super) struct BestHits {
    hits: Vec<Hit>,
}

impl BestHits {
    /// A hit is made only if it is among the best.
    pub(super) fn offer(&mut self, score: Option<u32>, hit: impl FnOnce() -> Hit) {
        let Some(score) = score else { return };
        let place = self.hits.iter().position(|other| other.score < score).unwrap_or(self.hits.len());
        if place < EACH {
            self.hits.insert(place, Hit { score, ..hit() });
            self.hits.truncate(EACH);
        }
    }

    pub(super) fn take(&mut self) -> Vec<Hit> {
        std::mem::take(&mut self.hits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(typed: &str, name: &str, own: &[&str]) -> Option<u32> {
        score(&words(typed), SearchTexts { name, own, ..SearchTexts::default() })
    }

    #[test]
    fn what_fits_better_scores_more() {
        let names = ["web", "web-1", "my-web", "cobweb", "w-e-b", "other"];
        let scores: Vec<_> = names.iter().map(|name| scored("web", name, &[])).collect();
        assert!(scores.windows(2).all(|pair| pair.first() > pair.last()), "{scores:?}");
        assert_eq!(scores.last(), Some(&None));
    }

    #[test]
    fn what_a_thing_is_called_means_more_than_whose_it_is() {
        let one = |texts: SearchTexts<'_>| score(&words("web"), texts);
        let by_name = one(SearchTexts { name: "web-1", ..SearchTexts::default() });
        let by_id = one(SearchTexts { own: &["web-1"], ..SearchTexts::default() });
        let by_label = one(SearchTexts { said: &["web-1"], ..SearchTexts::default() });
        let by_owner = one(SearchTexts { owners: &["web-1"], ..SearchTexts::default() });
        assert!(by_name > by_id && by_id > by_label && by_label > by_owner && by_owner > None);
    }

    #[test]
    fn every_word_must_fit() {
        assert!(scored("a0417 ams", "a0417.ams.example", &[]).is_some());
        assert!(scored("a0417 fra", "a0417.ams.example", &[]).is_none());
        assert!(scored("s17 a0417", "a0417.ams.example", &["1ad8-S17"]).is_some());
    }

    #[test]
    fn letters_in_order_are_enough_for_names() {
        assert!(scored("a417x", "a0417.ams.example", &[]).is_some());
        assert!(scored("xma", "a0417.ams.example", &[]).is_none());
        assert!(scored("417x", "a0417.ams.example", &[]).is_none());
        assert!(scored("éax", "Éva-x", &[]).is_some() && scored("vax", "Éva-x", &[]).is_none());
        assert!(scored("a417x", "", &["a0417.ams.example"]).is_none());
    }
}
