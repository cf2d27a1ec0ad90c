//! Whole jobs on a phone, from the first tap to the outcome, and what its narrow screen shows instead of tables.

use serde_json::json;
use thirtyfour::prelude::*;

use super::actions::{agent, free};
use super::files::Pod;
use super::journey::journey_with;
use super::logs::ask;
use super::schedule::windows;
use super::world::World;
use super::writes::{quota, send};
use crate::still;

async fn phone(world: &World) -> WebDriverResult<()> {
    world.size(390, 844).await?;
    world.open("#/").await?;
    world.wait_for("Live").await
}

/// Opens a page from the bar at the bottom, or from its menu.
async fn go(world: &World, name: &str) -> WebDriverResult<()> {
    world.click("button", "More").await?;
    world.click("link", &format!("~{name}")).await
}

/// The page is no wider than the screen, and nothing is in anyone's way.
async fn check(world: &World, name: &str) -> WebDriverResult<()> {
    world.screenshot(&format!("phone-{name}")).await?;
    let fits = ask(world, "return document.documentElement.scrollWidth <= 390").await?;
    assert!(fits, "{name} scrolls sideways");
    world.axe().await
}

#[test]
fn a_quota_is_set_on_a_phone() {
    journey_with("phone-quota", still(), async |world| {
        phone(world).await?;
        go(world, "Roles").await?;
        world.click("button", "Set quota …").await?;
        world.fill("Role", "journey").await?;
        world.fill("CPUs limit", "4").await?;
        world.fill("Memory limit", "8 GiB").await?;
        world.wait_for("journey · CPUs limit").await?;
        check(world, "quota").await?;
        send(world, "Set quota").await?;
        world.wait_for("Applied.").await?;
        check(world, "quota-set").await?;
        world.click("button", "Close").await?;
        let limits = quota(world, "journey").expect("it has a quota")["limits"].clone();
        assert_eq!((&limits["cpus"]["value"], &limits["mem"]["value"]), (&json!(4.0), &json!(8192.0)));

        // Its card has name, weight and both bounds within two lines.
        let card = "const row = [...document.querySelectorAll('[role=row]')].find((row) => row.innerText.startsWith('journey'));
            const box = row.getBoundingClientRect();
            const inside = [...row.querySelectorAll('a, .bounds span')].map((part) => part.getBoundingClientRect())
                .every((part) => part.top >= box.top && part.bottom <= box.bottom && part.right <= innerWidth);
            const labels = [...row.cells].filter((cell) => cell.offsetWidth > 0).map((cell) => cell.dataset.label);
            return [Math.round(box.height), inside, labels.join()]";
        let seen = json!([68, true, "Role,Weight,Guarantee,Limit"]);
        let is_card = async || Ok(*world.script(card, []).await?.json() == seen);
        world.until("the role is a card with its bounds", is_card).await?;
        check(world, "roles").await
    });
}

#[test]
fn a_window_for_two_agents_is_sent_from_a_phone() {
    journey_with("phone-window", still(), async |world| {
        world.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "UTC" })).await?;
        let before = windows(world).len();
        let hosts: Vec<String> = free(world).into_iter().map(|(_, host)| host).take(2).collect();
        phone(world).await?;
        world.click("link", "~Agents").await?;
        for host in &hosts {
            world.fill("~Filter", host).await?;
            world.click("checkbox", &format!("Select {host}")).await?;
        }
        world.click("button", "Schedule maintenance …").await?;
        for host in &hosts {
            world.find("button", &format!("~Remove {host}")).await?;
        }
        world.fill("~Begins", "2027-11-29 02:00 UTC").await?;
        world.fill("~Ends", "04:00 UTC").await?;
        world.wait_for("on 2 agents").await?;
        check(world, "window").await?;
        world.click("button", "Review …").await?;
        world.wait_for("Add window Nov 29 2027, 02:00–04:00 UTC").await?;
        check(world, "window-review").await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        let all = windows(world);
        assert_eq!(all.len(), before + 1);
        let mut wanted = hosts.clone();
        wanted.sort_unstable();
        let is_sent = |(machines, start, lasts): &(Vec<String>, i64, Option<i64>)| {
            let mut machines = machines.clone();
            machines.sort_unstable();
            machines == wanted && (*start, *lasts) == (1_827_453_600, Some(7200))
        };
        assert!(all.iter().any(is_sent), "{all:?}");
        world.wait_for("draining").await?;
        // A box alone does not say what it selects.
        let label = "return [...document.querySelectorAll('.machines thead .phone')].some((label) => label.checkVisibility() && label.innerText === 'Select all')";
        world.until("the box has a visible label", async || ask(world, label).await).await?;
        check(world, "window-sent").await
    });
}

#[test]
fn an_agent_is_drained_on_a_phone_from_the_tap_to_the_outcome() {
    journey_with("phone-drain", still(), async |world| {
        let (id, host) = free(world).swap_remove(0);
        phone(world).await?;
        world.click("link", "~Agents").await?;
        world.fill("~Filter", &host).await?;
        world.click("link", &host).await?;
        world.click("button", "Actions").await?;
        world.click("button", "Drain …").await?;
        world.fill("Grace period in seconds", "2").await?;
        world.wait_for("will be killed, each within 2 s").await?;
        check(world, "drain").await?;
        send(world, "Drain").await?;
        world.wait_for("Draining. You can close this dialog.").await?;
        check(world, "drain-runs").await?;
        world.wait_for("Applied.").await?;
        world.wait_for("tasks ended, ").await?;
        check(world, "drain-ended").await?;
        world.click("button", "Close").await?;
        assert_eq!(agent(world, &id).expect("it is still there")["drain_info"]["state"], "DRAINED");
        world.wait_for("drained").await
    });
}

#[test]
fn a_file_is_downloaded_on_a_phone_from_its_row() {
    journey_with("phone-download", still(), async |world| {
        let folder = std::env::temp_dir().join(format!("mesoscope-phone-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        world.download_to(&folder).await?;
        let pod = Pod::of(world);
        phone(world).await?;
        world.open(&pod.file("conf")).await?;
        world.find("link", "run.sh").await?;
        // The arrow is at the end of the row, in sight and large enough for a finger.
        let arrows = "const arrows = [...document.querySelectorAll('.folder tbody tr:not(.space) button[aria-label^=Download]')].map((one) => one.getBoundingClientRect());
            return arrows.length > 2 && arrows.every((one) => one.right <= innerWidth && one.left > innerWidth / 2 && one.width >= 24 && one.height >= 24)";
        world.until("each row has its arrow", async || ask(world, arrows).await).await?;
        check(world, "folder").await?;
        world.click("button", "Download").await?;
        let has_file = async || {
            Ok(std::fs::read_dir(&folder)?.filter_map(Result::ok).any(|file| {
                file.path().extension().is_none_or(|end| end != "crdownload")
                    && file.metadata().is_ok_and(|of| of.len() > 0)
            }))
        };
        world.until("the file is there", has_file).await?;
        world.wait_for("Downloaded, ").await?;
        check(world, "downloaded").await?;
        let _ = std::fs::remove_dir_all(&folder);
        Ok(())
    });
}

#[test]
fn names_of_metrics_wrap_and_empty_facts_are_hidden() {
    journey_with("phone-facts", still(), async |world| {
        phone(world).await?;
        go(world, "Master").await?;
        world.wait_for("master/").await?;
        let wraps = "const names = [...document.querySelectorAll('.plain.metrics td:first-child')];
            return names.length > 20 && names.every((name) => name.scrollWidth <= name.clientWidth && name.getBoundingClientRect().right <= innerWidth)";
        world.until("each name is whole", async || ask(world, wraps).await).await?;
        check(world, "metrics").await?;

        let pod = Pod::of(world);
        world.open(&format!("#/frameworks/{}/tasks/{}", pod.framework, pod.task)).await?;
        world.find("heading", "~Task").await?;
        let facts = "return [...document.querySelectorAll('dl.facts dt')].filter((name) => name.checkVisibility()).map((name) => [name.innerText, name.nextElementSibling.innerText.trim()])";
        let shown = async || {
            let shown: Vec<(String, String)> = world.script(facts, []).await?.convert()?;
            Ok((shown.len() > 4).then_some(shown))
        };
        let shown = world.until_some("the facts are there", shown).await?;
        let empty: Vec<_> = shown.iter().filter(|(_, value)| matches!(value.as_str(), "" | "–" | "-")).collect();
        assert!(empty.is_empty(), "{empty:?}");
        check(world, "facts").await
    });
}
