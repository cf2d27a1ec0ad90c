//! The page's files: embedded in this executable or read from a folder. Answers no requests.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::HeaderValue;
use bytes::Bytes;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::access::Access;
use crate::encoding::Coding;
use crate::security::page_policy;

/// Makes cargo rebuild this file when the page changes. Otherwise a page that was built after this executable would never be
/// embedded.
const _PAGE: Option<&str> = option_env!("MESOSCOPE_PAGE_ID");

#[derive(RustEmbed)]
#[folder = "../../dist/"]
#[allow_missing = true]
struct Embedded;

pub const INDEX: &str = "index.html";

#[derive(Debug)]
pub enum PageSource {
    Embedded(Arc<Page>),
    Folder(PathBuf, Access),
}

/// All files by path, without a leading slash.
#[derive(Debug)]
pub struct Page {
    files: HashMap<String, File>,
    pub policy: HeaderValue,
}

#[derive(Clone, Debug)]
pub struct File {
    pub plain: Bytes,
    pub brotli: Option<Bytes>,
    pub gzip: Option<Bytes>,
    /// Hash of the uncompressed content, 16 hex digits.
    pub tag: String,
}

impl PageSource {
    pub fn embedded(access: Access) -> PageSource {
        let files = Embedded::iter().filter_map(|path| Some((path.to_string(), bytes(Embedded::get(&path)?.data))));
        PageSource::Embedded(Arc::new(Page::of(files.collect(), access)))
    }

    pub fn folder(folder: &Path, access: Access) -> io::Result<PageSource> {
        std::fs::read_dir(folder)?;
        Ok(PageSource::Folder(folder.to_owned(), access))
    }

    /// Returns the page. A folder is read again each time, since a developer may be editing it.
    pub async fn page(&self) -> io::Result<Arc<Page>> {
        match self {
            PageSource::Embedded(page) => Ok(page.clone()),
            PageSource::Folder(folder, access) => {
                let folder = folder.clone();
                let read = tokio::task::spawn_blocking(move || read_folder(&folder)).await.map_err(io::Error::other)?;
                Ok(Arc::new(Page::of(read?, *access)))
            }
        }
    }
}

impl Page {
    fn of(mut found: HashMap<String, Bytes>, access: Access) -> Page {
        if let Some(mode) = access.meta() {
            report(&mut found, mode);
        }
        let names: Vec<String> = found.keys().filter(|name| !is_variant(name)).cloned().collect();
        let mut files = HashMap::new();
        for name in names {
            let (brotli, gzip) = (found.remove(&format!("{name}.br")), found.remove(&format!("{name}.gz")));
            let plain = found.remove(&name).unwrap_or_default();
            let tag = Sha256::digest(&plain).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            files.insert(name, File { plain, brotli, gzip, tag });
        }
        let index = files.get(INDEX).map(|file| String::from_utf8_lossy(&file.plain)).unwrap_or_default();
        let policy = HeaderValue::from_str(&page_policy(&index)).expect("a policy is printable ASCII");
        Page { files, policy }
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }
}

impl File {
    pub fn codings(&self) -> Vec<Coding> {
        let brotli = self.brotli.as_ref().map(|_| Coding::Brotli);
        brotli.into_iter().chain(self.gzip.as_ref().map(|_| Coding::Gzip)).collect()
    }

    pub fn body(&self, coding: Option<Coding>) -> Bytes {
        let encoded = match coding {
            Some(Coding::Brotli) => self.brotli.as_ref(),
            Some(Coding::Gzip) => self.gzip.as_ref(),
            Some(Coding::Zstd) | None => None,
        };
        encoded.unwrap_or(&self.plain).clone()
    }
}

/// Reports the mode in the page's head, before any script runs. Removes the compressed variants, which lack the mark.
fn report(found: &mut HashMap<String, Bytes>, mode: &str) {
    let Some(index) = found.get(INDEX).map(|bytes| String::from_utf8_lossy(bytes).into_owned()) else { return };
    found.retain(|name, _| !(name.starts_with(INDEX) && is_variant(name)));
    let head = index.find("<head>").map(|at| at + "<head>".len());
    let at = head.or_else(|| index.find("<title>")).unwrap_or(0);
    let (before, after) = index.split_at(at);
    let meta = format!("<meta name=\"mesoscope-access\" content=\"{mode}\">");
    found.insert(INDEX.to_owned(), [before, &meta, after].concat().into());
}

fn is_variant(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn read_folder(folder: &Path) -> io::Result<HashMap<String, Bytes>> {
    let (mut found, mut folders) = (HashMap::new(), vec![String::new()]);
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&inside))? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let name = if inside.is_empty() { name } else { format!("{inside}/{name}") };
            match entry.file_type()? {
                kind if kind.is_dir() => folders.push(name),
                kind if kind.is_file() => drop(found.insert(name, Bytes::from(std::fs::read(entry.path())?))),
                _ => (),
            }
        }
    }
    Ok(found)
}
