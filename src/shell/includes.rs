//! Reads the files that articles include. Only real files inside of the site's folder are read: what a symbolic link or
//! `..` would lead to is refused, with the reason kept for the core to report where it is asked for.

use std::path::{Component, Path};
use std::sync::Arc;

use super::disk::Reading;
use super::files::Files;
use crate::article;
use crate::pipeline::memo::SameSource;
use crate::source::Source;

/// Reads what the articles include, and what that includes in turn. What is not found from its article is looked for in
/// the folders `bases` of the site's folder.
pub(super) fn read(root: &Path, bases: &[String], reading: &mut Reading<'_>) {
    let mut unread: Vec<Source> = reading.inputs.articles.iter().map(|(_, source)| source.clone()).collect();
    while let Some(source) = unread.pop() {
        let wanted = reading.files.memo.get_or("wanted", SameSource::of(&source), || article::wanted(&source));
        for candidates in wanted.iter() {
            unread.extend(first(candidates, bases, root, reading));
        }
    }
}

/// Reads the first of some candidates that is there; gives its text if it is new.
fn first(candidates: &[String], bases: &[String], root: &Path, reading: &mut Reading<'_>) -> Option<Source> {
    // The last candidate is the path as typed, from the site's folder: what lies in a base is known by it.
    let typed = candidates.last()?;
    let based = bases.iter().map(|base| (format!("{base}/{typed}").trim_start_matches('/').to_owned(), typed));
    let all: Vec<(String, &String)> = candidates.iter().map(|path| (path.clone(), path)).chain(based).collect();
    for (path, known_as) in all {
        if reading.inputs.included.contains_key(known_as) {
            return None;
        }
        let Some(file) = file(root, &path, reading.files) else { continue };
        let number = reading.files.number(&format!("included {path}"));
        let file = file.map(|text| reading.inputs.sources.add_as(number, path, text));
        reading.inputs.included.insert(known_as.clone(), file.clone());
        return file.ok();
    }
    None
}

/// The text of a file, or why it is not read; `None` if there is no such file.
fn file(root: &Path, path: &str, files: &mut Files) -> Option<Result<Arc<str>, String>> {
    let relative = Path::new(path);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let mut file = root.to_owned();
    for part in relative.components() {
        file.push(part);
        if file.symlink_metadata().ok()?.is_symlink() {
            return Some(Err("there is a symbolic link on the way".to_owned()));
        }
    }
    if !file.is_file() {
        return None;
    }
    Some(match files.text(&file) {
        Err(error) => Err(error.to_string()),
        Ok((_, Some(_))) => Err("it is not text in UTF-8".to_owned()),
        Ok((text, None)) => Ok(text),
    })
}
