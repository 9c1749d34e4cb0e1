//! The server of the page, on loopback.
//!
//! ```text
//! GET  /             the page
//! GET  /state        what it shows, see `state::Shown`
//! GET  /events       server-sent events, one when there is something new to show
//! POST /preview      figures with moved numbers
//! POST /write        writes moved numbers into the config
//! GET  /files/NAME   a file of the figures
//! ```

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State as With};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::json;
use tokio::sync::watch;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::WatchStream;

use super::guard;
use super::state::{Moved, Preview, Refused, State, Wanted};
use crate::pipeline::Observer;
use crate::pipeline::preview::Memory;

/// A page that is being served.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    shared: Shared,
}

/// What all requests share.
#[derive(Clone)]
struct Shared {
    state: Arc<Mutex<State>>,
    /// What previews have computed; held while one is drawn, which may take its time.
    memory: Arc<Mutex<Memory>>,
    /// How many previews were asked for.
    asked: Arc<AtomicU64>,
    news: watch::Sender<u64>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws what is wanted, unless something newer is asked for meanwhile: a hand that moves a slider
    /// does not wait for where it was.
    fn preview(&self, wanted: &Wanted) -> Preview {
        let own = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let newest = Newest { asked: &self.asked, own };
        let plan = self.state().plan(wanted);
        let plan = match plan {
            Ok(plan) => plan,
            Err(errors) => return Preview::wrong(errors),
        };
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        match newest.stopped() {
            true => Preview::abandoned(),
            false => Preview::draw(plan, wanted, &mut memory, &newest),
        }
    }

    fn tell(&self) {
        self.news.send_modify(|version| *version += 1);
    }
}

/// A preview that is stopped when another one is asked for.
struct Newest<'a> {
    asked: &'a AtomicU64,
    own: u64,
}

impl Observer for Newest<'_> {
    fn stopped(&self) -> bool {
        self.asked.load(Ordering::Relaxed) != self.own
    }
}

impl Server {
    /// Reads the config again, and tells the page.
    pub fn changed(&self) {
        self.shared.state().read();
        self.shared.tell();
    }
}

/// Takes this port of loopback, or any that is free if it is 0.
///
/// # Errors
///
/// If it is not to be had.
pub fn listen(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// Serves the page in threads of its own for as long as the program runs.
///
/// # Errors
///
/// If the system has no threads to give.
pub fn serve(state: State, listener: TcpListener) -> std::io::Result<Server> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let news = watch::channel(0).0;
    let (state, memory) = (Arc::new(Mutex::new(state)), Arc::default());
    let shared = Shared { state, memory, asked: Arc::default(), news };
    let router = router(shared.clone(), address.port());
    std::thread::Builder::new().name("page".to_owned()).spawn(move || {
        // It ends with the program.
        let _ = runtime.block_on(async {
            axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await
        });
    })?;
    Ok(Server { address, shared })
}

fn router(shared: Shared, port: u16) -> Router {
    Router::new()
        .route("/", get(|| async { Html(include_str!("page.html")) }))
        .route("/state", get(shown))
        .route("/events", get(events))
        .route("/preview", post(preview))
        .route("/write", post(write))
        .route("/files/{*name}", get(file))
        .layer(DefaultBodyLimit::max(1 << 20))
        .layer(middleware::from_fn_with_state(port, guard::check))
        .with_state(shared)
}

async fn shown(With(shared): With<Shared>) -> Response {
    Json(shared.state().shown()).into_response()
}

async fn events(With(shared): With<Shared>) -> Response {
    let news = WatchStream::new(shared.news.subscribe());
    let news = news.map(|version| Ok::<_, axum::Error>(Event::default().data(version.to_string())));
    Sse::new(news).keep_alive(KeepAlive::default()).into_response()
}

async fn preview(With(shared): With<Shared>, Json(wanted): Json<Wanted>) -> Response {
    off(move || Json(shared.preview(&wanted)).into_response()).await
}

async fn write(With(shared): With<Shared>, Json(moved): Json<Moved>) -> Response {
    let answer = |status, errors: Vec<String>| (status, Json(json!({"errors": errors})));
    off(move || {
        let written = shared.state().write(&moved);
        match written {
            Ok(()) => {
                shared.tell();
                answer(StatusCode::OK, Vec::new())
            }
            Err(Refused::Changed) => answer(
                StatusCode::CONFLICT,
                vec!["the config has changed on disk; nothing was written".to_owned()],
            ),
            Err(Refused::Wrong(errors)) => answer(StatusCode::UNPROCESSABLE_ENTITY, errors),
            Err(Refused::InputOutput(error)) => {
                answer(StatusCode::INTERNAL_SERVER_ERROR, vec![error])
            }
        }
        .into_response()
    })
    .await
}

async fn file(With(shared): With<Shared>, Path(name): Path<String>) -> Response {
    // A path of an output, letter by letter; `..` is in none.
    let path = shared.state().file(&name);
    let read = off_to(move || path.and_then(|path| std::fs::read(path).ok())).await.flatten();
    let Some(bytes) = read else {
        return (StatusCode::NOT_FOUND, "no figure has such a file\n").into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("svg") => "image/svg+xml",
        Some("png" | "apng") => "image/png",
        Some("gif") => "image/gif",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    };
    ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, "inline")], Bytes::from(bytes)).into_response()
}

/// Does work that takes its time where it keeps nobody else.
async fn off(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    let failed = || (StatusCode::INTERNAL_SERVER_ERROR, "it could not be done\n").into_response();
    off_to(work).await.unwrap_or_else(failed)
}

async fn off_to<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}
