//! An operator's calls, sent through the gateway.

use hyper::Method;
use serde_json::{Value, json};

use super::ask::ask;

/// Who calls, and through which gateway.
#[derive(Clone, Debug)]
pub struct Operator {
    pub at: String,
}

impl Operator {
    /// The body of the answer to a read without arguments.
    pub async fn read(&self, call: &str) -> String {
        self.post("/api/v1", &json!({"type": call})).await
    }

    /// The content of the answer to a read without arguments.
    pub async fn content(&self, call: &str) -> Value {
        let answer: Value = serde_json::from_str(&self.read(call).await).expect("an answer is JSON");
        answer[call.to_lowercase().as_str()].clone()
    }

    /// Changes something by a call of the master.
    pub async fn write(&self, call: &str, fields: Value) {
        self.post("/api/v1", &json!({"type": call, call.to_lowercase(): fields})).await;
    }

    /// Changes something by a call of an agent.
    pub async fn write_to(&self, agent: &str, call: &str, fields: Value) {
        let path = format!("/agent/{agent}/api/v1");
        self.post(&path, &json!({"type": call, call.to_lowercase(): fields})).await;
    }

    /// The body of an agent's answer to a read.
    pub async fn ask_agent(&self, agent: &str, call: &str, fields: Value) -> String {
        let path = format!("/agent/{agent}/api/v1");
        self.post(&path, &json!({"type": call, call.to_lowercase(): fields})).await
    }

    async fn post(&self, path: &str, call: &Value) -> String {
        let asked = ask(&self.at, Method::POST, path, call.to_string()).with("content-type", "application/json");
        let answer = asked.with("accept", "application/json").send().await;
        let status = answer.status;
        let words = answer.words().await;
        assert!(status.is_success(), "{call} to {path}: {status} {words}");
        words
    }
}
