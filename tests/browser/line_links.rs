//! What is done with lines: they are linked by hand and by keys, copied as the file has them, and found again by a reader who comes back.

use serde_json::json;
use thirtyfour::prelude::*;

use super::files::{Pod, focus, see, top, wait_lines};
use super::journey::journey_with;
use super::logs::{ask, on_agent};
use super::world::World;
use crate::still;

/// The lines that are linked, by where they begin.
async fn linked(world: &World) -> WebDriverResult<Vec<u64>> {
    let script = "return [...document.querySelectorAll('.line[data-linked]')].map((line) => Number(line.dataset.at))";
    world.script(script, []).await?.convert()
}

#[test]
fn lines_are_linked_by_hand_and_copied() {
    journey_with("logs-linked", still(), async |world| {
        let pod = Pod::of(world);
        let start = format!("{}&at=0", pod.file("logs/archive.log"));
        world.open(&start).await?;
        see(world, ".file").await?;
        world.until("its start is shown", async || Ok(top(world).await? == 0 && linked(world).await? == [0])).await?;
        let starts =
            "return [...document.querySelectorAll('.line')].slice(0, 6).map((line) => Number(line.dataset.at))";
        let starts: Vec<u64> = world.script(starts, []).await?.convert()?;
        let nth = async |nth: usize| {
            let selector = format!(".line[data-at='{}'] .number", starts[nth]);
            world.select(&selector).await
        };
        nth(2).await?.click().await?;
        world.until("one line is linked", async || Ok(linked(world).await? == starts[2..3])).await?;
        world.wait_address(&format!("&at={}", starts[2])).await?;
        let last = nth(5).await?;
        world
            .driver
            .action_chain()
            .key_down(Key::Shift)
            .click_element(&last.element())
            .key_up(Key::Shift)
            .perform()
            .await?;
        world.until("up to here", async || Ok(linked(world).await? == starts[2..6])).await?;
        world.wait_address(&format!("&at={}&to={}", starts[2], starts[5])).await?;
        world.reload().await?;
        world.until("the address leads to them", async || Ok(linked(world).await? == starts[2..6])).await?;
        world.axe().await?;

        // The first time the browser refuses, since so much time went by after the press.
        let stub = "window.__refuses = true; document.execCommand = () => false;
            Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => {
                if (window.__refuses) { window.__refuses = false; return Promise.reject(new Error('too late')); }
                window.__copied = text; return Promise.resolve(); } } })";
        world.script(stub, []).await?;
        world.listen().await?;
        world.click("button", "Copy linked lines").await?;
        world.wait_said("Press again to copy").await?;
        world.click("button", "Press again to copy").await?;
        world.wait_said("Copied 4 lines").await?;
        let same = "return window.__copied === [...document.querySelectorAll('.line[data-linked] .text')].map((text) => text.textContent + '\\n').join('')";
        assert!(ask(world, same).await?, "as they are in the file");
        world.click("button", "Go to").await?;
        world.click("button", "End").await?;
        world.wait_for("Following").await?;
        world.click("button", "Copy link to this position").await?;
        world.wait_said("Copied.").await?;
        let copied: String = world.script("return window.__copied", []).await?.convert()?;
        let at = copied.rsplit_once("&at=").and_then(|(_, at)| at.parse::<u64>().ok());
        assert!(at.is_some_and(|at| at > 10_737_000_000) && !copied.contains("&to="), "{copied}");
        world.axe().await
    });
}

#[test]
fn a_linked_line_stays_in_view_while_the_file_grows() {
    journey_with("linked-stays", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("stdout")).await?;
        world.wait_for("Following").await?;
        world.field("Search in the file").await?.send_keys("took=").await?;
        world.wait_for(" matches").await?;
        world.field("Search in the file").await?.send_keys(Key::Enter + "").await?;
        world.until("a line is linked", async || Ok(linked(world).await?.len() == 1)).await?;
        let line = linked(world).await?;
        let is_seen = format!(
            "const box = document.querySelector('.file').getBoundingClientRect();
             const line = document.querySelector('.line[data-at=\"{}\"]').getBoundingClientRect();
             return line.top >= box.top && line.bottom <= box.bottom",
            line[0]
        );
        world.wait_for(" new below").await?;
        assert!(ask(world, &is_seen).await?, "it has not moved away");
        assert_eq!(linked(world).await?, line);
        // Who scrolls to the end by himself follows it: by the bar, though that was near its end, and by keys.
        world.script("const file = document.querySelector('.file'); file.scrollTop = file.scrollHeight", []).await?;
        world.wait_for("Following").await?;
        world.field("Search in the file").await?.send_keys(Key::Enter + "").await?;
        world.wait_for("Paused").await?;
        world.script("document.querySelector('.file').focus()", []).await?;
        world
            .until("the end is reached", async || {
                world.press(Key::PageDown + "").await?;
                Ok(world.text().await?.contains("Following"))
            })
            .await
    });
}

#[test]
fn keys_work_on_arrival() {
    journey_with("linked-keys", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs")).await?;
        // From the heading, which has the focus on arrival, and from nowhere after a reload.
        world.click("link", "archive.log").await?;
        world.wait_for("Following").await?;
        world.press(Key::PageUp + "").await?;
        world.wait_for("Paused").await?;
        world.press(Key::Home + "").await?;
        world.until("its start is shown", async || Ok(top(world).await? == 0)).await?;
        world.press("l").await?;
        world.until("the first line is linked", async || Ok(linked(world).await? == [0])).await?;
        world.press("j").await?;
        world.until("the next one", async || Ok(linked(world).await?.first().is_some_and(|at| *at > 0))).await?;
        let second = linked(world).await?;
        world.press("J").await?;
        world.until("two of them", async || Ok(linked(world).await?.len() == 2)).await?;
        assert_eq!(linked(world).await?[..1], second);
        world.press("k").await?;
        world.until("one again", async || Ok(linked(world).await? == second)).await?;
        world.press("l").await?;
        world.until("none", async || Ok(linked(world).await?.is_empty())).await?;
        world.press("G").await?;
        world.wait_for("Following").await?;
        world.press("f").await?;
        world.wait_for("Paused").await?;
        world.until("the end needs no place", async || Ok(!world.address().await?.contains("seen="))).await?;
        world.reload().await?;
        world.wait_for("Following").await?;
        world.press("/").await?;
        world.press("checksum").await?;
        world.wait_for("searched").await
    });
}

#[test]
fn who_comes_back_finds_his_place() {
    journey_with("linked-back", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs")).await?;
        world.click("button", "Size").await?;
        world.press("/").await?;
        world.press(".log").await?;
        world.wait_for("7 of 9 entries").await?;
        world.click("link", "archive.log").await?;
        world.wait_for("Following").await?;
        world.click("button", "Go to").await?;
        world.field("Byte offset or percent").await?.send_keys("0x40000000" + Key::Enter).await?;
        world.press(Key::Escape + "").await?;
        world.until("a byte is gone to", async || Ok(top(world).await?.abs_diff(1 << 30) < 9000)).await?;
        world.click("button", "View").await?;
        world.click("checkbox", "Hex view").await?;
        see(world, ".line .octets").await?;
        world.press(Key::Escape + "").await?;
        let at = top(world).await?;
        let seen = format!("&seen=0.{at}");
        world.until("that is in the address", async || Ok(world.address().await?.contains(&seen))).await?;
        world.driver.back().await?;
        world.wait_for("7 of 9 entries").await?;
        let address = world.address().await?;
        assert!(address.contains("&filter=.log") && address.contains("&sort="), "{address}");
        world.driver.forward().await?;
        world.until("he is where he was", async || Ok(top(world).await? == at)).await?;
        see(world, ".line .octets").await?;
        world.axe().await
    });
}

#[test]
fn back_within_a_file_leads_to_where_one_was() {
    journey_with("linked-within", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs/archive.log")).await?;
        world.wait_for("Following").await?;
        world.click("button", "Go to").await?;
        world.field("Byte offset or percent").await?.send_keys("50 %" + Key::Enter).await?;
        world.press(Key::Escape + "").await?;
        world.until("the middle is shown", async || Ok(top(world).await?.abs_diff(5 << 30) < 1 << 29)).await?;
        let at = top(world).await?;
        let seen = format!("&seen=0.{at}");
        world.until("that is in the address", async || Ok(world.address().await?.contains(&seen))).await?;
        // As by a link to another line of the same file.
        world.script("location.hash = location.hash.replace(/&seen=.*/, '') + '&at=0'", []).await?;
        world.until("the linked line is shown", async || Ok(linked(world).await?.len() == 1)).await?;
        assert_eq!(top(world).await?, 0);
        world.driver.back().await?;
        world.until("one is where one was", async || Ok(top(world).await? == at)).await?;
        world.driver.forward().await?;
        world.until("and there again", async || Ok(top(world).await? == 0)).await
    });
}

/// What is copied of what is selected: from an offset of the text of one line to one of another; none for its end.
async fn selected(world: &World, from: (u64, u32), to: (u64, Option<u32>)) -> WebDriverResult<String> {
    let script = "const [from, start, to, end] = arguments;
        const text = (at) => document.querySelector(`.line[data-at='${at}'] .text`);
        const point = (text, offset) => {
            const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                if (offset <= node.length) return [node, offset];
                offset -= node.length;
            }
        };
        const range = document.createRange();
        range.setStart(...point(text(from), start));
        range.setEnd(...point(text(to), end ?? text(to).textContent.length));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        const clipboardData = new DataTransfer();
        document.querySelector('.file').dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
        return clipboardData.getData('text/plain')";
    world.script(script, [json!(from.0), json!(from.1), json!(to.0), json!(to.1)]).await?.convert()
}

/// The bytes of the file of the address up to an offset, as text.
async fn file(world: &World, to: u64) -> WebDriverResult<String> {
    let script = r#"const [length, done] = arguments;
        const agent = location.hash.match(/^#\/agents\/([^/]+)/)[1];
        const path = new URLSearchParams(location.hash.split('?')[1]).get('path');
        const body = JSON.stringify({ type: 'READ_FILE', read_file: { path, offset: 0, length } });
        const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
        fetch(`agent/${agent}/api/v1`, { method: 'POST', headers, body }).then((answer) => answer.json()).then((told) => {
            const bytes = Uint8Array.from(atob(told.read_file.data), (c) => c.charCodeAt(0));
            done(new TextDecoder().decode(bytes));
        })"#;
    world.driver.execute_async(script, vec![json!(to)]).await?.convert()
}

#[test]
fn what_is_selected_is_copied_as_the_file_has_it() {
    journey_with("linked-selected", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&format!("{}&at=0", pod.file("mixed.log"))).await?;
        wait_lines(world, "exact").await?;
        see(world, ".line[data-linked]").await?;
        let last = "const lines = [...document.querySelectorAll('.line')].slice(0, 22); const line = lines.pop();
            return [Number(line.dataset.at), Number(line.dataset.end)]";
        let (at, end): (u64, u64) = world.script(last, []).await?.convert()?;
        let whole = file(world, end).await?;
        assert!(whole.contains("\r\n") && whole.contains("\u{1b}[38;2;"), "all of that is in it");
        let copied = selected(world, (0, 0), (at, None)).await?;
        assert_eq!(copied, whole.trim_end_matches(['\n', '\r']));
        // Of a part of two lines just that.
        let copied = selected(world, (0, 5), (at, Some(10))).await?;
        let expected: String = whole.chars().skip(5).collect();
        assert!(expected.starts_with(&copied) && copied.ends_with(&whole[at as usize..][..0]), "{copied:?}");
        // What is drawn by another clock is copied as it is written.
        world.click("button", "View").await?;
        world.click("checkbox", "Convert times to my time zone").await?;
        see(world, ".line .time").await?;
        assert_eq!(selected(world, (0, 0), (at, None)).await?, whole.trim_end_matches(['\n', '\r']));
        // Bytes are copied as digits, and letters apart from them.
        world.click("checkbox", "Hex view").await?;
        see(world, ".line .octets").await?;
        let hex = "const lines = [...document.querySelectorAll('.line')];
            const range = document.createRange();
            range.setStart(lines[0].querySelector('.octets').firstChild, 0);
            range.setEnd(lines[1].querySelector('.octets').firstChild, 5);
            getSelection().removeAllRanges(); getSelection().addRange(range);
            const clipboardData = new DataTransfer();
            document.querySelector('.file').dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
            const [one, two] = [0, 1].map((nth) => lines[nth].querySelector('.octets').textContent);
            return clipboardData.getData('text/plain') === `${one}  ${lines[0].querySelector('.letters').textContent}\\n${two.slice(0, 5)}`";
        assert!(ask(world, hex).await?);
        world.axe().await
    });
}

#[test]
fn a_linked_line_that_is_another_by_now_is_said_to_be() {
    journey_with("linked-other", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.stock("stdout")).await?;
        wait_lines(world, "took=").await?;
        focus(world).await?;
        world.press(Key::Home + "").await?;
        world.until("its start is shown", async || Ok(top(world).await? == 0)).await?;
        world.press("l").await?;
        world.until("the first line is linked", async || Ok(linked(world).await? == [0])).await?;
        let address = world.address().await?;
        assert!(address.contains("&print="), "{address}");
        world.reload().await?;
        world.until("it still is", async || Ok(linked(world).await? == [0])).await?;
        assert!(!world.text().await?.contains("The linked line was replaced"));
        let size = on_agent(world, "").await?;
        world.until("a page is full", async || Ok(on_agent(world, "").await? > 5000.max(size))).await?;
        world.sim.with(|sim| sim.rotate_logs(true));
        world.open("#/").await?;
        world.wait_for("Live").await?;
        world.open(&address).await?;
        world.wait_for("The linked line was replaced by another one").await?;
        world.axe().await?;
        world.screenshot("linked-other").await?;
        world.click("button", "Remove the link").await?;
        world.wait_gone("The linked line was replaced").await?;
        assert!(!world.address().await?.contains("print="));
        Ok(())
    });
}
