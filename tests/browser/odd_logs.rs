//! Logs as old and foreign programs write them: UTF-16, holes, lines of megabytes, times of many forms, bare returns.

use std::time::Duration;

use serde_json::json;
use thirtyfour::prelude::*;

use super::files::{lines, see};
use super::journey::journey_with;
use super::scripted::{FOLDER, Script, Scripted, file, one_agent};
use super::world::World;
use crate::still;

/// The texts of the lines on screen, without their numbers.
async fn texts(world: &World) -> WebDriverResult<Vec<String>> {
    let script = "return [...document.querySelectorAll('.line .text')].map(text => text.innerText.trim())";
    world.script(script, []).await?.convert()
}

async fn has(world: &World, words: &str) -> WebDriverResult<()> {
    world.until(&format!("a line has {words:?}"), async || Ok(lines(world).await?.contains(words))).await
}

/// Searches, and waits for what is said of it.
async fn search(world: &World, words: &str, says: &str) -> WebDriverResult<()> {
    world.fill("Search in the file", words).await?;
    let script = "return document.querySelector('.found [role=status]')?.innerText ?? ''";
    let found = async || Ok(world.script(script, []).await?.convert::<String>()? == says);
    world.until(&format!("{words:?} gives {says:?}"), found).await
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_log_in_utf_16_is_text_and_is_searched() {
    journey_with("odd-utf16", still(), async |world| {
        let text: String = (0..3000)
            .map(|nth| format!("2026-11-22 00:00:00 INFO request {nth} of caf\u{e9} \u{6771}\u{4eac}\r\n"))
            .collect();
        let unmarked =
            "\u{65e5}\u{5fd7}\u{670d}\u{52a1}\u{5df2}\u{542f}\u{52a8}\u{4e00}\u{4e2a}\u{4efb}\u{52a1}\n".repeat(2000);
        let files = [("app.log", utf16(&format!("\u{feff}{text}"))), ("unmarked.log", utf16(&unmarked))];
        let scripted = Scripted::with_files(files).await;
        world.at(&scripted.url).open(&file("app.log")).await?;
        has(world, "request 2999 of caf\u{e9} \u{6771}\u{4eac}").await?;
        assert!(!lines(world).await?.contains('\u{2400}'), "no byte of it is a NUL");
        world.screenshot("odd-utf16").await?;
        search(world, "request 17 ", "1 match").await?;
        search(world, "\u{6771}\u{4eac}", &format!("3{}000 matches", '\u{202f}')).await?;
        world.at(&scripted.url).open(&file("unmarked.log")).await?;
        has(world, "\u{65e5}\u{5fd7}\u{670d}\u{52a1}").await?;
        search(world, "\u{4efb}\u{52a1}", &format!("2{}000 matches", '\u{202f}')).await?;
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn a_hit_far_to_the_right_of_a_long_line_comes_into_sight() {
    journey_with("odd-far", still(), async |world| {
        let long = |nth: u32| format!("line {nth} {} needle{nth} {}\n", "x".repeat(3000), "y".repeat(3000));
        let log: String = (0..3).map(long).chain(["needle at once\n".to_owned()]).collect();
        let scripted = Scripted::with_files([("far.log", log.into_bytes())]).await;
        world.at(&scripted.url).open(&format!("{}&at=0", file("far.log"))).await?;
        has(world, "line 2 xxx").await?;
        search(world, "needle", "4 matches").await?;
        for words in ["needle0", "needle1", "needle2", "needle at once"] {
            world.click("button", "Next match").await?;
            world
                .until(&format!("{words} is in sight"), async || Ok(hits_in_sight(world).await?.contains(words)))
                .await?;
        }
        Ok(())
    });
}

/// The lines whose first hit is between the left and the right side of the box, from the hit on.
async fn hits_in_sight(world: &World) -> WebDriverResult<String> {
    let script = "const box = document.querySelector('.file').getBoundingClientRect();
        const inside = ({ left, right }) => left >= box.left && right <= box.right;
        const line = ({ parentElement, innerText, nextSibling }) => innerText + (nextSibling?.textContent ?? '');
        return [...document.querySelectorAll('.line[data-linked] mark')].filter(it => inside(it.getBoundingClientRect())).map(line).join()";
    world.script(script, []).await?.convert()
}

#[test]
fn a_hole_at_the_beginning_of_a_log_is_one_row() {
    journey_with("odd-hole", still(), async |world| {
        let rest: String = (0..60).map(|nth| format!("2026-11-22 00:{nth:02}:00 INFO line {nth}\n")).collect();
        let log = [vec![0; 300_000], rest.into_bytes()].concat();
        let scripted = Scripted::with_files([("cut.log", log)]).await;
        world.at(&scripted.url).open(&format!("{}&at=0", file("cut.log"))).await?;
        has(world, "line 0").await?;
        let rows = texts(world).await?;
        assert_eq!(rows.first().map(String::as_str), Some("\u{2400}\u{d7}300000"));
        assert_eq!(rows.iter().filter(|row| row.contains('\u{2400}')).count(), 1);
        world.screenshot("odd-hole").await?;
        // The hole has no times; those behind it are found all the same.
        world.click("button", "Go to").await?;
        world.find("field", "~Time (").await?.send_keys("2026-11-22 00:30:00Z".to_owned() + Key::Enter).await?;
        has(world, "line 30").await?;
        assert!(!world.text().await?.contains("begins with a time that is understood"));
        Ok(())
    });
}

#[test]
fn a_line_of_megabytes_is_one_line() {
    journey_with("odd-long", still(), async |world| {
        let mut line = b"2026-11-22 00:00:00 ERROR dump ".to_vec();
        line.extend(vec![b'x'; 3_000_000]);
        line.splice(4092..4092, *b"boundary");
        line.splice(2_000_000..2_000_000, *b"needle");
        let before = b"2026-11-22 00:00:00 INFO before\n".to_vec();
        let log = [before, line, b"\n2026-11-22 00:00:01 INFO needle behind\n".to_vec()].concat();
        let scripted = Scripted::with_files([("dump.log", log)]).await;
        world.at(&scripted.url).open(&file("dump.log")).await?;
        has(world, "needle behind").await?;
        search(world, "boundary", "1 match").await?;
        world.screenshot("odd-long").await?;
        search(world, "needle", "2 matches").await?;
        // Its level, which is at its beginning, holds for what is two megabytes behind that.
        world.at(&scripted.url).open(&format!("{}&level=error&find=needle", file("dump.log"))).await?;
        let found = "return document.querySelector('.found [role=status]')?.innerText ?? ''";
        world
            .until("one line has both", async || Ok(world.script(found, []).await?.convert::<String>()? == "1 match"))
            .await?;
        see(world, ".line mark").await?;
        assert!(!world.text().await?.contains("were searched in parts"));
        // An expression is looked for in parts of such a line, and that is said.
        world.at(&scripted.url).open(&format!("{}&find=x%2Bneedle&regex=1", file("dump.log"))).await?;
        world.wait_for("were searched in parts of at least 64 KiB").await
    });
}

#[test]
fn times_of_other_programs_put_files_in_order() {
    journey_with("odd-times", still(), async |world| {
        let spark: String =
            (0..20).map(|nth| format!("26/11/22 10:{nth:02}:30 INFO Executor: spark {nth}\n")).collect();
        let start = 1_795_341_600_000_i64;
        let pino: String = (0..20)
            .map(|nth| {
                json!({"level": 30, "time": start + nth * 60_000, "msg": format!("pino {nth}")}).to_string() + "\n"
            })
            .collect();
        let plain = "no times here\n".repeat(5);
        let files =
            [("spark.log", spark.into_bytes()), ("pino.log", pino.into_bytes()), ("plain.log", plain.into_bytes())];
        let scripted = Scripted::with_files(files).await;
        let beside = |name: &str| format!("&beside=a@{}", format!("{FOLDER}/{name}").replace('/', "%2F"));
        let all = format!("{}{}{}&merged=1", file("spark.log"), beside("pino.log"), beside("plain.log"));
        world.at(&scripted.url).open(&all).await?;
        world.wait_for(" plain.log: its lines are not ordered by time.").await?;
        let order = async || {
            let rows = texts(world).await?;
            let of = |row: &String| {
                let (is_spark, rest) = match (row.split_once("spark "), row.split_once("pino ")) {
                    (Some((_, rest)), _) => (true, rest),
                    (None, Some((_, rest))) => (false, rest),
                    (None, None) => return None,
                };
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                Some(digits.parse::<u32>().ok()? * 2 + u32::from(is_spark))
            };
            Ok::<_, WebDriverError>(rows.iter().filter_map(of).collect::<Vec<_>>())
        };
        world.until("lines of both are there", async || Ok(order().await?.len() > 10)).await?;
        let order = order().await?;
        assert!(
            order.windows(2).all(|pair| pair[1] == pair[0] + 1),
            "each minute has pino's line, then Spark's: {order:?}"
        );
        Ok(())
    });
}

#[test]
fn bare_returns_end_lines_or_overwrite_them() {
    journey_with("odd-returns", still(), async |world| {
        let old = b"starting\rreading config\rlistening on 80\rfirst request\rbye\r".to_vec();
        let progress: Vec<u8> =
            (0..=20_000).flat_map(|nth| format!("\rLoading {:3} % [{nth} of 20000]", nth / 200).into_bytes()).collect();
        let scripted = Scripted::with_files([("old.log", old), ("progress.log", progress)]).await;
        world.at(&scripted.url).open(&file("old.log")).await?;
        has(world, "bye").await?;
        assert_eq!(texts(world).await?, ["starting", "reading config", "listening on 80", "first request", "bye"]);
        world.at(&scripted.url).open(&file("progress.log")).await?;
        has(world, "[20000 of 20000]").await?;
        assert_eq!(texts(world).await?, ["Loading 100 % [20000 of 20000]"]);
        Ok(())
    });
}

#[test]
fn a_log_says_that_its_agents_clock_is_another() {
    journey_with("odd-clock", still(), async |world| {
        let log = || ("app.log", b"2026-11-22 00:00:00 INFO one\n".to_vec());
        let ahead = Script { ahead: Duration::from_secs(900), files: [log()].into(), ..Script::default() };
        let scripted = Scripted::start(|port| Script { state: one_agent(port), ..ahead }).await;
        world.at(&scripted.url).open(&file("app.log")).await?;
        has(world, "INFO one").await?;
        world
            .wait_for("This agent's clock is 15\u{202f}min ahead of yours: times in the log follow that clock.")
            .await?;
        let exact = Scripted::with_files([log()]).await;
        world.at(&exact.url).open(&file("app.log")).await?;
        has(world, "INFO one").await?;
        assert!(!world.text().await?.contains("clock"));
        Ok(())
    });
}
