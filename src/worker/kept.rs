//! The frameworks that this browser keeps, each under a claim of one worker. The core knows when a claim ends.

use std::collections::{BTreeMap, BTreeSet};

use js_sys::{Object, Reflect, Uint8Array};
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::scheduler::claim::{Claim, ClaimState};
use mesoscope_core::scheduler::hosted_io::{FrameworkKey, KeepingState};
use mesoscope_core::scheduler::run::RunId;
use wasm_bindgen::prelude::*;

use crate::clock::now;
use crate::indexed_db::{Database, Store};

/// A worker, as others of this browser see it.
#[derive(Clone, Debug)]
pub(crate) struct ClaimingWorker {
    /// Its random name.
    pub(crate) name: String,
    /// Whether its pages are open.
    pub(crate) has_pages: bool,
    /// The user and the cluster whose frameworks it has.
    pub(crate) scope: String,
}

/// What a worker found in the store.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Frameworks that are this worker's now.
    pub(crate) claimed: Vec<(FrameworkKey, Vec<u8>)>,
    /// Frameworks that were this worker's.
    pub(crate) taken_over: Vec<FrameworkKey>,
    /// How the browser keeps frameworks.
    pub(crate) keeping: KeepingState,
}

struct Record {
    claim: Claim,
    scope: String,
    bytes: Vec<u8>,
}

impl ClaimingWorker {
    fn claim(&self) -> Claim {
        Claim::new(&self.name, self.has_pages, now())
    }

    fn owns(&self, record: &Record) -> bool {
        record.claim.state(&self.name, now()) != ClaimState::Others
    }

    /// Renews the claims to `own`, and claims what is free.
    pub(crate) async fn renew(&self, database: &Database, own: &BTreeSet<FrameworkKey>) -> Result<Found, JsValue> {
        let store = database.store()?;
        let mut found = Found::default();
        let records: BTreeMap<String, Record> =
            store.all().await?.into_iter().filter_map(|(key, value)| Some((key, Record::read(&value)?))).collect();
        for (name, record) in records.into_iter().filter(|(_, record)| record.scope == self.scope) {
            let Ok(key) = RunId::new(&name).map(FrameworkKey) else { continue };
            let is_own = own.contains(&key);
            match record.claim.state(&self.name, now()) {
                ClaimState::Others => {
                    if is_own {
                        found.taken_over.push(key.clone());
                    }
                    found.keeping.elsewhere.insert(key);
                }
                ClaimState::Own | ClaimState::Free => {
                    let record = Record { claim: self.claim(), ..record };
                    store.put(&name, &record.written()?).await?;
                    if !is_own {
                        found.claimed.push((key, record.bytes));
                    }
                }
            }
        }
        Ok(found)
    }

    /// Keeps a framework. Gives false if another worker has it.
    pub(crate) async fn keep(&self, database: &Database, key: &FrameworkKey, bytes: Vec<u8>) -> Result<bool, JsValue> {
        let store = database.store()?;
        let name = key.0.as_str();
        if self.others_have(&store, name).await? {
            return Ok(false);
        }
        let record = Record { claim: self.claim(), scope: self.scope.clone(), bytes };
        store.put(name, &record.written()?).await?;
        Ok(true)
    }

    /// Ends a claim; what is kept stays.
    pub(crate) async fn release(&self, database: &Database, key: &FrameworkKey) -> Result<(), JsValue> {
        let store = database.store()?;
        let name = key.0.as_str();
        let Some(record) = Record::read(&store.get(name).await?).filter(|record| self.owns(record)) else {
            return Ok(());
        };
        let claim = Claim { until: Timestamp(0), holder: String::new() };
        store.put(name, &Record { claim, ..record }.written()?).await
    }

    /// Keeps a framework no more.
    pub(crate) async fn discard(&self, database: &Database, key: &FrameworkKey) -> Result<(), JsValue> {
        let store = database.store()?;
        let name = key.0.as_str();
        if self.others_have(&store, name).await? { Ok(()) } else { store.remove(name).await }
    }

    async fn others_have(&self, store: &Store, name: &str) -> Result<bool, JsValue> {
        Ok(Record::read(&store.get(name).await?).is_some_and(|record| !self.owns(&record)))
    }
}

impl Record {
    fn read(value: &JsValue) -> Option<Self> {
        let field = |name: &str| Reflect::get(value, &name.into()).ok();
        let text = |name: &str| field(name)?.as_string();
        let until = Timestamp::from_millis(field("until")?.as_f64()?);
        let bytes: Uint8Array = field("bytes")?.dyn_into().ok()?;
        Some(Self { claim: Claim { holder: text("holder")?, until }, scope: text("scope")?, bytes: bytes.to_vec() })
    }

    fn written(&self) -> Result<JsValue, JsValue> {
        let object = Object::new();
        let fields: [(&str, JsValue); 4] = [
            ("holder", self.claim.holder.as_str().into()),
            ("until", self.claim.until.as_millis().into()),
            ("scope", self.scope.as_str().into()),
            ("bytes", Uint8Array::from(self.bytes.as_slice()).into()),
        ];
        for (name, value) in fields {
            Reflect::set(&object, &name.into(), &value)?;
        }
        Ok(object.into())
    }
}
