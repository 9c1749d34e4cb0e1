//! What is laid over a config's file: profiles first, then overrides.

/// The layers over a file, in the order in which they are laid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layers {
    /// The names of profiles, tables `[profile.NAME]` of the file.
    pub profiles: Vec<String>,
    /// Overrides of single keys.
    pub overrides: Vec<Override>,
}

/// One key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The option that it was given by, which messages show in place of a file.
    pub option: &'static str,
    /// A line of TOML such as `data.line.seed=3`.
    pub text: String,
}

impl Layers {
    /// The overrides of `--set`, each a line of TOML.
    pub fn of_sets(lines: &[String]) -> Self {
        let one = |line: &String| Override { option: "--set", text: line.clone() };
        Self { profiles: Vec::new(), overrides: lines.iter().map(one).collect() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty() && self.overrides.is_empty()
    }
}
