//! What a figure was made from, in a form that its files carry.
//!
//! The part of the config that the figure needs, the seeds of its nodes, its input files, and the
//! version of the program: enough to make the figure again. It names no folder, host, user or time,
//! and is the same for all files of a figure.

pub mod difference;
mod foreign;
pub mod read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::config::{Plan, canonical};
use crate::random::{Generator, Seed};
use crate::report::manifest::sha256;

/// What a figure was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The version of the program.
    pub elbow: String,
    /// The name of the figure.
    pub figure: String,
    /// The config of its nodes, as TOML in a fixed layout.
    pub config: String,
    /// Where the streams of its nodes start.
    pub seeds: IndexMap<String, Stream>,
    /// The files that its nodes read.
    pub inputs: Vec<Input>,
}

/// Where the stream of a node starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// What draws.
    pub generator: String,
    /// The seed, or the root seed and the node's name that it is made of.
    pub seed: Seed,
}

/// A file that is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Its name in the config.
    pub name: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// Its content, if it is small and text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its content in base 64, if it is small and no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl Input {
    /// Its bytes, if it is carried.
    pub fn content(&self) -> Option<Vec<u8>> {
        match (&self.text, &self.base64) {
            (Some(text), _) => Some(text.clone().into_bytes()),
            (None, Some(encoded)) => BASE64.decode(encoded).ok(),
            (None, None) => None,
        }
    }
}

impl Provenance {
    /// What the figure called `name` is made from; `None` if there is no such figure.
    pub fn of(plan: &Plan, name: &str) -> Option<Self> {
        let part = canonical::figure(plan, name)?;
        let mut inputs: Vec<Input> = Vec::new();
        for input in part.inputs {
            if inputs.iter().any(|known| known.name == input.name) {
                continue;
            }
            let data = input.data.and_then(|data| plan.data.get(&data));
            let mut files = data.into_iter().flat_map(|data| data.source.files());
            let file = files.find(|(_, file)| file.sha256 == input.sha256);
            let content = file.and_then(|(_, file)| file.content.as_deref());
            let text = content.and_then(|bytes| std::str::from_utf8(bytes).ok());
            let base64 = content.filter(|_| text.is_none()).map(|bytes| BASE64.encode(bytes));
            let (name, sha256) = (input.name, input.sha256);
            inputs.push(Input { name, sha256, text: text.map(str::to_owned), base64 });
        }
        let seeds = part.nodes.iter().filter_map(|node| Some((node.clone(), stream(plan, node)?)));
        Some(Self {
            elbow: env!("CARGO_PKG_VERSION").to_owned(),
            figure: name.to_owned(),
            config: part.text,
            seeds: seeds.collect(),
            inputs,
        })
    }

    /// As JSON in one line of ASCII, which every format can hold.
    pub fn json(&self) -> String {
        // A structure of texts always has a text.
        let json = serde_json::to_string(self).unwrap_or_default();
        let mut ascii = String::with_capacity(json.len());
        for c in json.chars() {
            match c {
                ' '..='~' => ascii.push(c),
                c => {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        ascii.push_str(&format!("\\u{unit:04x}"));
                    }
                }
            }
        }
        ascii
    }

    /// What distinguishes it from all others: the hash of its JSON.
    pub fn identity(&self) -> String {
        sha256(self.json().as_bytes())
    }

    /// Reads the JSON.
    ///
    /// # Errors
    ///
    /// If it is none of ours, or has been changed such that it contradicts itself.
    pub fn parse(json: &str) -> Result<Self, read::Error> {
        let damaged = |what: String| read::Error::Damaged(what);
        if json.len() > read::LARGEST {
            return Err(read::Error::Large);
        }
        let read: Self = serde_json::from_str(json).map_err(|error| {
            damaged(format!("what it says it was made from is no such thing: {error}"))
        })?;
        if read.config.len() > read::LARGEST_CONFIG {
            return Err(read::Error::Large);
        }
        // What was written by elbow has none, and a terminal might obey them.
        let is_control = |c: char| c.is_control() && c != '\n';
        if json.contains(is_control) || read.texts().any(|text| text.contains(is_control)) {
            return Err(damaged("it holds control characters".to_owned()));
        }
        for input in &read.inputs {
            let plain = !input.name.is_empty()
                && !input.name.starts_with('.')
                && !input.name.contains(['/', '\\', ':', '\0']);
            if !plain {
                return Err(damaged(format!(
                    "`{}` is no name of a file",
                    input.name.escape_debug()
                )));
            }
            let is_carried = input.text.is_some() || input.base64.is_some();
            let content = input.content();
            if is_carried && content.is_none_or(|bytes| sha256(&bytes) != input.sha256) {
                return Err(damaged(format!("the content of `{}` has been changed", input.name)));
            }
        }
        let names: Vec<&str> = read.inputs.iter().map(|input| input.name.as_str()).collect();
        match foreign::file(&read.config, &names) {
            Some(what) => Err(damaged(what)),
            None => Ok(read),
        }
    }

    /// The texts that are printed.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let seeds = self.seeds.iter().flat_map(|(node, s)| [node.as_str(), s.generator.as_str()]);
        let inputs = self.inputs.iter().flat_map(|i| [i.name.as_str(), i.sha256.as_str()]);
        let own = [&self.elbow, &self.figure, &self.config].map(String::as_str);
        own.into_iter().chain(seeds).chain(inputs)
    }
}

/// What the files of the figure called `name` carry: JSON, or nothing if they should carry none.
pub fn text(plan: &Plan, name: &str) -> String {
    let carried = plan.provenance.then(|| Provenance::of(plan, name)).flatten();
    carried.map(|carried| carried.json()).unwrap_or_default()
}

/// Where the stream of a node starts.
fn stream(plan: &Plan, node: &str) -> Option<Stream> {
    let (section, name) = node.split_once('.')?;
    let (generator, seed) = match section {
        "data" => plan.data.get(name).map(|node| (node.generator, node.seed.clone()))?,
        "fit" => plan.fits.get(name).map(|node| (node.generator, node.seed.clone()))?,
        "sweep" => {
            let members = plan.sweeps.get(name).map(|sweep| sweep.members.keys());
            let fit = members.and_then(|mut members| plan.fits.get(members.next()?));
            fit.map(|fit| (fit.generator, fit.seed.clone()))?
        }
        "baseline" => plan.baselines.get(name).map(|node| (node.generator, node.seed.clone()))?,
        // What a figure samples.
        _ => (Generator::Chacha, Seed::Derived { root: plan.seed, node: node.to_owned() }),
    };
    let generator = serde_json::to_value(generator).ok()?.as_str()?.to_owned();
    Some(Stream { generator, seed })
}
