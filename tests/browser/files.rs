//! Sandboxes and logs: from a task to its files, a log that grows, a file of ten gigabytes, and what is hard to show.

use std::time::Duration;

use serde_json::json;
use sim::server::config::Config;
use sim::server::fault::Fault;
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::world::{Theme, World};

fn still() -> Setup {
    Setup { cluster: Config { rate: 0.0, ..Config::default() }, flags: Vec::new() }
}

/// A pod's running task.
pub(super) struct Pod {
    pub(super) agent: String,
    pub(super) framework: String,
    pub(super) executor: String,
    pub(super) task: String,
}

impl Pod {
    pub(super) fn of(world: &World) -> Self {
        let [agent, framework, executor, task] = world.sim.with(|sim| sim.some_pod()).expect("a pod runs");
        Pod { agent, framework, executor, task }
    }

    /// As the stock web UI links to it.
    pub(super) fn stock(&self, file: &str) -> String {
        let Pod { agent, framework, executor, task } = self;
        let query = if file.is_empty() { String::new() } else { format!("?path={file}") };
        format!("#/agents/{agent}/frameworks/{framework}/executors/{executor}/tasks/{task}/browse{query}")
    }

    pub(super) fn file(&self, path: &str) -> String {
        let Pod { agent, framework, executor, task } = self;
        let path = format!("/frameworks/{framework}/executors/{executor}/runs/latest/tasks/{task}/{path}");
        format!("#/agents/{agent}/browse?path={}", path.replace('/', "%2F"))
    }
}

/// The text of the lines on screen.
pub(super) async fn lines(world: &World) -> WebDriverResult<String> {
    world
        .script("return [...document.querySelectorAll('.line')].map(line => line.innerText).join('\\n')", [])
        .await?
        .convert()
}

/// The first line in sight.
pub(super) async fn top(world: &World) -> WebDriverResult<u64> {
    let script = "const box = document.querySelector('.file').getBoundingClientRect();
        const line = [...document.querySelectorAll('.line')].find(line => line.getBoundingClientRect().bottom > box.top + 1);
        return line ? Number(line.dataset.at) : -1";
    let at: i64 = world.script(script, []).await?.convert()?;
    Ok(u64::try_from(at).unwrap_or(u64::MAX))
}

pub(super) async fn wait_lines(world: &World, part: &str) -> WebDriverResult<()> {
    world.until(&format!("a line says {part:?}"), async || Ok(lines(world).await?.contains(part))).await
}

/// Waits for an element that no role or name tells.
pub(super) async fn see(world: &World, selector: &str) -> WebDriverResult<()> {
    let script = "return document.querySelector(arguments[0]) !== null";
    world
        .until(&format!("{selector} is there"), async || world.script(script, [json!(selector)]).await?.convert())
        .await
}

pub(super) async fn focus(world: &World) -> WebDriverResult<()> {
    world.script("document.querySelector('.file').focus()", []).await.map(drop)
}

async fn wheel(world: &World, pixels: i64) -> WebDriverResult<()> {
    let script = "document.querySelector('.file').dispatchEvent(new WheelEvent('wheel', { deltaY: arguments[0], bubbles: true, cancelable: true }))";
    world.script(script, [json!(pixels)]).await.map(drop)
}

#[test]
fn a_failed_tasks_stderr_is_one_click_away() {
    journey_with("files-failed", still(), async |world| {
        let id = world.sim.with(|sim| sim.fail_task()).expect("a task runs");
        world.open(&format!("#/tasks?filter={id}")).await?;
        world.click("link", "stderr").await?;
        wait_lines(world, "ConnectionError").await?;
        wait_lines(world, "Command exited with status 1").await?;
        world.until("the address says so", async || Ok(world.address().await?.contains("/browse?path=%2F"))).await?;
        world.wait_for("Following").await?;
        world.axe().await?;
        world.screenshot("files-stderr").await
    });
}

#[test]
fn a_log_is_followed_left_and_rotated() {
    journey_with("files-follow", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.stock("stdout")).await?;
        world.wait_for("Following").await?;
        world.until("lines are there", async || Ok(lines(world).await?.contains("took="))).await?;
        let before = lines(world).await?.len();
        world.until("more is written", async || Ok(lines(world).await?.len() != before)).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        world.sim.with(|sim| sim.rotate_logs(true));
        world.wait_for("truncated or rotated").await?;
        world.click("button", "~Include 1 rotated file").await?;
        // Its end may be followed already, whose lines fill the page.
        focus(world).await?;
        world
            .until("the older file is read, too", async || {
                world.press(Key::Home + "").await?;
                Ok(top(world).await? == 0 && lines(world).await?.lines().count() > 3)
            })
            .await?;
        world.press(Key::End + "").await?;
        world.wait_for("Following").await?;
        // An agent that is gone for a while is asked again, and said to be gone.
        let number = pod.agent.rsplit_once("-S").and_then(|(_, number)| number.parse().ok());
        world.sim.fault(Fault::StopAgent(number.expect("an agent's id ends with its number")));
        world.wait_for("The agent cannot be reached").await?;
        world.wait_for("Retry in").await?;
        world.axe().await?;
        world.sim.fault(Fault::None);
        world.wait_gone("The agent cannot be reached").await
    });
}

#[test]
fn ten_gigabytes_open_at_their_end_and_anywhere() {
    journey_with("files-huge", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs/archive.log")).await?;
        world.wait_for("10 GiB").await?;
        world.until("its end is shown", async || Ok(top(world).await? > 10_737_410_000)).await?;
        focus(world).await?;
        world.press(Key::PageUp + "").await?;
        world.wait_for("Paused").await?;
        world.press(Key::Home + "").await?;
        world.until("its start is shown", async || Ok(top(world).await? == 0)).await?;
        wheel(world, 400).await?;
        world.until("the wheel moves by lines", async || Ok((1..9000).contains(&top(world).await?))).await?;
        world.script("const file = document.querySelector('.file'); file.scrollTop = (file.scrollHeight - file.clientHeight) / 2", []).await?;
        world.until("the bar stands for bytes", async || Ok(top(world).await?.abs_diff(5 << 30) < 200_000)).await?;
        world.click("button", "Go to").await?;
        world.field("Byte offset or percent").await?.send_keys("0x40000000" + Key::Enter).await?;
        world.until("a byte is gone to", async || Ok(top(world).await?.abs_diff(1 << 30) < 9000)).await?;
        world.axe().await?;
        let time = "2000-01-01 00:00";
        world.find("field", "~Time (").await?.send_keys(time.to_owned() + Key::Enter).await?;
        world.until("a time before all is its start", async || Ok(top(world).await? == 0)).await?;
        world.press(Key::Escape + "").await?;
        world.field("Search in the file").await?.send_keys("checksum").await?;
        world.wait_for("searched").await?;
        world.field("Search in the file").await?.send_keys(Key::Enter + "").await?;
        wait_lines(world, "checksum of block 7").await?;
        world.click("button", "Matches only").await?;
        world.until("only those are shown", async || {
            world.script("return document.querySelectorAll('.line:not([data-beside])').length > 5 && [...document.querySelectorAll('.line:not([data-beside])')].every(line => line.innerText.includes('checksum'))", []).await?.convert()
        }).await?;
        world.wait_address("&find=checksum&only=1").await?;
        world.click("button", "Stop search").await?;
        world.wait_for("stopped at").await?;
        world.axe().await?;
        world.screenshot("files-search").await
    });
}

#[test]
fn what_is_hard_to_show_is_shown() {
    journey_with("files-strange", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs/console.log")).await?;
        wait_lines(world, "took=").await?;
        assert!(!lines(world).await?.contains('\u{1b}'), "escapes are colours");
        see(world, ".line [data-ink]").await?;
        world.open(&pod.file("logs/latin1.log")).await?;
        wait_lines(world, "caf\u{e9}").await?;
        world.open(&pod.file("logs/oneline.txt")).await?;
        world.wait_for("3 MiB").await?;
        see(world, ".line[data-cut]").await?;
        world.open(&pod.file("app")).await?;
        wait_lines(world, "7f 45 4c 46").await?;
        world.axe().await?;
        world.open(&pod.file("logs/empty.log")).await?;
        world.wait_for("The file is empty").await?;
        world.open(&pod.file("conf/service.json")).await?;
        world.click("button", "Preview").await?;
        world.wait_for("<b>not markup</b>").await?;
        world.axe().await?;
        world.open(&pod.file("conf/catalog.json")).await?;
        world.click("button", "Preview").await?;
        let is_whole = "const blocks = document.querySelectorAll('.preview .block');
            return blocks.length > 100 && [...blocks].slice(-2).map((block) => block.textContent).join('\\n').includes('\"key\": \"00049999\"')";
        world.until("all of it is indented", async || world.script(is_whole, []).await?.convert()).await?;
        world.open(&pod.file("logs/everything.json")).await?;
        world.click("button", "Preview").await?;
        world.wait_for("JSON is indented up to 8 MiB").await?;
        world.open(&pod.file("conf/chart.png")).await?;
        world
            .until("the picture is seen", async || {
                world.script("return document.querySelector('.preview img')?.naturalWidth === 24", []).await?.convert()
            })
            .await?;
        world.open("#/master/browse?path=%2Fmaster%2Flog").await?;
        wait_lines(world, ".cpp:").await?;
        world.axe().await?;
        world.theme(Theme::Dark).await?;
        world.size(390, 844).await?;
        world.open(&pod.file("logs/console.log")).await?;
        wait_lines(world, "took=").await?;
        world.axe().await?;
        world.screenshot("files-narrow").await
    });
}

#[test]
fn folders_are_walked() {
    journey_with("files-folders", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.stock("")).await?;
        world.find("link", "conf/").await?;
        world.wait_for("drwxr-xr-x").await?;
        world.axe().await?;
        world.screenshot("files-folder").await?;
        world.click("link", "logs/").await?;
        world.find("link", "archive.log").await?;
        world.press("/").await?;
        world.press("fire").await?;
        world.wait_for("1 of 9 entries").await?;
        world.click("link", "~Up").await?;
        world.click("link", "spill/").await?;
        world.wait_for("150\u{202f}000 entries").await?;
        world.click("link", "~tasks").await?;
        world.find("link", &format!("{}/", pod.task)).await?;
        // What leads out of the sandbox, what is not there, and what may not be seen.
        world.open(&pod.file("shared")).await?;
        world.wait_for("Outside the sandbox").await?;
        world.open(&pod.file("nothing")).await?;
        world.wait_for("Not found").await?;
        world.axe().await?;
        world.click("link", "Executor").await?;
        world.until("the executor's page", async || Ok(world.address().await?.ends_with(&pod.executor))).await
    });
}

#[test]
fn files_are_seen_together() {
    journey_with("files-together", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("stdout")).await?;
        world.wait_for("Following").await?;
        world.click("button", "Compare").await?;
        world.click("button", "stderr").await?;
        world.until("there are two panes", async || {
            world.script("return document.querySelectorAll('.pane .line').length > 8 && document.querySelectorAll('.pane').length == 2", []).await?.convert()
        }).await?;
        world.axe().await?;
        world.screenshot("files-beside").await?;
        world.open(&format!("{}&merged=1", world.address().await?)).await?;
        world.reload().await?;
        world.wait_for("2 files, merged by timestamp").await?;
        see(world, ".merged .line .source").await?;
        world.axe().await?;
        world.screenshot("files-merged").await
    });
}

/// The times of the lines on screen, and how many files they are of. A line that is still being written may have half of its time.
async fn woven(world: &World) -> WebDriverResult<(Vec<String>, usize)> {
    let script = "const lines = [...document.querySelectorAll('.merged .line')];
        const time = line => line.querySelector('.text').innerText.match(/\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d\\.\\d{3}/)?.[0].replace(' ', 'T');
        return [lines.map(time).filter(time => time), new Set(lines.map(line => line.querySelector('.source').dataset.name)).size]";
    world.script(script, []).await?.convert()
}

#[test]
fn files_of_any_size_are_one_stream() {
    journey_with("files-stream", still(), async |world| {
        let pod = Pod::of(world);
        let beside = |file: &str| pod.file(file).replace("#/agents/", "&beside=").replace("/browse?path=", "@");
        let both = format!("{}{}&merged=1", pod.file("logs/events.json.log"), beside("logs/console.log"));
        world.open(&both).await?;
        world.wait_for("2 files, merged by timestamp").await?;
        world.wait_for("Following").await?;
        world.until("both are there", async || Ok(woven(world).await?.1 == 2)).await?;
        focus(world).await?;
        world.press(Key::PageUp + "").await?;
        world.wait_for("Paused").await?;
        let times = woven(world).await?.0;
        assert!(times.is_sorted(), "in the order of their times: {times:?}");
        // Far from any end of theirs, both are at the same time.
        let before = woven(world).await?.0;
        world.script("const file = document.querySelector('.file'); file.scrollTop = (file.scrollHeight - file.clientHeight) / 2", []).await?;
        world
            .until("both have gone there", async || {
                let (times, files) = woven(world).await?;
                Ok(files == 2 && times.first() < before.first())
            })
            .await?;
        assert!(woven(world).await?.0.is_sorted());
        for _ in 0..3 {
            world.press(Key::PageUp + "").await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert!(woven(world).await?.0.is_sorted());
        }
        world.press(Key::Home + "").await?;
        let is_first = "return document.querySelector('.foot [title=\"First line begins at byte 0\"]') !== null";
        world.until("the first lines of all", async || world.script(is_first, []).await?.convert()).await?;
        world.press(Key::End + "").await?;
        world.wait_for("Following").await?;
        // From one line that was found to the one before, whichever file it is in.
        world.field("Search in the file").await?.send_keys("heartbeat").await?;
        world.wait_for(" matches").await?;
        world.field("Search in the file").await?.send_keys(Key::Enter + "").await?;
        world
            .until("a line is gone to", async || {
                world
                    .script(
                        "return document.querySelector('.line[data-linked]')?.innerText.includes('heartbeat') ?? false",
                        [],
                    )
                    .await?
                    .convert()
            })
            .await?;
        world.click("button", "Compare").await?;
        world.axe().await?;
        world.click("radio", "Merged by arrival").await?;
        world.wait_for("merged by arrival (older lines by timestamp)").await?;
        see(world, ".merged .line .source").await?;
        world.axe().await
    });
}

#[test]
fn lines_are_linked_and_copied_whole() {
    journey_with("files-copied", still(), async |world| {
        let pod = Pod::of(world);
        world.script("window.__copied = ''", []).await?;
        // Ten thousand lines, of which a screen shows some fifty.
        world.open(&format!("{}&at=0&to=1000000", pod.file("logs/archive.log"))).await?;
        world.script("document.execCommand = () => true; Object.defineProperty(navigator, 'clipboard', { value: { writeText: text => { window.__copied = text; return Promise.resolve(); } } })", []).await?;
        world.listen().await?;
        world.click("button", "Copy linked lines").await?;
        world.wait_said("Copied ").await?;
        let copied: String = world.script("return window.__copied", []).await?.convert()?;
        assert!(copied.len() > 1_000_000 && copied.len() < 1_000_400 && copied.ends_with('\n'), "{}", copied.len());
        assert!(copied.starts_with("20") && copied.lines().count() > 8000, "lines of the file");
        world.axe().await?;
        world.open(&format!("{}&at=0&to=20000000", pod.file("logs/archive.log"))).await?;
        world.reload().await?;
        world.click("button", "Copy linked lines").await?;
        world.wait_for("download the file instead").await
    });
}

#[test]
fn a_log_of_mesos_own_is_filtered_by_source() {
    journey_with("files-source", still(), async |world| {
        world.open("#/master/browse?path=%2Fmaster%2Flog").await?;
        wait_lines(world, ".cpp:").await?;
        world.click("button", "Source").await?;
        world.fill("Source (prefix)", "master.cpp").await?;
        world.press(Key::Enter + "").await?;
        // A line without a head of its own belongs to the one before it.
        world.until("only its lines are shown", async || {
            world.script("const lines = [...document.querySelectorAll('.line:not([data-beside])')]; return lines.length > 5 && lines.every(line => line.innerText.includes('master.cpp:') || !line.innerText.includes('.cpp:'))", []).await?.convert()
        }).await?;
        world.wait_address("&source=master.cpp").await?;
        world.axe().await?;
        // And of one thread, as one of them is reported on screen.
        let thread =
            "return document.querySelector('.line:not([data-beside])').innerText.match(/ (\\d+) master\\.cpp:/)[1]";
        let thread: String = world.script(thread, []).await?.convert()?;
        world.fill("Thread", &thread).await?;
        world.press(Key::Enter + "").await?;
        world
            .until("the address has both", async || Ok(world.address().await?.contains(&format!("&thread={thread}"))))
            .await?;
        let of_thread = format!(
            "const lines = [...document.querySelectorAll('.line:not([data-beside])')]; return lines.length > 1 && lines.every(line => !line.innerText.includes('.cpp:') || line.innerText.includes(' {thread} master.cpp:'))"
        );
        world
            .until("only that thread's lines are shown", async || world.script(&of_thread, []).await?.convert())
            .await?;
        world.wait_for(&format!("Source: master.cpp, thread {thread}")).await?;
        world.reload().await?;
        world.until("they are by address, too", async || world.script(&of_thread, []).await?.convert()).await
    });
}

#[test]
fn a_file_is_downloaded_whole() {
    journey_with("files-download", still(), async |world| {
        let folder = std::env::temp_dir().join(format!("mesoscope-download-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        world.download_to(&folder).await?;
        let pod = Pod::of(world);
        world.open(&pod.file("app")).await?;
        wait_lines(world, "7f 45").await?;
        world.click("button", "Download").await?;
        let file = folder.join("app");
        let whole = async || Ok(std::fs::metadata(&file).is_ok_and(|file| file.len() == 4_700_160));
        world.until("the file is there", whole).await?;
        let _ = std::fs::remove_dir_all(&folder);
        // The page shows it for a while, and the menu keeps it.
        world.wait_for("Downloaded, 4.48 MiB").await?;
        world.wait_no("region", "Downloads in progress").await?;
        world.click("button", "Downloads").await?;
        world.wait_for("Downloaded, 4.48 MiB").await?;
        world.axe().await
    });
}

#[test]
fn a_master_that_serves_the_page_shows_its_own_log() {
    let page = mesoscope_tests::root().join("dist");
    let setup = Setup { cluster: Config { webui_dir: Some(page), ..still().cluster }, flags: Vec::new() };
    journey_with("files-webui-dir", setup, async |world| {
        let pod = Pod::of(world);
        let master = world.sim.master_urls().swap_remove(0);
        world.at(&master).open("#/master/browse?path=%2Fmaster%2Flog").await?;
        wait_lines(world, ".cpp:").await?;
        world.at(&master).open(&pod.file("stdout")).await?;
        world.wait_for("This page cannot call agents").await
    });
}

#[test]
fn an_executor_that_has_ended_leads_to_its_own_run() {
    journey_with("files-ended", still(), async |world| {
        let id = world.sim.with(|sim| sim.finish_task()).expect("a task runs");
        let state = world.sim.with(|sim| sim.state());
        let tasks = state["get_state"]["get_tasks"]["completed_tasks"].as_array().expect("some have ended").clone();
        let task = tasks.iter().find(|task| task["task_id"]["value"] == id.as_str()).expect("it has ended");
        world.open(&format!("#/agents/{}", task["agent_id"]["value"].as_str().expect("it had an agent"))).await?;
        let row = "const rows = [...document.querySelectorAll('[aria-label=\"Executors, listed\"] tbody tr')];
            const row = rows.find((row) => row.innerText.includes('ended') && row.querySelectorAll('td .links a').length);
            if (row) [...row.querySelectorAll('td .links a')].find((link) => link.innerText.includes('stderr')).click();
            return row !== undefined";
        world.until("one is listed that has ended", async || world.script(row, []).await?.convert()).await?;
        world
            .until("the run itself", async || {
                let address = world.address().await?;
                Ok(address.contains("/browse?path=%2Fvar%2Flib%2Fmesos%2Fslaves%2F") && address.ends_with("%2Fstderr"))
            })
            .await?;
        wait_lines(world, ".cpp:").await
    });
}
