//! `elbow watch`: build again whenever something is saved, and a page to play with.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::{Exit, build, progress};
use crate::config::{Plan, named};
use crate::live::changes::Changes;
use crate::live::state::State;
use crate::live::{Server, listen, serve};

/// Where the page is, if nobody says otherwise and nobody else is there.
const PORT: u16 = 4710;

/// Build, and build again whenever a config or a file that it reads is saved.
///
/// What is wrong is said, and the last good figures stay. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Arguments {
    #[command(flatten)]
    build: build::Arguments,
    /// Show the figures of one config on a page for a browser on this machine. The page follows what
    /// is saved, and has a control for every number of the config, by which the figures change
    /// without any file being written until its button is pressed.
    #[arg(long, conflicts_with = "sweep")]
    serve: bool,
    /// The port of the page; 4710 by default, or any that is free if that is not.
    #[arg(long, value_name = "PORT", requires = "serve")]
    port: Option<u16>,
}

/// Runs the command, which ends by an interruption.
pub fn run(arguments: &Arguments) -> Exit {
    let mut changes = Changes::default();
    changes.watch(files(arguments));
    let server = match page(arguments) {
        Ok(server) => server,
        Err(exit) => return exit,
    };
    loop {
        // What the config names now is watched from before the build that reads it.
        changes.watch(files(arguments));
        match obstacle(arguments) {
            Some(obstacle) => arguments.build.reporter().error(&obstacle),
            None => {
                build::run(&arguments.build);
            }
        }
        let files = files(arguments);
        arguments.build.reporter().watching(files.len());
        changes.watch(files);
        changes.wait();
        if let Some(server) = &server {
            server.changed();
        }
    }
}

/// A config that would keep a build waiting for ever.
fn obstacle(arguments: &Arguments) -> Option<String> {
    let is_pipe = |path: &&PathBuf| {
        std::fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir())
    };
    let path = arguments.build.configs().paths().iter().find(is_pipe)?;
    Some(format!("`{}` is not a file\nhint: put a file in its place", path.display()))
}

/// The files that a build reads, or would read if they were there.
fn files(arguments: &Arguments) -> BTreeSet<PathBuf> {
    let layers = arguments.build.configs().layers();
    let paths = arguments.build.configs().paths().iter();
    paths.flat_map(|path| named::files(path, &layers)).collect()
}

/// Serves the page, if it is asked for.
fn page(arguments: &Arguments) -> Result<Option<Server>, Exit> {
    if !arguments.serve {
        return Ok(None);
    }
    let configs = arguments.build.configs();
    let [path] = configs.paths() else {
        progress::error(
            "the page shows one config\nhint: call `elbow watch --serve` once a config",
        );
        return Err(Exit::Wrong);
    };
    let listener = match (arguments.port, listen(arguments.port.unwrap_or(PORT))) {
        (None, Err(error)) if error.kind() == ErrorKind::AddrInUse => listen(0),
        (_, listener) => listener,
    };
    let adapted = arguments.build.clone();
    let adapt = move |plan: &mut Plan| build::adapt(plan, &adapted);
    let state = State::new(path, configs.layers(), arguments.build.only(), adapt);
    let served = listener.and_then(|listener| serve(state, listener));
    match served {
        Ok(server) => {
            arguments.build.reporter().serving(&format!("http://{}/", server.address));
            Ok(Some(server))
        }
        Err(error) => {
            progress::error(&format!(
                "cannot serve the page: {error}\nhint: choose another `--port`"
            ));
            Err(Exit::InputOutput)
        }
    }
}
