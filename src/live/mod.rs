//! A config that is being worked on: what of it changes on disk, and a page that shows it.
//!
//! `changes` waits for files to change, `state` is what the page shows, `server` hands it out on
//! loopback, `page.html` is the page. Nothing here writes a figure; the config itself is written only
//! when the page asks for that.

pub mod changes;
mod guard;
mod server;
pub mod state;

pub use server::{Server, listen, serve};
