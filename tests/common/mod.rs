//! Whole sites as one string, and the program run on them.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test binary uses a part of this")]

pub mod article;
pub mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A site in a folder that vanishes with the test.
pub struct Site {
    folder: tempfile::TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    /// Without the path of the site's folder and without the time that it took.
    pub stderr: String,
}

impl Site {
    /// Files written one after the other, each after a line `-- path --`.
    pub fn new(files: &str) -> Site {
        let site = Site { folder: tempfile::tempdir().unwrap() };
        let mut current: Option<(PathBuf, String)> = None;
        for line in files.split_inclusive('\n') {
            let name = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
            if let Some(name) = name {
                finish(current.take());
                current = Some((site.path(name), String::new()));
            } else if let Some((_, text)) = &mut current {
                text.push_str(line);
            }
        }
        finish(current);
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs `piecewise ARGUMENTS` in the site's folder.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let output = Command::new(env!("CARGO_BIN_EXE_piecewise"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        // On Windows the output folder is `.\\site`.
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).replace(&*self.folder.path().to_string_lossy(), "SITE");
            if cfg!(windows) { text.replace(".\\site", "./site") } else { text }
        };
        Outcome {
            code: output.status.code().expect("the program was not killed"),
            stdout: text(&output.stdout),
            stderr: without_times(&text(&output.stderr)),
        }
    }

    /// Builds and expects success without a word about mistakes.
    pub fn build(&self) -> Outcome {
        let outcome = self.run(&["build"]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        outcome
    }

    /// All files below a folder with their bytes.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        files(&self.path(folder))
    }
}

/// The navigation of a page as an indented list of titles, with where they lead.
pub fn navigation(page: &str) -> String {
    let Some(nav) = page.split("<nav class=\"navigation\"").nth(1) else { return String::new() };
    let nav = nav.split("</nav>").next().unwrap();
    let nav = nav.split_once("</button>").or(nav.split_once('>')).unwrap().1;
    let (mut shown, mut depth, mut rest) = (String::new(), 0usize, nav);
    while let Some(at) = rest.find('<') {
        let text = rest[..at].trim();
        if !text.is_empty() {
            shown.push_str(text);
        }
        let tag = &rest[at..rest[at..].find('>').map_or(rest.len(), |end| at + end + 1)];
        if tag.starts_with("<ul") {
            depth += 1;
        } else if tag.starts_with("</ul") {
            depth -= 1;
        } else if tag.starts_with("<li") {
            shown.push('\n');
            shown.push_str(&"  ".repeat(depth - 1));
        } else if tag.starts_with("<summary class=\"mark\"") {
            // The words beside a section's own page repeat its title for screen readers.
            let end = rest.find("</summary>").unwrap();
            rest = &rest[end..];
            continue;
        } else if let Some(href) = tag.strip_prefix("<a href=\"") {
            shown.push_str(&format!("[{}] ", href.split('"').next().unwrap()));
        }
        rest = &rest[at + tag.len()..];
    }
    shown.trim_start_matches('\n').to_owned()
}

fn finish(file: Option<(PathBuf, String)>) {
    if let Some((path, text)) = file {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// All files below a folder with their bytes.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let name = if cfg!(windows) { name.replace('\\', "/") } else { name };
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// What a summary ends with, `345.6 kB in 0.12 s`, becomes `in TIME`.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        match line.rfind(", ").filter(|at| line[*at..].contains(" in ") && line.trim_end().ends_with(" s")) {
            Some(at) => out.extend([&line[..at], ", in TIME\n"]),
            None => out.push_str(line),
        }
    }
    out
}
