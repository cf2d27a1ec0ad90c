//! What of a file is a window, when it is, and why other entries are none.

use crate::mesos::calls::maintenance::MachineId;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::lines::{Component, components, unescape, unfold};
use super::*;

/// The zones of the tz database.
struct Database;

impl Zones for Database {
    fn offset(&self, zone: &str, at: Timestamp) -> Option<i64> {
        let zone = TimeZone::get(zone).ok()?;
        let at = jiff::Timestamp::from_nanosecond(i128::from(at.0)).ok()?;
        Some(i64::from(zone.to_offset(at).seconds()))
    }
}

const MACHINES: &str = "X-MESOS-MACHINE:h 10.0.0.1\n";
const AT: &str = "DTSTART:20261223T100000Z\n";

fn read(text: &str) -> Result<Imported, ImportError> {
    read_schedule(text.as_bytes(), &Database, None)
}

fn calendar(head: &str, event: &str) -> String {
    format!("BEGIN:VCALENDAR\n{head}BEGIN:VEVENT\n{MACHINES}{event}\nEND:VEVENT\nEND:VCALENDAR\n")
}

/// When an event begins, as jiff writes it, and how many seconds it lasts.
fn window(head: &str, event: &str) -> Result<(String, Option<i64>), SkipReason> {
    let imported = read(&calendar(head, event)).unwrap_or_else(|error| panic!("{event}: {error}"));
    match (imported.windows(), imported.left_out.as_slice()) {
        (Some([window]), []) => {
            let start = jiff::Timestamp::from_nanosecond(i128::from(window.start.0)).expect("a time of this century");
            Ok((start.to_string(), window.duration.map(|length| length.as_secs())))
        }
        (None, [one]) => Err(one.why.clone()),
        other => panic!("{event}: {other:?}"),
    }
}

#[track_caller]
fn check(head: &str, event: &str, start: &str, seconds: impl Into<Option<i64>>) {
    assert_eq!(window(head, event), Ok((start.to_owned(), seconds.into())), "{head}{event}");
}

#[track_caller]
fn check_out(head: &str, event: &str, why: SkipReason) {
    assert_eq!(window(head, event), Err(why), "{head}{event}");
}

#[test]
fn an_end_is_the_events_own() {
    let alarm = "BEGIN:VALARM\nTRIGGER:-PT30M\nDURATION:PT5M\nEND:VALARM\n";
    for event in [format!("{AT}DTEND:20261223T140000Z\n{alarm}"), format!("{alarm}{AT}DTEND:20261223T140000Z")] {
        check("", &event, "2026-12-23T10:00:00Z", 14_400);
    }
    check_out("", &format!("{AT}{alarm}"), SkipReason::NoEnd);
    check_out("", AT, SkipReason::NoEnd);
    check("", &format!("{AT}X-MESOS-ENDLESS:TRUE"), "2026-12-23T10:00:00Z", None);
    check_out("", &format!("{AT}DURATION:PT1H\nDTEND:20261223T140000Z"), SkipReason::TwoEnds);
    check_out("", &format!("{AT}DURATION:PT1H\nX-MESOS-ENDLESS:TRUE"), SkipReason::TwoEnds);
    check_out("", &format!("{AT}DTEND:20261223T090000Z"), SkipReason::EndsBefore);
    check_out("", &format!("{AT}DTEND:20261224"), SkipReason::MixedDays);
    check_out("", &format!("{AT}DTEND:20261223T140000"), SkipReason::Floating);
    check_out("", &format!("{AT}{AT}DURATION:PT1H"), SkipReason::Twice("DTSTART"));
}

#[test]
fn lengths_are_as_the_grammar_has_them() {
    let hours = |text: &str| window("", &format!("{AT}DURATION:{text}")).map(|(_, seconds)| seconds);
    for (text, seconds) in
        [("P1W", 604_800), ("+PT1H", 3600), ("PT90M", 5400), ("P1DT12H", 129_600), ("PT1H30M5S", 5405)]
    {
        assert_eq!(hours(text), Ok(Some(seconds)), "{text}");
    }
    assert_eq!(hours("-PT1H"), Err(SkipReason::EndsBefore));
    for text in
        ["", "P", "PT", "P1", "P1X", "PT1D", "P1H", "P1W1D", "PT1M1H", "PT99999999999999999999H", "1H", "P-1D", "P1.5D"]
    {
        assert_eq!(hours(text), Err(SkipReason::Time("DURATION".to_owned(), text.to_owned())), "{text}");
    }
    assert_eq!(hours("P99999999D"), Err(SkipReason::Range));
}

#[test]
fn whole_days_are_days_of_a_zone() {
    let berlin = "X-WR-TIMEZONE:Europe/Berlin\n";
    check(berlin, "DTSTART;VALUE=DATE:20261223", "2026-12-22T23:00:00Z", 86_400);
    check(berlin, "DTSTART;VALUE=DATE:20261223\nDTEND;VALUE=DATE:20261225", "2026-12-22T23:00:00Z", 172_800);
    check(berlin, "DTSTART:20261025", "2026-10-24T22:00:00Z", 25 * 3600);
    check(berlin, "DTSTART;VALUE=DATE:20260328\nDURATION:P2D", "2026-03-27T23:00:00Z", 47 * 3600);
    check_out(berlin, "DTSTART:20261223\nDURATION:PT5H", SkipReason::Time("DURATION".to_owned(), "PT5H".to_owned()));
    check_out(berlin, "DTSTART:20261223\nDTEND:20261223T100000Z", SkipReason::MixedDays);
    check_out("", "DTSTART;VALUE=DATE:20261223", SkipReason::FloatingDay);
    let day = calendar("", "DTSTART;VALUE=DATE:20261223");
    assert_eq!(read(&day).map(|read| (read.windows().is_some(), read.without_zone())), Ok((false, 1)));
    let chosen = read_schedule(day.as_bytes(), &Database, Some("Asia/Tokyo")).expect("a calendar");
    assert_eq!(chosen.windows().map(|windows| windows[0].start), Some(Timestamp(1_797_951_600_000_000_000)));
}

#[test]
fn times_are_in_their_zones() {
    check(
        "X-WR-TIMEZONE:Pacific/Auckland\n",
        "DTSTART:20261223T150001\nDTEND:20261223T160001",
        "2026-12-23T02:00:01Z",
        3600,
    );
    check("x-wr-timezone:Pacific/Auckland\n", &format!("{AT}DURATION:PT1H"), "2026-12-23T10:00:00Z", 3600);
    check(
        "",
        "DTSTART;TZID=\"Europe/Berlin\":20260701T120000\nDTEND;TZID=America/New_York:20260701T070000",
        "2026-07-01T10:00:00Z",
        3600,
    );
    check("", "dtstart;tzid=UTC:20260701T120000\nduration:pt1h", "2026-07-01T12:00:00Z", 3600);
    check("", "DTSTART;TZID=UTC:20260701T120000Z\nDURATION:PT1H", "2026-07-01T12:00:00Z", 3600);
    check_out("", "DTSTART:20261223T150001\nDTEND:20261223T160001", SkipReason::Floating);
    check_out(
        "",
        "DTSTART;TZID=Europe/Berlin:20260701T120000Z\nDURATION:PT1H",
        SkipReason::TwoZones("Europe/Berlin".to_owned()),
    );
    let windows = "W. Europe Standard Time";
    check_out(
        "",
        &format!("DTSTART;TZID={windows}:20260701T120000\nDURATION:PT1H"),
        SkipReason::UnknownZone(windows.to_owned()),
    );
    let time = |text: &str| SkipReason::Time("DTSTART".to_owned(), text.to_owned());
    for text in [
        "20261223T101500+0100",
        "20261223T990000Z",
        "20261223T106000Z",
        "20261232T100000Z",
        "20260229T100000Z",
        "2026-12-23T10:00:00Z",
        "20261223T1000Z",
        "soon",
        "",
        "２０２６1223T100000Z",
    ] {
        check_out("", &format!("DTSTART:{text}\nDURATION:PT1H"), time(text));
    }
    check_out("", "DTSTART;TZID=GMT+05:30:20261223T020000\nDURATION:PT1H", time("30:20261223T020000"));
    check_out("", "DTSTART;VALUE=DATE:20261223T100000Z\nDURATION:PT1H", time("20261223T100000Z"));
    check_out("", "DTSTART;VALUE=PERIOD:20261223T100000Z/PT1H", time("20261223T100000Z/PT1H"));
    check("", "DTSTART:20240229T235960Z\nDURATION:PT1H", "2024-02-29T23:59:59Z", 3600);
    check_out("", "DTSTART:99990101T000000Z\nDURATION:PT1H", SkipReason::Range);
}

/// A browser, which takes one of the zones that an abbreviation may mean.
struct Guesses;

impl Zones for Guesses {
    fn offset(&self, _: &str, _: Timestamp) -> Option<i64> {
        Some(-6 * 3600)
    }
}

#[test]
fn a_zone_that_is_no_area_and_location_is_not_guessed() {
    let guessed = |head: &str, event: &str, floating: Option<&str>| {
        let imported = read_schedule(calendar(head, event).as_bytes(), &Guesses, floating).expect("a calendar");
        let start = imported.windows().map(|windows| windows[0].start.0 / 1_000_000_000);
        start.ok_or_else(|| imported.left_out[0].why.clone())
    };
    let local = "20260701T120000\nDURATION:PT1H";
    // 2026-07-01T12:00:00Z.
    let noon = 1_782_907_200;
    for name in [
        "CST", "IST", "EST", "MST", "HST", "EST5EDT", "PST8PDT", "CST6CDT", "MST7MDT", "WET", "CET", "MET", "EET",
        "ROK", "PRC", "ROC", "NZ", "GB", "BST", "JST", "cst", "Cuba", "GB-Eire", "NZ-CHAT", "Hongkong", "GMT+5",
        "GMT-0", "UTC+1", "AST", "PST", "BET", "/", "CST/", "/CST",
    ] {
        let unknown = Err(SkipReason::UnknownZone(name.to_owned()));
        assert_eq!(guessed("", &format!("DTSTART;TZID=\"{name}\":{local}"), None), unknown);
        assert_eq!(
            guessed(&format!("X-WR-TIMEZONE:{name}\n"), &format!("DTSTART:{local}"), Some("Asia/Tokyo")),
            unknown
        );
        let defined = BERLIN.replace("TZID:own", &format!("TZID:{name}"));
        assert_eq!(guessed(&defined, &format!("DTSTART;TZID=\"{name}\":{local}"), None), Ok(noon - 2 * 3600), "{name}");
    }
    for name in ["America/Chicago", "america/chicago", "America/Indiana/Knox", "Etc/GMT+6", "US/Central"] {
        assert_eq!(guessed("", &format!("DTSTART;TZID={name}:{local}"), None), Ok(noon + 6 * 3600), "{name}");
    }
    for name in ["UTC", "GMT", "Z", "Etc/UTC", "Etc/GMT"] {
        assert_eq!(guessed("", &format!("DTSTART;TZID={name}:{local}"), None), Ok(noon), "{name}");
    }
    // The user's own choice is no guess.
    assert_eq!(guessed("", &format!("DTSTART:{local}"), Some("CST6CDT")), Ok(noon + 6 * 3600));
}

#[test]
fn a_machine_is_one_host_and_one_address() {
    let read_machine = |value: &str| {
        let file = calendar("", &format!("{AT}DURATION:PT1H")).replace("h 10.0.0.1", value);
        let imported = read(&file).expect("a calendar");
        let machine = imported.windows().map(|windows| windows[0].machines[0].clone());
        machine
            .map(|id| (id.hostname.unwrap_or_default(), id.ip.unwrap_or_default()))
            .ok_or_else(|| imported.left_out[0].why.clone())
    };
    for (value, hostname, ip) in [
        ("h 10.0.0.1", "h", "10.0.0.1"),
        ("h\t 10.0.0.1 ", "h", "10.0.0.1"),
        ("h -", "h", ""),
        ("- 10.0.0.1", "", "10.0.0.1"),
        ("h.example.com", "h.example.com", ""),
        ("10.0.0.1", "", "10.0.0.1"),
    ] {
        assert_eq!(read_machine(value), Ok((hostname.to_owned(), ip.to_owned())), "{value}");
    }
    for value in [
        "a 10.0.0.1,b 10.0.0.2",
        "a\\, b",
        "a,b",
        "a,b 10.0.0.1",
        "a 10.0.0.1,10.0.0.2",
        "a b 10.0.0.1",
        "a;b",
        "-",
        "- -",
        "a\u{a0}b 10.0.0.1",
        "a 10.0.0.1 10.0.0.2",
        "a\\nb 10.0.0.1",
    ] {
        assert_eq!(read_machine(value), Err(SkipReason::Machine(value.to_owned())), "{value}");
    }
}

#[test]
fn a_time_that_comes_twice_is_the_first_and_a_skipped_one_is_by_the_offset_before() {
    let at = |local: &str| format!("DTSTART;TZID=America/New_York:{local}\nDURATION:PT1H");
    // The two examples of RFC 5545, 3.3.5.
    check("", &at("20071104T013000"), "2007-11-04T05:30:00Z", 3600);
    check("", &at("20070311T023000"), "2007-03-11T07:30:00Z", 3600);
    check("", "DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:P1D", "2026-03-28T11:00:00Z", 23 * 3600);
    check("", "DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:P1DT1H", "2026-03-28T11:00:00Z", 24 * 3600);
    check("", "DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:PT24H", "2026-03-28T11:00:00Z", 24 * 3600);
    // Samoa left a whole day out.
    check("", "DTSTART;TZID=Pacific/Apia:20111230T120000\nDURATION:PT1H", "2011-12-30T22:00:00Z", 3600);
    for (definition, name) in [(BERLIN, "Europe/Berlin"), (APPLE, "America/New_York")] {
        for local in ["20261025T023000", "20260329T023000", "20261101T013000", "20260308T023000"] {
            let named = window("", &format!("DTSTART;TZID={name}:{local}\nDURATION:PT1H"));
            assert_eq!(
                window(definition, &format!("DTSTART;TZID=own:{local}\nDURATION:PT1H")),
                named,
                "{name} {local}"
            );
        }
    }
}

const BERLIN: &str = "BEGIN:VTIMEZONE\nTZID:own\nBEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nDTSTART:19810329T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nDTSTART:19961027T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nEND:VTIMEZONE\n";
/// As other programs write it: with days of the month, rules that end, and dates.
const APPLE: &str = "BEGIN:VTIMEZONE\nTZID:own\nBEGIN:DAYLIGHT\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nDTSTART:20060402T020000\nRDATE:20060402T020000\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nDTSTART:19971026T020000\nRRULE:FREQ=YEARLY;UNTIL=20061029T060000Z;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nDTSTART:20070311T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nDTSTART:20071104T020000\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nEND:STANDARD\nEND:VTIMEZONE\n";

proptest! {
    /// A definition of a zone says what the zone's name says.
    #[test]
    fn zones_that_a_file_defines_are_those_of_the_database(second in 1_167_609_600_i64..4_000_000_000) {
        let local = time::stamp(time::timestamp(second).unwrap());
        let local = local.trim_end_matches('Z');
        for (definition, name) in [(BERLIN, "Europe/Berlin"), (APPLE, "America/New_York")] {
            let event = |zone: &str| format!("DTSTART;TZID={zone}:{local}\nDURATION:P1D");
            prop_assert_eq!(window(definition, &event("own")), window("", &event(name)), "{} {}", name, local);
        }
    }

    /// What jiff makes of a time on a wall, which follows the same RFC in gaps and folds.
    #[test]
    fn times_are_what_a_library_of_times_makes_of_them(second in 0_i64..4_000_000_000, zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "Africa/Casablanca"])) {
        let local = time::stamp(time::timestamp(second).unwrap());
        let local = local.trim_end_matches('Z');
        let civil: jiff::civil::DateTime = local.parse().unwrap();
        let expected = TimeZone::get(zone).unwrap().to_timestamp(civil).unwrap();
        let read = window("", &format!("DTSTART;TZID={zone}:{local}\nDURATION:PT1H"));
        prop_assert_eq!(read, Ok((expected.to_string(), Some(3600))));
    }
}

#[test]
fn a_definition_that_is_not_understood_is_no_zone() {
    let event = "DTSTART;TZID=own:20261025T023000\nDURATION:PT1H";
    let zone = || SkipReason::Zone("own".to_owned());
    for (part, other) in [
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=MONTHLY"),
        ("BYDAY=-1SU", "BYDAY=SU"),
        ("BYDAY=-1SU", "BYDAY=-1SU;COUNT=3"),
        ("BYDAY=-1SU", "BYDAY=-1SU;UNTIL=20300101T000000"),
        ("TZOFFSETTO:+0100", "TZOFFSETTO:1"),
        ("DTSTART:19810329T020000", "DTSTART:19810329T020000Z"),
        ("END:DAYLIGHT", "nonsense\nEND:DAYLIGHT"),
    ] {
        assert!(BERLIN.contains(part), "{part}");
        check_out(&BERLIN.replacen(part, other, 1), event, zone());
    }
    check_out(&format!("{BERLIN}{APPLE}"), event, zone());
    check_out("BEGIN:VTIMEZONE\nTZID:own\nEND:VTIMEZONE\n", event, zone());
    check(&format!("{BERLIN}{BERLIN}"), event, "2026-10-25T00:30:00Z", 3600);
}

#[test]
fn what_is_no_single_event_is_left_out_by_name() {
    let whole = format!("{AT}DURATION:PT1H\n");
    check_out("", &format!("{whole}RRULE:FREQ=WEEKLY"), SkipReason::Recurs("RRULE:FREQ=WEEKLY".to_owned()));
    check_out("", &format!("{whole}EXDATE:20261223T100000Z"), SkipReason::Recurs("EXDATE:20261223T100000Z".to_owned()));
    check_out("", &format!("{whole}STATUS:Cancelled"), SkipReason::Cancelled);
    check_out("METHOD:CANCEL\n", &whole, SkipReason::Cancelled);
    check_out("", &format!("{whole}no content line"), SkipReason::Unread("no content line".to_owned()));
    check_out("", "DURATION:PT1H", SkipReason::NoStart);
    check_out("", &format!("{whole}X-MESOS-MACHINE:- -"), SkipReason::Machine("- -".to_owned()));
    let others = format!(
        "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:Buy\\, then\n {AT}END:VTODO\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n{AT}END:VEVENT\nBEGIN:VEVENT\n{MACHINES}{whole}END:VEVENT\nBEGIN:VEVENT\nSUMMARY:Last\n{MACHINES}{whole}"
    );
    let imported = read(&others).expect("a calendar");
    assert_eq!(imported.windows().map(<[MaintenanceWindow]>::len), Some(1), "several calendars are one schedule");
    let expected = [
        ("Buy, thenDTSTART:20261223T100000Z", SkipReason::NoEvent("VTODO".to_owned())),
        ("VEVENT 1", SkipReason::NoMachine),
        ("Last", SkipReason::Cut),
        ("VCALENDAR 2", SkipReason::Cut),
    ];
    assert_eq!(imported.left_out, expected.map(|(name, why)| SkippedEvent { name: name.to_owned(), why }));
}

#[test]
fn a_file_without_windows_replaces_nothing() {
    for empty in ["{}", r#"{"windows":[]}"#, r#"{"schedule":{}}"#, "BEGIN:VCALENDAR\nEND:VCALENDAR"] {
        assert_eq!(read(empty), Err(ImportError::Empty), "{empty}");
    }
    let todo = read("BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR").expect("a calendar");
    assert_eq!((todo.windows(), todo.left_out.len()), (None, 1));
    assert_eq!(read("hello"), Err(ImportError::Neither));
    assert_eq!(read(""), Err(ImportError::Neither));
    assert_eq!(read("BEGIN:VEVENT\nBEGIN:VCALENDAR"), Err(ImportError::Neither));
    assert_eq!(read_schedule(b"BEGIN:VCALENDAR\nX:\xff", &Database, None), Err(ImportError::Text));
    assert_eq!(read(&format!("BEGIN:VCALENDAR\n{}", "BEGIN:A\n".repeat(100_000))), Err(ImportError::Nested));
    for broken in ["[]", r#"{"a":1}"#, r#"{"windows":{}}"#, r#"{"windows":null}"#, "{", r#"{"schedule":[]}"#] {
        assert!(matches!(read(broken), Err(ImportError::Json(_))), "{broken}");
    }
    let id = r#""machine_ids":[{"hostname":"h","ip":"10.0.0.1"}]"#;
    for (window, words) in [
        (format!("{{{id}}}"), "has no unavailability"),
        (format!(r#"{{{id},"unavailability":{{}}}}"#), "has no start"),
        (format!(r#"{{{id},"unavailability":{{"start":{{}}}}}}"#), "has no nanoseconds in its start"),
        (r#"{"machine_ids":[],"unavailability":{"start":{"nanoseconds":1}}}"#.to_owned(), "has no machines"),
        (r#"{"machine_ids":[{"ip":""}]}"#.to_owned(), "has a machine with neither a host name nor an address"),
        (
            format!(r#"{{{id},"unavailability":{{"start":{{"nanoseconds":1}},"durration":{{}}}}}}"#),
            "has a field “durration” in its unavailability, which no schedule has",
        ),
        (
            format!(r#"{{{id},"unavailability":{{"start":{{"nanoseconds":1}},"duration":{{}}}}}}"#),
            "has no nanoseconds in its duration",
        ),
        (
            format!(r#"{{{id},"unavailability":{{"start":{{"nanoseconds":9300000000000000000}}}}}}"#),
            "has nanoseconds in its start that are no whole number of 64 bits",
        ),
        ("7".to_owned(), "has no window"),
    ] {
        let text = format!(r#"{{"windows":[{window}]}}"#);
        let says = format!("Window 1 of the file {words}. Nothing is changed.");
        assert_eq!(read(&text).map_err(|error| error.to_string()), Err(says), "{text}");
    }
    let texts = format!(
        r#"{{"windows":[{{{id},"unavailability":{{"start":{{"nanoseconds":"5"}},"duration":{{"nanoseconds":3.6e12}}}}}}]}}"#
    );
    let windows = read(&texts).expect("a schedule");
    assert_eq!(
        windows.windows().map(|windows| (windows[0].start.0, windows[0].duration)),
        Some((5, Some(Nanoseconds::from_secs(3600))))
    );
}

#[test]
fn lines_end_and_fold_in_many_ways() {
    let text = "BEGIN:VCALENDAR\r\nbegin:vevent\r\nDTSTART:20261223T\r\n 100000Z\r\nDURATION:PT1\r\n\tH\r\nX-MESOS-MACHINE:größe \r\n 10.0.0.1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let expected = read(text).expect("a calendar");
    let machine = MachineId { hostname: Some("größe".to_owned()), ip: Some("10.0.0.1".to_owned()) };
    assert_eq!(expected.windows().map(|windows| windows[0].machines.clone()), Some(vec![machine]));
    let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let inside_a_letter = text.as_bytes();
    let at = inside_a_letter.windows(2).position(|pair| pair == "ö".as_bytes()).expect("an ö");
    let inside_a_letter = [&inside_a_letter[..=at], b"\r\n ", &inside_a_letter[at + 1..]].concat();
    for bytes in [
        text.replace("\r\n", "\n").into_bytes(),
        text.replace("\r\n", "\r").into_bytes(),
        format!("\u{feff}\r\n{text}").into_bytes(),
        [vec![0xff, 0xfe], wide(u16::to_le_bytes)].concat(),
        [vec![0xfe, 0xff], wide(u16::to_be_bytes)].concat(),
        inside_a_letter,
    ] {
        assert_eq!(
            read_schedule(&bytes, &Database, None).as_ref(),
            Ok(&expected),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

fn machine_id() -> impl Strategy<Value = MachineId> {
    ("[a-z0-9.:\"é\\\\-]{1,90}", any::<[u8; 4]>()).prop_map(|(hostname, [a, b, c, d])| MachineId {
        hostname: Some(format!("h{hostname}")),
        ip: Some(format!("{a}.{b}.{c}.{d}")),
    })
}

fn any_window() -> impl Strategy<Value = MaintenanceWindow> {
    let seconds = (-1_000_000_000_i64..8_000_000_000).prop_map(|seconds| seconds * 1_000_000_000);
    let start = prop_oneof![seconds, -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000];
    let length = prop_oneof![(0_i64..10_000_000).prop_map(|seconds| seconds * 1_000_000_000), 0..=i64::MAX];
    (prop::collection::vec(machine_id(), 1..4), start, prop::option::of(length)).prop_map(
        |(machines, start, length)| MaintenanceWindow {
            machines,
            start: Timestamp(start),
            duration: length.map(Nanoseconds),
        },
    )
}

/// What both parsers say of a file: the components, their properties and their parameters.
fn reported(component: &Component) -> String {
    let line = |property: &lines::Property| {
        let params: BTreeMap<&str, &str> =
            property.params.iter().map(|(key, _)| (key.as_str(), property.param(key).unwrap_or_default())).collect();
        format!("{} {params:?} {}", property.name, unescape(&property.value))
    };
    let lines: Vec<String> = component.properties.iter().map(line).collect();
    let parts: Vec<String> = component.parts.iter().map(reported).collect();
    format!("{} {lines:?} {parts:?}", component.name)
}

fn reported_by_icalendar(component: &icalendar::parser::Component<'_>) -> String {
    let line = |property: &icalendar::parser::Property<'_>| {
        let value =
            |param: &icalendar::parser::Parameter<'_>| param.val.as_ref().map(ToString::to_string).unwrap_or_default();
        let params: BTreeMap<String, String> =
            property.params.iter().map(|param| (param.key.to_string().to_ascii_uppercase(), value(param))).collect();
        format!("{} {params:?} {}", property.name, property.val)
    };
    let lines: Vec<String> = component.properties.iter().map(line).collect();
    let parts: Vec<String> = component.components.iter().map(reported_by_icalendar).collect();
    format!("{} {lines:?} {parts:?}", component.name)
}

fn content_line() -> impl Strategy<Value = String> {
    let param = prop_oneof!["[a-zA-Z0-9/+ .]{1,9}", "\"[a-zA-Z0-9:;,/ ]{1,9}\""];
    let params = prop::collection::btree_map("[A-Z][A-Z-]{0,5}", param, 0..3);
    ("X-[A-Z0-9-]{1,8}", params, "([a-z0-9;:,\"=é]|\\\\[\\\\;,n]){1,80}").prop_map(|(name, params, value)| {
        let params: String = params.iter().map(|(key, value)| format!(";{key}={value}")).collect();
        format!("{name}{params}:{value}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(windows in prop::collection::vec(any_window(), 1..5)) {
        prop_assert_eq!(read(&to_calendar(&windows, Timestamp(0))), Ok(Imported { windows: windows.clone(), left_out: Vec::new() }));
        prop_assert_eq!(read(&to_json(&windows)), Ok(Imported { windows, left_out: Vec::new() }));
    }

    #[test]
    fn any_file_is_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC*", times in "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:[0-9TZ]{0,20}\nDURATION:P[0-9TWDHMS]{0,30}\nX-MESOS-MACHINE:[a ]*\nEND:VEVENT\n") {
        let _ = read_schedule(&bytes, &Database, None);
        let _ = read(&text);
        let _ = read(&times);
    }

    /// Lines, folds and components are what another parser finds.
    #[test]
    fn lines_are_what_another_parser_reads(lines in prop::collection::vec(content_line(), 1..6), inner in prop::collection::vec(content_line(), 0..4)) {
        let mut text = String::new();
        let inner = ["BEGIN:VALARM"].into_iter().chain(inner.iter().map(String::as_str)).chain(["END:VALARM"]);
        let all = ["BEGIN:VCALENDAR", "BEGIN:VEVENT"].into_iter().chain(lines.iter().map(String::as_str)).chain(inner);
        all.chain(["END:VEVENT", "END:VCALENDAR"]).for_each(|line| fold(&mut text, line));
        let theirs = icalendar::parser::unfold(&text);
        let theirs = icalendar::parser::read_calendar_simple(&theirs).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let ours = components(std::str::from_utf8(&unfold(text.as_bytes())).unwrap()).unwrap();
        prop_assert!(ours.unread.is_none() && ours.parts.iter().all(|part| part.unread.is_none()), "{}", text);
        let theirs: Vec<String> = theirs.iter().map(reported_by_icalendar).collect();
        prop_assert_eq!(ours.parts.iter().map(reported).collect::<Vec<_>>(), theirs, "{}", text);
    }
}
