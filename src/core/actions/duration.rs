//! Durations as people type them: `2 h 30 min`, `90m`, `1d`. A bare number is minutes.

use crate::base::units::Nanoseconds;

/// Reason why a text is no valid duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// The text is no duration.
    #[error("Say it as 2 h 30 min, 90 min, or 1 d.")]
    Unreadable,
    /// More than 2^63 nanoseconds, which Mesos cannot represent.
    #[error("It is longer than Mesos can say.")]
    TooLong,
}

/// Parses a duration.
///
/// # Errors
/// If the text is no valid duration.
pub fn parse_duration(text: &str) -> Result<Nanoseconds, DurationError> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let mut rest = text.as_str();
    let mut sum = 0_f64;
    if rest.is_empty() {
        return Err(DurationError::Unreadable);
    }
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let unit_end = after.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        let number: f64 = number.parse().map_err(|_| DurationError::Unreadable)?;
        let seconds = match unit.to_lowercase().trim_end_matches('.') {
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "" | "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            "w" | "wk" | "week" | "weeks" => 604_800.0,
            _ => return Err(DurationError::Unreadable),
        };
        sum += number * seconds;
        rest = next;
    }
    let nanoseconds = sum * 1e9;
    if nanoseconds >= i64::MAX as f64 {
        return Err(DurationError::TooLong);
    }
    Ok(Nanoseconds(nanoseconds.round() as i64))
}

/// Prints a duration as a person would type it. The text parses to the same duration, to the second.
pub fn format_duration(length: Nanoseconds) -> String {
    let seconds = length.as_secs().max(0);
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let said: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number} {unit}")).collect();
    if said.is_empty() { "0 min".to_owned() } else { said.join(" ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_are_read_as_people_type_them() {
        let read = |text| parse_duration(text).map(|length| length.as_secs());
        assert_eq!(read("2 h 30 min"), Ok(9000));
        assert_eq!(read("90"), Ok(5400));
        assert_eq!(read("1.5h"), Ok(5400));
        assert_eq!(read("1d6h"), Ok(108_000));
        assert_eq!(read(""), Err(DurationError::Unreadable));
        assert_eq!(read("soon"), Err(DurationError::Unreadable));
        assert_eq!(read("-2h"), Err(DurationError::Unreadable));
        assert_eq!(read("999999999999 w"), Err(DurationError::TooLong));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_as_the_same(seconds in 0_i64..1 << 32) {
            prop_assert_eq!(parse_duration(&format_duration(Nanoseconds::from_secs(seconds))), Ok(Nanoseconds::from_secs(seconds)));
        }

        #[test]
        fn any_text_is_read_without_harm(text in ".*") {
            let _ = parse_duration(&text);
        }
    }
}
