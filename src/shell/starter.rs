//! New sites and new articles. Nothing that exists is ever written over.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use super::disk::{Failure, failure};

/// The files of a new site. `VERSION` in them is that of this program.
const SITE: [(&str, &str); 6] = [
    ("site.toml", include_str!("starter/site.toml")),
    ("content/index.md", include_str!("starter/content/index.md")),
    ("content/articles/index.md", include_str!("starter/content/articles/index.md")),
    ("content/articles/absolute_value.md", include_str!("starter/content/articles/absolute_value.md")),
    (".gitignore", include_str!("starter/gitignore")),
    (".github/workflows/pages.yml", include_str!("starter/pages.yml")),
];

/// Makes a small site in a folder and gives the paths of its files. The folder may have other files in it.
pub fn site(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let files: Vec<(PathBuf, &str)> = SITE.iter().map(|(path, text)| (folder.join(path), *text)).collect();
    if let Some((taken, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(Failure::new("refusing to write over", taken));
    }
    for (path, text) in &files {
        write(path, &text.replace("VERSION", env!("CARGO_PKG_VERSION")))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// Makes an article and gives its path. `path` is that of its file in the content folder of `root`; `content/` may be
/// written before it, and `.md` left out after it.
pub fn article(root: &Path, path: &Path, date: jiff::civil::Date, draft: bool) -> Result<PathBuf, Failure> {
    let content = root.join("content");
    let content = if content.is_dir() { content } else { root.to_owned() };
    let inside = path.strip_prefix("content").unwrap_or(path);
    if inside.components().any(|part| !matches!(part, Component::Normal(_))) || inside.file_name().is_none() {
        return Err(Failure::new("an article lies in the content folder, not at", path));
    }
    let mut file = content.join(inside);
    if file.extension().is_none_or(|extension| extension != "md") {
        file.as_mut_os_string().push(".md");
    }
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let draft = if draft { "draft = true\n" } else { "" };
    let title = toml_string(&title(&name));
    write(&file, &format!("+++\ntitle = {title}\ndate = {date}\n{draft}+++\n\n"))?;
    Ok(file)
}

/// `leaky-relu.ja.md` becomes `Leaky relu`.
fn title(name: &str) -> String {
    let words = name.split('.').next().unwrap_or(name).replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Writes a new file, and the folders above it where they are missing.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failure("cannot create", folder))?;
    }
    if path.symlink_metadata().is_ok() {
        return Err(Failure::new("refusing to write over", path));
    }
    let mut file = File::create_new(path).map_err(failure("cannot create", path))?;
    file.write_all(text.as_bytes()).map_err(failure("cannot write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_made_of_a_file_name() {
        for (name, expected) in
            [("leaky-relu.md", "Leaky relu"), ("éclair_au.ja.md", "Éclair au"), ("関数.md", "関数"), (".md", "")]
        {
            assert_eq!(title(name), expected);
        }
    }

    #[test]
    fn any_title_is_a_string_of_toml() {
        assert_eq!(toml_string("a \"b\" \\c\u{7}"), "\"a \\\"b\\\" \\\\c\\u0007\"");
    }
}
