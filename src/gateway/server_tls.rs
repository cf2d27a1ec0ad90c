//! TLS of the gateway's own address. Reads the certificate again when its files change, or on SIGHUP. Verifies no client.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::tls::{self, IdentityFiles, TrustError};

/// Protocols that browsers may choose. Some WebSocket clients need HTTP/1.1.
const PROTOCOLS: [&[u8]; 2] = [HTTP2, b"http/1.1"];
pub const HTTP2: &[u8] = b"h2";

/// The TLS configuration, with a certificate that can be replaced.
#[derive(Debug)]
pub struct ServerTls {
    files: IdentityFiles,
    identity: Arc<CurrentIdentity>,
    config: Arc<ServerConfig>,
    /// Content of the files when they were read last.
    seen: Mutex<Option<(Vec<u8>, Vec<u8>)>>,
}

#[derive(Debug)]
struct CurrentIdentity(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for CurrentIdentity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl ServerTls {
    pub fn new(files: IdentityFiles) -> Result<Arc<ServerTls>, TrustError> {
        let identity = Arc::new(CurrentIdentity(RwLock::new(load(&files)?)));
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
        let mut config = builder.with_cert_resolver(identity.clone());
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
        let seen = Mutex::new(content(&files).ok());
        Ok(Arc::new(ServerTls { files, identity, config: Arc::new(config), seen }))
    }

    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.clone())
    }

    /// Reads the files again if their content has changed. Keeps the old certificate if the new one cannot be used.
    pub fn reload(&self) {
        let now = content(&self.files).ok();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if now.is_none() || *seen == now {
            return;
        }
        match load(&self.files) {
            Ok(new) => {
                *self.identity.0.write().unwrap_or_else(PoisonError::into_inner) = new;
                tracing::info!("uses the new certificate");
            }
            // One file may be written before the other: then the next check finds both.
            Err(error) => tracing::error!(%error, "keeps the old certificate"),
        }
        *seen = now;
    }
}

/// Content of the files.
fn content(files: &IdentityFiles) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let read = |path: &Path| std::fs::read(path);
    Ok((read(&files.certificates)?, read(&files.key)?))
}

fn load(files: &IdentityFiles) -> Result<Arc<CertifiedKey>, TrustError> {
    let (chain, key) = tls::identity(files)?;
    let certified = CertifiedKey::from_der(chain, key, &default_provider());
    let name = files.certificates.display().to_string();
    Ok(Arc::new(certified.map_err(|error| TrustError::Identity(name, error.to_string()))?))
}
