//! What is said on standard error while a command works.

use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::Exit;
use crate::pipeline::{Failure, Observer};

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Only errors.
    Quiet,
    /// A summary, and one line a node where standard error is not a terminal.
    Normal,
    /// One line a node, everywhere.
    Verbose,
}

/// Whether standard error takes colours: a terminal does, unless `NO_COLOR` is set.
pub fn colors() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Writes a line to standard error. That it cannot be written is not the command's failure.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Writes a result to standard output.
pub fn print(text: &str) -> Exit {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => Exit::Done,
        // A reader that has seen enough closes the pipe, which is no failure.
        Err(broken) if broken.kind() == ErrorKind::BrokenPipe => Exit::Done,
        Err(failure) => {
            error(&format!(
                "cannot write the result: {failure}\nhint: make room, or write elsewhere"
            ));
            Exit::InputOutput
        }
    }
}

/// Writes an error.
pub fn error(text: &str) {
    match colors() {
        true => line(&format!("\u{1b}[1;31merror\u{1b}[0m: {text}")),
        false => line(&format!("error: {text}")),
    }
}

/// Writes a text of several lines and a blank line behind it.
pub fn block(text: &str) {
    line(&format!("{text}\n"));
}

/// Says which nodes are finished.
pub struct Progress {
    lines: bool,
    start: Instant,
    stop_on_failure: bool,
    failed: AtomicBool,
    /// When each node that is running began, and how long those took that are finished.
    nodes: Mutex<(BTreeMap<String, Instant>, BTreeMap<String, f64>)>,
}

impl Progress {
    /// An observer that says as much as `verbosity`; with `fail_fast` it stops at the first failure.
    pub fn new(verbosity: Verbosity, fail_fast: FailFast) -> Self {
        let lines = match verbosity {
            Verbosity::Quiet => false,
            Verbosity::Normal => !std::io::stderr().is_terminal(),
            Verbosity::Verbose => true,
        };
        Self {
            lines,
            start: Instant::now(),
            stop_on_failure: fail_fast == FailFast::Yes,
            failed: AtomicBool::new(false),
            nodes: Mutex::default(),
        }
    }

    /// How long each node took, in seconds; a figure with its drawing.
    pub fn nodes(&self) -> BTreeMap<String, f64> {
        self.nodes.lock().map(|nodes| nodes.1.clone()).unwrap_or_default()
    }

    /// Seconds since the beginning.
    pub fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
}

/// Whether the first failure ends the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailFast {
    /// It does.
    Yes,
    /// Independent nodes go on.
    No,
}

impl Observer for Progress {
    fn started(&self, node: &str) {
        if let Ok(mut nodes) = self.nodes.lock() {
            nodes.0.insert(node.to_owned(), Instant::now());
        }
    }

    fn finished(&self, node: &str, failure: Option<&Failure>) {
        if failure.is_some() {
            self.failed.store(true, Ordering::Relaxed);
        }
        if let Ok(mut nodes) = self.nodes.lock()
            && let Some(start) = nodes.0.remove(node)
        {
            let node = match node.strip_prefix("render.") {
                Some(figure) => format!("figure.{figure}"),
                None => node.to_owned(),
            };
            *nodes.1.entry(node).or_default() += start.elapsed().as_secs_f64();
        }
        if self.lines {
            let state = if failure.is_some() { "failed" } else { "done" };
            line(&format!("{:8.3} s  {state:6}  {node}", self.seconds()));
        }
    }

    fn stopped(&self) -> bool {
        self.stop_on_failure && self.failed.load(Ordering::Relaxed)
    }
}
