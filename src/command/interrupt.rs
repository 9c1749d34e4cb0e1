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
/// Whoever has the program ignore one of the signals wants that: `nohup` does with SIGHUP, a shell
/// with SIGINT of what runs in the background. The library tells signals apart neither here nor
/// later, so then nothing is installed, and what is not ignored ends the program as the system does.
pub(super) fn install() {
    // Without a handler the system ends the program, which leaves whole files too; a temporary one
    // that it leaves is removed by the next build.
    let _ = ctrlc::try_set_handler(|| {
        let _nothing_is_written = write::stop();
        say();
        std::process::exit(INTERRUPTED);
    });
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
