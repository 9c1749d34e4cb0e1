//! Who may ask: the page itself, and nobody whom another page in the browser sends.
//!
//! A page from elsewhere can send requests to loopback, and can have its own name lead there. So the
//! host must be ours by one of its two names, and where the browser says which page a request comes
//! from, it must be ours too.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// What every answer says to the browser.
const HEADERS: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "no-store"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src blob:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// Lets through what is asked by the page that is served on this port.
pub(super) async fn check(State(port): State<u16>, request: Request, next: Next) -> Response {
    let refused = refused(request.headers(), port);
    let mut answer = match refused {
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Why a request is none of ours.
fn refused(headers: &HeaderMap, port: u16) -> Option<&'static str> {
    let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let all = |name: HeaderName| headers.get_all(name).iter().map(|v| v.to_str().unwrap_or(""));
    let hosts: Vec<&str> = all(HOST).collect();
    if hosts.len() != 1 || !ours.iter().any(|host| host == hosts[0]) {
        return Some("this server answers to 127.0.0.1 and localhost only\n");
    }
    let is_ours = |origin: &str| ours.iter().any(|host| origin == format!("http://{host}"));
    let foreign = all(ORIGIN).any(|origin| !is_ours(origin));
    foreign.then_some("this server answers to its own page only\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_itself_is_answered() {
        let with = |headers: &[(HeaderName, &'static str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(name, HeaderValue::from_static(value));
            }
            refused(&map, 8000)
        };
        assert_eq!(with(&[(HOST, "127.0.0.1:8000")]), None);
        assert_eq!(with(&[(HOST, "localhost:8000"), (ORIGIN, "http://localhost:8000")]), None);
        for wrong in [
            &[][..],
            &[(HOST, "evil.example:8000")],
            &[(HOST, "127.0.0.1:8001")],
            &[(HOST, "127.0.0.1")],
            &[(HOST, "127.0.0.1:8000"), (HOST, "evil.example")],
            &[(HOST, "127.0.0.1:8000"), (ORIGIN, "http://evil.example")],
            &[(HOST, "127.0.0.1:8000"), (ORIGIN, "https://127.0.0.1:8000")],
            &[(HOST, "127.0.0.1:8000"), (ORIGIN, "null")],
        ] {
            assert!(with(wrong).is_some(), "{wrong:?}");
        }
    }
}
