//! Ports as people type them, `31000-31005, 31010`, and free ones that are picked.

use crate::mesos::wire::pool_resource::PoolAmount;

/// The largest port.
pub const LAST: u64 = 65_535;

/// Reason why a text is no list of ports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortsError {
    /// The part that is neither a port nor a range.
    #[error("“{0}” is not a port or a range. Use 31000 or 31000-31005.")]
    NoPorts(String),
    /// The range ends before it begins.
    #[error("“{0}” ends before it begins.")]
    Backwards(String),
    /// The port is above 65535.
    #[error("“{0}” is above 65535, the last port.")]
    TooHigh(String),
}

/// Parses ports and ranges between commas or spaces. Empty for an empty text.
///
/// # Errors
/// The first part that is wrong.
pub fn parse_ports(text: &str) -> Result<PoolAmount, PortsError> {
    parse_ranges(text, LAST)
}

/// Parses numbers and ranges between commas or spaces, up to that last number. Empty for an empty text.
///
/// # Errors
/// The first part that is wrong.
pub fn parse_ranges(text: &str, last: u64) -> Result<PoolAmount, PortsError> {
    let text = text.replace('–', "-").replace(" -", "-").replace("- ", "-");
    let parts = text.split([',', ';', ' ', '\t', '\n']).filter(|part| !part.is_empty());
    parts.map(|part| range(part, last)).collect::<Result<Vec<_>, _>>().map(PoolAmount::ranges)
}

fn range(part: &str, last: u64) -> Result<(u64, u64), PortsError> {
    let quoted = || part.chars().take(24).collect::<String>();
    let port = |text: &str| match text.parse::<u64>() {
        Ok(port) if port > last => Err(PortsError::TooHigh(quoted())),
        Ok(port) if text.bytes().all(|digit| digit.is_ascii_digit()) => Ok(port),
        Ok(_) | Err(_) => Err(PortsError::NoPorts(quoted())),
    };
    let (begin, end) = part.split_once('-').unwrap_or((part, part));
    let (begin, end) = (port(begin)?, port(end)?);
    if begin > end { Err(PortsError::Backwards(quoted())) } else { Ok((begin, end)) }
}

/// Ports and ranges as a person would type them.
pub fn format_ports(ranges: &[(u64, u64)]) -> String {
    let one = |(begin, end): &(u64, u64)| if begin == end { begin.to_string() } else { format!("{begin}-{end}") };
    ranges.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// That number of free ports in a row, the first such; otherwise the first free ones. `None` if there are fewer.
pub fn pick(free: &PoolAmount, number: u64) -> Option<PoolAmount> {
    let PoolAmount::Ranges(ranges) = free else { return None };
    if number == 0 || free.number() < number as f64 {
        return None;
    }
    if let Some((begin, _)) = ranges.iter().find(|(begin, end)| end - begin >= number - 1) {
        return Some(PoolAmount::ranges(vec![(*begin, begin + (number - 1))]));
    }
    let mut left = number;
    let mut taken = Vec::new();
    for (begin, end) in ranges {
        if left == 0 {
            break;
        }
        let last = (*end).min(begin.saturating_add(left - 1));
        left -= last - begin + 1;
        taken.push((*begin, last));
    }
    Some(PoolAmount::ranges(taken))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ports_are_read_as_people_type_them() {
        let check = |text: &str, expected: &str| {
            let read = parse_ports(text).map(|ports| match ports {
                PoolAmount::Ranges(ranges) => format_ports(&ranges),
                other => format!("{other:?}"),
            });
            assert_eq!(read.unwrap_or_else(|error| error.to_string()), expected, "{text:?}");
        };
        check("31005, 31000-31004", "31000-31005");
        check(" 80 443 ", "80, 443");
        check("31000 - 31002", "31000-31002");
        check("", "");
        check("70000", "“70000” is above 65535, the last port.");
        check("9-8", "“9-8” ends before it begins.");
        for odd in ["+5", "a", "1-2-3", "-", "1.5"] {
            assert!(matches!(parse_ports(odd), Err(PortsError::NoPorts(_))), "{odd}");
        }
    }

    #[test]
    fn free_ports_are_picked_in_a_row_where_there_is_one() {
        let free = PoolAmount::ranges(vec![(1, 2), (10, 20)]);
        assert_eq!(pick(&free, 2), Some(PoolAmount::Ranges(vec![(1, 2)])));
        assert_eq!(pick(&free, 3), Some(PoolAmount::Ranges(vec![(10, 12)])));
        assert_eq!(pick(&free, 12), Some(PoolAmount::Ranges(vec![(1, 2), (10, 19)])));
        assert_eq!((pick(&free, 14), pick(&free, 0), pick(&PoolAmount::Scalar(9), 1)), (None, None, None));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_as_the_same(ranges in prop::collection::vec((0_u64..70, 0_u64..70), 0..5), text in ".*") {
            let _ = parse_ports(&text);
            let PoolAmount::Ranges(ranges) = PoolAmount::ranges(ranges) else { panic!("they are ranges") };
            prop_assert_eq!(parse_ports(&format_ports(&ranges)), Ok(PoolAmount::Ranges(ranges)));
        }
    }
}
