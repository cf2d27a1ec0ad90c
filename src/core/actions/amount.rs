//! Amounts as people type them: `2 GiB`, `1.5`, `1 500`. A bare number of memory or disk is in MiB, as in Mesos.

use crate::base::units;

/// Mesos' own bounds (src/master/quota.cpp): an EiB of memory or disk, in MiB, and a trillion of anything else.
const MOST_MEBIBYTES: f64 = 1_099_511_627_776.0;
const MOST: f64 = 1e12;

/// Reason why a text is no valid amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text, which is no number.
    #[error("“{0}” is not an amount. Use 4 or 0.5, and of memory or disk also 2 GiB.")]
    NoNumber(String),
    /// The amount is below 0.
    #[error("An amount must not be below 0.")]
    Negative,
    /// The unit, which is not one of bytes, KiB, MiB, GiB, TiB and PiB.
    #[error("“{0}” is not a unit. Use KiB, MiB, GiB, TiB or PiB.")]
    Unit(String),
    /// The resource has no units, but the text has one.
    #[error("Only memory and disk have units.")]
    NoUnits,
    /// The text of an amount above 0 of which Mesos, which counts thousandths, keeps nothing.
    #[error("“{0}” is too small: Mesos counts thousandths of a CPU, a MiB or a unit.")]
    TooSmall(String),
    /// More than one EiB of memory or disk, Mesos' bound.
    #[error("Mesos allows at most 1 EiB.")]
    TooManyBytes,
    /// More than 10^12 of another resource, Mesos' bound.
    #[error("Mesos allows at most 1 000 000 000 000.")]
    TooMuch,
}

fn is_bytes(resource: &str) -> bool {
    matches!(resource, "mem" | "disk")
}

/// Parses an amount of a resource, in Mesos' own units: rounded to thousandths, `mem` and `disk` in MiB. `None` for an
/// empty text.
///
/// # Errors
/// If the text is no valid amount.
pub fn parse_amount(resource: &str, text: &str) -> Result<Option<f64>, AmountError> {
    let typed = text.trim();
    let text: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '_').collect();
    if text.is_empty() {
        return Ok(None);
    }
    let unit_at =
        text.find(|letter: char| letter.is_alphabetic() && !matches!(letter, 'e' | 'E')).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let number: f64 = number.parse().map_err(|_| AmountError::NoNumber(quoted(typed)))?;
    let factor = match unit {
        "" => 1.0,
        _ if !is_bytes(resource) => return Err(AmountError::NoUnits),
        unit => mebibytes(unit).ok_or_else(|| AmountError::Unit(quoted(unit)))?,
    };
    let amount = number * factor;
    if !amount.is_finite() {
        return Err(AmountError::NoNumber(quoted(typed)));
    }
    check_amount(resource, amount)?;
    Ok(Some((amount * 1000.0).round() / 1000.0))
}

/// Parses an amount as [`parse_amount`] does, and refuses one above 0 that would be rounded to 0.
///
/// # Errors
/// If the text is no valid amount, or too small an amount.
pub fn parse_countable(resource: &str, text: &str) -> Result<Option<f64>, AmountError> {
    let amount = parse_amount(resource, text)?;
    let digits = text.split(['e', 'E']).next().unwrap_or_default();
    let is_lost = amount == Some(0.0) && digits.contains(|digit| matches!(digit, '1'..='9'));
    if is_lost { Err(AmountError::TooSmall(quoted(text.trim()))) } else { Ok(amount) }
}

/// The start of a text that was typed, for its error.
fn quoted(text: &str) -> String {
    const LETTERS: usize = 24;
    if text.chars().count() > LETTERS { text.chars().take(LETTERS).chain(['…']).collect() } else { text.to_owned() }
}

/// Checks an amount against Mesos' bounds for a quota.
pub(super) fn check_amount(resource: &str, amount: f64) -> Result<(), AmountError> {
    match is_bytes(resource) {
        _ if !amount.is_finite() => Err(AmountError::NoNumber(amount.to_string())),
        _ if amount < 0.0 => Err(AmountError::Negative),
        true if amount > MOST_MEBIBYTES => Err(AmountError::TooManyBytes),
        false if amount > MOST => Err(AmountError::TooMuch),
        _ => Ok(()),
    }
}

fn mebibytes(unit: &str) -> Option<f64> {
    let lower = unit.to_ascii_lowercase();
    Some(match lower.trim_end_matches("ib").trim_end_matches('b') {
        "" => 1.0 / 1_048_576.0,
        "k" => 1.0 / 1024.0,
        "m" => 1.0,
        "g" => 1024.0,
        "t" => 1024.0 * 1024.0,
        "p" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    })
}

/// Prints an amount as a person would type it. The text parses to the same amount, exact to a thousandth, as Mesos
/// counts.
pub fn format_amount(resource: &str, amount: f64) -> String {
    if !is_bytes(resource) {
        return units::digits(amount);
    }
    let (number, unit) = units::in_largest_unit(units::decimal(amount));
    format!("{} {unit}", units::digits(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::units::Bytes;
    use crate::text;

    #[test]
    fn thousandths_are_kept() {
        let check = |resource: &str, amount: f64, text: &str| assert_eq!(format_amount(resource, amount), text);
        check("cpus", 0.001, "0.001");
        check("cpus", 1.004, "1.004");
        check("mem", 0.001, "0.001 MiB");
        check("disk", 1024.004, "1024.004 MiB");
        check("mem", 1536.0, "1.5 GiB");
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        assert_eq!(parse_amount("mem", "2 GiB"), Ok(Some(2048.0)));
        assert_eq!(parse_amount("mem", "2g"), Ok(Some(2048.0)));
        assert_eq!(parse_amount("disk", " 512 "), Ok(Some(512.0)));
        assert_eq!(parse_amount("cpus", "1.5"), Ok(Some(1.5)));
        assert_eq!(parse_amount("cpus", "1 500"), Ok(Some(1500.0)));
        assert_eq!(parse_amount("cpus", ""), Ok(None));
        assert_eq!(parse_amount("cpus", "1GiB"), Err(AmountError::NoUnits));
        assert_eq!(parse_amount("mem", "1 apple"), Err(AmountError::Unit("apple".to_owned())));
        assert_eq!(parse_amount("cpus", "-1"), Err(AmountError::Negative));
        assert_eq!(parse_amount("cpus", "nan"), Err(AmountError::NoNumber("nan".to_owned())));
        assert_eq!(parse_amount("cpus", "inf"), Err(AmountError::NoNumber("inf".to_owned())));
        assert_eq!(parse_amount("cpus", "1e400"), Err(AmountError::NoNumber("1e400".to_owned())));
        assert_eq!(parse_amount("mem", "1e305 PiB"), Err(AmountError::NoNumber("1e305 PiB".to_owned())));
        assert_eq!(parse_amount("cpus", "1e13"), Err(AmountError::TooMuch));
        assert_eq!(parse_amount("mem", "1025 PiB"), Err(AmountError::TooManyBytes));
    }

    proptest! {
        #[test]
        fn what_tables_show_reads_as_the_same(thousandths in 0_i64..1 << 50) {
            let amount = thousandths as f64 / 1000.0;
            prop_assume!(amount <= MOST);
            let shown = text::bytes_exactly(Bytes::from_mebibytes(amount));
            prop_assert_eq!(parse_amount("mem", &shown), Ok(Some(amount)));
            prop_assert_eq!(parse_amount("cpus", &text::tenths(amount)), Ok(Some(amount)));
        }

        #[test]
        fn what_is_printed_reads_as_the_same(thousandths in 0_i64..1 << 50, is_mem in any::<bool>()) {
            let resource = if is_mem { "mem" } else { "cpus" };
            let amount = thousandths as f64 / 1000.0;
            prop_assume!(amount <= MOST);
            prop_assert_eq!(parse_amount(resource, &format_amount(resource, amount)), Ok(Some(amount)));
            prop_assert_eq!(parse_amount(resource, &text::scalar(resource, amount)), Ok(Some(amount)));
        }

        #[test]
        fn any_text_is_read_without_harm(text in ".*", resource in ".*") {
            let _ = parse_amount(&resource, &text);
        }
    }
}
