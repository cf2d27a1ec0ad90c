//! How a log is read: followed, left and paused, searched, linked and copied; and in words, why there is nothing to read.
//! Which files there are, and what is hard to show of them, is `files`' matter.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sim::server::fault::Fault;
use thirtyfour::prelude::*;

use super::files::{Pod, focus, lines, see, top, wait_lines};
use super::journey::journey_with;
use super::world::{Theme, World};
use crate::still;

/// So long nothing may change that is to stay.
pub(super) const WHILE: Duration = Duration::from_millis(1500);

pub(super) fn trip(world: &World, name: &str) {
    world.sim.fault(name.parse().expect("a fault of that name"));
}

pub(super) async fn ask(world: &World, script: &str) -> WebDriverResult<bool> {
    world.script(script, []).await?.convert()
}

pub(super) async fn number(world: &World, script: &str) -> WebDriverResult<i64> {
    world.script(script, []).await?.convert()
}

/// Fails if it changes within a while.
pub(super) async fn stays<T: PartialEq + std::fmt::Debug>(
    world: &World,
    look: impl AsyncFn() -> WebDriverResult<T>,
) -> WebDriverResult<()> {
    let (from, before) = (Instant::now(), look().await?);
    world
        .until("a while has passed", async || {
            assert_eq!(look().await?, before);
            Ok(from.elapsed() > WHILE)
        })
        .await
}

/// The file of the address, as its agent has it: its size, or how many of its lines match a regular expression.
pub(super) async fn on_agent(world: &World, regex: &str) -> WebDriverResult<i64> {
    let script = r#"const [regex, done] = arguments;
        const agent = location.hash.match(/^#\/agents\/([^/]+)/)[1];
        const path = new URLSearchParams(location.hash.split('?')[1]).get('path');
        const read = async (offset) => {
            const body = JSON.stringify({ type: 'READ_FILE', read_file: { path, offset, length: regex ? 65536 : 0 } });
            const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
            return (await (await fetch(`agent/${agent}/api/v1`, { method: 'POST', headers, body })).json()).read_file;
        };
        (async () => {
            let text = '', size = Infinity;
            while (text.length < size) {
                const told = await read(text.length);
                size = told.size;
                if (!regex) return size;
                text += atob(told.data);
            }
            const plain = text.replace(/\x1b\[[0-9;]*m/g, '').split('\n');
            return plain.filter((line) => new RegExp(regex).test(line)).length;
        })().then(done, (error) => done(String(error)));"#;
    world.driver.execute_async(script, vec![json!(regex)]).await?.convert()
}

/// What is said of the search, without the spaces within numbers.
async fn found(world: &World) -> WebDriverResult<String> {
    let script = "return (document.querySelector('.found [role=status]')?.innerText ?? '').replace(/\\u202f/g, '')";
    world.script(script, []).await?.convert()
}

async fn wait_found(world: &World, words: &str) -> WebDriverResult<()> {
    world.until(&format!("{words:?} is said of the search"), async || Ok(found(world).await? == words)).await
}

async fn choose_level(world: &World, level: &str) -> WebDriverResult<()> {
    let script = "const choice = document.querySelector('[aria-label=Levels]'); choice.value = arguments[0];
        choice.dispatchEvent(new Event('change', { bubbles: true }))";
    world.script(script, [json!(level)]).await.map(drop)
}

/// The end of the last line that is drawn.
const END: &str = "return Number([...document.querySelectorAll('.line')].pop()?.dataset.end ?? -1)";

#[test]
fn following_stops_when_paused_or_scrolled_up() {
    journey_with("logs-paused", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs/console.log")).await?;
        world.wait_for("Following").await?;
        wait_lines(world, "took=").await?;
        world.click("button", "Pause").await?;
        world.wait_for("Paused").await?;
        let (size, end) = (on_agent(world, "").await?, number(world, END).await?);
        world.until("the file has grown", async || Ok(on_agent(world, "").await? > size + 500)).await?;
        stays(world, async || lines(world).await).await?;
        world.axe().await?;
        world.click("button", "Resume").await?;
        world.wait_for("Following").await?;
        world.until("what was written meanwhile is shown", async || Ok(number(world, END).await? > end + 500)).await?;

        focus(world).await?;
        world.press(Key::PageUp + "").await?;
        world.wait_for("Paused").await?;
        let at = top(world).await?;
        world.wait_for(" new below").await?;
        assert_eq!(top(world).await?, at);
        stays(world, async || top(world).await).await?;
        world.axe().await?;
        world.screenshot("logs-new").await?;
        world.click("button", "~ new below").await?;
        world.wait_for("Following").await?;
        world.wait_gone(" new below").await?;
        world.until("its end is shown", async || Ok(top(world).await? > at)).await?;
        // Keys do the same.
        focus(world).await?;
        world.press("f").await?;
        world.wait_for("Paused").await?;
        world.press("f").await?;
        world.wait_for("Following").await
    });
}

#[test]
fn a_regular_expression_is_found_counted_and_gone_through() {
    journey_with("logs-regex", still(), async |world| {
        // The file of a task that has ended grows no more.
        let id = world.sim.with(|sim| sim.fail_task()).expect("a task runs");
        world.open(&format!("#/tasks?filter={id}")).await?;
        world.click("link", "stderr").await?;
        wait_lines(world, "ConnectionError").await?;
        let regex = r"cpp:\d+\] .*\([1-3]\d*\)";
        let all = on_agent(world, regex).await?;
        assert!(all > 2, "{all}");

        world.click("button", "Regular expression").await?;
        world.press("").await?;
        let field = world.field("Search in the file").await?;
        field.send_keys("cpp:(").await?;
        world.until("that is none", async || Ok(field.attr("aria-invalid").await?.is_some())).await?;
        world.fill("Search in the file", regex).await?;
        wait_found(world, &format!("{all} matches")).await?;
        world.until("it is well again", async || Ok(field.attr("aria-invalid").await?.is_none())).await?;
        field.send_keys(Key::Enter + "").await?;
        wait_found(world, &format!("{all} of {all} matches")).await?;
        focus(world).await?;
        world.press("N").await?;
        wait_found(world, &format!("{} of {all} matches", all - 1)).await?;
        world.press("n").await?;
        wait_found(world, &format!("{all} of {all} matches")).await?;
        let linked =
            r"return /cpp:\d+\] .*\([1-3]\d*\)/.test(document.querySelector('.line[data-linked]')?.innerText ?? '')";
        world.until("the line is marked", async || ask(world, linked).await).await?;
        world.until("the address says so", async || Ok(world.address().await?.contains("&at="))).await?;
        world.axe().await?;

        world.click("button", "Matches only").await?;
        let only = r"const hits = [...document.querySelectorAll('.line:not([data-beside])')];
            return hits.length >= arguments[0] && hits.every((line) => /cpp:\d+\] .*\([1-3]\d*\)/.test(line.innerText) && line.querySelector('mark'))";
        let only = async |least: i64| world.script(only, [json!(least)]).await?.convert::<bool>();
        world.until("just those are shown", async || only(all).await).await?;
        world.click("button", "View").await?;
        world.field("Highlight words").await?.send_keys("cpp".to_owned() + Key::Enter).await?;
        world.find("button", "Remove cpp").await?;
        world.press(Key::Escape + "").await?;
        let both = "return document.querySelector('.line mark[data-mark=\"0\"]') !== null && document.querySelector('.line mark[data-mark=\"1\"]') !== null";
        world.until("the search's colour is not the word's", async || ask(world, both).await).await?;
        world.axe().await?;
        world.screenshot("logs-regex-light").await?;
        world.theme(Theme::Dark).await?;
        world.axe().await?;
        world.screenshot("logs-regex-dark").await?;
        // All of that is in the address.
        world.reload().await?;
        world.until("all is as it was", async || Ok(only(3).await? && ask(world, both).await?)).await?;
        world.click("button", "Remove cpp").await?;
        world.wait_no("button", "Remove cpp").await?;
        world.fill("Search in the file", "nothing of that kind").await?;
        world.wait_for("No matches.").await
    });
}

pub(super) fn number_of(agent: &str) -> u32 {
    agent.rsplit_once("-S").and_then(|(_, number)| number.parse().ok()).expect("an agent's id ends with its number")
}

/// An id of an agent that does, or does not, write a log to a file.
fn agent(world: &World, has_log: bool) -> String {
    let state = world.sim.with(|sim| sim.state());
    let agents = state["get_state"]["get_agents"]["agents"].as_array().expect("there are agents").clone();
    let id = |agent: &Value| agent["agent_info"]["id"]["value"].as_str().unwrap_or_default().to_owned();
    agents.iter().map(id).find(|id| (number_of(id) % 11 != 7) == has_log).expect("there is one")
}

#[test]
fn an_empty_viewer_says_why() {
    journey_with("logs-nothing", still(), async |world| {
        let pod = Pod::of(world);
        trip(world, "call/READ_FILE/403");
        world.open(&pod.file("stdout")).await?;
        world.wait_for("Not allowed").await?;
        world.wait_for("ACCESS_SANDBOX").await?;
        world.axe().await?;
        world.open("#/master/browse?path=%2Fmaster%2Flog").await?;
        world.wait_for("ACCESS_MESOS_LOG").await?;
        trip(world, "none");
        world.click("button", "Retry").await?;
        wait_lines(world, ".cpp:").await?;

        // A file that is not there, in a pane beside one that is.
        let lost = pod.file("lost").replace("#/agents/", "&beside=").replace("/browse?path=", "@");
        world.open(&format!("{}{lost}", pod.file("stdout"))).await?;
        world.wait_for("Not found: ").await?;
        world.wait_for("--gc_delay").await?;
        world.axe().await?;
        world.open(&format!("#/agents/{}/browse?path=%2Fslave%2Flog", agent(world, false))).await?;
        world.wait_for("--external_log_file").await?;

        // A sandbox that was collected, with its executor; one of a task that the master has forgotten.
        let Pod { agent, framework, executor, .. } = &pod;
        world.open(&format!("#/agents/{agent}/frameworks/{framework}/executors/gone/browse")).await?;
        world.wait_for("The agent has no sandbox for it").await?;
        world.axe().await?;
        world.screenshot("logs-collected").await?;
        world
            .open(&format!("#/agents/{agent}/frameworks/{framework}/executors/{executor}/tasks/forgotten/browse"))
            .await?;
        world.wait_for("Unknown sandbox").await?;
        world.axe().await?;
        world.click("link", "Latest run of the executor").await?;
        world.find("link", "tasks/").await?;
        world.axe().await
    });
}

#[test]
fn each_reason_why_an_agent_is_away_has_its_words() {
    journey_with("logs-away", still(), async |world| {
        // An agent that has left the cluster for good.
        let gone = world.sim.with(|sim| sim.remove_agent()).expect("there is an agent");
        world.sim.fault(Fault::StopAgent(number_of(&gone)));
        world.open(&format!("#/agents/{gone}/browse?path=%2Fslave%2Flog")).await?;
        // It is seen to be away, or to hang up, as the connection has it.
        let away = ["The agent cannot be reached", "The agent does not answer"];
        let is_away = async || world.text().await.map(|text| away.iter().any(|words| text.contains(words)));
        world.until("it is said to be away", is_away).await?;
        world.axe().await?;
        world.click("link", "Agent").await?;
        world.wait_for("The master lists no agent").await?;
        world.driver.back().await?;
        world.wait_for("The master does not list this agent").await?;
        world.wait_for("--work_dir").await?;

        // One that the master does not reach, and knows since when.
        let lost = world.sim.with(|sim| sim.lose_some_agent()).expect("there is an agent");
        world.sim.fault(Fault::StopAgent(number_of(&lost)));
        world.open(&format!("#/agents/{lost}/browse?path=%2Fslave%2Flog")).await?;
        world.wait_for("The master lists it as unreachable since ").await?;
        world.wait_for("The files may still be on the disk of ").await?;
        world.screenshot("logs-unreachable").await?;
        world.axe().await
    });
}

#[test]
fn lines_are_cleared_and_a_line_is_gone_to_by_its_number() {
    journey_with("logs-clear", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs/console.log")).await?;
        world.wait_for("Following").await?;
        wait_lines(world, "took=").await?;
        let first = "return Number(document.querySelector('.line')?.dataset.at ?? -1)";
        let before = number(world, first).await?;
        world.click("button", "Clear").await?;
        world.until("the lines are hidden", async || Ok(number(world, first).await? != before)).await?;
        world.wait_for("Show all").await?;
        world.until("new lines appear", async || Ok(number(world, first).await? > before)).await?;
        world.axe().await?;
        let after = number(world, first).await?;
        world.click("button", "Show all").await?;
        world
            .until("the lines are there again", async || Ok((0..after).contains(&number(world, first).await?)))
            .await?;
        // A line of a number, and one that the file does not have.
        world.click("button", "Go to").await?;
        world.field("Line number").await?.send_keys("3".to_owned() + Key::Enter).await?;
        let number_on_top = "const box = document.querySelector('.file').getBoundingClientRect();
            const line = [...document.querySelectorAll('.line')].find((line) => line.getBoundingClientRect().bottom > box.top + 1);
            return Number(line?.querySelector('.number').dataset.number ?? 0)";
        world.until("the line is on top", async || Ok(number(world, number_on_top).await? == 3)).await?;
        world.fill("Line number", "0").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("Enter a line number from 1").await?;
        world.axe().await
    });
}

#[test]
fn a_long_search_shows_progress_and_can_be_stopped() {
    journey_with("logs-waiting", still(), async |world| {
        let pod = Pod::of(world);
        world.open("#/").await?;
        world.wait_for("Live").await?;
        trip(world, "call/READ_FILE/hang");
        world.open(&pod.file("logs/console.log")).await?;
        world.wait_for("Loading …").await?;
        world.axe().await?;
        world.wait_for("The agent does not answer").await?;
        trip(world, "none");
        world.click("button", "Retry").await?;
        wait_lines(world, "took=").await?;
        trip(world, "call/READ_FILE/hang");
        world.click("button", "Go to").await?;
        world.find("field", "~Time (").await?.send_keys("1 min ago".to_owned() + Key::Enter).await?;
        world.wait_for("Searching for the time, ").await?;
        world.axe().await?;
        world.click("button", "Stop").await?;
        world.wait_gone("Searching for the time, ").await?;
        trip(world, "none");
        world.wait_for("Following").await
    });
}

#[test]
fn logs_of_mesos_own_look_as_one_likes() {
    journey_with("logs-looks", still(), async |world| {
        let zone = json!({ "timezoneId": "Asia/Tokyo" });
        world.devtools("Emulation.setTimezoneOverride", zone).await?;
        let agent = agent(world, true);
        for of in ["#/master/browse?path=%2Fmaster%2Flog", &format!("#/agents/{agent}/browse?path=%2Fslave%2Flog")] {
            world.open(of).await?;
            wait_lines(world, ".cpp:").await?;
            choose_level(world, "warn").await?;
            // A line that says nothing of itself belongs to the one before.
            let graves = "const lines = [...document.querySelectorAll('.line:not([data-beside])')];
                return lines.length > 5 && lines.some((line) => line.dataset.level) && lines.every((line) => !['debug', 'info'].includes(line.dataset.level))";
            world.until("only warnings and worse are shown", async || ask(world, graves).await).await?;
            world.wait_address("&level=warn").await?;
            let tints = "const ground = (level) => getComputedStyle(document.querySelector(`.line[data-level=${level}]`)).backgroundColor;
                return ground('warn') !== ground('error')";
            world.until("an error's colour is not a warning's", async || ask(world, tints).await).await?;
            world.axe().await?;
            choose_level(world, "").await?;
            let infos = "return document.querySelectorAll('.line[data-level=info]:not([data-beside])').length > 5";
            world.until("the others are back", async || ask(world, infos).await).await?;
        }
        world.click("button", "Pause").await?;
        world.click("button", "View").await?;
        world.click("checkbox", "Convert times to my time zone").await?;
        see(world, ".line .time").await?;
        world.click("checkbox", "Wrap long lines").await?;
        see(world, ".file[data-wrap]").await?;
        world.click("checkbox", "Byte offsets").await?;
        let offsets = "return [...document.querySelectorAll('.line')].every((line) => line.querySelector('.number').dataset.number === line.dataset.at)";
        world.until("offsets are shown", async || ask(world, offsets).await).await?;
        // glog has it in UTC, as the simulated agent's clock.
        let time = "const time = document.querySelector('.line .time'); return [time.closest('.line').dataset.at, time.innerText]";
        let (at, local): (String, String) = world.script(time, []).await?.convert()?;
        world.click("checkbox", "Convert times to my time zone").await?;
        let drawn = format!(
            "return document.querySelector('.line .time') === null && document.querySelector('.line[data-at=\"{at}\"] .text') !== null"
        );
        world.until("it is drawn anew", async || ask(world, &drawn).await).await?;
        let plain = format!("return document.querySelector('.line[data-at=\"{at}\"] .text').innerText");
        let plain: String = world.script(&plain, []).await?.convert()?;
        assert_eq!(hour(&local), hour(&plain).map(|hour| (hour + 9) % 24), "{local}, {plain}");
        world.click("checkbox", "Hex view").await?;
        see(world, ".line .octets").await?;
        world.axe().await?;
        world.screenshot("logs-hex-light").await?;
        world.theme(Theme::Dark).await?;
        world.axe().await?;
        world.screenshot("logs-hex-dark").await?;
        world.click("checkbox", "Hex view").await?;
        wait_lines(world, ".cpp:").await?;
        // A matter of taste is kept.
        world.reload().await?;
        see(world, ".file[data-wrap]").await
    });
}

/// The hour of the time of day in a text.
fn hour(text: &str) -> Option<u32> {
    let (before, _) = text.split_once(':')?;
    before.get(before.len().checked_sub(2)?..)?.parse().ok()
}

#[test]
fn a_file_that_begins_replaced_says_so() {
    journey_with("logs-anew", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.stock("stdout")).await?;
        world.wait_for("Following").await?;
        wait_lines(world, "took=").await?;
        focus(world).await?;
        world.press(Key::PageUp + "").await?;
        world.wait_for("Paused").await?;
        world.sim.with(|sim| sim.rotate_logs(false));
        world.wait_for("The file was truncated or rotated ").await?;
        world.wait_for(" ago and starts over.").await?;
        world.until("it is read from its start", async || Ok(top(world).await? == 0)).await?;
        assert!(world.all("button", "~Include").await?.is_empty(), "nothing older was kept");
        world.axe().await?;
        world.screenshot("logs-anew").await?;
        world.click("button", "Dismiss").await?;
        world.wait_gone("The file was truncated or rotated").await
    });
}

#[test]
fn older_files_are_read_through_by_address() {
    journey_with("logs-older", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.stock("stdout")).await?;
        wait_lines(world, "took=").await?;
        world.until("a page is full", async || Ok(on_agent(world, "").await? > 4200)).await?;
        world.sim.with(|sim| sim.rotate_logs(true));
        world.click("button", "~Include 1 rotated file").await?;
        let pressed = "return document.querySelector('[aria-pressed=true]')?.innerText.startsWith('Include') ?? false";
        world.until("both are read", async || ask(world, pressed).await).await?;
        world.press("G").await?;
        world.wait_for("Following").await?;
        let kept = async || {
            let address = world.address().await?;
            Ok(address.contains("&older=0") && !address.contains("seen="))
        };
        world.until("the address keeps that, and no place but the end", kept).await?;
        world.reload().await?;
        world.wait_for("Following").await?;
        world.until("the address says so", async || ask(world, pressed).await).await?;
        let all = number(world, END).await?;
        assert!(all > on_agent(world, "").await?, "it has the older one's bytes, too");
        world.click("button", "~Include 1 rotated file").await?;
        world.until("it stands alone again", async || Ok((0..all).contains(&number(world, END).await?))).await?;
        assert!(!world.address().await?.contains("&older="));
        Ok(())
    });
}

#[test]
fn what_is_found_is_among_as_many_lines_as_one_likes() {
    journey_with("logs-context", still(), async |world| {
        let id = world.sim.with(|sim| sim.fail_task()).expect("a task runs");
        world.open(&format!("#/tasks?filter={id}")).await?;
        world.click("link", "stderr").await?;
        wait_lines(world, "ConnectionError").await?;
        world.press("/").await?;
        world.fill("Search in the file", "Traceback").await?;
        world.click("button", "Matches only").await?;
        let count = "return document.querySelectorAll('.line').length";
        world.until("two stand on each side", async || Ok(number(world, count).await? == 5)).await?;
        world.click("button", "View").await?;
        for (lines, all) in [("0", 1), ("4", 9)] {
            world.fill("Context lines", lines).await?;
            world.press(Key::Enter + "").await?;
            world.until(&format!("{lines} on each side"), async || Ok(number(world, count).await? == all)).await?;
        }
        world.axe().await?;
        world.press(Key::Escape + "").await?;
        let before = on_agent(world, "").await?;
        // Each has the number that it has in the whole.
        let script = r#"const [done] = arguments;
            const agent = location.hash.match(/^#\/agents\/([^/]+)/)[1];
            const path = new URLSearchParams(location.hash.split('?')[1]).get('path');
            const body = JSON.stringify({ type: 'READ_FILE', read_file: { path, offset: 0, length: 65536 } });
            fetch(`agent/${agent}/api/v1`, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body })
                .then((answer) => answer.json()).then((told) => {
                    const lines = atob(told.read_file.data).split('\n');
                    done([...document.querySelectorAll('.line')].every((line) => lines[Number(line.querySelector('.number').dataset.number) - 1] === line.querySelector('.text').textContent));
                })"#;
        assert!(before > 0 && world.driver.execute_async(script, Vec::new()).await?.convert::<bool>()?);
        world.until("the address says so", async || Ok(world.address().await?.contains("&context=4"))).await?;
        world.screenshot("logs-context").await
    });
}

#[test]
fn what_is_hard_to_show_in_one_log() {
    journey_with("logs-mixed", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("mixed.log")).await?;
        wait_lines(world, "that lasts").await?;
        let script = "const lines = [...document.querySelectorAll('.line')];
            const lasts = lines.filter((line) => line.innerText.includes('that lasts'));
            return [lasts.length > 0 && lasts.slice(-1).every((line) => line.querySelector('[data-style=bold]')),
                document.querySelector('.line [data-ink=exact]') !== null,
                lines.some((line) => line.innerText.includes('a NUL ␀')),
                lines.some((line) => line.innerText.includes('␛]0;a title without an end')),
                lines.some((line) => line.innerText.includes('東京'))]";
        let all: Vec<bool> = world.script(script, []).await?.convert()?;
        assert_eq!(all, [true; 5]);
        world.axe().await?;
        world.screenshot("logs-mixed-light").await?;
        world.theme(Theme::Dark).await?;
        world.axe().await?;
        world.screenshot("logs-mixed-dark").await?;
        // A zone for times that tell none: in the master's log glog's, which are the simulated host's.
        world.open("#/master/browse?path=%2Fmaster%2Flog&zone=%2B09%3A00").await?;
        wait_lines(world, ".cpp:").await?;
        world.click("button", "View").await?;
        world.click("checkbox", "Convert times to my time zone").await?;
        see(world, ".line .time").await?;
        let time = "return document.querySelector('.line .time').innerText";
        world.click("button", "Pause").await?;
        let tokyo: String = world.script(time, []).await?.convert()?;
        world.click("button", "View").await?;
        world.fill("Assume time zone", "UTC").await?;
        world.press(Key::Enter + "").await?;
        let shifted = async || {
            let now: String = world.script(time, []).await?.convert()?;
            Ok(hour(&now) == hour(&tokyo).map(|hour| (hour + 9) % 24))
        };
        world.until("it is another time", shifted).await?;
        world.fill("Assume time zone", "Tokyo").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("Not a time zone. Use UTC, local or +02:00.").await?;
        world.click("checkbox", "Convert times to my time zone").await
    });
}
