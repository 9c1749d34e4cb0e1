//! What the program keeps for itself, after something else has written there.

use std::fs;
use std::path::Path;

use elbow::data::Dataset;
use elbow::model::Fit;
use elbow::pipeline::Rendered;
use elbow::pipeline::record::Record;
use elbow::pipeline::store::Store;
use elbow::score::Scores;
use elbow::score::baseline::Row;
use proptest::prelude::*;
use proptest::sample::Index;
use sha2::{Digest as _, Sha256};

use crate::bytes::{self, changed};
use crate::samples::samples;
use crate::{fuzz, texts};

/// How long what comes before the value is: eight bytes and a hash.
const HEAD: usize = 40;

/// Reads an entry as all kinds of values.
fn get_all(store: &Store, name: &str, path: &Path, entry: &[u8]) {
    type Listing = Vec<(u8, String, String)>;
    let again = || fs::write(path, entry).unwrap();
    again();
    store.get::<Dataset>(name, "data.x");
    again();
    store.get::<Fit>(name, "fit.x");
    again();
    store.get::<Scores>(name, "score.x");
    again();
    store.get::<Vec<Row>>(name, "baseline.x");
    again();
    store.get::<Rendered>(name, "figure.x");
    again();
    store.get::<Listing>(name, "texts");
    let _ = fs::remove_file(path);
}

#[test]
fn cache_entries() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache/ab/abcd");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    samples();
    let strategy = (any::<Index>(), bytes::changes(), bytes::changes(), any::<bool>());
    fuzz("cache_entries", 200, strategy, |(which, inside, outside, hashed)| {
        let entry = &samples().entries[which.index(samples().entries.len())].1;
        let (head, value) = entry.split_at(HEAD);
        let value = changed(value, inside);
        // With the right hash, what is wrong has to be seen when the value is read.
        let mut head = head.to_vec();
        if *hashed {
            head[8..].copy_from_slice(&Sha256::digest(&value));
        }
        let mut entry = [head, value].concat();
        if !*hashed {
            entry = changed(&entry, outside);
        }
        let store = Store::at(folder.path().to_owned(), 1 << 30);
        get_all(&store, "abcd", &path, &entry);
        assert!(store.notes().len() < 10);
    });
}

const PIECES: &[&str] = &[
    "[",
    "{\"a\":",
    "0,",
    "[],",
    "\"a#\":1.5,",
    "\"f#\",",
    "{",
    "\"data.a#\":{\"key\":\"\",\"version\":\"\",\"spec\":{},\"inputs\":{},\"upstream\":{}},",
    "\\u0000",
    "1",
    " ",
    "\u{0}",
];

#[test]
fn records() {
    let base = String::from_utf8(samples().record.1.clone()).unwrap();
    let before = read();
    fuzz("records", 100, (texts::changes(PIECES, 300_000), bytes::changes()), |(texts, bytes)| {
        let record = changed(texts::changed(&base, texts).as_bytes(), bytes);
        fs::write(&samples().record.0, record).unwrap();
        let record = read();
        for (name, now) in &record.nodes {
            if let Some(before) = before.nodes.get(name) {
                elbow::pipeline::record::reasons(now, before);
            }
        }
        record.orphans(&samples().folder.path().join(".elbow"), &[]);
    });
}

/// The record as the program finds it.
fn read() -> Record {
    let folder = samples().folder.path();
    Record::read(&folder.join(".elbow"), &folder.join("a.toml"), &folder.join("out"))
}
