//! Reading a site from disk and writing it back.
//!
//! The output is written into a new folder beside the old one and swapped in when it is complete, so a failed build
//! leaves the last good site untouched.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use walkdir::WalkDir;

use crate::config;
use crate::diagnostic::Diagnostic;
use crate::pipeline::{Content, Inputs, Options, Output};
use crate::source::{Source, Sources};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static STATIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// Marks a folder as written by us: only such a folder (or an empty one) is ever replaced.
const MARKER: &str = ".piecewise";

/// A failure of the machine, with the path that it is about.
#[derive(Debug)]
pub struct Failure {
    path: PathBuf,
    what: &'static str,
    error: Option<io::Error>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.what, self.path.display())?;
        self.error.as_ref().map_or(Ok(()), |error| write!(f, ": {error}"))
    }
}

impl std::error::Error for Failure {}

fn failure(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    move |error| Failure { path, what, error: Some(error) }
}

/// Reads everything that a build of `root` depends on. `out` is left out if it lies inside.
pub fn read(root: &Path, out: &Path, options: Options) -> Result<Inputs, Failure> {
    if !root.is_dir() {
        return Err(Failure { path: root.to_owned(), what: "there is no folder", error: None });
    }
    let mut inputs = Inputs { options, ..Inputs::default() };
    let config = root.join("site.toml");
    if config.is_file() {
        inputs.config = Some(text(&mut inputs.sources, &mut inputs.problems, &config, "site.toml")?);
    }
    read_named_files(root, &mut inputs)?;
    read_theme(root, &mut inputs)?;
    let content = root.join("content");
    let (content, prefix) = if content.is_dir() { (content, "content/") } else { (root.to_owned(), "") };
    read_content(&content, prefix, out, &mut inputs)?;
    Ok(inputs)
}

/// The files that the configuration names. One that is missing, or that lies outside of the site's folder, is left for
/// the core to report.
fn read_named_files(root: &Path, inputs: &mut Inputs) -> Result<(), Failure> {
    let config = config::read(inputs.config.as_ref(), &mut Vec::new());
    for (path, _) in config.macro_files {
        let file = root.join(&path);
        let inside = match (root.canonicalize(), file.canonicalize()) {
            (Ok(root), Ok(file)) => file.starts_with(root) && file.is_file(),
            _ => false,
        };
        if inside {
            let source = text(&mut inputs.sources, &mut inputs.problems, &file, &path)?;
            inputs.named_files.insert(path, source);
        }
    }
    Ok(())
}

/// The default theme, then the site's own templates and static files over it, one by one.
fn read_theme(root: &Path, inputs: &mut Inputs) -> Result<(), Failure> {
    for (path, bytes) in embedded(&TEMPLATES) {
        let own = root.join("templates").join(&path);
        // Words are merged key by key; a template of the site takes the place of ours.
        if !own.is_file() || path.starts_with("words/") {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let source = inputs.sources.add(format!("(default theme)/templates/{path}"), text);
            inputs.templates.push((path, source));
        }
    }
    for (path, bytes) in embedded(&STATIC) {
        inputs.assets.insert(path, Content::Bytes(bytes.into()));
    }
    for (path, file) in files(&root.join("templates"), None)? {
        let shown = format!("templates/{path}");
        let source = text(&mut inputs.sources, &mut inputs.problems, &file, &shown)?;
        inputs.templates.push((path, source));
    }
    for (path, file) in files(&root.join("static"), None)? {
        let content = if is_bundled(&path) {
            Content::Bytes(fs::read(&file).map_err(failure("cannot read", &file))?.into())
        } else {
            Content::File(file)
        };
        inputs.assets.insert(path, content);
    }
    Ok(())
}

/// Style sheets and scripts are read because the build puts them together; everything else is only copied.
fn is_bundled(path: &str) -> bool {
    path.starts_with("styles/") || path.starts_with("scripts/")
}

fn read_content(content: &Path, prefix: &str, out: &Path, inputs: &mut Inputs) -> Result<(), Failure> {
    let is_root = prefix.is_empty();
    for (path, file) in files(content, Some(out))? {
        let reserved = ["site.toml", "templates", "static", "target", "node_modules"];
        if is_root && path.split('/').next().is_some_and(|first| reserved.contains(&first)) {
            continue;
        }
        if Path::new(&path).extension() == Some(OsStr::new("md")) {
            let source = text(&mut inputs.sources, &mut inputs.problems, &file, &format!("{prefix}{path}"))?;
            inputs.articles.push((path, source));
        } else {
            inputs.assets.insert(path, Content::File(file));
        }
    }
    Ok(())
}

fn embedded<'a>(dir: &'a Dir<'a>) -> Vec<(String, &'a [u8])> {
    let mut found: Vec<(String, &[u8])> = dir
        .files()
        .map(|file| (file.path().to_string_lossy().replace('\\', "/"), file.contents()))
        .chain(dir.dirs().flat_map(embedded))
        .collect();
    found.sort();
    found
}

/// All files below `folder` with their paths from it, sorted. Hidden files and folders and the folder `out` are left
/// out; symbolic links are not followed. A folder that does not exist has no files.
fn files(folder: &Path, out: Option<&Path>) -> Result<Vec<(String, PathBuf)>, Failure> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let out = out.and_then(|out| out.canonicalize().ok());
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| {
        let hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        let is_out = entry.file_type().is_dir() && out.is_some() && entry.path().canonicalize().ok() == out;
        !hidden && !is_out
    });
    for entry in walk {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            Failure { path, what: "cannot read", error: error.into_io_error() }
        })?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let parts: Vec<_> = path.iter().map(OsStr::to_string_lossy).collect();
            found.push((parts.join("/"), entry.into_path()));
        }
    }
    Ok(found)
}

/// Reads a text file. Bytes that are not UTF-8 are an author's mistake, not a failure.
fn text(sources: &mut Sources, problems: &mut Vec<Diagnostic>, path: &Path, shown: &str) -> Result<Source, Failure> {
    let bytes = fs::read(path).map_err(failure("cannot read", path))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(sources.add(shown, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = sources.add(shown, text);
            let span = source.span(at..at + '\u{FFFD}'.len_utf8());
            problems
                .push(Diagnostic::error("encoding", span, "the file is not valid UTF-8 here").help("save it as UTF-8"));
            Ok(source)
        }
    }
}

/// Writes the site into `out`, all of it or nothing.
pub fn write(output: &Output, out: &Path) -> Result<(), Failure> {
    refuse_foreign(out)?;
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = out.file_name().map_or_else(|| "site".into(), OsStr::to_string_lossy);
    let fresh = parent.join(format!(".{name}.new-{}", std::process::id()));
    let old = parent.join(format!(".{name}.old-{}", std::process::id()));
    let result = write_fresh(output, &fresh).and_then(|()| swap(&fresh, out, &old));
    if result.is_err() {
        // The failure is what matters; what was half written is in nobody's way.
        let _ = fs::remove_dir_all(&fresh);
    }
    result
}

/// A folder that is neither empty nor ours is never touched.
fn refuse_foreign(out: &Path) -> Result<(), Failure> {
    let what = "refusing to replace a folder that this program did not write:";
    if out.is_file() {
        return Err(Failure { path: out.to_owned(), what: "there is a file where the site should go:", error: None });
    }
    if out.is_dir() && !out.join(MARKER).is_file() {
        let mut entries = fs::read_dir(out).map_err(failure("cannot read", out))?;
        if entries.next().is_some() {
            return Err(Failure { path: out.to_owned(), what, error: None });
        }
    }
    Ok(())
}

fn write_fresh(output: &Output, fresh: &Path) -> Result<(), Failure> {
    fs::create_dir_all(fresh).map_err(failure("cannot create", fresh))?;
    let marker = fresh.join(MARKER);
    fs::write(&marker, "This folder is written by Piecewise and replaced by its next build.\n")
        .map_err(failure("cannot write", &marker))?;
    let mut made = fresh.to_owned();
    for (path, content) in output {
        let file = fresh.join(path);
        let folder = file.parent().unwrap_or(fresh);
        if folder != made {
            fs::create_dir_all(folder).map_err(failure("cannot create", folder))?;
            folder.clone_into(&mut made);
        }
        match content {
            Content::Bytes(bytes) => fs::write(&file, bytes).map_err(failure("cannot write", &file))?,
            Content::File(from) => drop(fs::copy(from, &file).map_err(failure("cannot copy", from))?),
        }
    }
    Ok(())
}

fn swap(fresh: &Path, out: &Path, old: &Path) -> Result<(), Failure> {
    let had_old = out.exists();
    if had_old {
        fs::rename(out, old).map_err(failure("cannot move", out))?;
    }
    if let Err(error) = fs::rename(fresh, out) {
        if had_old {
            fs::rename(old, out).map_err(failure("cannot move back", old))?;
        }
        return Err(failure("cannot move", fresh)(error));
    }
    if had_old {
        fs::remove_dir_all(old).map_err(failure("cannot remove", old))?;
    }
    Ok(())
}
