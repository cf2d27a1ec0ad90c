//! The page at a zoom of 400 %: a window of 1280 x 1024 is 320 x 256 then, and nothing needs to be scrolled in two directions
//! but tables (WCAG 1.4.10).

use thirtyfour::prelude::*;

use super::journey::journey_with;
use super::tables::table;
use super::world::World;
use crate::still;

/// How high the table or file is, and how much wider the page is than its window.
async fn measures(world: &World) -> WebDriverResult<(f64, f64)> {
    let script = "const box = document.querySelector('.grid-box, .file');
        return [box ? box.getBoundingClientRect().height : -1, document.documentElement.scrollWidth - innerWidth]";
    world.script(script, []).await?.convert()
}

#[test]
fn pages_reflow_at_400_percent() {
    journey_with("small", still(), async |world| {
        table(world, "#/agents").await?;
        world.size(320, 256).await?;
        for hash in ["#/agents", "#/tasks", "#/frameworks", "#/roles", "#/offers", "#/executors"] {
            world.open(hash).await?;
            world.find("grid", "~").await?;
            let (height, wider) = measures(world).await?;
            assert!(height >= 190.0, "{hash}: the table is {height} px high");
            assert!(wider <= 0.0, "{hash}: {wider} px too wide");
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
            ("#/trouble", "Connection"),
        ] {
            world.open(hash).await?;
            world.wait_for(says).await?;
            let (_, wider) = measures(world).await?;
            assert!(wider <= 0.0, "{hash}: {wider} px too wide");
            world.screenshot(&format!("small-{}", hash.trim_start_matches("#/"))).await?;
        }
        world.axe().await
    });
}
