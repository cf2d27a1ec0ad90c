//! Resources that are no amounts: ranges, as of ports, and sets of names.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::field::fields;
use super::scalar::{Integer, Text};

/// Ranges as they are sent.
#[derive(Clone, Debug, Default)]
pub(super) struct ReportedRanges {
    range: Vec<ReportedRange>,
}

#[derive(Clone, Copy, Debug, Default)]
struct ReportedRange {
    begin: Integer,
    end: Integer,
}

/// A set as it is sent.
#[derive(Clone, Debug, Default)]
pub(super) struct ReportedSet<'a> {
    item: Vec<Text<'a>>,
}

fields! { impl<'de> ReportedRanges; "range" => range }
fields! { impl<'de> ReportedRange; "begin" => begin, "end" => end }
fields! { impl<'de> ReportedSet<'de>; "item" => item }

impl ReportedRanges {
    pub(super) fn line(&self) -> String {
        let ranges: Vec<String> = self.range.iter().map(|range| format!("{}-{}", range.begin.0, range.end.0)).collect();
        format!("[{}]", ranges.join(","))
    }
}

/// Ranges and sets of resources by name; ranges are in order, and joined where they touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonScalars(Vec<NonScalar>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct NonScalar {
    name: String,
    /// First and last, both included.
    ranges: Vec<(u64, u64)>,
    items: Vec<String>,
}

impl NonScalars {
    /// Whether there is nothing of any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of single pieces of each resource.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|piece| {
            let ranged = piece
                .ranges
                .iter()
                .fold(0u64, |sum, (first, last)| sum.saturating_add((last - first).saturating_add(1)));
            (piece.name.as_str(), ranged.saturating_add(piece.items.len() as u64))
        })
    }

    pub(super) fn add_parts(&mut self, name: &str, ranges: Option<&ReportedRanges>, set: Option<&ReportedSet<'_>>) {
        let ranges = ranges.into_iter().flat_map(|ranges| &ranges.range);
        let ranges = ranges.filter_map(|range| {
            let (begin, end) = (range.begin.0.cast_unsigned(), range.end.0.cast_unsigned());
            (begin <= end).then_some((begin, end))
        });
        let items = set.into_iter().flat_map(|set| &set.item).map(|item| item.as_str().to_owned());
        self.add_piece(NonScalar { name: name.to_owned(), ranges: ranges.collect(), items: items.collect() });
    }

    /// Adds the pieces of another collection.
    pub fn add(&mut self, more: &Self) {
        more.0.iter().for_each(|piece| self.add_piece(piece.clone()));
    }

    fn add_piece(&mut self, more: NonScalar) {
        if more.ranges.is_empty() && more.items.is_empty() {
            return;
        }
        let at = match self.0.binary_search_by(|piece| piece.name.cmp(&more.name)) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, NonScalar { name: more.name, ..NonScalar::default() });
                at
            }
        };
        let Some(piece) = self.0.get_mut(at) else { return };
        piece.ranges.extend(more.ranges);
        piece.ranges.sort_unstable();
        piece.ranges.dedup_by(|next, before| {
            let touches = next.0 <= before.1.saturating_add(1);
            if touches {
                before.1 = before.1.max(next.1);
            }
            touches
        });
        piece.items.extend(more.items);
        piece.items.sort_unstable();
        piece.items.dedup();
    }
}

impl fmt::Display for NonScalars {
    /// As `ports [31000-31002,31005], zones {a,b}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, piece) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            write!(f, "{}", piece.name)?;
            let range = |(first, last): &(u64, u64)| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            };
            let ranges: Vec<String> = piece.ranges.iter().map(range).collect();
            if !ranges.is_empty() {
                write!(f, " [{}]", ranges.join(","))?;
            }
            if !piece.items.is_empty() {
                write!(f, " {{{}}}", piece.items.join(","))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_joined_and_sets_are_sets() {
        let ranges = |all: &[(i64, i64)]| ReportedRanges {
            range: all
                .iter()
                .map(|(begin, end)| ReportedRange { begin: Integer(*begin), end: Integer(*end) })
                .collect(),
        };
        let mut pieces = NonScalars::default();
        pieces.add_parts("ports", Some(&ranges(&[(31005, 31005), (31000, 31002)])), None);
        pieces.add_parts("ports", Some(&ranges(&[(31003, 31003), (9, 1)])), None);
        pieces.add_parts("none", Some(&ranges(&[])), None);
        let set = ReportedSet { item: vec![Text("b".into()), Text("a".into()), Text("b".into())] };
        pieces.add_parts("zones", None, Some(&set));
        assert_eq!(pieces.to_string(), "ports [31000-31003,31005], zones {a,b}");
        assert_eq!(pieces.counts().collect::<Vec<_>>(), [("ports", 5), ("zones", 2)]);
    }
}
