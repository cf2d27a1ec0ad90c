//! One object store of the browser's IndexedDB, which workers have, too. Knows nothing of what is in it.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

const DATABASE: &str = "mesoscope";
const STORE: &str = "frameworks";

/// The database.
#[derive(Clone, Debug)]
pub(crate) struct Database(Object);

/// The store within a transaction, which ends once a task asks it for nothing more.
#[derive(Clone, Debug)]
pub(crate) struct Store(Object);

impl Database {
    /// Opens the database, and makes it the first time. Browsers may refuse it.
    pub(crate) async fn open() -> Result<Self, JsValue> {
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
        let request = call(&factory, "open", &[DATABASE.into(), 1.into()])?;
        let made = {
            let request = request.clone();
            Closure::<dyn FnMut()>::new(move || {
                let _ =
                    get(&request, "result").and_then(|database| call(&database, "createObjectStore", &[STORE.into()]));
            })
        };
        Reflect::set(&request, &"onupgradeneeded".into(), made.as_ref())?;
        done(&request).await.map(|database| Self(database.unchecked_into()))
    }

    /// Begins a transaction. Those of all workers come one after another.
    pub(crate) fn store(&self) -> Result<Store, JsValue> {
        let transaction = call(&self.0, "transaction", &[STORE.into(), "readwrite".into()])?;
        call(&transaction, "objectStore", &[STORE.into()]).map(|store| Store(store.unchecked_into()))
    }
}

impl Store {
    /// All keys and values.
    pub(crate) async fn all(&self) -> Result<Vec<(String, JsValue)>, JsValue> {
        let keys: Array = done(&call(&self.0, "getAllKeys", &[])?).await?.unchecked_into();
        let values: Array = done(&call(&self.0, "getAll", &[])?).await?.unchecked_into();
        Ok(keys.iter().filter_map(|key| key.as_string()).zip(values.iter()).collect())
    }

    /// A value; `undefined` if there is none.
    pub(crate) async fn get(&self, key: &str) -> Result<JsValue, JsValue> {
        done(&call(&self.0, "get", &[key.into()])?).await
    }

    /// Puts a value in the place of the one before.
    pub(crate) async fn put(&self, key: &str, value: &JsValue) -> Result<(), JsValue> {
        done(&call(&self.0, "put", &[value.clone(), key.into()])?).await.map(|_| ())
    }

    /// Removes a value.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), JsValue> {
        done(&call(&self.0, "delete", &[key.into()])?).await.map(|_| ())
    }
}

/// The result of a request.
async fn done(request: &JsValue) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        let _ = Reflect::set(request, &"onsuccess".into(), &resolve);
        let _ = Reflect::set(request, &"onerror".into(), &reject);
    });
    JsFuture::from(promise).await?;
    get(request, "result")
}

fn get(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(object, &name.into())
}

fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(object, name)?.dyn_into()?;
    method.apply(object, &arguments.iter().collect())
}
