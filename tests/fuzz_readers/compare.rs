//! Files as `check` compares them with what the config gives.

use elbow::check::{Comparison, compare, pixels};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::bytes::{self, changed};
use crate::images::{Surgery, bomb, operated, surgery, with_large};
use crate::limits::{alone, within};
use crate::samples::samples;
use crate::{fuzz, texts};

/// What makes much of little.
const PIECES: &[&str] = &[
    "[",
    "{\"a\":",
    "0,",
    "[],",
    "{\"a\":0},",
    "\"a#\":1,",
    "\"",
    "\"\"",
    "#",
    "1",
    "-",
    ".",
    "-.",
    "1e",
    "#aaaaaa",
    ",",
    "\n",
    "1,\n",
    "\"\n",
    "a",
    "é",
    "stream\n",
    "endstream\n",
    "stream\nendstream\n",
    "startxref\n",
    "/Length 1",
    "0000000000 00000 n \n",
    "\r",
    "/ID[",
    "<a d=\"1\">",
];

/// Compares, and draws the difference where there is one.
fn all(name: &str, expected: &[u8], actual: &[u8]) {
    match compare(name, expected, actual) {
        Comparison::Equal => assert!(expected == actual),
        Comparison::Close(largest) => assert!(largest >= 0.0, "{largest}"),
        Comparison::Different(what) => assert!(!what.is_empty() && what.len() < 20),
    }
    if name.ends_with(".png") {
        pixels::difference(expected, actual);
    }
}

#[test]
fn compared_files() {
    samples();
    let bombs = prop::option::weighted(0.05, select(vec![1_usize, 15, 70, 100]));
    let text = texts::changes(PIECES, 200_000);
    let strategy = (any::<Index>(), surgery(), bytes::changes(), text, any::<bool>(), bombs);
    fuzz("compared_files", 200, strategy, |(which, surgery, changes, text, is_text, bombs)| {
        let files = &samples().files;
        let (name, expected) = &files[which.index(files.len())];
        let mut actual = operated(expected, surgery);
        match std::str::from_utf8(&actual) {
            Ok(read) if *is_text => actual = texts::changed(read, text).into_bytes(),
            _ => actual = changed(&actual, changes),
        }
        // PDF files hold packed streams: put one there that is large.
        if let Some(bomb) = bombs.map(bomb)
            && let Some(at) = actual.windows(7).position(|w| w == b"stream\n")
        {
            let times = 1 + which.index(4);
            let stream = [bomb, b"\nendstream\nstream\n"].concat().repeat(times);
            actual.splice(at + 7..at + 7, stream);
        }
        all(name, expected, &actual);
    });
}
#[test]
fn what_only_says_that_it_is_large_is_not_unpacked() {
    let _alone = alone();
    let png = samples().file("table.png");
    let huge = operated(png, &[Surgery::Size(20_000, 20_000)]);
    within("a picture that says it is large", || {
        let Comparison::Different(what) = compare("a.png", png, &huge) else { panic!("not seen") };
        assert!(what[0].starts_with("size: 20000 x 20000 pixels -> "), "{what:?}");
        assert_eq!(pixels::difference(png, &huge), None);
    });
    let profile = with_large(png, b"iCCP", 100);
    within("a picture with a large profile of colours", || all("a.png", png, &profile));
    let pdf = samples().file("table.pdf");
    let at = pdf.windows(7).position(|w| w == b"stream\n").unwrap() + 7;
    let end = at + pdf[at..].windows(10).position(|w| w == b"\nendstream").unwrap();
    let bombed = [&pdf[..at], bomb(100), &pdf[end..]].concat();
    within("a PDF with a bomb in it", || {
        let Comparison::Different(what) = compare("a.pdf", pdf, &bombed) else {
            panic!("not seen")
        };
        assert_eq!(what, ["a part of the PDF is much longer than it should be"]);
    });
}

#[test]
fn long_texts_are_compared_bit_by_bit() {
    let _alone = alone();
    let (marks, rows) = ("\"".repeat(6 << 20), "1,\n".repeat(1 << 20));
    within("a drawing of quotation marks", || {
        all("a.svg", marks.as_bytes(), &marks.as_bytes()[1..])
    });
    within("a table of many rows", || all("a.csv", rows.as_bytes(), &rows.as_bytes()[3..]));
}
