//! How a log is scrolled: by a finger, a wheel, the bar and keys.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::prelude::*;

use super::files::{Pod, focus, see, top};
use super::journey::journey_with;
use super::logs::{WHILE, ask, number, stays};
use super::world::World;
use crate::still;

/// The line on top, once that has not moved for a while: a flick goes on by itself.
async fn rested(world: &World) -> WebDriverResult<u64> {
    let last = Cell::new((0, Instant::now()));
    world
        .until("the lines rest", async || {
            let now = top(world).await?;
            if now != last.get().0 {
                last.set((now, Instant::now()));
            }
            Ok(last.get().0 != u64::MAX && last.get().1.elapsed() > WHILE / 2)
        })
        .await?;
    Ok(last.get().0)
}

#[test]
fn a_finger_moves_the_lines_below_it() {
    journey_with("logs-touch", still(), async |world| {
        world.size(390, 844).await?;
        world.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await?;
        let pod = Pod::of(world);
        // Of ten gigabytes a pixel of the bar is ten thousand lines, and of a finger's way it is one pixel.
        world.open(&pod.file("logs/archive.log")).await?;
        world.wait_for("Following").await?;
        let at = rested(world).await?;
        assert!(at < u64::MAX, "lines are there");
        let drag = async |far: i32| {
            let touch = async |kind: &str, y: Option<i32>| {
                let points: Vec<_> = y.into_iter().map(|y| json!({ "x": 180, "y": y })).collect();
                let event = json!({ "type": kind, "touchPoints": points });
                world.devtools("Input.dispatchTouchEvent", event).await.map(drop)
            };
            touch("touchStart", Some(500)).await?;
            for part in 1..=6 {
                touch("touchMove", Some(500 + far * part / 6)).await?;
            }
            // A finger that rests before it leaves flicks nothing.
            tokio::time::sleep(Duration::from_millis(200)).await;
            touch("touchMove", Some(500 + far)).await?;
            touch("touchEnd", None).await
        };
        drag(240).await?;
        world.until("the lines have moved", async || Ok(top(world).await? != at)).await?;
        let above = rested(world).await?;
        // A flick may go on for some way; of the bar the same pixels would be 300 KB.
        assert!((200..200_000).contains(&at.saturating_sub(above)), "from {at} to {above}");
        world.wait_for("Paused").await?;
        // Later than a flick goes on, so that the bar is where the lines are: at its end but for less than a pixel.
        tokio::time::sleep(Duration::from_secs(2)).await;
        drag(-120).await?;
        world.until("they have moved back", async || Ok(top(world).await? != above)).await?;
        let below = rested(world).await?;
        assert!((above + 100..=at).contains(&below), "from {above} to {below}, below {at}");
        world.axe().await
    });
}

#[test]
fn a_zoomed_page_is_scrolled_without_a_fight() {
    journey_with("logs-zoomed", still(), async |world| {
        let zoom = json!({ "width": 1152, "height": 720, "deviceScaleFactor": 1.25, "mobile": false });
        world.devtools("Emulation.setDeviceMetricsOverride", zoom).await?;
        let pod = Pod::of(world);
        world.open(&pod.file("logs/archive.log")).await?;
        see(world, ".file").await?;
        world.until("its end is shown", async || Ok(top(world).await? > 10_737_410_000)).await?;
        let has_bar =
            "const file = document.querySelector('.file'); return file.scrollHeight > 7e6 && file.scrollTop > 7e6";
        world.until("the bar is at its end", async || ask(world, has_bar).await).await?;
        let middle = "const file = document.querySelector('.file'); file.scrollTop = (file.scrollHeight - file.clientHeight) / 2";
        world.script(middle, []).await?;
        world.until("the bar stands for bytes", async || Ok(top(world).await?.abs_diff(5 << 30) < 200_000)).await?;
        world
            .until("lines are there", async || {
                ask(world, "return document.querySelectorAll('.line').length > 20").await
            })
            .await?;
        stays(world, async || top(world).await).await?;
        // By hand: the bar that follows is not taken for the reader's own.
        for turn in 0..6 {
            let before = top(world).await?;
            let wheel = json!({ "type": "mouseWheel", "x": 500, "y": 400, "deltaX": 0, "deltaY": 120 });
            world.devtools("Input.dispatchMouseEvent", wheel).await?;
            world.until("the wheel moves by lines", async || Ok(top(world).await? > before)).await?;
            let moved = top(world).await? - before;
            assert!(moved < 4000, "{moved} bytes by one turn, {turn}");
        }
        stays(world, async || top(world).await).await?;
        focus(world).await?;
        // Twenty lines, by keys.
        let below = "const box = document.querySelector('.file').getBoundingClientRect();
            const lines = [...document.querySelectorAll('.line')];
            const first = lines.findIndex((line) => line.getBoundingClientRect().bottom > box.top + 1);
            return Number(lines[first + 20].dataset.at)";
        let below = u64::try_from(number(world, below).await?).expect("an offset");
        for _ in 0..10 {
            world.press(Key::Down + "").await?;
        }
        world.until("the keys move by lines", async || Ok(top(world).await? == below)).await?;
        stays(world, async || top(world).await).await?;
        world.press(Key::End + "").await?;
        world.until("the end is shown", async || Ok(top(world).await? > 10_737_410_000)).await?;
        world.wait_for("Following").await?;
        stays(world, async || top(world).await).await
    });
}
