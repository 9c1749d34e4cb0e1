//! `elbow watch`: what is saved is built, and the page shows it.
//!
//! The test that drives the page in a browser is run by
//! `cargo test --test live -- --ignored`; it needs Chromium and chromedriver.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "live/browser.rs"]
mod browser;
#[path = "live/http.rs"]
mod http;
mod program;
#[path = "live/watching.rs"]
mod watching;

use std::fs;
use std::io::{Read as _, Write as _};

use program::{CONFIG, check, elbow, files};
use serde_json::{Value, json};
use watching::Watching;

const MEAN: &str = "data.line.source.gaussian_mixture.means[1]";

#[test]
fn what_is_saved_is_built_in_whatever_way_it_is_saved() {
    let watching = Watching::new(CONFIG);
    let figures = watching.path("figures");
    let first = files(&figures);
    watching.save(&CONFIG.replace("seed = 10", "seed = 11"));
    let second = files(&figures);
    assert!(first.keys().eq(second.keys()) && first != second);
    // As editors do that keep the old file until the new one is whole.
    fs::write(watching.path("a.toml~"), CONFIG).unwrap();
    fs::rename(watching.path("a.toml~"), watching.path("a.toml")).unwrap();
    watching.until("watching");
    assert!(files(&figures) == first);
}

#[test]
fn files_that_a_config_reads_are_watched_and_those_that_are_not_there_yet() {
    let config = "schema = 1\ninclude = ['style.toml']\n[data.a]\nsource.csv = { path = 'later/a.csv', columns = ['x'] }\n[figure.a]\nplot.histogram = { data = 'a' }\n";
    let watching = Watching::new(config);
    assert!(!watching.path("figures").exists());
    let state = watching.state();
    assert_eq!(state["errors"].as_array().unwrap().len(), 2, "{state}");
    fs::write(watching.path("style.toml"), "[output]\ndpi = 50\n").unwrap();
    watching.until("watching");
    fs::create_dir(watching.path("later")).unwrap();
    fs::write(watching.path("later/a.csv"), "x\n1\n2\n3.5\n").unwrap();
    watching.until("watching");
    let first = fs::read(watching.path("figures/a.png")).unwrap();
    fs::write(watching.path("later/a.csv"), "x\n1\n2\n9.5\n").unwrap();
    watching.until("watching");
    assert!(fs::read(watching.path("figures/a.png")).unwrap() != first);
    assert_eq!(watching.state()["errors"], json!([]));
}

#[test]
fn a_text_in_another_encoding_is_a_mistake_on_the_page_too() {
    let watching = Watching::new(CONFIG);
    fs::write(watching.path("a.toml"), b"schema = 1 # \xe9").unwrap();
    watching.until("watching");
    let state = watching.state();
    assert!(state["errors"][0].as_str().unwrap().contains("not UTF-8"), "{state}");
}

#[test]
fn a_config_that_is_broken_or_gone_leaves_the_last_figures() {
    let watching = Watching::new(CONFIG);
    let first = files(&watching.path("figures"));
    let before = watching.preview(&[], &["data"]);
    watching.save(&CONFIG.replace("seed = 10", "seed = \"ten\""));
    let state = watching.state();
    let error = state["errors"][0].as_str().unwrap();
    assert!(error.contains("--> a.toml:8:8") && error.contains("seed = \"ten\""), "{error}");
    assert_eq!(state["figures"].as_array().unwrap().len(), 2);
    assert!(watching.preview(&[], &["data"]) == before);
    fs::remove_file(watching.path("a.toml")).unwrap();
    watching.until("watching");
    assert!(watching.state()["errors"][0].as_str().unwrap().starts_with("cannot read `a.toml`"));
    assert!(watching.preview(&[], &["data"]) == before);
    assert!(files(&watching.path("figures")) == first);
    watching.save(CONFIG);
    assert_eq!(watching.state()["errors"], json!([]));
}

#[test]
fn moved_numbers_change_the_figures_of_the_page_and_no_file() {
    let watching = Watching::new(CONFIG);
    let before = files(watching.folder.path());
    let plain = watching.preview(&[], &["data", "elbo"]);
    let moved = watching.preview(&[(MEAN, "7.5")], &["data", "elbo"]);
    for name in ["data", "elbo"] {
        let svg = |preview: &Value| preview["figures"][name]["svg"].as_str().unwrap().to_owned();
        assert!(svg(&plain).starts_with("<svg"));
        assert!(svg(&plain) != svg(&moved), "{name}");
    }
    // A figure that looks as it did is not sent again.
    let figures = json!({"data": moved["figures"]["data"]["key"], "elbo": ""});
    let request = json!({"moved": watching.moved(&[(MEAN, "7.5")]), "figures": figures});
    let answer = watching.ask("POST /preview", &request).json();
    let sent: Vec<&String> = answer["figures"].as_object().unwrap().keys().collect();
    assert_eq!(sent, ["elbo"]);
    let wrong = watching.preview(&[("fit.cavi.model.cavi.components", "-2")], &["data"]);
    let error = wrong["errors"][0].as_str().unwrap();
    assert!(error.contains("components = -2"), "{error}");
    assert!(files(watching.folder.path()) == before);
}

#[test]
fn the_page_shows_what_a_build_writes() {
    let watching = Watching::new(CONFIG);
    let shown = watching.preview(&[], &["data"]);
    let output =
        elbow(&watching.folder, &["build", "a.toml", "-q", "-o", "plain", "--no-provenance"]);
    check(&output, 0, &[]);
    let written = fs::read_to_string(watching.path("plain/L3_data.svg")).unwrap();
    assert_eq!(shown["figures"]["data"]["svg"], written);
}

#[test]
fn numbers_are_written_back_and_all_else_stays() {
    let text = CONFIG.replace("seed = 10", "seed   =  10     # the notebook's");
    let watching = Watching::new(&text);
    let answer =
        watching.ask("POST /write", &watching.moved(&[("data.line.seed", "4"), (MEAN, "3.5")]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected = text.replace("=  10     #", "=  4     #").replace("4.0]", "3.5]");
    assert_ne!(expected, text);
    assert_eq!(watching.config(), expected);
    watching.until("watching");
    assert_eq!(watching.state()["errors"], json!([]));
}

#[test]
fn what_would_be_wrong_or_is_of_another_text_is_not_written() {
    let watching = Watching::new(CONFIG);
    let wrong = watching.moved(&[("data.line.seed", "-4")]);
    let answer = watching.ask("POST /write", &wrong);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("seed = -4"), "{}", answer.text());
    let no_number = watching.moved(&[("data.line.seed", "1\\nx = 2")]);
    assert_eq!(watching.ask("POST /write", &no_number).status, 422);
    assert_eq!(watching.config(), CONFIG);
    let old = watching.moved(&[("data.line.seed", "4")]);
    let edited = format!("{CONFIG}# a comment\n");
    watching.save(&edited);
    assert_eq!(watching.ask("POST /write", &old).status, 409);
    assert_eq!(watching.config(), edited);
}

#[test]
fn only_its_own_page_and_only_figures_are_served() {
    let watching = Watching::new(CONFIG);
    let port = watching.port;
    let host = format!("Host: 127.0.0.1:{port}");
    let status = |request: &str, headers: &[&str]| http::send(port, request, headers, "").status;
    assert_eq!(status("GET /", &[&host]), 200);
    assert_eq!(status("GET /files/L3_data.png", &[&host]), 200);
    assert_eq!(status("GET /state", &["Host: evil.example"]), 403);
    assert_eq!(status("GET /state", &[&format!("Host: evil.example:{port}")]), 403);
    assert_eq!(status("GET /state", &[&host, "Origin: http://evil.example"]), 403);
    assert_eq!(status("POST /write", &[&host, "Origin: null"]), 403);
    // What a form of another page could send is no request of ours.
    let form = "Content-Type: application/x-www-form-urlencoded";
    assert_eq!(status("POST /write", &[&host, form]), 415);
    for path in [
        "/files/../a.toml",
        "/files/%2e%2e/a.toml",
        "/files/..%2fa.toml",
        "/files/extras/../../a.toml",
        "/files//etc/passwd",
        "/files/%2Fetc%2Fpasswd",
        "/files/extras/a/manifest.json/..",
        "/files/none.png",
        "/../a.toml",
        "/a.toml",
    ] {
        assert_eq!(status(&format!("GET {path}"), &[&host]), 404, "{path}");
    }
    let page = http::send(port, "GET /", &[&host], "");
    assert!(
        page.headers.iter().any(|h| h.starts_with("content-security-policy: default-src 'none'"))
    );
    // The page asks nobody but this server.
    assert!(!page.text().contains("http://") && !page.text().contains("https://"));
}

#[test]
#[cfg(unix)]
fn a_file_that_may_not_be_written_is_not_replaced_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let watching = Watching::new(CONFIG);
    let path = watching.path("a.toml");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    watching.until("watching");
    assert_eq!(
        watching.ask("POST /write", &watching.moved(&[("data.line.seed", "4")])).status,
        200
    );
    assert_eq!(mode(&path), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    // Whoever may do everything is asked for nothing.
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        let answer = watching.ask("POST /write", &watching.moved(&[("data.line.seed", "5")]));
        assert_eq!(answer.status, 500);
        assert!(answer.text().contains("check its permissions"), "{}", answer.text());
    }
}

#[test]
fn a_long_preview_keeps_nobody_waiting() {
    let watching = Watching::new(CONFIG);
    let samples = "data.line.source.gaussian_mixture.samples";
    let slow = json!({"moved": watching.moved(&[(samples, "1000000")]), "figures": {"data": "", "elbo": ""}});
    let port = watching.port;
    std::thread::scope(|scope| {
        let first = scope.spawn(|| watching::ask(port, "POST /preview", &slow).json());
        std::thread::sleep(std::time::Duration::from_millis(100));
        // What is asked meanwhile is answered, what is saved is built, and the newest wins.
        watching.state();
        watching.save(&CONFIG.replace("seed = 10", "seed = 11"));
        assert!(!first.is_finished());
        let newest = watching.preview(&[], &["data"]);
        assert!(newest["figures"]["data"]["svg"].is_string(), "{newest}");
        let first = first.join().unwrap();
        assert_eq!(first["stopped"], true);
    });
}

#[test]
fn controls_that_would_do_nothing_and_figures_that_are_not_wanted_are_not_shown() {
    let watching = Watching::with(CONFIG, &["--set", "data.line.seed=7", "--only", "el*"]);
    let state = watching.state();
    let paths: Vec<&str> =
        state["numbers"].as_array().unwrap().iter().map(|n| n["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&MEAN) && !paths.contains(&"data.line.seed"), "{paths:?}");
    let figures = state["figures"].as_array().unwrap();
    assert_eq!(figures.len(), 1);
    assert_eq!(figures[0]["name"], "elbo");
}

#[test]
fn the_page_is_told_of_news() {
    let watching = Watching::new(CONFIG);
    let mut stream = http::open(watching.port);
    write!(stream, "GET /events HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", watching.port).unwrap();
    let mut said = String::new();
    let mut until = |count: usize| {
        let mut bytes = [0; 256];
        while said.matches("data: ").count() < count {
            let n = stream.read(&mut bytes).unwrap();
            said.push_str(&String::from_utf8_lossy(&bytes[..n]));
        }
    };
    until(1);
    watching.save(&CONFIG.replace("seed = 10", "seed = 11"));
    until(2);
}

#[test]
fn several_configs_are_watched_and_one_has_a_page() {
    let folder = program::folder(CONFIG);
    let output = elbow(&folder, &["watch", "a.toml", "b.toml", "--serve"]);
    check(&output, 2, &["the page shows one config"]);
    check(&elbow(&folder, &["watch", "a.toml", "--port", "80"]), 2, &["--serve"]);
    check(&elbow(&folder, &["watch", "a.toml", "--serve", "--sweep", "a=1"]), 2, &["--sweep"]);
}
