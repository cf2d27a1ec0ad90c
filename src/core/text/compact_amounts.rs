//! Amounts that fit a narrow cell. The exact ones belong in its tooltip.

use super::{digits, grouped, unit_of};
use crate::base::units::{self, Bytes};

/// A number of cpus with one to three decimals. A number of more than six letters has fewer, with `≈` before it if that rounds it.
pub fn tenths(number: f64) -> String {
    let rounded = |decimals: usize| {
        let brief = format!("{number:.decimals$}");
        let is_rounded = brief.parse() != Ok(units::decimal(number));
        format!("{}{}", if is_rounded { "≈" } else { "" }, grouped(&brief))
    };
    let fits = |text: &String| text.chars().count() <= 6;
    let exact = super::tenths(number);
    if fits(&exact) { exact } else { Some(rounded(1)).filter(fits).unwrap_or_else(|| rounded(0)) }
}

/// The number of memory or disk in the unit that suits `whole`; `<0.01` for an amount that would come to nothing there.
pub fn bytes_like(part: Bytes, whole: Bytes) -> String {
    let text = digits(part, unit_of(whole));
    if text == "0.00" { "<0.01".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::THIN_SPACE;

    #[test]
    fn amounts_fit_a_narrow_cell() {
        let cpus = [0.001, 23.125, 127.125, 127.04, 1024.0, 1024.001, 0.0].map(tenths);
        let cpus = cpus.map(|text| text.replace(THIN_SPACE, " "));
        assert_eq!(cpus, ["0.001", "23.125", "≈127.1", "127.04", "1 024", "≈1 024", "0.0"]);
        let briefly = |mebibytes: f64| bytes_like(Bytes::from_mebibytes(mebibytes), Bytes::from_mebibytes(3_670_016.0));
        assert_eq!(
            [0.0, 0.001, 480.0, 5000.0, 10_486.0, 3_670_016.0].map(briefly),
            ["0", "<0.01", "<0.01", "<0.01", "0.01", "3.50"]
        );
    }
}
