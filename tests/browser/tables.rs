//! Tables: narrowed by facets, with the columns that a user chose, as a file, and by a link that was kept.

use sim::server::config::Config;
use sim::size::Size;
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::world::{Theme, World};

/// A cluster that does not change.
fn still() -> Setup {
    Setup { cluster: Config { rate: 0.0, ..Config::default() }, flags: Vec::new() }
}

/// The tables, each with a heading that only it has.
const TABLES: [(&str, &str); 8] = [
    ("agents", "Attributes"),
    ("frameworks", "Max share"),
    ("tasks", "Changed"),
    ("roles", "Weight"),
    ("offers", "Framework"),
    ("volumes", "Principal"),
    ("executors", "Executor CPUs"),
    ("operations", "Operation"),
];

/// How many rows the filter lets through, as the heading says.
pub async fn matched(world: &World, table: &str) -> WebDriverResult<String> {
    world.until("all rows have come", async || Ok(!world.text().await?.contains("loading"))).await?;
    let heading = world.find("heading", &format!("~{table}")).await?.text().await?;
    let number = heading.trim_start_matches(table).trim().split(" of ").next().unwrap_or_default();
    Ok(number.replace(|letter: char| !letter.is_ascii_digit(), ""))
}

/// The number that a button says.
fn number(words: &str) -> String {
    let last = words.rsplit(char::is_whitespace).next().unwrap_or_default();
    last.replace(',', "")
}

/// Offers are out, and operations under way.
fn fill(world: &World) {
    for _ in 0..2 {
        assert!(world.sim.with(|sim| sim.make_offer() && sim.start_operation().is_some()), "both can be begun");
    }
}

pub async fn table(world: &World, hash: &str) -> WebDriverResult<()> {
    world.open(hash).await?;
    world.wait_for("Live").await?;
    world
        .until("there are rows", async || {
            let reported = world.text().await?;
            Ok(world.all("row", "").await?.len() > 2
                || ["No offers", "No operations"].iter().any(|none| reported.contains(none)))
        })
        .await
}

/// The file that the page would have given the browser.
const CATCH: &str = "window.caught = []; const make = URL.createObjectURL;
URL.createObjectURL = (blob) => { window.caught.push(blob); return make.call(URL, blob); };
HTMLAnchorElement.prototype.click = function () { window.file = this.download; };";
const CAUGHT: &str = "const done = arguments[0]; if (window.caught[0]) window.caught[0].text().then((text) => done([window.file, text])); else done(null);";

pub async fn download_as(world: &World, form: &str) -> WebDriverResult<(String, String)> {
    world.script(CATCH, []).await?;
    world.click("button", "Download").await?;
    world.click("button", form).await?;
    let caught = async || world.driver.execute_async(CAUGHT, vec![]).await?.convert::<Option<(String, String)>>();
    world.until("there is a file", async || Ok(caught().await?.is_some())).await?;
    Ok(caught().await?.expect("waited for above"))
}

async fn download(world: &World) -> WebDriverResult<(String, Vec<String>)> {
    let (name, text) = download_as(world, "CSV").await?;
    assert!(text.ends_with("\r\n"));
    // A cell in quotes may have lines of its own, which end otherwise.
    Ok((name, text.split_terminator("\r\n").map(str::to_owned).collect()))
}

#[test]
fn a_facet_narrows_and_the_address_says_so() {
    journey_with("facets", still(), async |world| {
        table(world, "#/tasks").await?;
        matched(world, "Tasks").await?;
        let finished = world.find("button", "~finished").await?;
        let count = number(&finished.text().await?);
        finished.click().await?;
        world
            .until("the address has it", async || Ok(world.address().await? == "#/tasks?filter=state:finished"))
            .await?;
        world.until("as many are left as it said", async || Ok(matched(world, "Tasks").await? == count)).await?;
        assert_eq!(world.find("button", "~finished").await?.attr("aria-pressed").await?.as_deref(), Some("true"));
        // The other states are still counted, and a second one is joined by "or".
        let running = world.find("button", "~running").await?;
        let parse = |digits: &str| digits.parse::<u32>().expect("it is a number");
        let both = parse(&count) + parse(&number(&running.text().await?));
        running.click().await?;
        world
            .until("both states", async || Ok(world.address().await? == "#/tasks?filter=state:finished%2Crunning"))
            .await?;
        world.until("the rows of both", async || Ok(parse(&matched(world, "Tasks").await?) == both)).await?;
        world.click("button", "~finished").await?;
        world.until("one is left", async || Ok(world.address().await? == "#/tasks?filter=state:running")).await?;
        world.click("button", "Role").await?;
        let role = world.find("region", "Role").await?;
        let first = role.find(By::Css("button")).await?;
        let words = first.text().await?;
        first.click().await?;
        world.until("it is added", async || Ok(world.address().await?.contains("state:running%20role:%3D"))).await?;
        let count = number(&words);
        world.until("as many are left as it said", async || Ok(matched(world, "Tasks").await? == count)).await?;
        world.screenshot("tasks-facets").await?;
        world.press(Key::Escape + "").await?;
        world.click("button", "~running").await?;
        world.until("it is taken back", async || Ok(!world.address().await?.contains("state"))).await?;
        world.driver.back().await?;
        world.until("as is the step", async || Ok(world.address().await?.contains("state:running"))).await
    });
}

#[test]
fn columns_are_chosen_by_keyboard_and_kept() {
    journey_with("columns", still(), async |world| {
        table(world, "#/tasks").await?;
        world.wait_no("columnheader", "Started").await?;
        world.press_until(Key::Tab, "Columns").await?;
        world.press(Key::Enter + "").await?;
        let region = world.find("region", "Columns").await?;
        assert!(!world.find("checkbox", "Name").await?.is_enabled().await?, "the first column stays");
        world
            .until("the focus is in it", async || {
                let focused = world.driver.active_element().await?;
                Ok(focused.attr("type").await?.as_deref() == Some("checkbox"))
            })
            .await?;
        world.press(" ").await?;
        world.wait_no("columnheader", "State").await?;
        world.click("checkbox", "Started").await?;
        world.find("columnheader", "Started").await?;
        world.axe().await?;
        world.screenshot("tasks-columns").await?;
        world.press(Key::Escape + "").await?;
        world.until("it is closed", async || Ok(!region.is_displayed().await?)).await?;
        let focused = world.driver.active_element().await?;
        assert_eq!(focused.text().await?.trim(), "Columns", "the focus is back");

        world.reload().await?;
        world.find("columnheader", "Started").await?;
        world.wait_no("columnheader", "State").await?;
        world.size(390, 844).await?;
        world.find("columnheader", "Started").await?;
        world.size(1440, 900).await?;
        table(world, "#/frameworks").await?;
        world.find("columnheader", "State").await?;
        table(world, "#/tasks").await?;
        world.click("button", "Columns").await?;
        world.click("button", "Reset columns").await?;
        world.find("columnheader", "State").await?;
        world.wait_no("columnheader", "Started").await
    });
}

#[test]
fn a_table_is_downloaded_as_it_is_filtered_and_ordered() {
    journey_with("csv", still(), async |world| {
        table(world, "#/tasks?filter=state%3Arunning&sort=name").await?;
        let count: usize = matched(world, "Tasks").await?.parse().expect("a number");
        let (name, lines) = download(world).await?;
        assert!(name.starts_with("mesoscope-tasks-20") && name.ends_with(".csv"), "{name}");
        assert_eq!(lines[0], "Name,State,Framework,Agent,CPUs,Memory (bytes),Changed,Reason,Message");
        assert_eq!(lines.len() - 1, count, "all rows, and not only those that are drawn");
        assert!(lines[1..].iter().all(|line| line.contains(",running,")));
        assert!(lines[1..].is_sorted_by_key(|line| line.split(',').next().unwrap_or_default().to_owned()));

        table(world, "#/agents").await?;
        let count: usize = matched(world, "Agents").await?.parse().expect("a number");
        let (name, lines) = download(world).await?;
        assert!(name.starts_with("mesoscope-agents-20"), "{name}");
        assert!(
            lines[0].contains("Host,ID,State,CPUs allocated,CPUs,Free CPUs,Memory allocated (bytes)"),
            "{}",
            lines[0]
        );
        assert_eq!(lines.len() - 1, count);

        world.click("button", "Columns").await?;
        world.click("checkbox", "Others").await?;
        world.find("columnheader", "Others").await?;
        world.press(Key::Escape + "").await?;
        let (_, lines) = download(world).await?;
        assert!(lines[0].contains(",Others,"), "{}", lines[0]);
        assert!(lines[1..].iter().any(|line| line.contains("ports [31000-")), "ports are in the file as ranges");
        Ok(())
    });
}

#[test]
fn a_large_table_is_downloaded_in_pieces() {
    let setup = Setup { cluster: Config { rate: 0.0, size: Size::Medium, ..Config::default() }, flags: Vec::new() };
    journey_with("csv-large", setup, async |world| {
        table(world, "#/tasks").await?;
        let count: usize = matched(world, "Tasks").await?.parse().expect("a number");
        assert!(count > 10_000, "{count}");
        let (_, lines) = download(world).await?;
        assert_eq!(lines.len() - 1, count);
        Ok(())
    });
}

#[test]
fn no_table_scrolls_sideways_in_its_usual_columns() {
    journey_with("tables-fit", still(), async |world| {
        fill(world);
        world.size(1440, 900).await?;
        for (name, says) in TABLES {
            table(world, &format!("#/{name}")).await?;
            world.wait_for(says).await?;
            let over = "const box = document.querySelector('[role=grid]').parentElement; return box.scrollWidth - box.clientWidth";
            let over: i64 = world.script(over, []).await?.convert()?;
            // A scroll bar takes a few pixels too; here there is none.
            assert!(over <= 0, "{name} is {over} px too wide");
        }
        Ok(())
    });
}

#[test]
fn tables_pass_axe() {
    journey_with("tables-axe", still(), async |world| {
        fill(world);
        for theme in [Theme::Light, Theme::Dark] {
            world.theme(theme).await?;
            for (width, height) in [(1440, 900), (390, 844)] {
                world.size(width, height).await?;
                for (name, _) in TABLES {
                    table(world, &format!("#/{name}")).await?;
                    world.axe().await?;
                    world.screenshot(&format!("{name}-{theme:?}-{width}")).await?;
                }
                table(world, "#/tasks").await?;
                world.click("button", "Framework").await?;
                world.find("region", "Framework").await?;
                world.axe().await?;
                world.screenshot(&format!("tasks-menu-{theme:?}-{width}")).await?;
            }
            world.size(1440, 900).await?;
            table(world, "#/agents").await?;
            world.click("button", "Columns").await?;
            world.axe().await?;
        }
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn weights_that_come_after_the_rows_are_not_tinted_as_changes() {
    journey_with("late-values", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        let watch = "window.tinted = []; new MutationObserver((all) => all.forEach(({ target }) => {
            if (target.matches('td[data-touched]')) { window.tinted.push(target.textContent); }
        })).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-touched'] });
        location.hash = '#/roles';";
        world.script(watch, []).await?;
        let share = "return document.querySelector('[role=row] > td:nth-child(3)')?.textContent ?? ''";
        let share = async || world.script(share, []).await?.convert::<String>();
        world.until("fair shares have come", async || Ok(share().await?.contains('%'))).await?;
        let tinted: Vec<String> = world.script("return window.tinted", []).await?.convert()?;
        assert_eq!(tinted, Vec::<String>::new());
        Ok(())
    });
}

const HEADINGS: &str = "return [...document.querySelectorAll('.grid th')].filter((head) => head.checkVisibility()).map((head) => head.innerText.split('\\n')[0].trim()).join()";

/// The headings that are on screen.
async fn headings(world: &World) -> WebDriverResult<Vec<String>> {
    let all: String = world.script(HEADINGS, []).await?.convert()?;
    Ok(all.split(',').map(str::to_owned).collect())
}

#[test]
fn each_width_shows_the_columns_that_fit() {
    journey_with("columns-fit", still(), async |world| {
        world.size(390, 844).await?;
        table(world, "#/tasks").await?;
        assert_eq!(headings(world).await?, ["Name", "State", "Changed"]);
        // A desktop at 200 % zoom.
        world.size(720, 450).await?;
        let shown = headings(world).await?;
        assert!(shown.len() > 4 && shown.contains(&"Agent".to_owned()), "{shown:?}");
        let is_inside = "const box = document.querySelector('.grid-box'); return box.scrollWidth <= box.clientWidth";
        assert!(world.script(is_inside, []).await?.convert::<bool>()?, "nothing is beyond the side");
        world.screenshot("tasks-medium").await?;
        world.size(390, 844).await?;
        table(world, "#/offers").await?;
        assert_eq!(headings(world).await?, ["Kind", "Framework", "Agent", "CPUs"]);
        world.size(1440, 900).await
    });
}

#[test]
fn a_field_that_the_filter_asks_for_is_a_column() {
    journey_with("columns-asked", still(), async |world| {
        table(world, "#/tasks").await?;
        world.wait_no("columnheader", "Disk").await?;
        table(world, "#/tasks?filter=disk%3E0").await?;
        world.find("columnheader", "Disk").await?;
        let widest = "return [...document.querySelectorAll('.grid th')].every((head) => head.offsetWidth > 40)";
        assert!(world.script(widest, []).await?.convert::<bool>()?, "no column gives up its room");
        world.open("#/tasks?filter=cpus%3Emany").await?;
        world.wait_for("“many” is not a number").await?;
        world.wait_no("columnheader", "Disk").await
    });
}

#[test]
fn a_menu_that_lost_the_focus_closes_when_the_filter_gets_it() {
    journey_with("menu-focus", still(), async |world| {
        table(world, "#/tasks").await?;
        world.click("button", "Columns").await?;
        let open = "return document.querySelectorAll('section.popover:popover-open').length";
        world.script("document.activeElement.blur()", []).await?;
        assert_eq!(world.script(open, []).await?.convert::<u64>()?, 1);
        world.press("/").await?;
        world.until("it is closed", async || Ok(world.script(open, []).await?.convert::<u64>()? == 0)).await
    });
}

#[test]
fn a_filter_that_has_the_focus_goes_with_its_page() {
    journey_with("filter-leaves", still(), async |world| {
        table(world, "#/tasks").await?;
        world.press("/").await?;
        world.script("location.hash = '#/maintenance'", []).await?;
        world.find("heading", "~Maintenance").await?;
        world.script("location.hash = '#/tasks?filter=state%3Arunning'", []).await?;
        world.find("columnheader", "Message").await.map(drop)
    });
}
