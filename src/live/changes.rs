//! Waiting for files to change.
//!
//! The folders of the files are watched, not the files: many editors write another file and rename
//! it. Where the system tells of nothing (a folder on another machine, one that was removed and made
//! again) the files are looked at every now and then.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// Files are looked at this often at least.
const LOOK: Duration = Duration::from_millis(500);

/// A change is over when nothing has changed for so long: an editor writes in several steps.
const QUIET: Duration = Duration::from_millis(25);

/// However much goes on, nobody waits longer than this many quiet times.
const MOST_STEPS: usize = 20;

/// What a file looked like; `None` if it was not there.
#[allow(clippy::disallowed_types, reason = "a time is looked at and enters nothing")]
type Look = Option<(Option<std::time::SystemTime>, u64, std::fs::Permissions)>;

/// The files that are watched, as they were last.
pub struct Changes {
    /// The system's watcher, if it has one to give, and the folders that it watches.
    watcher: Option<RecommendedWatcher>,
    folders: BTreeSet<PathBuf>,
    events: Receiver<()>,
    /// Keeps the channel open without a watcher.
    _sender: Sender<()>,
    looks: BTreeMap<PathBuf, Look>,
}

impl Default for Changes {
    fn default() -> Self {
        let (sender, events) = channel();
        let own = sender.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !event.kind.is_access()) {
                let _ = own.send(());
            }
        });
        let (watcher, folders, looks) = (watcher.ok(), BTreeSet::new(), BTreeMap::new());
        Self { watcher, folders, events, _sender: sender, looks }
    }
}

impl Changes {
    /// Watches these files from now on, whether they are there or not. Those that were watched
    /// before are as they were last seen.
    pub fn watch(&mut self, files: BTreeSet<PathBuf>) {
        let looks = files.into_iter().map(|file| {
            let look = self.looks.remove(&file).unwrap_or_else(|| look(&file));
            (file, look)
        });
        self.looks = looks.collect();
        self.watch_folders();
    }

    /// Waits until one of the files has changed and no more changes come.
    pub fn wait(&mut self) {
        loop {
            if self.look() {
                // It may still be being written.
                self.settle();
                self.look();
                return;
            }
            match self.events.recv_timeout(LOOK) {
                Ok(()) => self.settle(),
                Err(RecvTimeoutError::Timeout) => self.watch_folders(),
                // The sender is our own.
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOK),
            }
        }
    }

    /// Waits until nothing happens any more.
    fn settle(&self) {
        for _ in 0..MOST_STEPS {
            if self.events.recv_timeout(QUIET).is_err() {
                return;
            }
            while self.events.try_recv().is_ok() {}
        }
    }

    /// Looks at all files; whether any is not as it was.
    fn look(&mut self) -> bool {
        let mut changed = false;
        for (file, before) in &mut self.looks {
            let now = look(file);
            changed |= now != *before;
            *before = now;
        }
        changed
    }

    /// Watches the folders that there are. One that was removed is forgotten, so that it is watched
    /// again when it is back.
    fn watch_folders(&mut self) {
        let Some(watcher) = &mut self.watcher else { return };
        self.folders.retain(|folder| folder.is_dir());
        for file in self.looks.keys() {
            let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            if !self.folders.contains(folder)
                && folder.is_dir()
                && watcher.watch(folder, RecursiveMode::NonRecursive).is_ok()
            {
                self.folders.insert(folder.to_owned());
            }
        }
    }
}

fn look(file: &Path) -> Look {
    let there = std::fs::metadata(file).ok()?;
    Some((there.modified().ok(), there.len(), there.permissions()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a change is seen.
    fn seen(changes: &mut Changes, change: impl FnOnce()) -> bool {
        assert!(!changes.look(), "something changed before");
        change();
        changes.wait();
        !changes.look()
    }

    #[test]
    fn edits_renames_removals_and_new_files_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let [config, data] = ["a.toml", "later/x.csv"].map(|name| folder.path().join(name));
        std::fs::write(&config, "1").unwrap();
        let mut changes = Changes::default();
        changes.watch(BTreeSet::from([config.clone(), data.clone()]));
        assert!(seen(&mut changes, || std::fs::write(&config, "12").unwrap()));
        assert!(seen(&mut changes, || {
            let other = folder.path().join(".a.toml.swp");
            std::fs::write(&other, "123").unwrap();
            std::fs::rename(&other, &config).unwrap();
        }));
        assert!(seen(&mut changes, || std::fs::remove_file(&config).unwrap()));
        assert!(seen(&mut changes, || std::fs::write(&config, "1").unwrap()));
        assert!(seen(&mut changes, || {
            std::fs::create_dir(data.parent().unwrap()).unwrap();
            std::fs::write(&data, "x").unwrap();
        }));
    }

    #[test]
    fn a_change_while_nobody_waits_is_seen_afterwards_and_another_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("a.toml");
        std::fs::write(&config, "1").unwrap();
        let mut changes = Changes::default();
        changes.watch(BTreeSet::from([config.clone()]));
        std::fs::write(folder.path().join("b.toml"), "1").unwrap();
        assert!(!changes.look());
        std::fs::write(&config, "12").unwrap();
        changes.watch(BTreeSet::from([config]));
        assert!(changes.look());
    }
}
