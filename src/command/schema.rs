//! `elbow schema`: the config as a JSON Schema, from which editors complete, explain and check keys.
//!
//! An editor that knows schemas of TOML (taplo, Even Better TOML) takes the one that the first line
//! of a config names, relative to the config: `#:schema ./elbow.schema.json`.

use super::{Exit, progress};
use crate::config::schema;

/// Prints the schema.
pub(super) fn run() -> Exit {
    progress::print(&schema::text())
}
