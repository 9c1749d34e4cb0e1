//! What is said on standard error while a command works.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Exit;
use super::bars::{Bars, Progressed};
use super::messages::Stream;
use crate::pipeline::write::Written;
use crate::pipeline::{Failure, Observer};

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Only errors.
    Quiet,
    /// A summary; bars on a terminal, and one line a node where standard error is none.
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
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
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

/// Says what happens to nodes and files while it happens.
pub struct Progress {
    show: Show,
    start: Instant,
    stop_on_failure: bool,
    failed: AtomicBool,
    state: Arc<Mutex<State>>,
}

/// How it is said.
enum Show {
    Nothing,
    Lines,
    /// Until they are cleared.
    Bars(Mutex<Option<Bars>>),
    /// Of this config.
    Messages(Stream, String),
}

/// How far everything is.
#[derive(Default)]
struct State {
    running: BTreeMap<String, Running>,
    /// How long each node took that is finished; a figure with its drawing.
    seconds: BTreeMap<String, f64>,
    /// How many nodes are finished, and of how many.
    nodes: (usize, usize),
    /// How many files are written, and of how many.
    files: (usize, usize),
}

/// A node that is running.
struct Running {
    since: Instant,
    /// How many iterations it has done, and of how many at most.
    iterations: (usize, usize),
}

impl Progress {
    /// An observer that says as much as `verbosity`; with `fail_fast` it stops at the first failure.
    pub fn new(verbosity: Verbosity, fail_fast: FailFast) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let terminal = std::io::stderr().is_terminal();
        let show = match form(verbosity, terminal, std::env::var_os("TERM").as_deref()) {
            Form::Nothing => Show::Nothing,
            Form::Lines => Show::Lines,
            Form::Bars => {
                let state = Arc::clone(&state);
                let bars = Bars::show(move || locked(&state).progressed());
                Show::Bars(Mutex::new(Some(bars)))
            }
        };
        Self { state, ..Self::showing(show, fail_fast) }
    }

    /// An observer that sends messages of the config at `path`.
    pub fn sending(stream: Stream, path: &Path, fail_fast: FailFast) -> Self {
        Self::showing(Show::Messages(stream, path.display().to_string()), fail_fast)
    }

    fn showing(show: Show, fail_fast: FailFast) -> Self {
        Self {
            show,
            start: Instant::now(),
            stop_on_failure: fail_fast == FailFast::Yes,
            failed: AtomicBool::new(false),
            state: Arc::default(),
        }
    }

    /// How long each node took, in seconds; a figure with its drawing.
    pub fn nodes(&self) -> BTreeMap<String, f64> {
        locked(&self.state).seconds.clone()
    }

    /// Seconds since the beginning.
    pub fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// So many files will be written.
    pub fn writes(&self, files: usize) {
        locked(&self.state).files.1 += files;
    }

    /// A file is as it should be.
    pub fn wrote(&self, path: &Path, written: Written) {
        locked(&self.state).files.0 += 1;
        if let Show::Messages(stream, _) = &self.show {
            stream.file_written(path, written);
        }
    }

    /// Takes the bars from the terminal, so that it can be written to.
    pub fn clear(&self) {
        if let Show::Bars(bars) = &self.show {
            drop(bars.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
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
    fn planned(&self, nodes: usize) {
        locked(&self.state).nodes.1 += nodes;
    }

    fn started(&self, node: &str) {
        let running = Running { since: Instant::now(), iterations: (0, 0) };
        locked(&self.state).running.insert(node.to_owned(), running);
        if let Show::Messages(stream, config) = &self.show {
            stream.node_started(config, node);
        }
    }

    fn progressed(&self, node: &str, done: usize, of: usize) {
        if let Some(running) = locked(&self.state).running.get_mut(node) {
            // Restarts tell of it at once, in any order.
            running.iterations = (running.iterations.0.max(done), of);
        }
    }

    fn finished(&self, node: &str, failure: Option<&Failure>) {
        if failure.is_some() {
            self.failed.store(true, Ordering::Relaxed);
        }
        let seconds = locked(&self.state).finish(node);
        match &self.show {
            Show::Nothing | Show::Bars(_) => {}
            Show::Lines => {
                let state = if failure.is_some() { "failed" } else { "done" };
                line(&format!("{:8.3} s  {state:6}  {node}", self.seconds()));
            }
            Show::Messages(stream, config) => match failure {
                None => stream.node_finished(config, node, seconds),
                Some(failure) => stream.node_failed(config, node, &failure.to_string()),
            },
        }
    }

    fn stopped(&self) -> bool {
        self.stop_on_failure && self.failed.load(Ordering::Relaxed)
    }
}

impl State {
    /// Enters that a node is finished; how long it took.
    fn finish(&mut self, node: &str) -> f64 {
        self.nodes.0 += 1;
        let Some(running) = self.running.remove(node) else { return 0.0 };
        let seconds = running.since.elapsed().as_secs_f64();
        let node = match node.strip_prefix("render.") {
            Some(figure) => format!("figure.{figure}"),
            None => node.to_owned(),
        };
        *self.seconds.entry(node).or_default() += seconds;
        seconds
    }

    fn progressed(&self) -> Progressed {
        let long = |(_, running): &(&String, &Running)| {
            running.iterations.1 > 0 && running.since.elapsed() >= LONG
        };
        let long: Vec<(&String, &Running)> = self.running.iter().filter(long).collect();
        let iterations = long.iter().map(|(_, running)| running.iterations);
        Progressed {
            nodes: self.nodes,
            running: self.running.keys().cloned().collect(),
            iterations: iterations
                .fold((0, 0), |sum, (done, of)| (sum.0 + done, of.saturating_add(sum.1))),
            fits: long.into_iter().map(|(name, _)| name.clone()).collect(),
            files: self.files,
        }
    }
}

/// The iterations of a fit that takes less are not worth a bar.
const LONG: Duration = Duration::from_millis(300);

fn locked<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How it can be said to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Nothing,
    Lines,
    Bars,
}

/// Bars are for a terminal that can move its cursor, unless lines or silence are asked for.
fn form(verbosity: Verbosity, terminal: bool, term: Option<&OsStr>) -> Form {
    match verbosity {
        Verbosity::Quiet => Form::Nothing,
        Verbosity::Normal if terminal && term.is_none_or(|term| term != "dumb") => Form::Bars,
        Verbosity::Normal | Verbosity::Verbose => Form::Lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_for_terminals_that_can_show_them() {
        let (xterm, dumb) = (Some(OsStr::new("xterm")), Some(OsStr::new("dumb")));
        for (verbosity, terminal, term, expected) in [
            (Verbosity::Normal, true, xterm, Form::Bars),
            (Verbosity::Normal, true, None, Form::Bars),
            (Verbosity::Normal, true, dumb, Form::Lines),
            (Verbosity::Normal, false, xterm, Form::Lines),
            (Verbosity::Verbose, true, xterm, Form::Lines),
            (Verbosity::Quiet, true, xterm, Form::Nothing),
            (Verbosity::Quiet, false, dumb, Form::Nothing),
        ] {
            assert_eq!(
                form(verbosity, terminal, term),
                expected,
                "{verbosity:?} {terminal} {term:?}"
            );
        }
    }

    #[test]
    fn only_fits_that_take_long_have_a_bar() {
        let progress = Progress::new(Verbosity::Quiet, FailFast::No);
        progress.planned(3);
        for node in ["fit.a", "fit.b", "figure.c"] {
            progress.started(node);
        }
        progress.progressed("fit.a", 8, 100);
        progress.progressed("fit.b", 16, 50);
        progress.progressed("fit.b", 8, 50);
        let mut state = locked(&progress.state);
        assert_eq!(state.progressed().iterations, (0, 0));
        for node in ["fit.b", "figure.c"] {
            state.running.get_mut(node).unwrap().since -= LONG;
        }
        let now = state.progressed();
        assert_eq!((now.iterations, now.fits), ((16, 50), vec!["fit.b".to_owned()]));
        assert_eq!((now.nodes, now.running.len()), ((0, 3), 3));
        drop(state);
        progress.finished("fit.b", None);
        let now = locked(&progress.state).progressed();
        assert_eq!((now.nodes, now.iterations), ((1, 3), (0, 0)));
    }
}
