//! One recorded exchange: the request, the status, and the records of a stream.

use std::fs;
use std::path::PathBuf;

use mesoscope_tests::data;
use serde_json::Value;

pub struct Exchange {
    /// Name of its file, without what follows its number and words.
    pub name: String,
    /// Body of the request; `None` if it is no JSON object.
    pub request: Option<Value>,
    /// Body of the request, as it was sent.
    pub request_body: String,
    pub status: u16,
    /// What follows the answer's head.
    pub body: String,
    request_head: String,
    response_head: String,
}

/// All exchanges, in order.
pub fn all() -> Vec<Exchange> {
    let files = fs::read_dir(data("scheduler")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|it| it == "txt")).collect();
    files.sort();
    files.iter().map(read).collect()
}

/// The exchange of that number.
pub fn numbered(number: &str) -> Exchange {
    all().into_iter().find(|exchange| exchange.name.starts_with(number)).unwrap()
}

fn read(path: &PathBuf) -> Exchange {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).replace("\r\n", "\n");
    let (request, response) = text.split_once("<<< RESPONSE").unwrap();
    let (request_head, request) = request.split_once("\n\n").unwrap_or((request, ""));
    // The first line says how the answer was written down.
    let response = response.split_once('\n').unwrap().1;
    let (response_head, body) = response.split_once("\n\n").unwrap_or((response, ""));
    let status = response_head.split(' ').nth(1).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    Exchange {
        name: name.trim_end_matches(".txt").trim_end_matches(".stream").to_owned(),
        request: serde_json::from_str(request).ok().filter(Value::is_object),
        request_body: request.trim_end().to_owned(),
        status: status.parse().unwrap(),
        body: body.trim().to_owned(),
        request_head: request_head.to_owned(),
        response_head: response_head.to_owned(),
    }
}

impl Exchange {
    /// Value of a header of the request.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        header(&self.request_head, name)
    }

    /// Value of a header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.response_head, name)
    }

    /// Status line and headers of the answer.
    pub fn response_head(&self) -> &str {
        &self.response_head
    }

    /// The records of a stream in JSON, as they came.
    pub fn records(&self) -> Vec<&str> {
        self.body.lines().filter(|line| line.starts_with('{')).collect()
    }

    /// Words of an answer that is no stream. Lines that begin with `##` are notes on how it came.
    pub fn words(&self) -> String {
        self.body.lines().filter(|line| !line.starts_with("## ")).collect::<Vec<_>>().join("\n")
    }

    /// Whether the master has ended the stream.
    pub fn is_ended_by_master(&self) -> bool {
        self.body.contains("the master ended the answer")
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}
