//! Journeys: what a person does, in headless Chromium, before the executable and a simulated cluster.
//! What needs no browser is tested without one, elsewhere.

mod browser {
    pub mod axe;
    pub mod chrome;
    pub mod find;
    pub mod gateway;
    pub mod harness;
    pub mod journey;
    pub mod world;
}

use browser::journey::journey;

#[test]
fn the_page_loads() {
    journey("first-load", async |world| {
        world.open("#/").await?;
        assert_eq!(world.driver.title().await?, "Mesoscope");
        world.screenshot("first-load").await
    });
}
