//! What a person does to a table, by real keys and clicks: from the input to painted rows. The cluster does not change
//! meanwhile, so that whatever changes the rows is the answer.

use thirtyfour::prelude::*;

use super::figures::{Figures, Keys};
use super::ground::{Outcome, Tab};

const FILTER: &str = "[role=search] input";
/// Numbers are sorted otherwise than words, so both.
const HEADERS: [&str; 2] = ["CPUs", "Host"];

/// One letter after another of a name on screen, then all away.
pub async fn filter(tab: &Tab, figures: &mut Figures) -> Outcome {
    let name =
        tab.run("return document.querySelectorAll('[role=grid] tbody [role=row] a')[3].textContent.trim()").await?;
    let name = name.as_str().ok_or("no row has a name")?.to_owned();
    tab.driver.find(By::Css(FILTER)).await?.click().await?;
    let mut times = Vec::new();
    for key in name.chars().take(8) {
        times.extend(
            timed(tab, async || Ok(tab.driver.active_element().await?.send_keys(key.to_string()).await?)).await?,
        );
    }
    // Where the box offers something the first closes that, and the second empties it.
    for _ in 0..2 {
        let escape = async || Ok(tab.driver.active_element().await?.send_keys(Key::Escape + "").await?);
        if let Some(time) = timed(tab, escape).await? {
            times.push(time);
            break;
        }
    }
    // Out of the box, and away with what it offers once it is empty.
    tab.driver.active_element().await?.send_keys(Key::Escape + "").await?;
    figures.keys = Keys::of(times);
    Ok(())
}

/// The slower of the two.
pub async fn sort(tab: &Tab, figures: &mut Figures) -> Outcome {
    for header in HEADERS {
        let path = format!("//*[@role='grid']//th[contains(., '{header}')]");
        let target = tab.driver.find(By::XPath(path)).await?;
        let target = target.find(By::Css("button, a")).await.unwrap_or(target);
        let time = timed(tab, async || Ok(target.click().await?)).await?;
        figures.sort = figures.sort.into_iter().chain(time).reduce(f64::max);
    }
    Ok(())
}

/// Away to another page, and back to the rows.
pub async fn change_of_page(tab: &Tab, figures: &mut Figures) -> Outcome {
    let link = |href: &str| By::Css(format!("nav a[href='{href}']"));
    tab.driver.find(link("#/")).await?.click().await?;
    tab.wait("requestAnimationFrame(() => setTimeout(() => done(null), 300))").await?;
    tab.run("__probe.armForRows()").await?;
    tab.driver.find(By::Css("nav a[href^='#/agents']")).await?.click().await?;
    figures.change_of_page = tab.wait("__probe.outcome.then(done)").await?.as_f64();
    Ok(())
}

/// Milliseconds; nothing where the rows stayed as they were.
async fn timed(tab: &Tab, action: impl AsyncFnOnce() -> Outcome) -> Outcome<Option<f64>> {
    tab.run("__probe.arm()").await?;
    action().await?;
    Ok(tab.wait("__probe.outcome.then(done)").await?.as_f64())
}
