//! Folders: walked by keys, read again, downloaded, and what is said where they cannot be read.

use serde_json::json;
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::files::{Pod, wait_lines};
use super::journey::{Setup, journey_with};
use super::logs::{ask, number, number_of, trip};
use super::world::World;
use crate::still;

/// The names in the folder, in their order.
async fn names(world: &World) -> WebDriverResult<Vec<String>> {
    let script = "return [...document.querySelectorAll('.folder tbody tr:not(.space)')].map((row) => row.querySelector('a').title)";
    world.script(script, []).await?.convert()
}

#[test]
fn a_folder_is_walked_by_keys_and_read_again() {
    journey_with("logs-folder", still(), async |world| {
        let pod = Pod::of(world);
        let table = "document.querySelector('.folder table').focus()";
        world.open(&pod.file("conf")).await?;
        world.find("link", "service.json").await?;
        world.script(table, []).await?;
        world.press(Key::Down + "").await?;
        world.press(Key::Backspace + "").await?;
        world.find("link", "logs/").await?;
        let folders = names(world).await?;
        let nth = folders.iter().position(|name| name == "logs").expect("the logs are there");
        world.script(table, []).await?;
        for _ in 0..=nth {
            world.press(Key::Down + "").await?;
        }
        world.press(Key::Enter + "").await?;
        world.wait_for("9 entries").await?;

        world.click("button", "Size").await?;
        world
            .until("the largest is first", async || {
                Ok(names(world).await?.first().is_some_and(|name| name == "firehose.log"))
            })
            .await?;
        world.press("/").await?;
        world.press(".log").await?;
        world.wait_for("7 of 9 entries").await?;
        let order = names(world).await?;
        world.script(table, []).await?;
        world.press(Key::Down + "").await?;
        world.press(Key::Down + "").await?;
        let chosen = "return document.querySelector('.folder table').getAttribute('aria-activedescendant')";
        let row: Option<String> = world.script(chosen, []).await?.convert()?;
        assert!(row.is_some());
        // All of them are written to: how long ago that was is reported as of when the folder was read.
        let is_old = "return /\\b([4-9]|\\d\\d)\\ss ago/.test(document.querySelector('.folder tbody').innerText)";
        world.until("what is shown is old", async || ask(world, is_old).await).await?;
        world.click("button", "Refresh").await?;
        world.until("it is read again", async || Ok(!ask(world, is_old).await?)).await?;
        assert_eq!(names(world).await?, order);
        assert_eq!(world.script(chosen, []).await?.convert::<Option<String>>()?, row);
        world.wait_for("7 of 9 entries").await?;
        world.axe().await
    });
}

#[test]
fn a_folder_that_cannot_be_read_again_stays_with_its_age() {
    journey_with("folders-stale", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs")).await?;
        world.wait_for("9 entries").await?;
        trip(world, "call/LIST_FILES/403");
        world.click("button", "Refresh").await?;
        world.wait_for("Not refreshed: Not allowed.").await?;
        world.wait_for("archive.log").await?;
        world.axe().await?;
        world.screenshot("folders-stale").await?;
        trip(world, "none");
        world.click("button", "Refresh").await?;
        world.wait_gone("Not refreshed").await?;
        world.wait_for("archive.log").await?;
        // Arrows and Enter from the heading, where the focus is on arrival.
        world.click("link", "~Up").await?;
        world.wait_for("logs/").await?;
        world.press(Key::Down + "").await?;
        let chosen = "return document.querySelector('.folder table').getAttribute('aria-activedescendant') !== null";
        world.until("a row is chosen", async || ask(world, chosen).await).await?;
        world.press(Key::Backspace + "").await?;
        world.wait_for(&format!("{}/", pod.task)).await
    });
}

#[test]
fn a_folder_is_downloaded_as_tar_and_a_file_from_its_row() {
    journey_with("folders-tar", still(), async |world| {
        let folder = std::env::temp_dir().join(format!("mesoscope-tar-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        world.download_to(&folder).await?;
        let pod = Pod::of(world);
        world.open(&pod.file("conf")).await?;
        world.find("link", "run.sh").await?;
        world.click("button", "Download as tar").await?;
        let tar = folder.join("conf.tar");
        // The last of it is two blocks of zeros.
        let whole = async || Ok(std::fs::read(&tar).is_ok_and(|tar| tar.len() > 4096 && tar.ends_with(&[0; 1024])));
        world.until("the tar is there", whole).await?;
        let bytes = std::fs::read(&tar)?;
        for name in ["conf/run.sh", "conf/service.json", "conf/app.properties", "conf/chart.png"] {
            assert!(bytes.windows(name.len()).any(|at| at == name.as_bytes()), "{name}");
        }
        let button = "const row = [...document.querySelectorAll('.folder tbody tr')].find((row) => row.querySelector('a')?.title === 'run.sh');
            row.querySelector('button').click()";
        world.script(button, []).await?;
        let file = folder.join("run.sh");
        world
            .until("the file is there", async || {
                Ok(std::fs::read(&file).is_ok_and(|bytes| bytes == b"#!/bin/sh\nexec ./app\n"))
            })
            .await?;
        let _ = std::fs::remove_dir_all(&folder);
        Ok(())
    });
}

#[test]
fn pipes_devices_and_sockets_are_named_and_never_opened() {
    journey_with("folders-pipes", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("ipc")).await?;
        for words in ["control.fifo", "named pipe", "app.sock", "socket", "character device", "prw-------"] {
            world.wait_for(words).await?;
        }
        for name in ["control.fifo", "app.sock", "null"] {
            world.wait_no("link", name).await?;
        }
        assert!(world.all("button", "Download").await?.is_empty());
        world.axe().await?;
        world.screenshot("folders-pipes").await?;
        // By an address that was typed, beside another file, and in a stream with it.
        let pipe = pod.file("ipc/control.fifo");
        world.open(&pipe).await?;
        world.wait_for("Not a regular file").await?;
        world.wait_for("It is a named pipe. Mesos waits when it opens such a file").await?;
        world.axe().await?;
        let beside = pipe.replace("#/agents/", "&beside=").replace("/browse?path=", "@");
        for query in [beside.clone(), format!("{beside}&merged=1")] {
            world.open(&format!("{}{query}", pod.file("stdout"))).await?;
            world.reload().await?;
            wait_lines(world, "took=").await?;
            world.wait_for("It is a named pipe.").await?;
        }
        let agent = number_of(&pod.agent);
        assert!(!world.sim.with(|sim| sim.is_blocked(agent)), "none was opened: the agent serves files still");
        Ok(())
    });
}

#[test]
fn two_downloads_run_at_a_time_and_the_others_wait() {
    // So slow that none ends by itself.
    let cluster = Config { bandwidth: Some(4 << 20), ..still().cluster };
    journey_with("folders-queue", Setup { cluster, ..still() }, async |world| {
        let folder = std::env::temp_dir().join(format!("mesoscope-queue-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        world.download_to(&folder).await?;
        let pod = Pod::of(world);
        world.open(&pod.file("logs")).await?;
        world.find("link", "archive.log").await?;
        for name in ["archive.log", "firehose.log", "everything.json", "oneline.txt"] {
            let button = "const row = [...document.querySelectorAll('.folder tbody tr')].find((row) => row.querySelector('a')?.title === arguments[0]);
                row.querySelector('button').click()";
            world.script(button, [json!(name)]).await?;
        }
        let queued = "return [...document.querySelectorAll('.downloads li')].filter((row) => row.innerText.includes('Queued: two downloads run at a time, over all tabs.')).length";
        world.until("two wait", async || Ok(number(world, queued).await? == 2)).await?;
        let runs = "return document.querySelectorAll('.downloads progress').length";
        world.until("two run", async || Ok(number(world, runs).await? == 2)).await?;
        assert_eq!(number(world, queued).await?, 2);
        world.axe().await?;
        world.screenshot("folders-queue").await?;
        // Calls have connections left.
        world.open(&pod.file("stdout")).await?;
        wait_lines(world, "took=").await?;
        world.click("button", "Stop oneline.txt").await?;
        world.wait_no("button", "Stop oneline.txt").await?;
        world.click("button", "Stop archive.log").await?;
        world.until("the third begins", async || Ok(number(world, queued).await? == 0)).await?;
        for name in ["firehose.log", "everything.json"] {
            world.click("button", &format!("Stop {name}")).await?;
        }
        let _ = std::fs::remove_dir_all(&folder);
        Ok(())
    });
}

#[test]
fn downloads_of_two_tabs_share_one_queue() {
    // So slow that none ends by itself.
    let cluster = Config { bandwidth: Some(1 << 20), ..still().cluster };
    journey_with("folders-tabs", Setup { cluster, ..still() }, async |world| {
        let folder = std::env::temp_dir().join(format!("mesoscope-tabs-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let pod = Pod::of(world);
        let begin = async |names: [&str; 2]| {
            world.download_to(&folder).await?;
            world.open(&pod.file("logs")).await?;
            world.find("link", "archive.log").await?;
            for name in names {
                let button = "const row = [...document.querySelectorAll('.folder tbody tr')].find((row) => row.querySelector('a')?.title === arguments[0]);
                    row.querySelector('button').click()";
                world.script(button, [json!(name)]).await?;
            }
            WebDriverResult::Ok(())
        };
        let queued = "return [...document.querySelectorAll('.downloads li')].filter((row) => row.innerText.includes('Queued: two downloads run at a time, over all tabs.')).length";
        let runs = "return document.querySelectorAll('.downloads progress').length";
        begin(["archive.log", "firehose.log"]).await?;
        world.until("two run", async || Ok(number(world, runs).await? == 2)).await?;
        let first = world.driver.window().await?;
        let second = world.new_tab().await?;
        begin(["everything.json", "oneline.txt"]).await?;
        world.until("the second tab's wait", async || Ok(number(world, queued).await? == 2)).await?;
        world.screenshot("folders-tabs").await?;
        // Calls have connections left.
        world.open(&pod.file("stdout")).await?;
        wait_lines(world, "took=").await?;
        assert_eq!(number(world, queued).await?, 2);
        world.driver.switch_to_window(first).await?;
        world.click("button", "Stop archive.log").await?;
        world.driver.switch_to_window(second.clone()).await?;
        world.until("one of the second tab's begins", async || Ok(number(world, queued).await? == 1)).await?;
        let first = world.tabs().await?.into_iter().find(|tab| *tab != second).expect("it is open still");
        world.driver.switch_to_window(first).await?;
        world.driver.close_window().await?;
        world.driver.switch_to_window(second).await?;
        world
            .until("the other begins once the first tab is gone", async || Ok(number(world, queued).await? == 0))
            .await?;
        for name in ["everything.json", "oneline.txt"] {
            world.click("button", &format!("Stop {name}")).await?;
        }
        let _ = std::fs::remove_dir_all(&folder);
        Ok(())
    });
}
