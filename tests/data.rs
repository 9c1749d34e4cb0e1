//! Data sources: the numbers that they give, and what they say of mistakes.

// Helpers of tests may panic as tests do; clippy knows only functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod sources;

use elbow::data::Spec;
use elbow::random::{Generator, Seed, stream};
use ndarray::{Array2, arr2};
use sources::{check, make, resolve, resolve_in};

fn mixture(options: &str) -> String {
    format!("[source.gaussian_mixture]\n{options}")
}

#[test]
fn the_lectures_line_is_drawn_as_its_notebook_draws_it() {
    let text = mixture("means = [0, 1.0, 5]\nsd = 1.0\nsamples = 1000");
    let data = make(&text, 10);
    assert_eq!(data.points.dim(), (3000, 1));
    assert_eq!(data.columns, ["x"]);
    // numpy.random.RandomState(10).normal(mean, 1, 1000) for each mean in turn.
    let mut r = stream(Generator::Numpy, &Seed::Own(10));
    for (i, x) in data.points.column(0).iter().enumerate() {
        assert_eq!(*x, [0.0, 1.0, 5.0][i / 1000] + r.standard_normal());
    }
    assert!((data.points[[0, 0]] - 1.331586504129518).abs() < 1e-15);
    let labels = data.labels.unwrap();
    assert!(labels.iter().enumerate().all(|(i, k)| k == i / 1000));
    let truth = data.truth.unwrap();
    assert_eq!(truth.means, arr2(&[[0.0], [1.0], [5.0]]));
    assert!(truth.weights.iter().all(|w| (w - 1.0 / 3.0).abs() < 1e-16));
}

#[test]
fn the_lectures_plane_is_drawn_as_its_notebook_draws_it() {
    let text = mixture(
        "means = [[0.0, -0.7], [0.0, 0.0]]\nsamples = [4, 2]\n\
         covariances = [[[0.7, 0.2], [0.2, 0.1]], [[0.5, 0.0], [0.0, 0.1]]]",
    );
    let data = make(&text, 10);
    let mut r = stream(Generator::Numpy, &Seed::Own(10));
    let first = r.multivariate_normal(&[0.0, -0.7], &arr2(&[[0.7, 0.2], [0.2, 0.1]]), 4);
    let second = r.multivariate_normal(&[0.0, 0.0], &arr2(&[[0.5, 0.0], [0.0, 0.1]]), 2);
    let rows: Vec<f64> = first.into_iter().chain(second).collect();
    assert_eq!(data.points, Array2::from_shape_vec((6, 2), rows).unwrap());
    // numpy_random.json, seed 10, multivariate_normal_4.
    assert!((data.points[[0, 0]] + 1.152612801095419).abs() < 1e-12);
    assert_eq!(data.columns, ["x_1", "x_2"]);
    let truth = data.truth.unwrap();
    assert_eq!(truth.covariances[0], arr2(&[[0.7, 0.2], [0.2, 0.1]]));
    assert!((truth.weights[0] - 2.0 / 3.0).abs() < 1e-16);
}

#[test]
fn factors_stretch_standard_normals() {
    // The concentration-prior example of scikit-learn's gallery: randn(n, 2) @ C, with C transposed.
    let text = mixture(
        "means = [[0.0, 0.0], [-6.0, 3.0]]\nsamples = 50\n\
         factors = [[[0.0, 1.7], [-0.1, 0.4]], [[0.7, 0.0], [0.0, 0.7]]]",
    );
    let data = make(&text, 0);
    let mut r = stream(Generator::Numpy, &Seed::Own(0));
    for (i, point) in data.points.rows().into_iter().enumerate() {
        let (a, b) = (r.standard_normal(), r.standard_normal());
        match i {
            0..50 => assert_eq!(point.to_vec(), [0.0 + 1.7 * b, -0.1 * a + 0.4 * b]),
            _ => assert_eq!(point.to_vec(), [-6.0 + 0.7 * a, 3.0 + 0.7 * b]),
        }
    }
    let truth = data.truth.unwrap();
    let expected = arr2(&[[1.7 * 1.7, 1.7 * 0.4], [1.7 * 0.4, 0.1 * 0.1 + 0.4 * 0.4]]);
    assert!((&truth.covariances[0] - &expected).iter().all(|d| d.abs() < 1e-15));
    check(
        &mixture("means = [[0, 0], [1, 1]]\nsamples = 5\nsd = 1.0\nfactors = [[[1, 2], [2, 4]]]"),
        &[
            ("both `sd` and `factors` are given", "[[[1, 2], [2, 4]]]"),
            ("`factors` has 1 entry, but there are 2 means", "[[[1, 2], [2, 4]]]"),
            ("factor 1 of 1 is singular: its points would lie on a plane", "[[1, 2], [2, 4]]"),
        ],
    );
    check(
        &mixture("means = [[0, 0]]\nsamples = 5\nfactors = [[[1, nan]]]"),
        &[("factor 1 of 1 is 1 x 2, but the means have 2 coordinates", "[[1, nan]]")],
    );
}

#[test]
fn weights_choose_the_components_first() {
    let text =
        mixture("means = [[-1, 0], [1, 2]]\nsd = [0.5, 2]\nweights = [0.2, 0.8]\ntotal = 50");
    let data = make(&text, 3);
    let mut r = stream(Generator::Numpy, &Seed::Own(3));
    let labels = r.choice_weighted(&[0.2, 0.8], 50);
    for (point, &k) in data.points.rows().into_iter().zip(&labels) {
        for (x, mean) in point.iter().zip([[-1.0, 0.0], [1.0, 2.0]][k]) {
            assert_eq!(*x, mean + [0.5, 2.0][k] * r.standard_normal());
        }
    }
    assert_eq!(data.labels.as_ref(), Some(&labels.clone().into()));
    let truth = data.truth.unwrap();
    assert_eq!(truth.weights, [0.2, 0.8]);
    assert_eq!(truth.covariances[1], arr2(&[[4.0, 0.0], [0.0, 4.0]]));
}

#[test]
fn the_shape_is_known_before_the_points() {
    let spec = resolve(&mixture("means = [[0, 0], [1, 1]]\nsamples = [3, 4]")).unwrap();
    let shape = spec.shape();
    assert_eq!((shape.points, shape.dimensions), (7, 2));
    assert_eq!((shape.components, shape.truth), (Some(2), true));
    assert_eq!(shape.columns, ["x_1", "x_2"]);
    assert_eq!(spec.files().count(), 0);
    let written = serde_json::to_string(&spec).unwrap();
    let expected =
        r#"{"gaussian_mixture":{"means":[[0.0,0.0],[1.0,1.0]],"sd":[1.0,1.0],"samples":[3,4]}}"#;
    assert_eq!(written, expected);
}

#[test]
fn mistakes_of_a_mixture_are_shown_where_they_are() {
    check(&mixture("means = []\nsamples = 5"), &[("`means` is empty", "[]")]);
    check(
        &mixture("means = [0.0, [1.0, 2.0], nan, 1e200]\nsamples = 0"),
        &[
            ("mean 2 of 4 has 2 coordinates, but the first has 1", "[1.0, 2.0]"),
            ("mean 3 of 4 must be a finite number, but is NaN", "nan"),
            ("mean 4 of 4 is too large: its square overflows", "1e200"),
            ("`samples` must be at least 1, but is 0", "0"),
        ],
    );
    check(
        &mixture("means = [0.0, 1.0]\nsd = [1.0, -1.0, 0.0]\nsamples = [1, 0]"),
        &[
            ("`sd` has 3 entries, but there are 2 means", "[1.0, -1.0, 0.0]"),
            ("`sd` of component 2 must be greater than 0, but is -1", "-1.0"),
            ("`sd` of component 3 must be greater than 0, but is 0", "0.0"),
            ("`samples` of component 2 must be at least 1, but is 0", "0"),
        ],
    );
    check(
        &mixture("means = [0.0]\nsd = 1.0\ncovariances = [[[1.0]]]\nsamples = 1"),
        &[("both `sd` and `covariances` are given", "1.0")],
    );
}

#[test]
fn mistakes_of_a_covariance_say_which() {
    let with = |list: &str| {
        mixture(&format!("means = [[0, 0], [1, 1]]\nsamples = 3\ncovariances = {list}"))
    };
    check(
        &with("[[[1.0]], [[1, 0.5], [0.4, 1]]]"),
        &[
            ("covariance 1 of 2 is 1 x 1, but the means have 2 coordinates", "[[1.0]]"),
            (
                "covariance 2 of 2 is not symmetric: 0.4 in row 2, column 1, but 0.5 in row 1, \
                 column 2",
                "0.4",
            ),
        ],
    );
    check(
        &with("[[[1, 2], [2, 1]], [[1, 0], [0, -1]]]"),
        &[
            ("covariance 1 of 2 is not positive definite", "[[1, 2], [2, 1]]"),
            (
                "the variance in row 2, column 2 of covariance 2 of 2 must be greater than 0, but \
                 is -1",
                "-1",
            ),
        ],
    );
    check(
        &with("[[[1, 2], [2]]]"),
        &[
            ("`covariances` has 1 entry, but there are 2 means", "[[[1, 2], [2]]]"),
            (
                "covariance 1 of 1 has rows of unequal length, but the means have 2 coordinates",
                "[[1, 2], [2]]",
            ),
        ],
    );
}

#[test]
fn how_many_points_must_be_said_once() {
    let with = |options: &str| mixture(&format!("means = [0, 1]\n{options}"));
    check(&with(""), &[("`samples` is missing", "[0, 1]")]);
    check(
        &with("samples = 3\ntotal = 7"),
        &[("`samples` is given together with `weights` or `total`", "3")],
    );
    check(&with("total = 7"), &[("`total` is given without `weights`", "7")]);
    check(&with("weights = [0.5, 0.5]"), &[("`weights` is given without `total`", "[0.5, 0.5]")]);
    check(
        &with("weights = [0.5, 0.6]\ntotal = 7"),
        &[("`weights` must sum to 1, but sum to 1.1", "[0.5, 0.6]")],
    );
    check(
        &with("weights = [1.0, 0.0]\ntotal = 0"),
        &[
            ("the weight of component 2 must be greater than 0, but is 0", "0.0"),
            ("`total` must be at least 1, but is 0", "0"),
        ],
    );
    let huge = "the data set would have more than 100000000 numbers";
    check(&with("samples = 9223372036854775807"), &[(huge, "9223372036854775807")]);
    let wide = format!("means = [{:?}]\nsamples = 1", vec![0; 26]);
    let means = format!("[{:?}]", vec![0; 26]);
    check(&mixture(&wide), &[("mixtures have at most 25 dimensions", means.as_str())]);
}

#[test]
fn points_may_be_written_inline() {
    let data =
        make("[source.points]\nvalues = [[1, 2], [3, 4], [5, 6]]\nlabels = ['b', 7, 'a']", 0);
    assert_eq!(data.points, arr2(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]));
    assert_eq!(data.labels.unwrap().to_vec(), [2, 0, 1]);
    assert!(data.truth.is_none());
    let line = resolve("[source.points]\nvalues = [1.5, 2]").unwrap();
    assert_eq!((line.shape().dimensions, line.shape().components), (1, None));
    assert_eq!(line.shape().columns, ["x"]);
}

#[test]
fn mistakes_of_inline_points_are_shown_where_they_are() {
    check("[source.points]\nvalues = []", &[("`values` is empty", "[]")]);
    check(
        "[source.points]\nvalues = [1, inf, []]\nlabels = [0, -1]",
        &[
            ("value 2 of 3 must be a finite number, but is inf", "inf"),
            ("value 3 of 3 has no coordinates", "[]"),
            ("`labels` has length 2, but `values` has 3", "[0, -1]"),
            ("a label must not be negative, but is -1", "-1"),
        ],
    );
}

#[test]
fn points_whose_squared_distances_vanish_are_refused() {
    let mistake = "the points differ in `x` by 9.9e-324 at most, whose square vanishes";
    let values = "[0.0, 5e-324, 1e-323]";
    check(&format!("[source.points]\nvalues = {values}"), &[(mistake, values)]);
    let values = "[[1, 0.0], [2, 1e-151], [3, -1e-160]]";
    let mistake = "the points differ in `x_2` by 1.0e-151 at most, whose square vanishes";
    check(&format!("[source.points]\nvalues = {values}"), &[(mistake, values)]);
    check_file(
        "h,w\n1,1e-160\n2,3e-160\n",
        "",
        &[("the points differ in `w` by 2.0e-160 at most, whose square vanishes", "'data.csv'")],
    );
    // Equal ones are a matter of the models, and means need not be apart.
    resolve("[source.points]\nvalues = [5e-324, 5e-324]").unwrap();
    resolve("[source.points]\nvalues = [0.0, 1e-150]").unwrap();
    resolve(&mixture("means = [0.0, 5e-324]\nsamples = 3")).unwrap();
}

/// A folder with one file `data.csv`.
fn folder(content: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data.csv"), content).unwrap();
    folder
}

fn read(content: &str, options: &str) -> Result<Spec, Vec<(String, String)>> {
    let text = format!("[source.csv]\npath = 'data.csv'\n{options}");
    resolve_in(folder(content.as_bytes()).path(), &text)
}

/// As `check`, where a place in the file is written `+` and its text.
fn check_file(content: &str, options: &str, expected: &[(&str, &str)]) {
    let config = format!("[source.csv]\npath = 'data.csv'\n{options}");
    let mistakes = read(content, options).unwrap_err();
    assert_eq!(mistakes.len(), expected.len(), "{mistakes:?}");
    for ((message, place), (expected_message, expected_place)) in mistakes.iter().zip(expected) {
        assert_eq!(message, expected_message);
        match (place.strip_prefix('+'), expected_place.strip_prefix('+')) {
            (Some(offset), Some(start)) => {
                let offset = offset.parse::<usize>().unwrap() - config.len() - 1;
                assert!(
                    content[offset..].starts_with(start),
                    "{message}: {:?}",
                    &content[offset..]
                );
            }
            _ => assert_eq!(place, expected_place),
        }
    }
}

#[test]
fn a_file_gives_its_columns_and_labels() {
    let content = "name,height,weight,kind\nann,1.5,60,10\n\nbob,\" 1.25 \",70,9\ncay,2,8e1,10\n";
    let spec = read(content, "label = 'kind'").unwrap();
    let data = spec.make(&mut *stream(Generator::Chacha, &Seed::Own(0)));
    assert_eq!(data.columns, ["height", "weight"]);
    assert_eq!(data.points, arr2(&[[1.5, 60.0], [1.25, 70.0], [2.0, 80.0]]));
    // Numbers are sorted as numbers: 9 comes before 10.
    assert_eq!(data.labels.unwrap().to_vec(), [1, 0, 1]);
    let spec = read(content, "columns = ['weight', 1]\nlabel = 0").unwrap();
    assert_eq!(spec.shape().components, Some(3));
    assert_eq!(spec.shape().columns, ["weight", "height"]);
    let written = serde_json::to_value(&spec).unwrap();
    let file = &written["csv"];
    assert_eq!(file["columns"], serde_json::json!(["weight", "height"]));
    assert_eq!(file["label"], "name");
    assert_eq!(file.as_object().unwrap().len(), 4);
    let (key, read) = spec.files().next().unwrap();
    let hash = read.sha256.as_str();
    assert_eq!((key, read.path.as_str()), ("path", "data.csv"));
    assert_eq!((hash.len(), file["sha256"].as_str()), (64, Some(hash)));
}

#[test]
fn files_differ_in_delimiter_header_and_line_ends() {
    let spec = read("\u{feff}1;2\r\n3;4\r\n", "header = false\ndelimiter = ';'").unwrap();
    let data = spec.make(&mut *stream(Generator::Chacha, &Seed::Own(0)));
    assert_eq!(data.points, arr2(&[[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(data.columns, ["x_1", "x_2"]);
    let data = read("y\n1\n2", "").unwrap();
    assert_eq!((data.shape().points, data.shape().dimensions), (2, 1));
}

#[test]
fn every_wrong_cell_of_a_file_is_shown_at_its_place() {
    check_file(
        "x,y\n1,\r\nnan,2\r\n\"1,5\",inf\r\n3,1e999\r\n4,5\n6,7\n8,9\n",
        "",
        &[
            ("the cell is empty", "+\r\nnan"),
            ("`nan` is not a number", "+nan,2"),
            ("`1,5` is not a number", "+\"1,5\",inf"),
            ("the cell is infinite", "+inf"),
            ("`1e999` is too large", "+1e999"),
        ],
    );
    let mut content = "x\n".to_owned();
    content.push_str(&"1\n".repeat(40));
    content.push_str(&"bad\n".repeat(30));
    let mistakes = read(&content, "").unwrap_err();
    assert_eq!(mistakes.len(), 21);
    assert_eq!(mistakes[20].0, "10 more cells of this file are wrong, from here on");
}

#[test]
fn an_unclosed_quote_does_not_swallow_the_rest_of_the_file() {
    let mistake = "this quotation mark is never closed";
    let rows = "2,a\n".repeat(1000);
    let content = format!("x,k\n1,\"a\n{rows}");
    check_file(&content, "label = 'k'", &[(mistake, "+\"a\n2,a\n")]);
    check_file("x,\"k\n1,2\n", "", &[(mistake, "+\"k\n")]);
    // The next cell in quotes would close it.
    let content = format!("x,k\n1,\"a\n{rows}3,\"b\"\n");
    check_file(&content, "label = 'k'", &[(mistake, "+\"a\n2,a\n")]);
    // A cell may well have line ends.
    let spec = read("x,k\n1,\"a\nb\"\n2,c\n", "label = 'k'").unwrap();
    assert_eq!(spec.shape().points, 2);
}

#[test]
fn a_column_with_missing_numbers_is_not_dropped() {
    let content = "x,y\n1,2\n2,NA\n3,-\n4,\n5,NaN\n";
    let mistakes = [
        ("`NA` is not a number", "+NA"),
        ("`-` is not a number", "+-"),
        ("the cell is empty", "+\n5"),
        ("`NaN` is not a number", "+NaN"),
    ];
    check_file(content, "", &mistakes);
    check_file(content, "columns = ['y']", &mistakes);
    assert_eq!(read(content, "columns = ['x']").unwrap().shape().dimensions, 1);
    check_file("x,y\n1,nan\n2,nan\n", "", &[("`nan` is not a number", "+nan"); 2]);
    // A delimiter at the end of each row makes an empty column, and signs are no numbers.
    let spec = read("x,kind,\n1,+,\n2,-,\n3,-,\n", "").unwrap();
    assert_eq!(spec.shape().dimensions, 1);
}

#[test]
fn a_huge_cell_is_not_shown_whole() {
    for cell in ["9", "\u{e4}"].map(|c| c.repeat(100_000)) {
        let mistakes = read(&format!("x\n{cell}\n1\n"), "").unwrap_err();
        assert!(mistakes[0].0.len() < 150, "{}", mistakes[0].0);
    }
}

#[test]
fn a_label_that_is_missing_is_no_component() {
    check_file(
        "x,k\n1,a\n2,\n3,NA\n4,nan\n5, null\n",
        "label = 'k'",
        &[
            ("the label is empty", "+\n3"),
            ("the label is missing: `NA` is none", "+NA"),
            ("the label is missing: `nan` is none", "+nan"),
            ("the label is missing: `null` is none", "+ null"),
        ],
    );
    // Words that are names in some places.
    let spec = read("x,k\n1,Na\n2,none\n3,-\n4,+\n", "label = 'k'").unwrap();
    assert_eq!(spec.shape().components, Some(4));
}

#[test]
fn a_file_without_a_header_does_not_lose_its_first_point() {
    let mistake = "the header of this file has numbers for names";
    check_file("1.5\n2.5\n3.5\n", "", &[(mistake, "+1.5\n2.5")]);
    check_file("1.5,2\n2.5,3\n", "columns = [1]", &[(mistake, "+1.5,2\n")]);
    // The label of the first point is no name of a column either.
    check_file("\n1.5,a\n2.5,b\n", "label = 1", &[(mistake, "+1.5,a\n")]);
    let points = |options| read("1.5\n2.5\n3.5\n", options).unwrap().shape().points;
    assert_eq!((points("header = false"), points("header = true")), (3, 2));
    // Who names a column by its name says that there are names.
    let spec = read("kind,2019,2020\na,1,2\n", "columns = ['2019', '2020']").unwrap();
    assert_eq!(spec.shape().dimensions, 2);
    check_file("1.5\n", "", &[("`data.csv` has no rows below its header", "'data.csv'")]);
}

#[test]
fn rows_of_unequal_length_are_shown() {
    check_file(
        "x,y\n1,2\n3\n4,5,6\n",
        "",
        &[
            ("this row has 1 cell, but the first row has 2", "+3\n"),
            ("this row has 3 cells, but the first row has 2", "+4,5,6"),
        ],
    );
}

#[test]
fn wrong_columns_are_shown_in_the_config() {
    check_file(
        "height,weight,weight\n1,2,3\n",
        "columns = ['heigth', 7, 0, 0, 'weight']\nlabel = 'kind'",
        &[
            ("`data.csv` has no column `heigth`", "'heigth'"),
            ("`data.csv` has no column 7", "7"),
            ("column `height` is named twice", "0"),
            ("`data.csv` has several columns `weight`", "'weight'"),
            ("`data.csv` has no column `kind`", "'kind'"),
        ],
    );
    check_file("a\nb\n", "", &[("no column of `data.csv` holds numbers", "'data.csv'")]);
    check_file("1\n2\n", "columns = []\nheader = false", &[("`columns` is empty", "[]")]);
    check_file(
        "1\n2\n",
        "label = 'k'\nheader = false",
        &[("`data.csv` has no names of columns, but one is called `k`", "'k'")],
    );
    check_file(
        "a,b\n1,2\n",
        "columns = ['a', 'b']\nlabel = 'b'",
        &[("column `b` is the label", "'b'")],
    );
    check_file("1\n", "delimiter = ';;'", &[("`delimiter` must be one ASCII character", "';;'")]);
}

#[test]
fn a_file_that_cannot_be_read_is_shown_in_the_config() {
    check_file("", "", &[("`data.csv` is empty", "'data.csv'")]);
    check_file("x\n", "", &[("`data.csv` has no rows below its header", "'data.csv'")]);
    check_file("\n\n", "header = false", &[("`data.csv` is empty", "'data.csv'")]);
    let wide = format!("{}x\n1\n", "x,".repeat(10_000));
    let message = "`data.csv` has 10001 columns; at most 10000 are read";
    check_file(&wide, "", &[(message, "'data.csv'")]);
    let folder = folder(b"x\n1\n\xff\n");
    let mistakes = |path: &str| {
        let text = format!("[source.csv]\npath = '{path}'");
        resolve_in(folder.path(), &text).unwrap_err().remove(0).0
    };
    assert_eq!(mistakes("data.csv"), "`data.csv` is not UTF-8: see its line 3");
    assert_eq!(mistakes("missing.csv"), "there is no file `missing.csv`");
    assert_eq!(mistakes("."), "`.` is not a file");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        failure_persistence: None, ..Default::default()
    })]

    #[test]
    fn no_file_makes_it_panic(content in "[-0-9a,;\"\n\r .\u{e4}]{0,60}", header: bool, label: bool) {
        let label = if label { "label = 0" } else { "" };
        let _ = read(&content, &format!("header = {header}\n{label}"));
    }
}

#[test]
#[cfg(not(feature = "parquet"))]
fn a_program_without_parquet_checks_its_keys_and_says_how_to_get_one() {
    check(
        "[source.parquet]\npath = 'x.parquet'\ncolumns = ['a']\nlabel = 'k'\nmissing = 'drop'",
        &[("`x.parquet` is not read: this program was built without `parquet`", "'x.parquet'")],
    );
}
