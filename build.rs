//! What each stage of the pipeline is compiled from, as a hash: a value that an earlier program
//! kept counts only as long as no code that it came from has changed.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The stages in order, each with what it has beyond those before it.
const STAGES: [(&str, &[&str]); 4] = [
    (
        "DATA",
        &["Cargo.lock", "src/setting.rs", "src/setting", "src/math", "src/random", "src/data"],
    ),
    ("FIT", &["src/model"]),
    ("SCORE", &["src/score", "src/selection"]),
    ("FIGURE", &["src"]),
];

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    // Another compiler or another machine may round the last bit otherwise.
    env::var("TARGET").ok().hash(&mut hasher);
    let compiler = env::var("RUSTC").ok().and_then(|c| Command::new(c).arg("-vV").output().ok());
    compiler.map(|output| output.stdout).hash(&mut hasher);
    for (stage, sources) in STAGES {
        for source in sources {
            println!("cargo::rerun-if-changed={source}");
            let mut files = Vec::new();
            list(Path::new(source), &mut files)?;
            files.sort();
            for file in files {
                file.to_string_lossy().replace('\\', "/").hash(&mut hasher);
                fs::read(&file)?.hash(&mut hasher);
            }
        }
        println!("cargo::rustc-env=ELBOW_{stage}={:016x}", hasher.finish());
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

fn list(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        list(&entry?.path(), files)?;
    }
    Ok(())
}
