//! A real nginx in front of the gateway, with the defaults of its `proxy_pass`: it buffers, and speaks HTTP/1.0.
//! Killed when dropped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use super::ask::within;

pub struct Nginx {
    /// `127.0.0.1:PORT`
    pub at: String,
    _child: Child,
}

/// None where there is no nginx, which is said loudly; in CI that is a failure.
fn executable() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")]);
    let found = folders.map(|folder| folder.join("nginx")).find(|file| file.is_file());
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "nginx is not installed");
    if found.is_none() {
        // Not eprintln!, which a test that passes swallows. `cargo verify` repeats the line at its end.
        let _ = writeln!(std::io::stdout(), "!! LEFT OUT: there is no nginx to test behind");
    }
    found
}

impl Nginx {
    /// `locations` is what its one server has, with `GATEWAY` for the gateway's address.
    pub async fn before(gateway: &str, test: &str, locations: &str) -> Option<Nginx> {
        Nginx::with(gateway, test, "", locations).await
    }

    /// `before` is the configuration before its one server.
    pub async fn with(gateway: &str, test: &str, before: &str, locations: &str) -> Option<Nginx> {
        let nginx = executable()?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("nginx-{test}"));
        std::fs::create_dir_all(&folder).expect("the target folder can be written");
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let at = free.local_addr().expect("it is bound").to_string();
        drop(free);
        let here = folder.display().to_string();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
            .collect();
        let config = format!(
            "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\nevents {{}}\n\
             http {{ access_log off; {temporary} {before} server {{ listen {at}; {} }} }}\n",
            locations.replace("GATEWAY", gateway)
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, config).expect("the target folder can be written");
        let mut command = Command::new(nginx);
        command.arg("-e").arg(folder.join("error.log")).arg("-c").arg(&file).kill_on_drop(true);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::inherit()).spawn().expect("nginx starts");
        let listens = async {
            while TcpStream::connect(&at).await.is_err() {
                assert!(child.try_wait().expect("it can be asked").is_none(), "nginx stopped: see {here}/error.log");
                tokio::task::yield_now().await;
            }
        };
        within(listens).await;
        Some(Nginx { at, _child: child })
    }
}
