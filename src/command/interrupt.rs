//! What an interruption (SIGINT, SIGTERM, SIGHUP) does: the program ends at once, with whole files
//! only.

use std::sync::mpsc;
use std::time::Duration;

use super::{bars, progress};
use crate::pipeline::write;

/// The exit code of an interrupted program, as shells know it.
const INTERRUPTED: i32 = 130;

/// Nobody waits longer than this for a last word that nobody reads.
const PATIENCE: Duration = Duration::from_millis(40);

/// From here on an interruption ends the program with code 130. What was written is whole, what was
/// not is as it was, and no temporary file is left.
///
/// A program that is to outlive its terminal has SIGHUP ignored, by `nohup`, and then ignores it. The
/// library catches all three signals or none, so no other is caught then either: the system ends the
/// program, which leaves whole files too, and a temporary one that the next build removes.
pub(super) fn install() {
    let unless_ignored = ctrlc::try_set_handler(end);
    // It may be another that is ignored: a shell does so with SIGINT of what runs in the background.
    if unless_ignored.is_err() && !hangups_are_ignored() {
        let _ = ctrlc::set_handler(end);
    }
}

fn end() {
    let _nothing_is_written = write::stop();
    say();
    std::process::exit(INTERRUPTED);
}

/// Whether SIGHUP is ignored; a system that does not say may do so.
fn hangups_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask & 1 == 1)
}

/// Says it where standard error takes it: one that is full, or that another thread holds, does not
/// keep the program.
fn say() {
    let (done, waits) = mpsc::channel();
    std::thread::spawn(move || {
        bars::clear();
        progress::line("interrupted; what was written is whole");
        let _ = done.send(());
    });
    let _ = waits.recv_timeout(PATIENCE);
}
