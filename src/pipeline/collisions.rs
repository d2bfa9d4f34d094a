//! Files of a finished site that cannot lie beside each other on every disk. Two for one path are found earlier, where
//! it is known which articles they come from.

use std::collections::BTreeMap;

use super::Output;
use crate::diagnostic::{Diagnostic, Severity};

/// A file where a folder has to be is an error. Names that differ in case only are a warning, because Windows and macOS
/// would keep one of them.
pub(super) fn find(output: &Output) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut last = "";
    for path in output.keys() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder != last {
            last = folder;
            let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
            for folder in folders.filter(|folder| output.contains_key(*folder)) {
                let message = format!("`{folder}` is a file, and the folder of `{path}`");
                found.push(Diagnostic::of_site(Severity::Error, "site", message).help("rename one of them"));
            }
        }
    }
    let mut lower: BTreeMap<String, &str> = BTreeMap::new();
    for path in output.keys() {
        if let Some(first) = lower.insert(path.to_lowercase(), path) {
            let message = format!("`{first}` and `{path}` differ in upper and lower case only");
            let help = "rename one of them: on Windows and macOS they are one file";
            found.push(Diagnostic::of_site(Severity::Warning, "site", message).help(help));
        }
    }
    found
}
