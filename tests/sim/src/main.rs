//! The standalone simulator: `mesoscope-sim --size large --port 5050`. Prints the leader's URL first, then runs until it is
//! stopped.

use std::process::ExitCode;
use std::time::Duration;

use sim::server::Server;
use sim::server::config::Config;

const HELP: &str = "A simulated Apache Mesos cluster.

  --size SIZE         small, medium, large, huge, or AGENTS:TASKS:COMPLETED (default small)
  --seed NUMBER       the cluster's seed (default 1)
  --port PORT         the leading master's port; 0 takes any (default 5050)
  --bind ADDRESS      where to listen (default 127.0.0.1)
  --masters NUMBER    one leader, the rest standbys (default 1)
  --rate NUMBER       events a second that life makes; 0 freezes the cluster (default 5)
  --mesos VERSION     the masters' version; before 1.9 they have other calls for quotas (default 1.11.0)
  --heartbeat SECONDS between two heartbeats (default 15)
  --bandwidth BYTES   a second, on every connection
  --webui-dir FOLDER  served as a master serves its --webui_dir
  --credentials PAIR  user:password that master and agents ask for
  --guest PAIR        user:password of one more, whom the ACLs allow nothing
  --token TOKEN       a bearer token that they take as well, or instead
  --help              prints this

POST /sim/... on a master's port makes things happen by hand: /sim/task/fail, /sim/agent/add, /sim/burst/1000, /sim/rate/500,
/sim/fault/cut and more; tests/sim/src/server/control.rs has them all.
";

#[tokio::main]
async fn main() -> ExitCode {
    let config = match configure(std::env::args().skip(1)) {
        Ok(Some(config)) => config,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(why) => return failed(&why),
    };
    let port = config.port;
    let server = match Server::start(config).await {
        Ok(server) => server,
        Err(why) => return failed(&format!("cannot listen on port {port}: {why}")),
    };
    for url in server.master_urls() {
        println!("{url}");
    }
    std::future::pending().await
}

fn failed(why: &str) -> ExitCode {
    eprintln!("mesoscope-sim: {why}");
    ExitCode::from(2)
}

/// Parses the arguments; `None` requests help.
fn configure(mut arguments: impl Iterator<Item = String>) -> Result<Option<Config>, String> {
    let mut config = Config { port: 5050, is_furnished: true, ..Config::default() };
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        if name == "--help" || name == "-h" {
            return Ok(None);
        }
        let value = value.or_else(|| arguments.next()).ok_or_else(|| format!("{name} needs a value"))?;
        set(&mut config, &name, &value)?;
    }
    Ok(Some(config))
}

fn set(config: &mut Config, name: &str, value: &str) -> Result<(), String> {
    fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str, value: &str) -> Result<T, String> {
        value.parse().map_err(|why| format!("{name} {value}: {why}"))
    }
    match name {
        "--size" => config.size = parse(name, value)?,
        "--seed" => config.seed = parse(name, value)?,
        "--port" => config.port = parse(name, value)?,
        "--bind" => config.bind = parse(name, value)?,
        "--masters" => config.masters = parse(name, value)?,
        "--rate" => config.rate = parse(name, value)?,
        "--mesos" => config.version = value.to_owned(),
        "--heartbeat" => config.heartbeat = Duration::from_secs(parse::<u64>(name, value)?.max(1)),
        "--bandwidth" => config.bandwidth = Some(parse(name, value)?),
        "--webui-dir" => config.webui_dir = Some(value.into()),
        "--guest" => config.guest = Some(value.to_owned()),
        "--credentials" => config.credentials = Some(value.to_owned()),
        "--token" => config.token = Some(value.to_owned()),
        other => return Err(format!("{other} is not an option; --help lists them")),
    }
    Ok(())
}
