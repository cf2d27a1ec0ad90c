//! Dates of the Gregorian calendar as days since 1970, and back (H. Hinnant, "chrono-compatible low-level date algorithms").
//! Knows no zone and no text. Written by hand: of `jiff` the page would need these two functions, which are shorter than its price.

/// Eras of 400 years have equally many days each, and begin on a first of March, so that the leap day ends a year.
const ERA: i64 = 146_097;
/// Days from the first of March of year 0 to 1970.
const TO_1970: i64 = 719_468;

/// Days since 1970 of a date, whether or not its month has such a day.
pub const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - TO_1970
}

/// Year, month and day of so many days since 1970.
pub const fn date(days: i64) -> (i64, i64, i64) {
    let days = days + TO_1970;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (year + era * 400 + (month <= 2) as i64, month, day)
}

/// Number of days of a month; 0 for a number that is no month.
pub const fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (year, month, day) in
            [(1970, 1, 1), (2000, 2, 29), (2026, 11, 22), (1969, 12, 31), (2100, 3, 1), (-1, 2, 28)]
        {
            assert_eq!(date(days(year, month, day)), (year, month, day));
        }
        assert_eq!((days(1970, 1, 1), days(2026, 11, 22)), (0, 20_779));
    }

    #[test]
    fn each_day_follows_the_one_before() {
        let mut before = date(-200_000);
        for day in -199_999..200_000 {
            let next = date(day);
            let (year, month, last) = before;
            let expected = match (month, last == month_length(year, month)) {
                (_, false) => (year, month, last + 1),
                (12, true) => (year + 1, 1, 1),
                (_, true) => (year, month + 1, 1),
            };
            assert_eq!((next, days(next.0, next.1, next.2)), (expected, day));
            before = next;
        }
    }
}
