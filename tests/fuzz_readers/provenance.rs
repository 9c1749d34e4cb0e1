//! What figures carry, as `inspect`, `verify` and `rerun` read it in files from anywhere.

use elbow::provenance::{Provenance, difference, read};
use proptest::prelude::*;
use proptest::sample::select;

use crate::bytes::{self, changed};
use crate::images::{carrying, operated, surgery};
use crate::limits::{alone, within};
use crate::samples::samples;
use crate::{fuzz, texts};

/// The kinds of files that are read.
const KINDS: [&str; 5] = ["table.svg", "table.png", "table.pdf", "animation.gif", "animation.apng"];

/// Calls every reader; what one finds is compared and counted as the commands do.
fn all_readers(file: &[u8]) {
    let _ = read::svg(file);
    let _ = read::png(file);
    let _ = read::gif(file);
    let _ = read::pdf(file);
    if let Ok(found) = read::any(file) {
        use_of(&found);
    }
}

fn use_of(found: &Provenance) {
    found.json();
    for input in &found.inputs {
        input.content();
    }
    let own = read::any(samples().file("table.svg")).unwrap();
    difference::lines(found, &own);
}

#[test]
fn carried_files() {
    samples();
    let strategy = (select(KINDS.to_vec()), surgery(), bytes::changes());
    fuzz("carried_files", 200, strategy, |(kind, surgery, changes)| {
        all_readers(&changed(&operated(samples().file(kind), surgery), changes));
    });
}

/// What makes much of little JSON, or of little TOML in JSON.
const PIECES: &[&str] = &[
    "[",
    "{\"a\":",
    "[0,",
    "0,",
    "[],",
    "{\"a\":0},",
    "\"a#\":{\"generator\":\"x\",\"seed\":1},",
    "{\"name\":\"a\",\"sha256\":\"\"},",
    "{\"name\":\"a\",\"sha256\":\"\",\"text\":\"\"},",
    "\\n",
    "a#=1\\n",
    "[a#]\\n",
    "[[a]]\\n",
    "a.",
    "[a.",
    "a=[",
    "1,",
    "{},",
    "a={",
    "\\u0041",
    "\\ud800",
    "é",
    "A",
    "#\\n",
    "'''",
    "\\\"\\\"\\\"",
    "\"k#\":0,",
    " ",
    "\\u0000",
    "1",
    "path='x#'\\n",
];

/// Places of the JSON where what follows grows.
const HOLES: [(&str, &str); 6] = [
    ("\"config\":\"", ""),
    ("\"config\":\"", "a=["),
    ("\"seed\":", "["),
    ("\"seeds\":{", ""),
    ("\"inputs\":[", ""),
    ("{", ""),
];

/// What a text carries is much, packed to little.
fn much() -> impl Strategy<Value = (usize, &'static str, usize)> {
    let sizes = select(vec![10_000, 100_000, 1 << 20, 4 << 20, read::LARGEST - 9000]);
    (0..HOLES.len(), select(PIECES), sizes)
}

#[test]
fn carried_texts() {
    samples();
    let base = ["table.svg", "_line.svg"].map(|name| read::any(samples().file(name)).unwrap());
    let base = base.map(|found| found.json());
    let much = prop::option::weighted(0.1, much());
    let kinds = prop::option::weighted(0.3, select(KINDS.to_vec()));
    let strategy = (0..2_usize, texts::changes(PIECES, 100_000), much, kinds);
    fuzz("carried_texts", 200, strategy, move |(which, changes, much, kind)| {
        let mut json = texts::changed(&base[*which], changes);
        if let Some((hole, piece, bytes)) = much {
            let (before, start) = HOLES[*hole];
            let end = json.find(before).map(|at| at + before.len());
            if let Some(at) = end {
                let mut all = String::with_capacity(*bytes + 64) + start;
                (0..)
                    .take_while(|i| {
                        all.push_str(&piece.replace('#', &i.to_string()));
                        all.len() < *bytes
                    })
                    .count();
                json.insert_str(at, &all);
            }
        }
        if let Ok(found) = Provenance::parse(&json) {
            use_of(&found);
        }
        match *kind {
            Some("table.svg") => all_readers(
                format!("<svg><elbow:provenance>{json}</elbow:provenance></svg>").as_bytes(),
            ),
            Some("table.png" | "animation.apng") => {
                all_readers(&carrying(samples().file("table.png"), &json));
            }
            Some("animation.gif") => {
                let mut file = b"GIF89a\x01\0\x01\0\0\0\0!\xfe".to_vec();
                for part in format!("elbow {json}").as_bytes().chunks(255) {
                    file.push(part.len() as u8);
                    file.extend(part);
                }
                file.extend(b"\0;");
                all_readers(&file);
            }
            Some(_) => all_readers(
                format!("%PDF-<elbow:provenance>{json}</elbow:provenance>%%EOF").as_bytes(),
            ),
            None => {}
        }
    });
}

#[test]
fn little_json_does_not_become_much() {
    let _alone = alone();
    let png = samples().file("table.png");
    let base = read::any(png).unwrap().json();
    for (name, place, much) in [
        (
            "a config of many values took 1.5 GB",
            "\"config\":\"",
            "a=[".to_owned() + &"0,".repeat(8 << 20),
        ),
        ("a config of many tables took 1 GB", "\"config\":\"", "[a]\\n".repeat(3 << 20)),
        ("a seed that is a list took 1 GB", "\"seed\":", "[".to_owned() + &"0,".repeat(8 << 20)),
    ] {
        let file = carrying(png, &base.replacen(place, &(place.to_owned() + &much), 1));
        within(name, || assert!(read::any(&file).is_err()));
    }
}
