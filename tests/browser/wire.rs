//! The way between a gateway and its master, which can be cut.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Connections that are passed on as they are.
pub struct Wire {
    state: Arc<Mutex<WireState>>,
    pub port: u16,
}

#[derive(Default)]
struct WireState {
    is_cut: bool,
    open: Vec<TcpStream>,
}

impl Wire {
    /// To this port, of this machine.
    pub fn to(port: u16) -> Wire {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let wire = Wire { state: Arc::default(), port: listener.local_addr().expect("it is bound").port() };
        let state = Arc::clone(&wire.state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // What is cut accepts and hangs up.
                let _ = pass_on(&state, client, port);
            }
        });
        wire
    }

    /// Ends all connections; new ones end at once.
    pub fn cut(&self) {
        let mut state = self.state.lock().expect("no thread panics with it");
        state.is_cut = true;
        for connection in state.open.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Passes new connections on again.
    pub fn mend(&self) {
        self.state.lock().expect("no thread panics with it").is_cut = false;
    }
}

fn pass_on(state: &Mutex<WireState>, client: TcpStream, port: u16) -> io::Result<()> {
    let mut state = state.lock().expect("no thread panics with it");
    if state.is_cut {
        return Ok(());
    }
    let master = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    for (from, to) in [(&client, &master), (&master, &client)] {
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        std::thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
    state.open.extend([client, master]);
    Ok(())
}
