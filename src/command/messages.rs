//! What a build says: to people on standard error, or with `--message-format json` to programs.
//!
//! For programs standard output has one JSON object a line, each flushed as soon as it is said, and
//! whole, however many nodes run at once. Standard error has nothing but what is wrong with the call
//! itself, that the program was interrupted, or that standard output cannot be written; `-q` and
//! `-v` change nothing. Members may be added later, and kinds of lines: leave alone what you do not
//! know. `reason` says what kind a line is, and is its first member:
//!
//! - `{"reason":"node-started","config":"a.toml","node":"fit.cavi"}`: a node begins to run. Nodes
//!   are named as by `elbow list`, and `render.NAME` is the drawing of `figure.NAME`. What is kept
//!   from earlier builds is not run.
//! - `{"reason":"node-finished","config":..,"node":..,"seconds":0.012}`: it has its value.
//! - `{"reason":"node-failed","config":..,"node":..,"message":..,"hint":..}`: it has none, and why;
//!   also of a node that was not started because another one failed, and in every build of an assertion
//!   that does not hold. `hint` is what to do, or null.
//! - `{"reason":"diagnostic","config":..,"level":"error","message":..,"hint":..,"rendered":..,
//!   "spans":[..]}`: a mistake in a config or in a file that it reads. `rendered` is the text with its excerpt as
//!   people see it, without colours. `spans` has one place, or none where the mistake has no place:
//!   `{"file":"a.toml","line":3,"column":8,"end_line":3,"end_column":9,"byte_start":25,"byte_end":26}`,
//!   in a file as it was opened, or in `--set`. Lines and columns count from 1, columns in
//!   characters, bytes from 0; the end is behind the last one.
//! - `{"reason":"file-written","path":..,"changed":true}`: a file is as it should be; `changed` is
//!   false where it had these bytes already and was left alone.
//! - `{"reason":"file-outdated","path":..,"missing":false}`: with `--locked`, a file that would
//!   change, or that is missing.
//! - `{"reason":"error","message":..,"hint":..}`: anything else that is wrong, such as a file that
//!   cannot be read or written.
//! - `{"reason":"page-served","address":"http://127.0.0.1:4710/"}`: where `watch --serve` has its page.
//! - `{"reason":"note","message":..}`: something worth knowing.
//! - `{"reason":"build-finished","config":..,"success":true,"figures":2,"files":19,"changed":0,
//!   "seconds":0.012}`: the last line of each config, whatever has happened; only an interruption
//!   leaves it out. The numbers are 0 where nothing was built.
//!
//! With `--sweep` every line about a member of the sweep has its folder as `member` as well, each
//! member has an end, and that of the config is about the table and the page of all of them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use annotate_snippets::Renderer;
use serde_json::{Value, json};

use super::Exit;
use super::progress::{self, FailFast, Progress, Verbosity};
use crate::diagnostic::{Diagnostic, Problems, Sources, counted};
use crate::pipeline::write::Written;

/// To whom messages are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MessageFormat {
    /// To people, on standard error.
    Text,
    /// To programs: one JSON object a line on standard output, and nothing on standard error.
    Json,
}

/// What a build speaks to.
#[derive(Debug, Clone)]
pub enum Reporter {
    /// People.
    People(Verbosity),
    /// A program.
    Program(Stream),
}

/// What a build came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary<'a> {
    /// The config.
    pub config: &'a Path,
    /// Its name.
    pub name: &'a str,
    /// The folder of the figures.
    pub folder: &'a Path,
    /// Whether all went well.
    pub success: bool,
    /// How many figures there are.
    pub figures: usize,
    /// How many files there are.
    pub files: usize,
    /// How many of them have changed, or would change.
    pub changed: usize,
    /// How long it took.
    pub seconds: f64,
}

impl Reporter {
    /// People who want to know what is usual.
    pub const PEOPLE: Self = Self::People(Verbosity::Normal);

    /// Who reads messages of this format.
    pub fn new(format: MessageFormat, verbosity: Verbosity) -> Self {
        match format {
            MessageFormat::Text => Self::People(verbosity),
            MessageFormat::Json => Self::Program(Stream::default()),
        }
    }

    /// What tells of the nodes and files of the config at `path`.
    pub fn observer(&self, path: &Path, fail_fast: FailFast) -> Progress {
        match self {
            Self::People(verbosity) => Progress::new(*verbosity, fail_fast),
            Self::Program(stream) => Progress::sending(stream.clone(), path, fail_fast),
        }
    }

    /// What a member of a sweep speaks to. People get a line a member, since those of nodes would not
    /// say whose they are; for a program each of its lines has the member.
    pub fn of_member(&self, member: &str) -> Self {
        match self {
            Self::People(_) => Self::People(Verbosity::Quiet),
            Self::Program(stream) => {
                Self::Program(Stream { member: Some(member.into()), ..stream.clone() })
            }
        }
    }

    /// A member of a sweep has ended, of which a program was told already.
    pub fn member(&self, member: &str, exit: Exit) {
        match self {
            Self::People(Verbosity::Quiet) if exit == Exit::Done => {}
            Self::People(_) => {
                let state = if exit == Exit::Done { "done" } else { "failed" };
                progress::line(&format!("{state:6}  {member}"));
            }
            Self::Program(_) => {}
        }
    }

    /// The page of `watch --serve` is at this address.
    pub fn serving(&self, address: &str) {
        match self {
            Self::People(_) => progress::line(&format!("the page is at {address}")),
            Self::Program(stream) => {
                stream.send(&json!({"reason": "page-served", "address": address}));
            }
        }
    }

    /// So many files are watched until something is saved.
    pub fn watching(&self, files: usize) {
        if let Self::People(Verbosity::Normal | Verbosity::Verbose) = self {
            progress::line(&format!("watching {}; Ctrl-C ends it", counted(files, "file")));
        }
    }

    /// So many members of a sweep are built, and what stands beside them is written.
    pub fn swept(&self, summary: &Summary<'_>, members: usize, page: &Path) {
        match self {
            Self::People(Verbosity::Quiet) => {}
            Self::People(_) => {
                let (name, members, page) =
                    (summary.name, counted(members, "member"), page.display());
                progress::line(&format!("{name}: {members}, all of them in `{page}`"));
            }
            Self::Program(stream) => stream.send(&summary.message()),
        }
    }

    /// Something is wrong; a hint may stand in the lines behind it.
    pub fn error(&self, text: &str) {
        match self {
            Self::People(_) => progress::error(text),
            Self::Program(stream) => stream.error(text),
        }
    }

    /// Nodes have failed, of which the observer has told already.
    pub fn failures(&self, failures: &[String]) {
        if let Self::People(_) = self {
            failures.iter().for_each(|failure| progress::error(failure));
        }
    }

    /// Something worth knowing.
    pub fn note(&self, text: &str) {
        match self {
            Self::People(Verbosity::Quiet) => {}
            Self::People(_) => progress::line(&format!("note: {text}")),
            Self::Program(stream) => stream.send(&json!({"reason": "note", "message": text})),
        }
    }

    /// The config at `path` is wrong.
    pub fn mistakes(&self, path: &Path, problems: &Problems) {
        match self {
            Self::People(_) => {
                let renderer =
                    if progress::colors() { Renderer::styled() } else { Renderer::plain() };
                progress::block(&problems.render(&renderer));
                let errors = counted(problems.sorted().len(), "error");
                progress::error(&format!("{errors} in `{}`; nothing was written", path.display()));
            }
            Self::Program(stream) => {
                let sorted = problems.sorted();
                let config = shown(path);
                sorted.iter().for_each(|d| stream.send(&diagnostic(&config, d, &problems.sources)));
            }
        }
    }

    /// A file is not what it would be.
    pub fn outdated(&self, path: &Path) {
        let missing = !path.exists();
        match self {
            Self::People(_) => {
                let what = if missing { "is missing" } else { "would change" };
                progress::line(&format!("`{}` {what}", path.display()));
            }
            Self::Program(stream) => stream
                .send(&json!({"reason": "file-outdated", "path": shown(path), "missing": missing})),
        }
    }

    /// A file beside the outputs is as it should be.
    pub fn wrote(&self, path: &Path, written: Written) {
        if let Self::Program(stream) = self {
            stream.file_written(path, written);
        }
    }

    /// The files of a config are written.
    pub fn finished(&self, summary: &Summary<'_>) {
        match self {
            Self::People(Verbosity::Quiet) => {}
            Self::People(_) => progress::line(&summary.words()),
            Self::Program(stream) => stream.send(&summary.message()),
        }
    }

    /// The files of a config were compared, of which people were told what differs.
    pub fn checked(&self, summary: &Summary<'_>) {
        if let Self::Program(stream) = self {
            stream.send(&summary.message());
        }
    }

    /// Nothing came of the config at `path`; why has been said.
    pub fn abandoned(&self, path: &Path) {
        self.checked(&Summary::nothing(path));
    }

    /// How a command ends that would end with `exit`, if all of this could be said.
    pub fn end(&self, exit: Exit) -> Exit {
        match self {
            Self::Program(stream) if stream.is_broken() => exit.max(Exit::InputOutput),
            _ => exit,
        }
    }
}

impl<'a> Summary<'a> {
    /// Of a config of which nothing was built.
    fn nothing(config: &'a Path) -> Self {
        Self {
            config,
            name: "",
            folder: Path::new(""),
            success: false,
            figures: 0,
            files: 0,
            changed: 0,
            seconds: 0.0,
        }
    }

    fn words(&self) -> String {
        let folder = match self.folder.as_os_str().is_empty() {
            true => ".".to_owned(),
            false => shown(self.folder),
        };
        format!(
            "{}: {}, {} in `{folder}` ({} new or changed), {:.2} s",
            self.name,
            counted(self.figures, "figure"),
            counted(self.files, "file"),
            self.changed,
            self.seconds
        )
    }

    fn message(&self) -> Value {
        json!({
            "reason": "build-finished",
            "config": shown(self.config),
            "success": self.success,
            "figures": self.figures,
            "files": self.files,
            "changed": self.changed,
            "seconds": rounded(self.seconds),
        })
    }
}

/// Standard output as a program reads it.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// Whether a line could not be written, which has been said.
    broken: Arc<AtomicBool>,
    /// The member of a sweep that every line is about.
    member: Option<Arc<str>>,
}

impl Stream {
    /// A node begins.
    pub(super) fn node_started(&self, config: &str, node: &str) {
        self.send(&json!({"reason": "node-started", "config": config, "node": node}));
    }

    /// A node has its value.
    pub(super) fn node_finished(&self, config: &str, node: &str, seconds: f64) {
        let seconds = rounded(seconds);
        self.send(
            &json!({"reason": "node-finished", "config": config, "node": node, "seconds": seconds}),
        );
    }

    /// A node has none.
    pub(super) fn node_failed(&self, config: &str, node: &str, text: &str) {
        let (message, hint) = parted(text);
        self.send(&json!({
            "reason": "node-failed",
            "config": config,
            "node": node,
            "message": message,
            "hint": hint,
        }));
    }

    /// A file is as it should be.
    pub(super) fn file_written(&self, path: &Path, written: Written) {
        let changed = written == Written::New;
        self.send(&json!({"reason": "file-written", "path": shown(path), "changed": changed}));
    }

    fn error(&self, text: &str) {
        let (message, hint) = parted(text);
        self.send(&json!({"reason": "error", "message": message, "hint": hint}));
    }

    fn send(&self, message: &Value) {
        if self.is_broken() {
            return;
        }
        let mut message = message.clone();
        if let (Some(member), Value::Object(members)) = (&self.member, &mut message) {
            members.insert("member".to_owned(), json!(&**member));
        }
        if progress::print(&format!("{message}\n")) != Exit::Done {
            self.broken.store(true, Ordering::Relaxed);
        }
    }

    fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }
}

fn diagnostic(config: &str, diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let place = diagnostic.span.as_ref().and_then(|span| sources.place(span));
    json!({
        "reason": "diagnostic",
        "config": config,
        "level": "error",
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "rendered": sources.render(diagnostic, &Renderer::plain()),
        "spans": place.into_iter().collect::<Vec<_>>(),
    })
}

/// What is wrong, and what to do.
fn parted(text: &str) -> (&str, Option<&str>) {
    let parts = text.split_once("\nhint: ").or_else(|| text.split_once("; hint: "));
    parts.map_or((text, None), |(message, hint)| (message, Some(hint)))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Seconds to the millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
