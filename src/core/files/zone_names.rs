//! Names of zones behind times: those that mean one zone, and those that do not.

/// Names that mean one zone in the logs of today, and its minutes east of UTC.
const KNOWN: [(&str, i64); 40] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("TRT", 180),
    ("WAT", 60),
    ("CAT", 120),
    ("SAST", 120),
    ("EAT", 180),
    ("PKT", 300),
    ("WIB", 420),
    ("ICT", 420),
    ("HKT", 480),
    ("SGT", 480),
    ("AWST", 480),
    ("JST", 540),
    ("KST", 540),
    ("ACST", 570),
    ("ACDT", 630),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("BRT", -180),
    ("EST", -300),
    ("EDT", -240),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
];
/// Names that several zones have (China, the Americas, and Cuba have a CST), and some of which the hours changed.
const UNREAD: [&str; 13] = ["ADT", "AST", "BDT", "BST", "CST", "GST", "IDT", "IRST", "IST", "MET", "NDT", "NST", "WST"];
/// What a name as `Europe/Berlin` begins with. Its hours depend on the day.
const AREAS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Etc", "Europe", "Indian", "Pacific"];

/// Seconds east of UTC of the zone that a name means.
pub(super) fn utc_offset_seconds(name: &str) -> Option<i64> {
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, minutes)| minutes * 60)
}

/// The name is that of a zone, but its distance from UTC cannot be reported.
pub(super) fn is_unread(name: &str) -> bool {
    UNREAD.contains(&name)
        || name.split_once('/').is_some_and(|(area, place)| AREAS.contains(&area) && !place.is_empty())
}
