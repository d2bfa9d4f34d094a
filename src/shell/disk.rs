//! Reading a site from disk.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use walkdir::WalkDir;

use crate::config::{self, Config, Tool};
use crate::diagnostic::{Diagnostic, Severity};
use crate::pipeline::{Content, Inputs, Options};
use crate::shell::files::{Files, List};
use crate::source::Source;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static STATIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// A failure of the machine, with the path that it is about.
#[derive(Debug)]
pub struct Failure {
    path: PathBuf,
    what: &'static str,
    error: Option<io::Error>,
}

impl Failure {
    /// A failure without an error of the system.
    pub fn new(what: &'static str, path: impl Into<PathBuf>) -> Failure {
        Failure { path: path.into(), what, error: None }
    }

    /// Whether the system did not allow it.
    pub(super) fn is_refusal(&self) -> bool {
        let kind = self.error.as_ref().map(io::Error::kind);
        matches!(kind, Some(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.what, self.path.display())?;
        self.error.as_ref().map_or(Ok(()), |error| write!(f, ": {error}"))
    }
}

impl std::error::Error for Failure {}

pub(super) fn failure(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    move |error| Failure { path, what, error: Some(error) }
}

/// A folder's one true path.
pub fn canonical(folder: &Path) -> Result<PathBuf, Failure> {
    folder.canonicalize().map_err(|_| Failure::new("there is no folder", folder))
}

/// Reads everything that a build of `root` depends on. `out` is left out if it lies inside.
pub fn read(root: &Path, out: &Path, options: Options) -> Result<Inputs, Failure> {
    read_again(root, out, options, &mut Files::default())
}

/// As [`read`], but takes from the disk only what `files` does not remember.
pub fn read_again(root: &Path, out: &Path, options: Options, files: &mut Files) -> Result<Inputs, Failure> {
    if !root.is_dir() {
        return Err(Failure { path: root.to_owned(), what: "there is no folder", error: None });
    }
    files.begin();
    let reading = &mut Reading { files, inputs: Inputs { options, ..Inputs::default() } };
    let names = std::iter::once("site.toml").chain(config::foreign::FILES);
    if let Some((name, file)) = names.map(|name| (name, root.join(name))).find(|(_, file)| file.is_file()) {
        reading.inputs.config = Some(reading.text(&file, name, "config ")?);
    }
    let config = config::read(reading.inputs.config.as_ref(), &mut Vec::new());
    read_named_files(root, &config, reading)?;
    read_theme(root, &config, reading)?;
    let content = content_folder(root, &config, &mut reading.inputs);
    let excluded = config.foreign.iter().flat_map(|foreign| &foreign.excluded).map(|folder| root.join(folder));
    let skipped: Vec<PathBuf> =
        excluded.chain([out.to_owned()]).filter_map(|folder| folder.canonicalize().ok()).collect();
    if let Some(content) = content {
        reading.inputs.content = content;
        read_content(root, &skipped, config.foreign.is_some(), reading)?;
    }
    super::includes::read(root, config.foreign.as_ref().map_or(&[], |foreign| &foreign.snippets), reading);
    super::images::measure(reading);
    Ok(std::mem::take(&mut reading.inputs))
}

/// Inputs while they are being read.
pub(super) struct Reading<'a> {
    pub(super) files: &'a mut Files,
    pub(super) inputs: Inputs,
}

impl Reading<'_> {
    /// Reads a text file, which messages call `shown`; the same file in another `role` is another source. Bytes that
    /// are not UTF-8 are an author's mistake, not a failure.
    fn text(&mut self, path: &Path, shown: &str, role: &str) -> Result<Source, Failure> {
        let (text, invalid) = self.files.text(path).map_err(failure("cannot read", path))?;
        let number = self.files.number(&format!("{role}{shown}"));
        let source = self.inputs.sources.add_as(number, shown, text);
        if let Some(at) = invalid {
            let span = source.span(at..at + '\u{FFFD}'.len_utf8());
            self.inputs
                .problems
                .push(Diagnostic::error("encoding", span, "the file is not valid UTF-8 here").help("save it as UTF-8"));
        }
        Ok(source)
    }
}

/// The content folder as a path from the site's folder, empty for that folder itself; `None` if the configuration names
/// one that is not there.
fn content_folder(root: &Path, config: &Config, inputs: &mut Inputs) -> Option<String> {
    let usual = || Some(if root.join("content").is_dir() { "content".to_owned() } else { String::new() });
    let foreign = config.foreign.as_ref();
    let Some((folder, named_at)) = foreign.and_then(|foreign| foreign.content.as_ref()) else { return usual() };
    let inside = match (root.canonicalize(), root.join(folder).canonicalize()) {
        (Ok(root), Ok(folder)) => folder.starts_with(root) && folder.is_dir(),
        _ => false,
    };
    if inside {
        return Some(folder.clone());
    }
    let certain = named_at.is_some() || foreign.is_some_and(|f| matches!(f.tool, Tool::MkDocs | Tool::MdBook));
    if let Some(source) = inputs.config.as_ref().filter(|_| certain) {
        let span = named_at.unwrap_or_else(|| source.span(0..0));
        let message = format!("there is no content folder `{folder}` in the site's folder");
        inputs.problems.push(Diagnostic::error("config", span, message));
        return None;
    }
    usual()
}

/// The files that the configuration names. One that is missing, or that lies outside of the site's folder, is left for
/// the core to report.
fn read_named_files(root: &Path, config: &Config, reading: &mut Reading<'_>) -> Result<(), Failure> {
    let inside = |file: &Path| match (root.canonicalize(), file.canonicalize()) {
        (Ok(root), Ok(file)) => file.starts_with(root) && file.is_file(),
        _ => false,
    };
    for (path, _) in &config.macro_files {
        let file = root.join(path);
        if inside(&file) && !reading.inputs.named_files.contains_key(path) {
            let source = reading.text(&file, path, "named ")?;
            reading.inputs.named_files.insert(path.clone(), source);
        }
    }
    if let Some((path, _)) = &config.publishing.share_font {
        let file = root.join(path);
        if inside(&file) {
            let bytes = fs::read(&file).map_err(failure("cannot read", &file))?;
            reading.inputs.named_fonts.insert(path.clone(), bytes.into());
        }
    }
    Ok(())
}

/// The default theme, then the site's own templates and static files over it, one by one. Templates that were written
/// for another tool are left out.
fn read_theme(root: &Path, config: &Config, reading: &mut Reading<'_>) -> Result<(), Failure> {
    let tool = config.foreign.as_ref().map_or(Tool::Markdown, |foreign| foreign.tool);
    let has_templates = tool == Tool::Markdown;
    let has_static = !matches!(tool, Tool::MkDocs | Tool::MdBook | Tool::Jekyll);
    let static_folder = if tool == Tool::Starlight { "public" } else { "static" };
    for (path, bytes) in embedded(&TEMPLATES) {
        let own = root.join("templates").join(&path);
        // Words are merged key by key; a template of the site takes the place of ours.
        if !has_templates || !own.is_file() || path.starts_with("words/") {
            let shown = format!("(default theme)/templates/{path}");
            let (number, text) = (reading.files.number(&shown), reading.files.embedded_text(&path, bytes));
            let source = reading.inputs.sources.add_as(number, shown, text);
            reading.inputs.templates.push((path, source));
        }
    }
    for (path, bytes) in embedded(&STATIC) {
        let bytes = reading.files.embedded(&path, bytes);
        reading.inputs.assets.insert(path, Content::Bytes(bytes));
    }
    let templates = if has_templates { files("templates", root, &[], reading)? } else { [].into() };
    for (path, file) in &*templates {
        let source = reading.text(file, &format!("templates/{path}"), "template ")?;
        reading.inputs.templates.push((path.clone(), source));
    }
    for (path, file) in &*files(static_folder, root, &[], reading)? {
        // The style sheets and scripts of another tool's theme would be put together with ours.
        if !has_static || (tool != Tool::Markdown && is_bundled(path)) {
            continue;
        }
        let content = if is_bundled(path) {
            Content::Bytes(reading.files.bytes(file).map_err(failure("cannot read", file))?)
        } else {
            Content::File(file.clone())
        };
        reading.inputs.assets.insert(path.clone(), content);
    }
    Ok(())
}

/// Style sheets and scripts are read because the build puts them together; everything else is only copied.
fn is_bundled(path: &str) -> bool {
    ["styles/", "scripts/"].iter().any(|folder| path.starts_with(folder))
}

fn read_content(root: &Path, skipped: &[PathBuf], foreign: bool, reading: &mut Reading<'_>) -> Result<(), Failure> {
    let content = reading.inputs.content.clone();
    let prefix = if content.is_empty() { String::new() } else { format!("{content}/") };
    let listed = files(&content, root, skipped, reading)?;
    let config = reading.inputs.config.as_ref().map(|source| source.path.clone());
    let is_content = |path: &str| {
        let reserved = ["site.toml", "templates", "static", "target"];
        let first = path.split('/').next().unwrap_or("");
        !content.is_empty() || !(reserved.contains(&first) || config.as_deref() == Some(path))
    };
    let listed = || listed.iter().filter(|(path, _)| is_content(path));
    let texts = listed().filter(|(path, _)| markdown_stem(path).is_some());
    reading.files.look_at(texts.map(|(_, file)| file.as_path()));
    for (path, file) in listed() {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if foreign && config::foreign::FOLDER_FILES.contains(&name) {
            let source = reading.text(file, &format!("{prefix}{path}"), "")?;
            reading.inputs.folders.insert(folder.to_owned(), source);
        } else if let Some(stem) = markdown_stem(path) {
            let source = reading.text(file, &format!("{prefix}{path}"), "")?;
            reading.inputs.articles.push((format!("{stem}.md"), source));
        } else {
            let taken = reading.inputs.assets.insert(path.clone(), Content::File(file.clone()));
            if matches!(taken, Some(Content::File(_))) {
                let message = format!("`{prefix}{path}` and `static/{path}` both become `{path}`");
                reading.inputs.problems.push(Diagnostic::of_site(Severity::Error, "files", message));
            }
        }
    }
    Ok(())
}

/// The path of a Markdown file without its extension.
fn markdown_stem(path: &str) -> Option<&str> {
    [".md", ".mdx", ".markdown", ".qmd"].iter().find_map(|extension| path.strip_suffix(extension))
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

/// All files below `folder`, a path from the site's folder `root`, with their paths from it, sorted. Hidden files and
/// folders, what packages were installed beside the site, and the folders `skipped` (in canonical form) are left out. Of
/// symbolic links only those to a file in `root` are followed, and others are named. A folder that does not exist has no
/// files.
fn files(folder: &str, root: &Path, skipped: &[PathBuf], reading: &mut Reading<'_>) -> Result<List, Failure> {
    let shown = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let folder = &root.join(folder);
    if !folder.is_dir() {
        return Ok([].into());
    }
    if let Some(kept) = reading.files.list(folder, skipped) {
        return Ok(kept);
    }
    let (mut found, mut has_links) = (Vec::new(), false);
    let root = root.canonicalize().map_err(failure("cannot read", root))?;
    let prefix = folder.as_os_str().to_string_lossy().len();
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        let is_hidden = name.starts_with('.') && !config::foreign::FOLDER_FILES.contains(&&*name);
        let hidden = entry.depth() > 0 && (is_hidden || name == "node_modules");
        let is_skipped = entry.file_type().is_dir()
            && entry.depth() > 0
            && !skipped.is_empty()
            && entry.path().canonicalize().is_ok_and(|path| skipped.contains(&path));
        !hidden && !is_skipped
    });
    for entry in walk {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            Failure { path, what: "cannot read", error: error.into_io_error() }
        })?;
        let path = entry.path().as_os_str().to_string_lossy();
        let path = path.get(prefix..).unwrap_or("").trim_start_matches(std::path::is_separator);
        let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
        let is_link = entry.depth() > 0 && entry.path_is_symlink();
        has_links |= is_link;
        let trouble = if is_link { trouble_with_link(entry.path(), &root) } else { None };
        if let Some(trouble) = trouble {
            let message = format!("`{shown}{path}` is left out: {trouble}");
            reading.inputs.problems.push(Diagnostic::of_site(Severity::Warning, "files", message));
        } else if entry.file_type().is_file() || is_link {
            found.push((path, entry.into_path()));
        }
    }
    let found = List::from(found);
    if !has_links {
        reading.files.keep_list(folder, skipped, &found);
    }
    Ok(found)
}

/// Why a symbolic link is not followed.
fn trouble_with_link(link: &Path, root: &Path) -> Option<&'static str> {
    match link.canonicalize() {
        Err(_) => Some("it is a symbolic link that leads nowhere"),
        Ok(target) if !target.starts_with(root) => Some("it is a symbolic link that leads out of the site's folder"),
        Ok(target) if target.is_dir() => Some("it is a symbolic link to a folder, which could lead in circles"),
        Ok(target) if !target.is_file() => Some("it is a symbolic link to what is no file"),
        Ok(_) => None,
    }
}
