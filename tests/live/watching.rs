//! `elbow watch --serve` in a folder of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Answer, send};
use crate::program;

/// A program that watches, until it is dropped.
pub(crate) struct Watching {
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
    child: Child,
    lines: Receiver<String>,
}

/// Asks as the page on this port does.
pub(crate) fn ask(port: u16, request: &str, body: &Value) -> Answer {
    let host = format!("Host: 127.0.0.1:{port}");
    let origin = format!("Origin: http://127.0.0.1:{port}");
    let kind = "Content-Type: application/json";
    send(port, request, &[&host, &origin, kind], &body.to_string())
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watching {
    /// Watches a config, and waits until its first build is over.
    pub(crate) fn new(config: &str) -> Self {
        Self::with(config, &[])
    }

    /// As [`Watching::new`], with more arguments.
    pub(crate) fn with(config: &str, arguments: &[&str]) -> Self {
        let folder = program::folder(config);
        let mut child = Command::new(cargo_bin("elbow"))
            .current_dir(folder.path())
            .args(["watch", "a.toml", "--serve", "--port", "0"])
            .args(arguments)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let mut watching = Self { folder, port: 0, child, lines };
        let address = watching.until("the page is at http://127.0.0.1:");
        let port = address.trim_end_matches('/').rsplit(':').next().unwrap();
        watching.port = port.parse().unwrap();
        watching.until("watching");
        watching
    }

    /// Reads what it says until a line that begins so, which is returned.
    pub(crate) fn until(&self, begin: &str) -> String {
        let mut said = Vec::new();
        loop {
            match self.lines.recv_timeout(Duration::from_secs(60)) {
                Ok(line) if line.starts_with(begin) => return line,
                Ok(line) => said.push(line),
                Err(_) => panic!("it did not say {begin:?} but\n{}", said.join("\n")),
            }
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn config(&self) -> String {
        fs::read_to_string(self.path("a.toml")).unwrap()
    }

    /// Saves the config, and waits until it is built.
    pub(crate) fn save(&self, text: &str) {
        fs::write(self.path("a.toml"), text).unwrap();
        self.until("watching");
    }

    /// Asks as the page does.
    pub(crate) fn ask(&self, request: &str, body: &Value) -> Answer {
        ask(self.port, request, body)
    }

    /// What the page shows.
    pub(crate) fn state(&self) -> Value {
        self.ask("GET /state", &Value::Null).json()
    }

    /// The index of a number.
    pub(crate) fn number(&self, path: &str) -> String {
        let state = self.state();
        let numbers = state["numbers"].as_array().unwrap();
        numbers.iter().position(|n| n["path"] == path).unwrap().to_string()
    }

    /// A request with these numbers moved.
    pub(crate) fn moved(&self, values: &[(&str, &str)]) -> Value {
        let state = self.state();
        let values: serde_json::Map<String, Value> =
            values.iter().map(|(path, text)| (self.number(path), json!(text))).collect();
        json!({"text": state["text"], "values": values})
    }

    /// What the figures look like with these numbers moved.
    pub(crate) fn preview(&self, values: &[(&str, &str)], figures: &[&str]) -> Value {
        let figures: serde_json::Map<String, Value> =
            figures.iter().map(|name| ((*name).to_owned(), json!(""))).collect();
        let request = json!({"moved": self.moved(values), "figures": figures});
        self.ask("POST /preview", &request).json()
    }
}
