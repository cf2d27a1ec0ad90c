//! Several files at once: in panes beside one another, chosen by hand, by tasks and by paths, and as one stream.

use thirtyfour::prelude::*;

use super::files::{Pod, see, wait_lines};
use super::journey::journey_with;
use super::logs::{ask, number};
use super::world::World;
use crate::still;

#[test]
fn four_files_stand_side_by_side_and_become_one() {
    journey_with("logs-beside", still(), async |world| {
        let pod = Pod::of(world);
        let beside = |file: &str| pod.file(file).replace("#/agents/", "&beside=").replace("/browse?path=", "@");
        let files = ["stderr", "logs/console.log", "logs/events.json.log"];
        world.open(&format!("{}{}", pod.file("stdout"), files.map(beside).concat())).await?;
        let panes =
            "return [...document.querySelectorAll('.pane-box')].filter((pane) => pane.querySelector('.line')).length";
        world.until("there are four", async || Ok(number(world, panes).await? == 4)).await?;
        world.axe().await?;
        world.screenshot("logs-four").await?;
        world.click("button", "~stderr").await?;
        world.until("there are three", async || Ok(number(world, panes).await? == 3)).await?;
        assert!(!world.address().await?.contains("stderr"));

        // A line of the second pane is linked as that.
        let selector = ".pane-box:nth-child(2) .line:nth-last-child(6) .number";
        world.select(selector).await?.script("arguments[0].click()", []).await?;
        world.until("it is the second file's", async || Ok(world.address().await?.contains("&of=1"))).await?;
        let marked = "return [...document.querySelectorAll('.pane-box')].map((pane) => pane.querySelectorAll('.line[data-linked]').length).join()";
        world
            .until("and marked there alone", async || {
                Ok(world.script(marked, []).await?.convert::<String>()? == "0,1,0")
            })
            .await?;

        world.click("button", "Compare").await?;
        world.click("radio", "Merged by timestamp").await?;
        world.wait_for("3 files, merged by timestamp").await?;
        let woven = "return new Set([...document.querySelectorAll('.merged .line[data-file]')].map((line) => line.dataset.file)).size";
        world.until("some of several are there", async || Ok(number(world, woven).await? >= 2)).await?;
        world.axe().await
    });
}

#[test]
fn a_frameworks_logs_are_seen_side_by_side() {
    journey_with("logs-framework", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&format!("#/frameworks/{}", pod.framework)).await?;
        world.click("link", "Logs side by side").await?;
        let panes = "return document.querySelectorAll('.pane').length";
        world
            .until("several have lines", async || {
                Ok(number(world, panes).await? > 2
                    && ask(
                        world,
                        "return [...document.querySelectorAll('.pane')].every((pane) => pane.querySelector('.line'))",
                    )
                    .await?)
            })
            .await?;
        assert!(number(world, panes).await? <= 8);
        world.axe().await?;
        world.screenshot("logs-framework").await
    });
}

/// So many files are shown, and the first is the one that was there before, where it was.
async fn beside_the_first(world: &World, count: i64) -> WebDriverResult<()> {
    let panes = "return [...document.querySelectorAll('.pane')].filter((pane) => pane.querySelector('.line')).length";
    world.until(&format!("there are {count}"), async || Ok(number(world, panes).await? == count)).await?;
    assert!(ask(world, "return document.querySelector('.file').before_ === true").await?, "the first stays");
    assert!(ask(world, "return document.querySelector('.foot').innerText.includes('Paused')").await?);
    Ok(())
}

#[test]
fn files_come_and_go_and_leave_the_others_as_they_are() {
    journey_with("beside-chosen", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs/console.log")).await?;
        world.wait_for("Following").await?;
        wait_lines(world, "took=").await?;
        world.press(Key::PageUp + "").await?;
        world.wait_for("Paused").await?;
        world.script("document.querySelector('.file').before_ = true", []).await?;
        world.click("button", "Compare").await?;
        // The tasks of its framework are offered, and any other by what is typed.
        // The list changes while it is typed for: what is offered is chosen in the same moment.
        let own = format!(
            "[...document.querySelectorAll('.tasks li')].find((row) => row.querySelector('span').title === '{}')",
            pod.task
        );
        world.fill("Task logs", &pod.task).await?;
        world.until("its own task is offered", async || ask(world, &format!("return !!{own}")).await).await?;
        world.axe().await?;
        world.screenshot("beside-menu").await?;
        let choose = format!("const row = {own}; if (row) row.querySelector('button').click(); return !!row");
        world.until("it is chosen", async || ask(world, &choose).await).await?;
        beside_the_first(world, 2).await?;
        // The menu closes, so that it hides no part of the new pane.
        let is_closed = "return document.querySelector('#menu-compare:popover-open') === null";
        world.until("the menu is closed", async || ask(world, is_closed).await).await?;
        world.click("button", "Compare").await?;
        let whose = world.field("Other file").await?;
        whose.send_keys(Key::Control + "a").await?;
        whose.send_keys(Key::Delete + "").await?;
        let path = world.field("Path").await?;
        path.send_keys("/master/log".to_owned() + Key::Enter).await?;
        beside_the_first(world, 3).await?;
        world.until("it is beside", async || Ok(world.address().await?.contains("&beside=@%2Fmaster%2Flog"))).await?;
        world.click("button", "Compare").await?;
        world.fill("Task logs", "state:running").await?;
        let five = "const rows = [...document.querySelectorAll('.tasks li')];
            if (rows.length === 12) rows.slice(0, 5).forEach((row) => row.querySelectorAll('button')[1].click());
            return rows.length === 12";
        world.until("many are offered, and five chosen", async || ask(world, five).await).await?;
        let count = "return document.querySelectorAll('.pane').length";
        world.until("there are eight", async || Ok(number(world, count).await? == 8)).await?;
        world.click("button", "Compare").await?;
        let path = world.field("Path").await?;
        path.send_keys("/slave/log".to_owned() + Key::Enter).await?;
        world.wait_for("Up to eight files can be shown").await?;
        world.screenshot("beside-eight").await?;
        world.press(Key::Escape + "").await?;
        for left in [7, 6, 5, 4, 3] {
            world.script("document.querySelectorAll('.pane-head button')[1].click()", []).await?;
            world.until("one is gone", async || Ok(number(world, count).await? == left)).await?;
        }
        assert!(
            ask(world, "return document.querySelector('.file').before_ === true").await?,
            "the first was never touched"
        );
        world.axe().await
    });
}

#[test]
fn a_line_of_a_stream_is_linked_by_keys() {
    journey_with("beside-linked", still(), async |world| {
        let pod = Pod::of(world);
        let beside = |file: &str| pod.file(file).replace("#/agents/", "&beside=").replace("/browse?path=", "@");
        let both = format!("{}{}&merged=1", pod.file("logs/events.json.log"), beside("logs/console.log"));
        world.open(&both).await?;
        world.wait_for("2 files, merged by timestamp").await?;
        world.wait_for("Following").await?;
        see(world, ".merged .line .source").await?;
        world.press(Key::PageUp + "").await?;
        world.wait_for("Paused").await?;
        world.press("l").await?;
        let linked = "return document.querySelectorAll('.line[data-linked]').length";
        world.until("a line is linked", async || Ok(number(world, linked).await? == 1)).await?;
        let which = "const line = document.querySelector('.line[data-linked]'); return `${line.dataset.file}@${line.dataset.at}`";
        let first: String = world.script(which, []).await?.convert()?;
        world.press("j").await?;
        world
            .until("the one below it", async || {
                Ok(world.script(which, []).await?.convert::<Option<String>>()?.is_some_and(|now| now != first))
            })
            .await?;
        world.until("and that alone", async || Ok(number(world, linked).await? == 1)).await?;
        let (file, at) = (world.script(which, []).await?.convert::<String>()?, world.address().await?);
        let (file, offset) =
            file.split_once('@').map(|(file, at)| (file.to_owned(), at.to_owned())).unwrap_or_default();
        assert!(at.contains(&format!("&at={offset}")), "{at}");
        assert!(file == "0" || at.contains(&format!("&of={file}")), "{at}");
        world.reload().await?;
        world.until("the address leads there", async || Ok(number(world, linked).await? == 1)).await
    });
}

#[test]
fn files_to_compare_are_named_by_framework_and_host() {
    journey_with("beside-named", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs/console.log")).await?;
        wait_lines(world, "took=").await?;
        world.click("button", "Compare").await?;
        let filter = world.field("Task logs").await?;
        world
            .until("the framework has its name", async || {
                let typed = filter.prop("value").await?.unwrap_or_default();
                Ok(typed.starts_with("framework:") && !typed.contains(&pod.framework.to_string()))
            })
            .await?;
        world.fill("Other file", "no.such.host").await?;
        world.field("Path").await?.send_keys("/slave/log".to_owned() + Key::Enter).await?;
        world.wait_for("No agent “no.such.host”").await?;
        world.axe().await
    });
}
