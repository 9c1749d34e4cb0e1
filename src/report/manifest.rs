//! What was made from what: the resolved config, and SHA-256 of every input and output.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A file and what is in it.
#[derive(Debug, Clone, Serialize)]
pub struct File {
    /// The name: an input's as the config has it, an output's relative to the folder of the figures
    /// or of the extras.
    pub name: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
}

impl File {
    /// The entry for a file with these bytes.
    pub fn new(name: String, bytes: &[u8]) -> Self {
        Self { name, sha256: sha256(bytes) }
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The manifest: no time, host or path in it, so that the same config gives the same bytes.
pub fn json(plan: &Value, inputs: &[File], outputs: &[File]) -> String {
    let manifest = serde_json::json!({
        "elbow": env!("CARGO_PKG_VERSION"),
        "plan": plan,
        "inputs": inputs,
        "outputs": outputs,
    });
    // A `Value` always has a text.
    serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n"
}
