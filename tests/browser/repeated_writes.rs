//! A connection that breaks when the answer to a write is due. The browser sends the write again by itself, which would double it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::journey::journey_with;
use super::reservations::{plain_agent, reserved};
use super::writes::send;
use crate::still;

const WRITE: &[u8] = b"RESERVE_RESOURCES";

/// Passes on what the browser and the gateway send. The first answer to a write is kept back and its connection closed.
async fn relay(browser: TcpStream, gateway: u16, writes: Arc<AtomicUsize>) -> std::io::Result<()> {
    let (mut from_browser, mut to_browser) = browser.into_split();
    let (mut from_gateway, mut to_gateway) = TcpStream::connect(("127.0.0.1", gateway)).await?.into_split();
    let (mut asked, mut said) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    let mut breaks = false;
    loop {
        tokio::select! {
            read = from_browser.read(&mut asked) => {
                let part = &asked[..read?];
                if part.is_empty() {
                    return Ok(());
                }
                let is_write = part.windows(WRITE.len()).any(|words| words == WRITE);
                breaks |= is_write && writes.fetch_add(1, Ordering::SeqCst) == 0;
                to_gateway.write_all(part).await?;
            }
            read = from_gateway.read(&mut said) => {
                let part = &said[..read?];
                if part.is_empty() || breaks {
                    return Ok(());
                }
                to_browser.write_all(part).await?;
            }
        }
    }
}

#[test]
fn a_write_that_the_browser_repeats_is_done_once() {
    journey_with("repeated-write", still(), async |world| {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (writes, gateway) = (Arc::new(AtomicUsize::new(0)), world.gateway.port);
        let counted = writes.clone();
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(relay(browser, gateway, counted.clone()));
            }
        });
        let id = plain_agent(world);
        world.at(&url).open(&format!("#/agents/{id}")).await?;
        world.click("button", "Reserve …").await?;
        world.fill("Role", "journey").await?;
        world.fill("CPUs, amount", "0.5").await?;
        world.wait_for("CPUs, reserved for journey").await?;
        send(world, "Reserve").await?;
        world.wait_for("Applied.").await?;
        let amounts: Vec<f64> = reserved(world, &id, "journey")
            .iter()
            .filter_map(|resource| resource["scalar"]["value"].as_f64())
            .collect();
        assert_eq!(amounts, [0.5]);
        assert_ne!(writes.load(Ordering::SeqCst), 0);
        Ok(())
    });
}
