//! What surrounds every page: typeface, keys and help.

use serde_json::Value;

use super::journey::journey_with;
use crate::still;

#[test]
fn the_page_is_set_in_its_own_typeface() {
    journey_with("typeface", still(), async |world| {
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        let loaded = "return [...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.family)";
        let loaded = async || world.script(loaded, []).await?.convert::<Vec<String>>();
        world.until("it is there", async || Ok(loaded().await?.iter().any(|face| face.contains("Inter Page")))).await?;
        // The preload and the stylesheet name one file, which is downloaded once.
        let files = "return performance.getEntriesByType('resource').filter((it) => it.name.endsWith('.woff2')).length";
        let files: Value = world.script(files, []).await?.convert()?;
        assert_eq!(files, 1);
        Ok(())
    });
}
