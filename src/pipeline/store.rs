//! Values that earlier runs have kept: `.elbow/` in the project, a file an entry.
//!
//! An entry is written once, under a temporary name that is then changed, and read with the hash
//! that it begins with: what is damaged is as good as not there, and is said. So several programs
//! can work on one folder at once, and one that is killed leaves nothing that another would trust.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// The folder's name.
pub const FOLDER: &str = ".elbow";

/// All entries together take no more than this, in bytes.
const LIMIT: u64 = 512 << 20;

/// An entry that was read lately is not marked again so soon, and a temporary file that was made
/// lately may be somebody's.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// Begins every entry; another layout of entries begins otherwise.
const MAGIC: &[u8; 8] = b"elbow 1\n";

/// The entries of a project, or of none.
#[derive(Debug)]
pub struct Store {
    root: Option<PathBuf>,
    limit: u64,
    /// Whether anything was added to it.
    grown: AtomicBool,
    notes: Mutex<Vec<String>>,
}

impl Store {
    /// Keeps nothing and has nothing.
    pub fn none() -> Self {
        Self { root: None, limit: 0, grown: AtomicBool::default(), notes: Mutex::default() }
    }

    /// The entries of the project that a config belongs to.
    pub fn of(config: &Path) -> Self {
        Self::at(folder_of(config), LIMIT)
    }

    /// The entries in `root`, which is made when the first is written.
    pub fn at(root: PathBuf, limit: u64) -> Self {
        Self { root: Some(root), limit, grown: AtomicBool::default(), notes: Mutex::default() }
    }

    /// Where the entries are.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// What went wrong without being a failure: entries that were damaged, that could not be kept.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.lock().map(|notes| notes.clone()).unwrap_or_default();
        notes.sort();
        notes.dedup();
        notes
    }

    fn note(&self, note: String) {
        if let Ok(mut notes) = self.notes.lock() {
            notes.push(note);
        }
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let folder = name.get(..2)?;
        Some(self.root.as_ref()?.join("cache").join(folder).join(name))
    }

    /// Whether there is an entry, sound or not.
    pub fn has(&self, name: &str) -> bool {
        self.path(name).is_some_and(|path| path.is_file())
    }

    /// The value that is kept under `name`, which is that of `node`.
    pub fn get<T: DeserializeOwned>(&self, name: &str, node: &str) -> Option<T> {
        let path = self.path(name)?;
        let bytes = fs::read(&path).ok()?;
        let value = payload(&bytes).and_then(|payload| postcard::from_bytes(payload).ok());
        if value.is_none() {
            self.note(format!("what was kept of `{node}` is damaged; it is made again"));
            let _ = fs::remove_file(&path);
        }
        self.mark(&path);
        value
    }

    /// Keeps a value under `name`. That it cannot be kept is no failure.
    pub fn put<T: Serialize>(&self, name: &str, value: &T) {
        let (Some(root), Some(path)) = (&self.root, self.path(name)) else { return };
        if path.is_file() {
            return;
        }
        self.grown.store(true, Ordering::Relaxed);
        let written =
            postcard::to_stdvec(value).map_err(|error| error.to_string()).and_then(|payload| {
                let parts = [MAGIC.as_slice(), &Sha256::digest(&payload), &payload];
                place(root, &path, &parts).map_err(|error| error.to_string())
            });
        if let Err(error) = written {
            let root = root.display();
            // The name of a temporary file tells nobody anything.
            let reason = error.split(" at path ").next().unwrap_or_default();
            self.note(format!("cannot keep values in `{root}`: {reason}"));
        }
    }

    /// Notes that an entry was of use, so that it is not among the first to go.
    #[allow(clippy::disallowed_types, reason = "no output knows what time it is")]
    fn mark(&self, path: &Path) {
        let now = std::time::SystemTime::now();
        let modified = fs::metadata(path).and_then(|there| there.modified()).ok();
        let age = modified.and_then(|then| now.duration_since(then).ok());
        if age.is_some_and(|age| age > FRESH)
            && let Ok(file) = fs::File::options().append(true).open(path)
        {
            let _ = file.set_modified(now);
        }
    }

    /// Removes what killed runs have left half-written, and the entries that were of no use for
    /// longest, until those that are left keep to the limit. Looks at nothing if nothing was added.
    #[allow(clippy::disallowed_types, reason = "no output knows what time it is")]
    pub fn tidy(&self) {
        let Some(root) = self.root.as_ref().filter(|_| self.grown.load(Ordering::Relaxed)) else {
            return;
        };
        let now = std::time::SystemTime::now();
        for left in fs::read_dir(root.join("tmp")).into_iter().flatten().flatten() {
            let modified = left.metadata().and_then(|there| there.modified()).ok();
            let age = modified.and_then(|then| now.duration_since(then).ok());
            // No entry takes as long as that to write.
            if age.is_some_and(|age| age > FRESH) {
                let _ = fs::remove_file(left.path());
            }
        }
        let mut entries = Vec::new();
        for folder in fs::read_dir(root.join("cache")).into_iter().flatten().flatten() {
            for entry in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
                if let Ok(there) = entry.metadata()
                    && let Ok(modified) = there.modified()
                {
                    entries.push((modified, there.len(), entry.path()));
                }
            }
        }
        let mut size: u64 = entries.iter().map(|(_, size, _)| size).sum();
        if size <= self.limit {
            return;
        }
        entries.sort();
        // Room for some builds, so that not each has to look.
        for (_, own, path) in entries {
            if size <= self.limit / 4 * 3 {
                break;
            }
            if fs::remove_file(path).is_ok() {
                size -= own;
            }
        }
    }
}

/// What an entry holds, if it is what was written.
pub fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let (hash, payload) = bytes.strip_prefix(MAGIC)?.split_at_checked(32)?;
    (Sha256::digest(payload).as_slice() == hash).then_some(payload)
}

/// Puts a file of these parts into the folder `root`: whole, or not at all.
pub(super) fn place(root: &Path, path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    prepare(root)?;
    let temporaries = root.join("tmp");
    for folder in [path.parent().unwrap_or(root), &temporaries] {
        fs::create_dir_all(folder)?;
    }
    let mut temporary = tempfile::Builder::new().tempfile_in(&temporaries)?;
    for part in parts {
        temporary.write_all(part)?;
    }
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The folder, ignored by git and by programs that make backups.
fn prepare(root: &Path) -> std::io::Result<()> {
    const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
        # Values that elbow keeps from one run to the next. `elbow clean` removes them.\n";
    if root.join("CACHEDIR.TAG").is_file() {
        return Ok(());
    }
    fs::create_dir_all(root)?;
    fs::write(root.join(".gitignore"), "*\n")?;
    fs::write(root.join("CACHEDIR.TAG"), TAG)
}

/// Where the project of a config keeps its values: in the nearest folder above it that has kept some
/// or is the top of a git repository, else beside the config.
pub fn folder_of(config: &Path) -> PathBuf {
    let absolute = std::path::absolute(config).unwrap_or_else(|_| config.to_owned());
    let own = absolute.parent().unwrap_or(Path::new("")).to_owned();
    let top = own.ancestors().find(|a| a.join(FOLDER).is_dir() || a.join(".git").exists());
    top.unwrap_or(&own).join(FOLDER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().join(FOLDER), LIMIT);
        (folder, store)
    }

    #[test]
    fn what_is_kept_comes_back_bit_by_bit() {
        let (_folder, store) = store();
        let values = vec![0.1, -0.0, f64::MIN_POSITIVE, f64::NAN, 1e300];
        store.put("abcd", &values);
        let back: Vec<f64> = store.get("abcd", "x").unwrap();
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back), bits(&values));
        assert!(store.get::<Vec<f64>>("abce", "x").is_none());
        assert!(store.notes().is_empty());
    }

    #[test]
    fn no_flipped_bit_is_believed() {
        let (_folder, store) = store();
        for at in 0..60 {
            store.put("abcd", &vec![1.5, 2.5]);
            let path = store.path("abcd").unwrap();
            let mut bytes = fs::read(&path).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&path, bytes).unwrap();
            assert!(store.get::<Vec<f64>>("abcd", "fit.x").is_none(), "{at}");
            assert_eq!(store.notes().len(), 1);
            assert!(!store.has("abcd"));
        }
    }

    #[test]
    fn the_oldest_entries_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().join(FOLDER), 4000);
        for i in 0..8_u8 {
            let name = format!("{i:02}cd");
            store.put(&name, &vec![i; 900]);
            let file = fs::File::options().append(true).open(store.path(&name).unwrap()).unwrap();
            #[allow(clippy::disallowed_types, reason = "a file's age is what is tested")]
            let then = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(i));
            file.set_modified(then).unwrap();
        }
        store.tidy();
        let left: Vec<bool> = (0..8).map(|i| store.has(&format!("{i:02}cd"))).collect();
        assert_eq!(left, [false, false, false, false, false, true, true, true]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_and_is_no_failure() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let store = Store::at(file.join(FOLDER), LIMIT);
        store.put("abcd", &1);
        assert!(store.notes()[0].starts_with("cannot keep values"), "{:?}", store.notes());
    }
}
