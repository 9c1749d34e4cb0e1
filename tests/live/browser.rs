//! The page in headless Chromium, driven by chromedriver.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::send;
use crate::watching::Watching;

/// The lecture's config: what a lecturer plays with.
const LECTURE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/config/lecture3.toml"));

struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.call(&format!("DELETE /session/{}", self.session), &json!({}));
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    fn open(url: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver is needed: {error}"));
        let profile = TempDir::new().unwrap();
        let session = String::new();
        let mut browser = Self { driver, port, session, _profile: profile };
        browser.wait(|_| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1500,1000",
            &format!("--user-data-dir={}", browser._profile.path().display()),
        ];
        let options = json!({"goog:chromeOptions": {"args": arguments}});
        let made =
            browser.call("POST /session", &json!({"capabilities": {"alwaysMatch": options}}));
        browser.session = made["sessionId"].as_str().unwrap().to_owned();
        browser.call(&format!("POST /session/{}/url", browser.session), &json!({"url": url}));
        browser
    }

    fn call(&self, request: &str, body: &Value) -> Value {
        let headers =
            [&*format!("Host: 127.0.0.1:{}", self.port), "Content-Type: application/json"];
        let answer = send(self.port, request, &headers, &body.to_string()).json();
        assert!(answer["value"]["error"].is_null(), "{request}: {answer}");
        answer["value"].clone()
    }

    /// The value of a script.
    fn run(&self, script: &str) -> Value {
        let body = json!({"script": script, "args": []});
        self.call(&format!("POST /session/{}/execute/sync", self.session), &body)
    }

    /// Waits until something is so.
    #[track_caller]
    fn wait(&self, is_so: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !is_so(self) {
            assert!(begun.elapsed() < Duration::from_secs(30), "it never was so");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[track_caller]
    fn wait_for(&self, script: &str) {
        self.wait(|browser| browser.run(&format!("return {script}")) == json!(true));
    }

    /// Keeps what is seen, to be looked at.
    fn picture(&self, name: &str) {
        let png = self.call(&format!("GET /session/{}/screenshot", self.session), &json!({}));
        let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/live");
        fs::create_dir_all(folder).unwrap();
        let bytes = STANDARD.decode(png.as_str().unwrap()).unwrap();
        fs::write(format!("{folder}/{name}.png"), bytes).unwrap();
    }
}

/// Moves a slider as a hand does, in steps, and measures in the page how long each takes until the
/// figure is another.
const DRAG: &str = r#"
const [path, figure, values] = arguments, done = arguments[arguments.length - 1]
const row = document.querySelector(`[data-path="${path}"]`), slider = row.querySelector('[type=range]')
const image = document.querySelector(`#figure-${figure} img`)
const times = []
const next = () => {
  if (values.length === 0) return done(times)
  const begun = performance.now(), before = image.src
  slider.value = values.shift()
  slider.dispatchEvent(new Event('input', { bubbles: true }))
  const look = () => {
    if (image.src === before || !image.complete) return requestAnimationFrame(look)
    times.push(performance.now() - begun)
    setTimeout(next, 100)
  }
  look()
}
next()
"#;

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn sliders_move_figures_and_the_config_keeps_its_comments() {
    let lecture = LECTURE.replace("../figures", "figures").replace("../", "");
    let watching = Watching::new(&lecture);
    let browser = Browser::open(&format!("http://127.0.0.1:{}/", watching.port));
    browser.wait_for("[...document.querySelectorAll('figure img')].length >= 12");
    browser.wait_for("[...document.querySelectorAll('figure img')].every(i => i.naturalWidth > 0)");
    browser.picture("1-page");

    // A slider: the histogram follows, no file does.
    let path = "data.line.source.gaussian_mixture.means[2]";
    let before = fs::read(watching.path("figures/L3_GMMexample.png")).unwrap();
    let body =
        json!({"script": DRAG, "args": [path, "GMMexample", [5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9]]});
    let times = browser.call(&format!("POST /session/{}/execute/async", browser.session), &body);
    let times: Vec<f64> = serde_json::from_value(times).unwrap();
    assert_eq!(times.len(), 8);
    println!("a slider moved, the histogram another after {times:.0?} ms");
    browser.picture("2-dragged");
    assert_eq!(watching.config(), lecture);
    assert!(fs::read(watching.path("figures/L3_GMMexample.png")).unwrap() == before);

    // Written back: one number is another, and every comment is there.
    browser.run("document.getElementById('write').click()");
    browser.wait(|_| watching.config() != lecture);
    watching.until("watching");
    assert_eq!(
        watching.config(),
        lecture.replace("means = [0.0, 1.0, 5.0]", "means = [0.0, 1.0, 9.0]")
    );
    assert!(fs::read(watching.path("figures/L3_GMMexample.png")).unwrap() != before);
    browser.wait_for("document.getElementById('write').disabled");

    // Broken by hand: the error is there, and so are the figures.
    let shown = browser.run("return document.querySelector('#figure-GMMexample img').src");
    let good = watching.config();
    watching.save(&good.replace("means = [0.0, 1.0, 9.0]", "means = [0.0, 1.0, 9.0"));
    browser.wait_for("document.getElementById('errors').textContent.includes('is never closed')");
    let errors = browser.run("return document.getElementById('errors').textContent");
    assert!(errors.as_str().unwrap().contains("--> a.toml:"), "{errors}");
    assert_eq!(browser.run("return document.querySelector('#figure-GMMexample img').src"), shown);
    browser.wait_for("[...document.querySelectorAll('figure img')].every(i => i.naturalWidth > 0)");
    browser.picture("3-broken");
    watching.save(&good);
    browser.wait_for("document.getElementById('errors').textContent === ''");

    // A number that cannot be: said at once, and taken back by the button.
    let field =
        "document.querySelector('[data-path=\"fit.cavi.model.cavi.components\"] [type=text]')";
    browser.run(&format!("{field}.value = '0'; {field}.dispatchEvent(new Event('input'))"));
    browser.wait_for("document.getElementById('errors').textContent.includes('components = 0')");
    browser.picture("4-wrong");
    browser.run("document.getElementById('reset').click()");
    browser.wait_for("document.getElementById('errors').textContent === ''");
}
