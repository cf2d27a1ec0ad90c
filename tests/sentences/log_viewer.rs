//! The file viewer and downloads.

use mesoscope_core::files::zone::Date;
use mesoscope_core::text::log_viewer::{self, SearchProgress};

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    let search = SearchProgress { matches: 1004, rank: None, searched: 1, size: 100, is_over: false };
    let date = Date { year: 2026, month: 11, day: 22 };
    listed![
        log_viewer::size_with_bytes("2 KiB", 2048),
        log_viewer::from_byte(1804),
        log_viewer::no_agent("a0004.example"),
        log_viewer::new_below("2 KiB"),
        log_viewer::without_times(&["a.log".to_owned(), "b.log".to_owned()]),
        log_viewer::replaced("host7 stdout: ", "5 s"),
        log_viewer::LINE_REPLACED,
        log_viewer::reading_copy("2 KiB"),
        log_viewer::copied_lines(1),
        log_viewer::copied_lines(7),
        log_viewer::too_long_to_copy("16 MiB"),
        log_viewer::search_progress(search),
        log_viewer::search_progress(SearchProgress { rank: Some(3), searched: 100, is_over: true, ..search }),
        log_viewer::search_progress(SearchProgress { matches: 1, is_over: true, ..search }),
        log_viewer::BOUNDED,
        log_viewer::rotated_files(1, "2 KiB"),
        log_viewer::rotated_files(3, "2.65 GiB"),
        log_viewer::rotated_names(&["stdout.1", "stdout.2"]),
        log_viewer::source_and_thread("master.cpp", "4001"),
        log_viewer::source_and_thread("", "4001"),
        log_viewer::tasks_found(0, 12),
        log_viewer::tasks_found(1, 12),
        log_viewer::tasks_found(40, 12),
        log_viewer::merged_by_time(3),
        log_viewer::merged_by_arrival(3),
        log_viewer::assumed_date("", "02/03/2026", date),
        log_viewer::read_date_as(date),
        log_viewer::unknown_zones("", "CST", "UTC"),
        log_viewer::link_line(1804),
        log_viewer::LINK_LINE,
        log_viewer::OVERWRITTEN,
        log_viewer::nul_bytes(64, false, false),
        log_viewer::nul_bytes(64, true, false),
        log_viewer::nul_bytes(64, false, true),
        log_viewer::sampled("40 MiB"),
        log_viewer::finding_time(7),
        log_viewer::finding_line("12 %"),
        log_viewer::NO_LINE_NUMBER,
        log_viewer::CLEARED,
        log_viewer::no_such_line(7),
        log_viewer::json_too_large("9 MiB", "8 MiB"),
        log_viewer::picture_too_large("9 MiB", "8 MiB"),
        log_viewer::not_json("expected a value"),
        log_viewer::left_out("2 KiB"),
        log_viewer::entries(9, 9),
        log_viewer::entries(9, 2),
        log_viewer::downloaded("3.06 MiB"),
        log_viewer::downloading("12 %", "3.06 MiB"),
        log_viewer::QUEUED,
        log_viewer::CHANGED_WHILE_READ,
        log_viewer::TOO_LARGE,
        log_viewer::NO_FOLDERS,
    ]
}
