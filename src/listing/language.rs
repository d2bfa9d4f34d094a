//! Names of languages: what authors type, and which grammar that means.
//!
//! The grammars bring most of their short names along (`py`, `c++`, `sh`); here are those that they lack, and the words
//! that stand for no language at all.

use crate::diagnostic::nearest;

/// Words that say "this is not code in any language", or that belong to listings drawn by other tools.
const PLAIN: [&str; 19] = [
    "",
    "text",
    "txt",
    "plain",
    "plaintext",
    "plain-text",
    "none",
    "nohighlight",
    "no-highlight",
    "nolang",
    "raw",
    "ascii",
    "output",
    "stdout",
    "tree",
    "math",
    "mermaid",
    // Words of rustdoc, which mdBook's authors also put before code in no language.
    "ignore",
    "no_run",
];

/// Other names of grammars.
#[cfg(feature = "highlight")]
const ALIASES: [(&str, &str); 80] = [
    ("assembly", "asm"),
    ("nasm", "asm"),
    ("autohotkey", "ahk"),
    ("bash-session", "shellsession"),
    ("sh-session", "shellsession"),
    ("shell-session", "shellsession"),
    ("terminal", "shellsession"),
    ("ksh", "shellscript"),
    ("cc", "cpp"),
    ("cxx", "cpp"),
    ("hpp", "cpp"),
    ("hxx", "cpp"),
    ("hh", "cpp"),
    ("h", "c"),
    ("cuda", "cpp"),
    ("cu", "cpp"),
    ("arduino", "cpp"),
    ("ino", "cpp"),
    ("cfg", "ini"),
    ("conf", "ini"),
    ("commonlisp", "common-lisp"),
    ("delphi", "pascal"),
    ("django", "jinja"),
    ("jinja2", "jinja"),
    ("j2", "jinja"),
    ("dot-env", "dotenv"),
    ("env", "dotenv"),
    ("dosbatch", "bat"),
    ("dosini", "ini"),
    ("eex", "html"),
    ("fortran", "fortran-free-form"),
    ("golang", "go"),
    ("gradle", "groovy"),
    ("haskell2010", "haskell"),
    ("lhs", "haskell"),
    ("htm", "html"),
    ("xhtml", "html"),
    ("ipython", "python"),
    ("ipython3", "python"),
    ("pycon", "python"),
    ("pyi", "python"),
    ("python2", "python"),
    ("python3", "python"),
    ("py3", "python"),
    ("sage", "python"),
    ("sagemath", "python"),
    ("starlark", "python"),
    ("bzl", "python"),
    ("jldoctest", "julia"),
    ("julia-repl", "julia"),
    ("json-with-comments", "jsonc"),
    ("jsonld", "json"),
    ("geojson", "json"),
    ("ipynb", "json"),
    ("webmanifest", "json"),
    ("mathematica", "wolfram"),
    ("wls", "wolfram"),
    ("ml", "ocaml"),
    ("mysql", "sql"),
    ("pgsql", "sql"),
    ("postgres", "sql"),
    ("postgresql", "sql"),
    ("sqlite", "sql"),
    ("tsql", "sql"),
    ("node", "javascript"),
    ("nasal", "javascript"),
    ("obj-c", "objective-c"),
    ("objectivec", "objective-c"),
    ("octave", "matlab"),
    ("patch", "diff"),
    ("udiff", "diff"),
    ("pl", "perl"),
    ("rkt", "racket"),
    ("rocq", "coq"),
    ("rscript", "r"),
    ("scm", "scheme"),
    ("svg", "xml"),
    ("rss", "xml"),
    ("vb.net", "vb"),
    ("vbnet", "vb"),
];

/// Names that a misspelt one may have meant.
const COMMON: [&str; 64] = [
    "bash",
    "c",
    "c++",
    "clojure",
    "cmake",
    "console",
    "coq",
    "cpp",
    "csharp",
    "css",
    "csv",
    "cuda",
    "dart",
    "diff",
    "dockerfile",
    "elixir",
    "elm",
    "erlang",
    "fortran",
    "fsharp",
    "glsl",
    "go",
    "graphql",
    "groovy",
    "haskell",
    "html",
    "http",
    "ini",
    "java",
    "javascript",
    "json",
    "jsonc",
    "julia",
    "kotlin",
    "latex",
    "lean",
    "lisp",
    "lua",
    "makefile",
    "markdown",
    "mathematica",
    "matlab",
    "mermaid",
    "nix",
    "ocaml",
    "octave",
    "pascal",
    "perl",
    "php",
    "plaintext",
    "powershell",
    "python",
    "ruby",
    "rust",
    "scala",
    "scheme",
    "shell",
    "sql",
    "swift",
    "text",
    "toml",
    "typescript",
    "typst",
    "yaml",
];

/// Whether a listing of this language is shown without colours and without a word about it.
#[must_use]
pub fn is_plain(language: &str) -> bool {
    PLAIN.contains(&language)
}

/// The name of the grammar for a language as typed, in lower case.
#[cfg(feature = "highlight")]
pub(super) fn grammar(language: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == language).map_or(language, |(_, grammar)| grammar)
}

/// The language that a misspelt one may have meant.
#[must_use]
pub fn suggestion(language: &str) -> Option<&'static str> {
    nearest(language, COMMON).filter(|near| near.chars().next() == language.chars().next())
}

#[cfg(all(test, feature = "highlight"))]
mod tests {
    use super::*;
    use crate::listing::highlight::known;

    #[test]
    fn every_name_leads_to_a_grammar() {
        let names = ALIASES.iter().map(|(alias, _)| *alias).chain(COMMON);
        let lost: Vec<&str> = names.filter(|name| !is_plain(name) && !known(name)).collect();
        assert_eq!(lost, [""; 0]);
    }

    #[test]
    fn no_alias_hides_a_name_of_the_grammars() {
        let hidden: Vec<_> =
            ALIASES.iter().filter(|(alias, _)| crate::listing::highlight::has_grammar(alias)).collect();
        assert_eq!(hidden, Vec::<&(&str, &str)>::new());
    }
}
