//! Bars that show on a terminal how far a build is: nodes, iterations of long fits, files.
//!
//! A thread of their own looks now and then at how far things are, so that the work is told of in
//! one place, costs nothing, and a node that says nothing for a minute does not look as if the
//! program stood still. Nothing stays of them when they end.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is over before this is not shown.
const PATIENCE: Duration = Duration::from_millis(200);

/// How often is looked.
const PERIOD: Duration = Duration::from_millis(100);

/// How far a build is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Progressed {
    /// How many nodes are done, and of how many.
    pub(super) nodes: (usize, usize),
    /// Which nodes are running.
    pub(super) running: Vec<String>,
    /// How many iterations the fits that run for long have done, and of how many at most.
    pub(super) iterations: (usize, usize),
    /// Which fits these are.
    pub(super) fits: Vec<String>,
    /// How many files are written, and of how many.
    pub(super) files: (usize, usize),
}

/// Bars that are shown until this is dropped.
pub(super) struct Bars {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bars {
    /// Bars that show what `look` sees.
    pub(super) fn show(look: impl Fn() -> Progressed + Send + 'static) -> Self {
        let (end, ended) = mpsc::channel();
        let thread = std::thread::Builder::new().spawn(move || draw(&ended, look)).ok();
        Self { end: Some(end), thread }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        drop(self.end.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn draw(ended: &Receiver<()>, look: impl Fn() -> Progressed) {
    if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let mut screen = Screen::new();
    loop {
        let now = look();
        // Who clears the terminal has it for good: nothing is drawn meanwhile or later.
        let shown = shown();
        if shown.is_none() {
            return;
        }
        screen.show(&now);
        drop(shown);
        if ended.recv_timeout(PERIOD) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    drop(screen);
    clear();
}

/// What is on the terminal, for a program that ends at once.
static SHOWN: Mutex<Option<MultiProgress>> = Mutex::new(None);

fn shown() -> MutexGuard<'static, Option<MultiProgress>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes all bars from the terminal, for good.
pub(super) fn clear() {
    let mut shown = shown();
    if let Some(bars) = shown.take() {
        let _ = bars.clear();
        bars.set_draw_target(ProgressDrawTarget::hidden());
    }
}

/// The bars.
struct Screen {
    all: MultiProgress,
    nodes: ProgressBar,
    iterations: Option<ProgressBar>,
    files: Option<ProgressBar>,
}

impl Screen {
    fn new() -> Self {
        let all = MultiProgress::new();
        *shown() = Some(all.clone());
        let nodes = all.add(bar("nodes"));
        Self { all, nodes, iterations: None, files: None }
    }

    fn show(&mut self, now: &Progressed) {
        set(&self.nodes, now.nodes, &now.running);
        set_if_any(&self.all, &mut self.iterations, "iterations", now.iterations, &now.fits);
        set_if_any(&self.all, &mut self.files, "files", now.files, &[]);
    }
}

/// Sets a bar that is there only as long as there is something to count.
fn set_if_any(
    all: &MultiProgress,
    place: &mut Option<ProgressBar>,
    what: &'static str,
    counted: (usize, usize),
    names: &[String],
) {
    match (counted.1, &*place) {
        (0, None) => {}
        (0, Some(bar)) => {
            bar.finish_and_clear();
            all.remove(bar);
            *place = None;
        }
        (_, Some(bar)) => set(bar, counted, names),
        (_, None) => set(place.insert(all.add(bar(what))), counted, names),
    }
}

fn bar(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:>10} [{bar:24}] {pos}/{len} {wide_msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ");
    ProgressBar::no_length().with_style(style).with_prefix(what)
}

fn set(bar: &ProgressBar, (done, of): (usize, usize), names: &[String]) {
    bar.set_message(names.join(", "));
    bar.set_length(of as u64);
    bar.set_position(done as u64);
}
