//! The page at a zoom of 400 %: a window of 1280 x 1024 is 320 x 256 then, and nothing needs to be scrolled in two directions
//! but tables (WCAG 1.4.10).

use thirtyfour::prelude::*;

use super::files::{Pod, wait_lines};
use super::journey::journey_with;
use super::tables::table;
use super::world::World;
use crate::still;

/// How high the table or file is. Nothing is wider than the window, and the page's own part is as wide as that.
async fn height(world: &World, hash: &str) -> WebDriverResult<f64> {
    let script = "const box = document.querySelector('.grid-box, .file'), root = document.documentElement;
        const main = document.querySelector('main').getBoundingClientRect().width;
        return [box ? box.getBoundingClientRect().height : -1, root.scrollWidth - innerWidth, root.clientWidth - main]";
    let (height, wider, lost): (f64, f64, f64) = world.script(script, []).await?.convert()?;
    assert!(wider <= 0.0, "{hash}: {wider} px too wide");
    assert!(lost.abs() <= 1.0, "{hash}: {lost} px of the window's width are not the page's");
    Ok(height)
}

#[test]
fn pages_reflow_at_400_percent() {
    journey_with("small", still(), async |world| {
        table(world, "#/agents").await?;
        world.size(320, 256).await?;
        for hash in ["#/agents", "#/tasks", "#/frameworks", "#/roles", "#/offers", "#/executors"] {
            world.open(hash).await?;
            world.find("grid", "~").await?;
            let height = height(world, hash).await?;
            assert!(height >= 190.0, "{hash}: the table is {height} px high");
            // All of the table can be scrolled into sight.
            let script = "document.querySelector('.grid-box').scrollIntoView({ block: 'end' });
                return document.querySelector('.grid-box').getBoundingClientRect().bottom - innerHeight";
            let below: f64 = world.script(script, []).await?.convert()?;
            assert!(below <= 1.0, "{hash}: {below} px below the window");
            world.screenshot(&format!("small-{}", hash.trim_start_matches("#/"))).await?;
        }
        for (hash, says) in [
            ("#/", "Capacity"),
            ("#/maintenance", "Schedule"),
            ("#/master", "Leading master"),
            ("#/help", "state:failed,lost"),
            ("#/trouble", "Connection"),
        ] {
            world.open(hash).await?;
            world.wait_for(says).await?;
            height(world, hash).await?;
            world.screenshot(&format!("small-{}", hash.trim_start_matches("#/"))).await?;
        }
        world.open(&Pod::of(world).file("stdout")).await?;
        wait_lines(world, "took=").await?;
        let log = height(world, "a log").await?;
        assert!(log >= 150.0, "the log is {log} px high");
        world.axe().await?;
        // A phone, held upright and sideways, and windows between.
        for (wide, high) in [(390, 420), (390, 844), (640, 360), (844, 390), (900, 480)] {
            world.size(wide, high).await?;
            for hash in ["#/", "#/agents"] {
                world.open(hash).await?;
                world.find("heading", if hash == "#/" { "~Overview" } else { "~Agents" }).await?;
                height(world, &format!("{hash} at {wide} x {high}")).await?;
            }
        }
        Ok(())
    });
}
