//! Reading configs for any command, and saying what is wrong with them.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Exit;
use super::messages::Reporter;
use crate::config::{self, Layers, Others, Plan};
use crate::diagnostic::{Problems, suggest};

/// Options that say what the config is.
#[derive(Debug, Clone, clap::Args)]
pub struct Overrides {
    /// Override a key of the config: a line of TOML such as `data.line.seed=3` or
    /// `fit.cavi.model.cavi.init="lecture"`. Can be given several times.
    #[arg(long = "set", value_name = "PATH=VALUE", allow_negative_numbers = true)]
    set: Vec<String>,
    /// Lay this profile of the config, a table `[profile.NAME]` in it, over the rest. Can be given
    /// several times; the last wins.
    #[arg(long = "profile", value_name = "NAME")]
    profiles: Vec<String>,
}

impl Overrides {
    /// What they lay over a config's file.
    pub fn layers(&self) -> Layers {
        Layers { profiles: self.profiles.clone(), ..Layers::of_sets(&self.set) }
    }
}

/// The configs that a command is called with, and what is laid over them.
#[derive(Debug, Clone, clap::Args)]
pub struct Configs {
    /// The configs.
    #[arg(required = true, value_name = "CONFIG")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

impl Configs {
    /// Loads all of them, or says everything that is wrong with any.
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn load(&self) -> Result<Vec<Loaded>, Exit> {
        load(&self.paths, &self.overrides.layers())
    }

    /// As [`Configs::load`], but says it to `reporter`.
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn load_saying(&self, reporter: &Reporter) -> Result<Vec<Loaded>, Exit> {
        let layers = self.overrides.layers();
        all(self.paths.iter().map(|path| (path.as_path(), &layers)), Others::Checked, reporter)
    }

    /// Where they are.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// What is laid over them.
    pub fn layers(&self) -> Layers {
        self.overrides.layers()
    }
}

/// A config and what is to be made of it.
pub struct Loaded {
    /// Where it was read from.
    pub path: PathBuf,
    /// The plan.
    pub plan: Plan,
    /// The config as it counts, with what it includes and the overrides in it.
    pub text: String,
}

/// Loads all configs, or says everything that is wrong with any of them.
///
/// # Errors
///
/// The exit code; the reasons are on standard error.
pub fn load(paths: &[PathBuf], layers: &Layers) -> Result<Vec<Loaded>, Exit> {
    all(paths.iter().map(|path| (path.as_path(), layers)), Others::Checked, &Reporter::PEOPLE)
}

/// Loads one config with several things laid over it, or says to `reporter` everything that is wrong
/// with any.
///
/// # Errors
///
/// The exit code; the reasons were said.
pub fn load_variants(
    path: &Path,
    layers: &[Layers],
    reporter: &Reporter,
) -> Result<Vec<Loaded>, Exit> {
    all(layers.iter().map(|layers| (path, layers)), Others::Left, reporter)
}

fn all<'a>(
    configs: impl Iterator<Item = (&'a Path, &'a Layers)>,
    others: Others,
    reporter: &Reporter,
) -> Result<Vec<Loaded>, Exit> {
    let mut loaded = Vec::new();
    let mut exit = None;
    // What is wrong with several in the same way is said once.
    let mut said = BTreeSet::new();
    for (path, layers) in configs {
        let mut problems = Problems::default();
        match load_one(path, layers, others, &mut problems) {
            Ok(one) => loaded.push(one),
            Err(config::Error::Unreadable(error)) => {
                reporter.error(&unreadable(path, &error));
                exit = exit.max(Some(Exit::InputOutput));
            }
            Err(config::Error::Wrong) => {
                exit = exit.max(Some(Exit::Wrong));
                problems.retain(|d| said.insert((path, d.message.clone(), d.place())));
                if !problems.is_empty() {
                    reporter.mistakes(path, &problems);
                }
            }
        }
    }
    match exit {
        None => Ok(loaded),
        Some(exit) => Err(exit),
    }
}

/// Why a config cannot be read, and what the user may have meant.
fn unreadable(path: &Path, error: &std::io::Error) -> String {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound => {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
            let configs = configs(folder.unwrap_or(Path::new(".")));
            let names: Vec<&str> = configs.iter().map(String::as_str).collect();
            let written = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
            let hint = suggest(&written, &names, "configs in this folder");
            format!("there is no file `{shown}`\nhint: {hint}")
        }
        ErrorKind::IsADirectory => {
            let configs = configs(path);
            let names: Vec<&str> = configs.iter().map(String::as_str).collect();
            let hint = suggest("", &names, "configs in it");
            format!("`{shown}` is a folder, and a config is a file\nhint: {hint}")
        }
        _ => format!("cannot read `{shown}`: {error}\nhint: check the file and its permissions"),
    }
}

/// The names of the TOML files in a folder, in order, at most ten.
fn configs(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    names.truncate(10);
    names
}

fn load_one(
    path: &Path,
    layers: &Layers,
    others: Others,
    problems: &mut Problems,
) -> Result<Loaded, config::Error> {
    let plan = config::load(path, layers, others, problems)?;
    // The report shows what the figures were made from.
    let text = config::canonical::whole(&plan);
    Ok(Loaded { path: path.to_owned(), plan, text })
}
