//! Terminals: opened from a task, typed into, resized, ended; refused with Mesos' words; hostile output.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::{Theme, World};
use crate::still;

/// A running task of the cluster: its page, its agent and its user.
pub struct Running {
    pub page: String,
    agent: String,
    user: String,
}

impl Running {
    pub fn of(world: &World) -> Running {
        let tasks = call(world, json!({ "type": "GET_TASKS" }))["get_tasks"]["tasks"].take();
        let tasks = tasks.as_array().expect("tasks are listed");
        let runs =
            |task: &&Value| task["state"] == "TASK_RUNNING" && !task["statuses"][0]["container_status"].is_null();
        let task = tasks.iter().find(runs).expect("a task runs");
        let id = |key: &str| task[key]["value"].as_str().expect("an id is text").to_owned();
        Running {
            page: format!("#/frameworks/{}/tasks/{}", id("framework_id"), id("task_id")),
            agent: id("agent_id"),
            user: task["user"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

/// Text of the visible terminal.
const SCREEN: &str = "return document.querySelector('.terminal-panel:not([hidden]) .xterm-rows')?.innerText ?? ''";

pub async fn screen(world: &World) -> WebDriverResult<String> {
    Ok(world.script(SCREEN, []).await?.convert::<String>()?.replace('\u{a0}', " "))
}

pub async fn until_screen(world: &World, part: &str) -> WebDriverResult<()> {
    world.until(&format!("the terminal shows {part:?}"), async || Ok(screen(world).await?.contains(part))).await
}

pub async fn open_shell(world: &World, page: &str) -> WebDriverResult<()> {
    world.open(page).await?;
    world.click("link", "Open terminal").await?;
    world.wait_for("Runs /bin/sh as").await?;
    world.click("button", "Open terminal").await?;
    until_screen(world, "#").await
}

#[test]
fn a_terminal_is_opened_typed_into_and_ended() {
    journey_with("terminal", still(), async |world| {
        let task = Running::of(world);
        world.open(&task.page).await?;
        world.click("link", "Open terminal").await?;
        world.wait_for("in a new container inside this one").await?;
        if !task.user.is_empty() {
            world.wait_for(&format!("as {},", task.user)).await?;
        }
        world.axe().await?;
        world.click("button", "Open terminal").await?;
        until_screen(world, "#").await?;
        world.wait_for("Ctrl+Shift+X leaves the terminal").await?;
        world.axe().await?;
        world.press("echo one\n").await?;
        until_screen(world, "\none").await?;
        let size = async || {
            world.press("clear\n").await?;
            world.press("stty size\n").await?;
            world.until("the size is printed", async || Ok(screen(world).await?.lines().any(is_size))).await?;
            let size = screen(world).await?.lines().find(|line| is_size(line)).map(|line| line.trim().to_owned());
            WebDriverResult::Ok(size.expect("waited for above"))
        };
        let before = size().await?;
        world.size(1000, 700).await?;
        // The page tells the new size a little later.
        world.until("it is another size", async || Ok(size().await? != before)).await?;
        world.size(1440, 900).await?;
        world.press("sleep 1000\n").await?;
        world.press(Key::Control + "c").await?;
        until_screen(world, "^C").await?;
        world.press("exit 5\n").await?;
        world.wait_for("Exit code 5").await?;
        world.axe().await?;
        world.click("button", "Open again").await?;
        world.wait_gone("Exit code 5").await?;
        until_screen(world, "#").await?;
        assert_eq!(world.errors().await?, [""; 0], "the security policy allows all of it");
        Ok(())
    });
}

/// Rows and columns, as `stty size` prints them.
pub fn is_size(line: &str) -> bool {
    let numbers: Vec<_> = line.split_whitespace().collect();
    numbers.len() == 2 && numbers.iter().all(|number| number.parse::<u16>().is_ok())
}

#[test]
fn several_terminals_stay_open_from_page_to_page() {
    journey_with("terminal-tabs", still(), async |world| {
        let task = Running::of(world);
        open_shell(world, &task.page).await?;
        world.press("echo first\n").await?;
        until_screen(world, "\nfirst").await?;
        world.click("button", "Open terminal").await?;
        world
            .until("there are two tabs", async || Ok(world.driver.find_all(By::Css("[role=tab]")).await?.len() == 2))
            .await?;
        world
            .until("the second is empty", async || {
                let text = screen(world).await?;
                Ok(text.contains('#') && !text.contains("first"))
            })
            .await?;
        // By the keyboard: out of the terminal, to the tab beside, and on to another page.
        world.press(Key::Control + Key::Shift + "x").await?;
        let focused = "return document.activeElement.getAttribute('role')";
        assert_eq!(world.script(focused, []).await?.convert::<String>()?, "tab");
        world.press(Key::Left + "").await?;
        until_screen(world, "\nfirst").await?;
        world.script("location.hash = '#/agents'", []).await?;
        world.find("heading", "~Agents").await?;
        until_screen(world, "\nfirst").await?;
        // A running terminal is closed after a question only.
        world.click("button", "Close").await?;
        world.wait_for("ends its command").await?;
        world.click("button", "Keep open").await?;
        world.wait_gone("ends its command").await?;
        world.click("button", "Close").await?;
        world.click("button", "Close terminal").await?;
        world
            .until("one tab is left", async || Ok(world.driver.find_all(By::Css("[role=tab]")).await?.len() == 1))
            .await?;
        world.click("button", "Minimise").await?;
        world.axe().await
    });
}

#[test]
fn a_link_asks_before_it_runs_anything_and_a_refusal_has_mesos_words() {
    journey_with("terminal-refused", still(), async |world| {
        let task = Running::of(world);
        let address = format!("#/agents/{}/containers/nope/terminal?exec=top%20-b&user=alice", task.agent);
        world.open(&address).await?;
        world.wait_for("Nothing runs until you choose Open terminal").await?;
        world.wait_for("Runs top -b as alice").await?;
        assert!(world.driver.find_all(By::Css("[role=tab]")).await?.is_empty());
        world.click("button", "Open terminal").await?;
        world.wait_for("Refused (400): Parent container nope does not exist").await?;
        world.axe().await?;
        // A shell that the image lacks.
        world.open(&format!("{}/terminal?exec=%2Fbin%2Fbash", task.page)).await?;
        world.wait_for("Runs /bin/bash as").await?;
        world.click("button", "Open terminal").await?;
        world.wait_for("The image may have no /bin/bash").await
    });
}

#[test]
fn a_gateway_without_terminals_says_so() {
    for (name, flag, words) in [
        ("terminal-no-exec", "--no-exec", "started with --no-exec"),
        ("terminal-read-only", "--read-only", "mesoscope --read-only"),
    ] {
        let setup = Setup { flags: vec![flag.into()], ..still() };
        journey_with(name, setup, async |world| {
            let task = Running::of(world);
            world.open(&format!("{}/terminal", task.page)).await?;
            world.wait_for(words).await?;
            let press = "const button = document.querySelector('.terminal-form button'); button.click(); return button.ariaDisabled";
            assert_eq!(world.script(press, []).await?.convert::<String>()?, "true");
            assert!(world.driver.find_all(By::Css("[role=tab]")).await?.is_empty());
            world.axe().await
        });
    }
}

#[test]
fn a_terminal_fills_a_phone() {
    journey_with("terminal-phone", still(), async |world| {
        world.size(390, 844).await?;
        world.theme(Theme::Dark).await?;
        let task = Running::of(world);
        open_shell(world, &task.page).await?;
        let fits = "return document.documentElement.scrollWidth <= 390 && document.querySelector('.terminals').clientHeight > 700";
        world.until("it fills the page", async || world.script(fits, []).await?.convert()).await?;
        world.press("echo small\n").await?;
        until_screen(world, "\nsmall").await?;
        world.axe().await?;
        world.click("button", "Minimise").await?;
        world.find("heading", "Open terminal").await?;
        world.click("button", "Show").await?;
        until_screen(world, "small").await
    });
}

#[test]
fn a_link_shows_exactly_what_would_run() {
    journey_with("terminal-link", still(), async |world| {
        let task = Running::of(world);
        world
            .open(&format!("{}/terminal?exec=ls%20%23%20%3Cb%3Eharmless%0Arm%20-rf%20%2F%E2%80%AE", task.page))
            .await?;
        world.wait_for("Runs ls # <b>harmless␊rm -rf /\\u{202e} as").await?;
        world.wait_for("The command has several lines").await?;
        let line = "return document.getElementById('terminal-line').value";
        assert_eq!(world.script(line, []).await?.convert::<String>()?, "ls # <b>harmless\nrm -rf /\u{202e}");
        assert!(world.driver.find_all(By::Css("[role=tab]")).await?.is_empty());
        world.axe().await
    });
}

/// Pretends a touch screen, by the style sheet's rule, and presses the buttons.
const TOUCH: &str = "for (const sheet of document.styleSheets) for (const layer of sheet.cssRules) for (const rule of layer.cssRules ?? [])
  if (rule instanceof CSSMediaRule && rule.conditionText === '(pointer: coarse)') rule.media.mediaText = 'all';";

#[test]
fn a_touch_screen_has_the_keys_that_its_keyboard_lacks() {
    journey_with("terminal-touch", still(), async |world| {
        world.size(390, 844).await?;
        let task = Running::of(world);
        open_shell(world, &task.page).await?;
        let shown = "return document.querySelector('.terminal-keys').clientHeight > 0";
        assert!(!world.script(shown, []).await?.convert::<bool>()?, "a mouse has a keyboard beside it");
        world.script(TOUCH, []).await?;
        assert!(world.script(shown, []).await?.convert::<bool>()?);
        world.axe().await?;
        world.press("sleep 1000\n").await?;
        world.click("button", "Ctrl, for the next key").await?;
        world.press("c").await?;
        until_screen(world, "^C").await?;
        world.press("exit 3\n").await?;
        world.wait_for("Exit code 3").await
    });
}

#[test]
fn a_flood_of_output_leaves_the_page_usable() {
    journey_with("terminal-flood", still(), async |world| {
        let task = Running::of(world);
        open_shell(world, &task.page).await?;
        world.press("yes\n").await?;
        until_screen(world, "y\ny\ny").await?;
        // The page answers meanwhile, and a key arrives.
        for _ in 0..20 {
            world.script("return document.title", []).await?;
        }
        world.press(Key::Control + "c").await?;
        until_screen(world, "^C").await?;
        world.press("exit 0\n").await?;
        world.wait_for("Exit code 0").await
    });
}

/// Writes to an emulator of its own what a hostile program may print.
const ATTACK: &str = "const done = arguments[0];
const host = document.createElement('div');
Object.assign(host.style, { position: 'fixed', inset: '0', height: '300px' });
document.body.append(host);
let shown = 0;
const terminal = mesoscopeTerminal.create(host, { input() {}, shown(bytes) { shown += bytes; }, resized() {}, key: () => false });
const bombs = ['L', 'M', 'S', 'T', 'I', 'Z', 'b', 'P', 'X', '@'].map((final) => 'x\\x1b[2147483647' + final).join('');
const text = bombs.repeat(200) + '\\x1b]0;stolen\\x07\\x1b]2;stolen\\x07\\x1b]8;;https://evil.example\\x07link\\x1b]8;;\\x07'
  + '\\x1b]52;c;c3RvbGVu\\x07' + 'a' + '\\u0301'.repeat(100000)
  + '\\x1b]4;1;#ff0000\\x07\\x1b]104\\x07\\x1b]11;#123456\\x07'.repeat(50000) + '\\x1b[2J\\x1b[Hsafe \\x1b[1;31mred\\x1b[0m';
const bytes = new TextEncoder().encode(text);
terminal.write(bytes);
const wait = () => shown < bytes.length ? setTimeout(wait, 10) : requestAnimationFrame(() => requestAnimationFrame(() => {
  const seen = [document.title, host.querySelectorAll('a').length, host.querySelector('.xterm-rows').innerText.includes('safe')];
  terminal.dispose();
  host.remove();
  done(seen);
}));
wait();";

/// Floods an emulator of its own with questions, then pastes; says how many answers and which typed bytes came.
const QUESTIONS: &str = "const done = arguments[0];
const host = document.createElement('div');
Object.assign(host.style, { position: 'fixed', inset: '0', height: '300px' });
document.body.append(host);
let shown = 0, answers = 0, typed = '';
const input = (bytes, isTyped) => isTyped ? (typed += new TextDecoder().decode(bytes)) : (answers += 1);
const terminal = mesoscopeTerminal.create(host, { input, shown(bytes) { shown += bytes; }, resized() {}, key: () => false });
const bytes = new TextEncoder().encode('\\x1b[6n\\x1b[c'.repeat(5000));
terminal.write(bytes);
const wait = () => {
  if (shown < bytes.length) return setTimeout(wait, 10);
  terminal.paste('ls');
  terminal.dispose();
  host.remove();
  done([answers, typed]);
};
wait();";

#[test]
fn answers_of_the_emulator_are_not_taken_for_typing() {
    journey_with("terminal-answers", still(), async |world| {
        let task = Running::of(world);
        open_shell(world, &task.page).await?;
        let seen = world.driver.execute_async(QUESTIONS, vec![]).await?;
        assert_eq!(seen.json(), &json!([10_000, "ls"]));
        Ok(())
    });
}

#[test]
fn nothing_that_a_program_prints_leaves_the_terminal() {
    journey_with("terminal-hostile", still(), async |world| {
        let task = Running::of(world);
        open_shell(world, &task.page).await?;
        let title = world.driver.title().await?;
        let seen = world.driver.execute_async(ATTACK, vec![]).await?;
        assert_eq!(seen.json(), &json!([title, 0, true]));
        assert_eq!(world.errors().await?, [""; 0]);
        Ok(())
    });
}
