//! Amounts that fit a narrow cell. The exact ones belong in its tooltip.

use super::{GIB, MEBIBYTE, digits, grouped, in_unit, unit_of};
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

/// Memory or disk as a number of GiB, the unit of all rows of a column; `<0.01` for an amount that would come to nothing.
pub fn gibibytes(of: Bytes) -> String {
    let text = digits(of, GIB);
    if text == "0.00" { "<0.01".to_owned() } else { grouped(&text) }
}

/// Memory or disk as a whole number of MiB, the unit of all rows of a column; `<1` for less than one.
pub fn mebibytes(of: Bytes) -> String {
    let number = (of.as_f64() / MEBIBYTE).round();
    if number == 0.0 && of.get() != 0 { "<1".to_owned() } else { grouped(&format!("{number:.0}")) }
}

/// A total of memory or disk as a number of GiB without zeros at its end, as behind the stroke of `26.6 / 32`.
pub fn whole_gibibytes(of: Bytes) -> String {
    grouped(&in_unit(of, GIB).0)
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
        let gibibytes = [0.0, 0.5, 512.0, 8192.0, 16_384.0, 507_801.6, 7_549_747.2].map(|mebibytes| {
            let of = Bytes::from_mebibytes(mebibytes);
            (gibibytes(of).replace(THIN_SPACE, " "), whole_gibibytes(of).replace(THIN_SPACE, " "))
        });
        let whole = [0.0, 0.25, 32.0, 1536.5].map(|of| mebibytes(Bytes::from_mebibytes(of)).replace(THIN_SPACE, " "));
        assert_eq!(whole, ["0", "<1", "32", "1 537"]);
        let parts = gibibytes.clone().map(|(part, _)| part);
        assert_eq!(parts, ["0", "<0.01", "0.50", "8.00", "16.0", "496", "7 373"]);
        assert_eq!(gibibytes.map(|(_, whole)| whole), ["0", "0", "0.5", "8", "16", "496", "7 373"]);
        let briefly = |mebibytes: f64| bytes_like(Bytes::from_mebibytes(mebibytes), Bytes::from_mebibytes(3_670_016.0));
        assert_eq!(
            [0.0, 0.001, 480.0, 5000.0, 10_486.0, 3_670_016.0].map(briefly),
            ["0", "<0.01", "<0.01", "<0.01", "0.01", "3.50"]
        );
    }
}
