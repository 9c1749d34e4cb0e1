//! Files of numpy's: what is read of them, and what is said of mistakes.

// Helpers of tests may panic as tests do; clippy knows only functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod program;
mod sources;

use elbow::data::Spec;
use ndarray::{Array2, arr2};
use program::{check, elbow, folder, has, stdout};
use sha2::Digest;
use sources::{made, resolve_in};

/// A file of numpy's with this dictionary as its header.
fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    match version {
        1 => bytes.extend((header.len() as u16).to_le_bytes()),
        _ => bytes.extend((header.len() as u32).to_le_bytes()),
    }
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn header(descr: &str, by_column: &str, shape: &str) -> String {
    format!("{{'descr': '{descr}', 'fortran_order': {by_column}, 'shape': {shape}, }}   \n")
}

fn read_npy(bytes: &[u8], options: &str) -> Result<Spec, Vec<(String, String)>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.npy"), bytes).unwrap();
    resolve_in(folder.path(), &format!("[source.npy]\npath = 'a.npy'\n{options}"))
}

fn floats(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

#[test]
fn files_of_numpy_are_read_in_every_order_and_type() {
    let points = |bytes: &[u8], options: &str| made(&read_npy(bytes, options).unwrap()).points;
    let expected = arr2(&[[1.0, 2.0], [3.0, -4.0], [5.0, 6.0]]);
    let by_row = [1.0, 2.0, 3.0, -4.0, 5.0, 6.0];
    let by_column = [1.0, 3.0, 5.0, 2.0, -4.0, 6.0];
    for version in 1..4 {
        let file = npy(version, &header("<f8", "False", "(3, 2)"), &floats(&by_row));
        assert_eq!(points(&file, ""), expected);
    }
    let positive = expected.mapv(f64::abs);
    let bytes = |to: fn(f64) -> Vec<u8>| by_column.into_iter().flat_map(to).collect::<Vec<u8>>();
    let abs = |to: fn(f64) -> Vec<u8>| by_column.into_iter().flat_map(|x| to(x.abs())).collect();
    let cases: [(&str, Vec<u8>, &Array2<f64>); 19] = [
        ("<f4", bytes(|x| (x as f32).to_le_bytes().to_vec()), &expected),
        (">f4", bytes(|x| (x as f32).to_be_bytes().to_vec()), &expected),
        (">f8", bytes(|x| x.to_be_bytes().to_vec()), &expected),
        ("|i1", bytes(|x| (x as i8).to_le_bytes().to_vec()), &expected),
        ("<i1", bytes(|x| (x as i8).to_le_bytes().to_vec()), &expected),
        ("<i2", bytes(|x| (x as i16).to_le_bytes().to_vec()), &expected),
        (">i2", bytes(|x| (x as i16).to_be_bytes().to_vec()), &expected),
        ("<i4", bytes(|x| (x as i32).to_le_bytes().to_vec()), &expected),
        (">i4", bytes(|x| (x as i32).to_be_bytes().to_vec()), &expected),
        ("<i8", bytes(|x| (x as i64).to_le_bytes().to_vec()), &expected),
        (">i8", bytes(|x| (x as i64).to_be_bytes().to_vec()), &expected),
        ("|u1", abs(|x| (x as u8).to_le_bytes().to_vec()), &positive),
        ("<u2", abs(|x| (x as u16).to_le_bytes().to_vec()), &positive),
        (">u2", abs(|x| (x as u16).to_be_bytes().to_vec()), &positive),
        ("<u4", abs(|x| (x as u32).to_le_bytes().to_vec()), &positive),
        (">u4", abs(|x| (x as u32).to_be_bytes().to_vec()), &positive),
        ("<u8", abs(|x| (x as u64).to_le_bytes().to_vec()), &positive),
        (">u8", abs(|x| (x as u64).to_be_bytes().to_vec()), &positive),
        ("=f8", bytes(|x| x.to_le_bytes().to_vec()), &expected),
    ];
    for (descr, data, expected) in cases {
        let file = npy(1, &header(descr, "True", "(3, 2)"), &data);
        assert_eq!(points(&file, ""), *expected, "{descr}");
    }
    let truths = npy(1, &header("|b1", "False", "(3,)"), &[1, 0, 1]);
    assert_eq!(points(&truths, ""), arr2(&[[1.0], [0.0], [1.0]]));
    let large = npy(1, &header("<u8", "False", "(1,)"), &u64::MAX.to_le_bytes());
    assert_eq!(points(&large, ""), arr2(&[[u64::MAX as f64]]));
    let file = npy(1, &header("<f8", "False", "(3, 2)"), &floats(&by_row));
    assert_eq!(points(&file, "columns = [1]"), arr2(&[[2.0], [-4.0], [6.0]]));
    let spec = |options: &str| read_npy(&file, options).unwrap();
    assert_ne!(
        serde_json::to_string(&spec("columns = [1]")).unwrap(),
        serde_json::to_string(&spec("columns = [0]")).unwrap()
    );
    let read = spec("");
    let (key, kept) = read.files().next().unwrap();
    assert_eq!((key, kept.path.as_str()), ("path", "a.npy"));
    assert_eq!(kept.content.as_deref(), Some(file.as_slice()));
    let hash = sha2::Sha256::digest(&file);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(kept.sha256, hash);
    let line = npy(1, &header("<f8", "False", "(2,)"), &floats(&[0.5, f64::NAN]));
    assert_eq!(points(&line, "missing = 'drop'"), arr2(&[[0.5]]));
    assert_eq!(read_npy(&line, "missing = 'drop'").unwrap().dropped(), 1);
}

#[test]
fn what_is_wrong_with_a_file_of_numpy_is_said() {
    let message = |bytes: &[u8], options: &str| read_npy(bytes, options).unwrap_err()[0].0.clone();
    let good = |descr: &str, shape: &str| header(descr, "False", shape);
    let two = floats(&[1.0, 2.0]);
    let of = |header: &str| message(&npy(1, header, &two), "");
    assert_eq!(message(b"", ""), "`a.npy` is no file of numpy's");
    assert_eq!(message(b"x,y\n1,2\n", ""), "`a.npy` is no file of numpy's");
    assert_eq!(message(b"\x93NUMPY\x01\x00\x50", ""), "`a.npy` ends within its header");
    assert_eq!(
        message(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", ""),
        "`a.npy` ends within its header"
    );
    assert_eq!(message(b"\x93NUMPY\x09\x00\x00\x00", ""), "`a.npy` has the unknown version 9");
    assert_eq!(
        of(&good("<c16", "(1,)")),
        "`a.npy` holds `<c16`, whose numbers are not of the types f4, f8, i1, i2, i4, i8, u1, u2, u4, u8, b1"
    );
    assert!(of(&good("|f8", "(2,)")).starts_with("`a.npy` holds `|f8`, whose numbers are not"));
    assert!(of(&good("", "(2,)")).starts_with("`a.npy` holds ``, whose"));
    assert!(of(&good("é8", "(2,)")).starts_with("`a.npy` holds `Ã©8`, whose"));
    assert_eq!(
        of("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (2,)}"),
        "`a.npy` has fields with names, not numbers alone"
    );
    assert_eq!(
        of("{'descr': '<f8', 'shape': (2,)}"),
        "`a.npy` has no `fortran_order` in its header"
    );
    assert_eq!(of(&good("<f8", "(1, 1, 2)")), "`a.npy` has 3 dimensions");
    assert_eq!(of(&good("<f8", "()")), "`a.npy` holds one number, not an array");
    assert_eq!(of(&good("<f8", "(-2,)")), "`a.npy` has a shape that is none");
    assert_eq!(of(&good("<f8", "(0, 3)")), "`a.npy` is empty");
    assert_eq!(
        of(&good("<f8", "(3,)")),
        "`a.npy` ends too soon: it has 16 bytes of numbers, but its header says 24"
    );
    assert_eq!(
        of(&good("<f8", "(1,)")),
        "`a.npy` goes on behind its numbers: it has 16 bytes of numbers, but its header says 8"
    );
    assert_eq!(
        of(&good("<f8", "(4294967296, 4294967296)")),
        "`a.npy` ends too soon: it has 16 bytes of numbers, but its header says \
         147573952589676412928"
    );
    let bad = npy(1, &good("<f8", "(2, 2)"), &floats(&[1.0, f64::INFINITY, f64::NAN, 1e200]));
    assert_eq!(message(&bad, ""), "`a.npy` has inf in row 0, column 1 (from 0)");
    assert_eq!(message(&bad, "missing = 'drop'"), "`a.npy` has inf in row 0, column 1 (from 0)");
    assert_eq!(message(&bad, "columns = [0]"), "`a.npy` has NaN in row 1, column 0 (from 0)");
    assert_eq!(message(&bad, "columns = [2]"), "`a.npy` has no column 2");
    assert_eq!(message(&bad, "columns = [0, 0]"), "column `0` is named twice");
    assert_eq!(message(&bad, "columns = []"), "`columns` is empty");
    // No prefix and no changed byte of a good file makes it panic.
    let good = npy(1, &good("<f8", "(2,)"), &two);
    for end in 0..good.len() {
        read_npy(&good[..end], "").unwrap_err();
        let mut changed = good.clone();
        changed[end] ^= 0x15;
        drop(read_npy(&changed, ""));
    }
}

/// What a folder with `a.npy` and the labels `k.npy` gives.
fn labelled(points: &[u8], labels: &[u8], options: &str) -> Result<Spec, Vec<(String, String)>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.npy"), points).unwrap();
    std::fs::write(folder.path().join("k.npy"), labels).unwrap();
    let text = format!("[source.npy]\npath = 'a.npy'\nlabel_path = 'k.npy'\n{options}");
    resolve_in(folder.path(), &text)
}

#[test]
fn labels_are_whole_numbers_of_a_file_of_their_own() {
    let good = |descr: &str, shape: &str| header(descr, "False", shape);
    let points = npy(1, &good("<f8", "(4,)"), &floats(&[1.0, f64::NAN, 3.0, 4.0]));
    let labels = npy(1, &good("|i1", "(4, 1)"), &[7, 0, 0xff, 7]);
    let spec = labelled(&points, &labels, "missing = 'drop'").unwrap();
    let data = made(&spec);
    assert_eq!(data.points, arr2(&[[1.0], [3.0], [4.0]]));
    // -1 comes before 7; that of the row that was left out is none.
    assert_eq!((data.labels, spec.dropped()), (Some(vec![1, 0, 1].into()), 1));
    assert_eq!(spec.shape().components, Some(2));
    let files: Vec<_> = spec.files().map(|(key, file)| (key, file.path.as_str())).collect();
    assert_eq!(files, [("path", "a.npy"), ("label_path", "k.npy")]);
    // The labels are of floating-point numbers where some are missing.
    let missing = npy(1, &good("<f8", "(4,)"), &floats(&[0.0, 1.0, f64::NAN, 1.0]));
    let spec = labelled(&points, &missing, "missing = 'drop'").unwrap();
    assert_eq!((made(&spec).labels, spec.dropped()), (Some(vec![0, 1].into()), 2));
    let whole = npy(1, &good("<f8", "(4,)"), &floats(&[1.0, 2.0, 3.0, 4.0]));
    let wrong = |labels: &[u8]| {
        let mut mistakes = labelled(&whole, labels, "").unwrap_err();
        assert_eq!((mistakes.len(), mistakes[0].1.as_str()), (1, "'k.npy'"));
        mistakes.remove(0).0
    };
    assert_eq!(wrong(&missing), "`k.npy` has NaN in row 2 (from 0)");
    let of = |values: &[f64], shape: &str| npy(1, &good("<f8", shape), &floats(values));
    assert_eq!(wrong(&of(&[0.0, 0.5, 1.0, 0.0], "(4,)")), "`k.npy` has 0.5 in row 1 (from 0)");
    assert_eq!(wrong(&of(&[0.0, 1e17, 1.0, 0.0], "(4,)")), "`k.npy` has 1e17 in row 1 (from 0)");
    // 2^53 + 1 would be the same number.
    let large = 9_007_199_254_740_992.0;
    assert_eq!(
        wrong(&of(&[0.0, large, 1.0, 0.0], "(4,)")),
        "`k.npy` has 9007199254740992.0 in row 1 (from 0)"
    );
    assert_eq!(wrong(&of(&[0.0; 3], "(3,)")), "`k.npy` has 3 labels, but `a.npy` has 4 rows");
    assert_eq!(
        wrong(&of(&[0.0; 8], "(4, 2)")),
        "`k.npy` has 2 columns, but labels are one number a row"
    );
    assert_eq!(wrong(b"x"), "`k.npy` is no file of numpy's");
    let many: Vec<f64> = (0..1001).map(f64::from).collect();
    let all = of(&many, "(1001,)");
    let mistakes = labelled(&all, &all, "").unwrap_err();
    assert_eq!(mistakes[0].0, "`k.npy` has more than 1000 different labels");
}

#[test]
fn columns_are_taken_in_the_order_that_is_written() {
    for by_column in [false, true] {
        // More numbers than are read at a time.
        let (rows, columns) = (20_000, 3);
        let value = |i: usize, j: usize| (10 * i + j) as f64;
        let numbers: Vec<f64> = match by_column {
            false => (0..rows * columns).map(|n| value(n / columns, n % columns)).collect(),
            true => (0..rows * columns).map(|n| value(n % rows, n / rows)).collect(),
        };
        let order = if by_column { "True" } else { "False" };
        let file = npy(2, &header("<f8", order, "(20000, 3)"), &floats(&numbers));
        let spec = read_npy(&file, "columns = [2, 0]").unwrap();
        let expected = Array2::from_shape_fn((rows, 2), |(i, j)| value(i, [2, 0][j]));
        assert_eq!(made(&spec).points, expected);
        assert_eq!(spec.shape().columns, ["x_1", "x_2"]);
        // What is read is not copied, and so much is not carried.
        assert_eq!(made(&spec).points.as_ptr(), made(&spec).points.as_ptr());
        assert!(spec.files().all(|(_, file)| file.content.is_none()));
    }
}

#[test]
fn an_array_on_its_side_is_not_a_thousand_coordinates() {
    let file = npy(1, &header("<f8", "False", "(1, 10001)"), &floats(&[0.5; 10_001]));
    let mistakes = read_npy(&file, "").unwrap_err();
    assert_eq!(mistakes[0].0, "`a.npy` has 10001 columns; at most 10000 are read");
}

#[test]
fn a_file_of_too_many_numbers_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let start = npy(1, &header("|u1", "False", "(100000001,)"), &[]);
    let path = folder.path().join("a.npy");
    std::fs::write(&path, &start).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    // A hole, which takes no room.
    file.set_len(start.len() as u64 + 100_000_001).unwrap();
    let mistakes = resolve_in(folder.path(), "[source.npy]\npath = 'a.npy'").unwrap_err();
    assert_eq!(mistakes[0].0, "`a.npy` has more than 100000000 numbers");
}

#[test]
fn a_header_is_no_place_for_a_whole_file() {
    let long = header("<f8", "False", "(1,)") + &" ".repeat(1 << 16);
    let mistakes = read_npy(&npy(2, &long, &floats(&[1.0])), "").unwrap_err();
    assert!(mistakes[0].0.starts_with("`a.npy` has a header of 65"), "{}", mistakes[0].0);
}

#[test]
fn a_figure_carries_the_points_and_the_labels() {
    let config = "schema = 1\n[output]\nfigures = 'out'\nextras = false\n[data.a]\n\
                  source.npy = { path = 'in/x.npy', label_path = 'in/of/x.npy' }\n\
                  [figure.a]\nformats = ['svg']\nplot.scatter = { data = 'a' }\n";
    let place = folder(config);
    std::fs::create_dir_all(place.path().join("in/of")).unwrap();
    let good = |descr: &str, shape: &str| header(descr, "False", shape);
    let points = npy(1, &good("<f8", "(3, 2)"), &floats(&[1.0, 2.0, 3.0, 5.0, 4.0, 0.0]));
    std::fs::write(place.path().join("in/x.npy"), points).unwrap();
    let labels = npy(1, &good("|u1", "(3,)"), &[5, 5, 9]);
    std::fs::write(place.path().join("in/of/x.npy"), labels).unwrap();
    check(&elbow(&place, &["build", "-q", "a.toml"]), 0, &[]);
    let made = std::fs::read(place.path().join("out/a.svg")).unwrap();
    let empty = tempfile::tempdir().unwrap();
    std::fs::write(empty.path().join("a.svg"), &made).unwrap();
    check(&elbow(&empty, &["rerun", "a.svg", "-o", "again"]), 0, &[]);
    assert_eq!(std::fs::read(empty.path().join("again/a.svg")).unwrap(), made);
    has(&stdout(&elbow(&empty, &["inspect", "a.svg"])), &["x.npy: ", "x-2.npy: "]);
    // Other labels make another figure.
    let labels = npy(1, &good("|u1", "(3,)"), &[5, 9, 9]);
    std::fs::write(place.path().join("in/of/x.npy"), labels).unwrap();
    check(&elbow(&place, &["build", "-q", "a.toml"]), 0, &[]);
    assert_ne!(std::fs::read(place.path().join("out/a.svg")).unwrap(), made);
    let inputs = stdout(&elbow(&place, &["list", "--inputs", "a.toml"]));
    has(&inputs, &["in/x.npy\n", "in/of/x.npy\n"]);
}
