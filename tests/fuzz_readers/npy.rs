//! Files of numpy's.

use std::fs;

use proptest::sample::select;

use crate::bytes::{self, changed};
use crate::limits::{alone, within};
use crate::points::read;
use crate::{fuzz, texts};

const HEADERS: [&str; 4] = [
    "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }  \n",
    "{'descr': '>i2', 'fortran_order': True, 'shape': (6, 4), }\n",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (48,), }",
    "{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (6,), }",
];

const PIECES: &[&str] = &[
    "'",
    "\"",
    "\\",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "((((((((",
    ",",
    ":",
    "1",
    "9999999999",
    "-1",
    "3L",
    " ",
    "\n",
    "True",
    "None",
    "'shape': (2,)",
    "'descr': '|b1'",
    "<f8",
    "|i1",
    "é",
    "\u{0}",
];

/// A file of numpy's with this header and these numbers.
fn file(version: u8, header: &str, numbers: &[u8]) -> Vec<u8> {
    let length = header.len();
    let length = match version {
        1 => (length as u16).to_le_bytes().to_vec(),
        _ => (length as u32).to_le_bytes().to_vec(),
    };
    [b"\x93NUMPY", &[version, 0][..], &length, header.as_bytes(), numbers].concat()
}

#[test]
fn arrays() {
    let folder = tempfile::tempdir().unwrap();
    let labels = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}";
    let numbers = [0.0_f32, f32::NAN, 2.0].iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>();
    fs::write(folder.path().join("k.npy"), file(1, labels, &numbers)).unwrap();
    let options = select(vec![
        "",
        ", columns = [1, 0]",
        ", missing = 'drop'",
        ", missing = 'drop', label_path = 'k.npy'",
        ", label_path = 'x.npy'",
    ]);
    let header = (select(HEADERS.to_vec()), texts::changes(PIECES, 100_000));
    let cases = (1..4_u8, header, bytes::changes(), options);
    fuzz("arrays", 300, cases, |(version, (header, texts), changes, options)| {
        let numbers: Vec<u8> = (0..48).collect();
        let good = file(*version, &texts::changed(header, texts), &numbers);
        fs::write(folder.path().join("x.npy"), changed(&good, changes)).unwrap();
        read(folder.path(), "npy", options);
    });
}

#[test]
fn what_a_header_says_takes_nothing() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let deep = format!("{{'descr': {}", "(".repeat(60_000));
    let many = format!("{{'descr': [{}]}}", "'<f8',".repeat(10_000));
    let long = format!("{}{}", HEADERS[0], " ".repeat(5_000_000));
    let huge = "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 1)}";
    for header in [deep.as_str(), &many, &long, huge] {
        fs::write(folder.path().join("x.npy"), file(3, header, &[])).unwrap();
        within(&header[..20], || read(folder.path(), "npy", ""));
    }
}
