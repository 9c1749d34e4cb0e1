//! `elbow list`: the nodes of a config, the files that a build writes or those that it reads, before
//! anything is built.

use serde_json::{Map, Value, json};

use super::findings::Form;
use super::load::{Configs, Loaded};
use super::{Exit, export, progress};
use crate::pipeline::Selection;
use crate::pipeline::outputs::targets;

/// List the nodes of a config, or the files that a build writes or reads.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    configs: Configs,
    /// List the nodes. This is what is listed if nothing else is asked for.
    #[arg(long, group = "what")]
    nodes: bool,
    /// List the files that a build writes, one path a line: for make, `.gitignore` and the like.
    #[arg(long, group = "what")]
    outputs: bool,
    /// List the files that a build reads, one path a line: the config, what it includes, files of
    /// data, the font file.
    #[arg(long, group = "what")]
    inputs: bool,
    /// How to print it; JSON is an object with a member a config.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

impl Arguments {
    /// What is listed of a config, and what that is called.
    fn of(&self, one: &Loaded) -> (&'static str, Vec<String>) {
        let shown = |path: &std::path::PathBuf| path.display().to_string();
        match (self.outputs, self.inputs) {
            (true, _) => {
                ("outputs", targets(&one.plan, &Selection::All).iter().map(shown).collect())
            }
            (_, true) => ("inputs", one.plan.inputs.iter().map(shown).collect()),
            _ => ("nodes", export::nodes(&one.plan)),
        }
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let loaded = match arguments.configs.load() {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let each = loaded.iter().map(|one| (one, arguments.of(one)));
    let text = match arguments.format {
        Form::Text => each.flat_map(|(_, (_, list))| list).map(|item| item + "\n").collect(),
        Form::Markdown => {
            let items = each.flat_map(|(_, (_, list))| list);
            items.map(|item| format!("- `{item}`\n")).collect()
        }
        Form::Json => {
            let member = |(one, (what, list)): (&Loaded, (&str, Vec<String>))| {
                (one.path.display().to_string(), json!({ what: list }))
            };
            format!("{:#}\n", Value::Object(each.map(member).collect::<Map<_, _>>()))
        }
    };
    progress::print(&text)
}
