//! What is typed to go to a place of a file: a byte, a share of the bytes, or a time.

use crate::base::units::Nanoseconds;

/// The byte that a text names in a file of so many: `4096`, `0x1000` or `50 %`.
pub fn parse_offset(text: &str, size: u64) -> Option<u64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != ',' && *c != '_').collect();
    if let Some(share) = text.strip_suffix('%') {
        return share.parse::<f64>().ok().map(|share| (share.clamp(0.0, 100.0) / 100.0 * size as f64) as u64);
    }
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A time as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedTime<'a> {
    /// A date, or a time of a day, as it is written.
    Date(&'a str),
    /// A duration before now.
    Ago(Nanoseconds),
}

impl<'a> TypedTime<'a> {
    /// Parses `10 min ago`, or a date; `None` for an unknown unit, or a duration that is out of range.
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let Some(ago) = text.strip_suffix("ago").map(str::trim) else { return Some(Self::Date(text)) };
        let digits = ago.find(|c: char| !c.is_ascii_digit())?;
        let (count, unit) = ago.split_at(digits);
        let seconds = match unit.trim().get(..1)? {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        Some(Self::Ago(Nanoseconds::from_millis((count.parse::<f64>().ok()? * seconds * 1000.0) as i64)))
    }
}

/// A date as ISO 8601 has it: a time alone is one of today, which is given as `2026-11-22`.
pub fn iso_date(text: &str, today: &str) -> String {
    if text.contains('-') { text.replace(' ', "T") } else { format!("{today}T{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_numbers_in_either_notation_and_shares() {
        for (text, at) in [
            ("4096", Some(4096)),
            (" 1,048_576 ", Some(1 << 20)),
            ("0x1000", Some(4096)),
            ("50 %", Some(500)),
            ("12.5%", Some(125)),
            ("150 %", Some(1000)),
            ("-5 %", Some(0)),
            ("", None),
            ("-1", None),
            ("0xg", None),
            ("half", None),
            ("%", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse_offset(text, 1000), at, "{text:?}");
        }
    }

    #[test]
    fn a_time_is_so_long_ago_or_a_date() {
        let ago = |seconds| Some(TypedTime::Ago(Nanoseconds::from_secs(seconds)));
        for (text, read) in [
            ("10 min ago", ago(600)),
            ("90s ago", ago(90)),
            (" 2 hours ago ", ago(7200)),
            ("3d ago", ago(259_200)),
            ("10 ago", None),
            ("min ago", None),
            ("1.5 h ago", None),
            ("3 weeks ago", None),
            ("ago", None),
            ("14:05", Some(TypedTime::Date("14:05"))),
            (" 2026-11-22 14:05:00 ", Some(TypedTime::Date("2026-11-22 14:05:00"))),
        ] {
            assert_eq!(TypedTime::parse(text), read, "{text:?}");
        }
    }

    #[test]
    fn a_time_alone_is_one_of_today() {
        assert_eq!(iso_date("14:05", "2026-11-22"), "2026-11-22T14:05");
        assert_eq!(iso_date("2026-11-20 14:05:00", "2026-11-22"), "2026-11-20T14:05:00");
    }
}
