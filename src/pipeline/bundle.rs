//! Many style sheets become few files, named after their content so that browsers may keep them for ever: one that every
//! page loads, and for each set of features that pages have one more. So a page asks for two at most, and for no rule of
//! a chart where there is none.

use std::collections::{BTreeMap, BTreeSet};

use super::{Content, Output};
use crate::page::{Assets, Feature, Features, SearchAssets};
use crate::site::{self, SitePath};

#[cfg(feature = "search")]
const SEARCH: &str = crate::search::FOLDER;
#[cfg(not(feature = "search"))]
const SEARCH: &str = "";

/// What the site has beside the files of the theme.
#[derive(Default)]
pub(super) struct Parts<'a> {
    /// The rules for the formulas.
    pub(super) mathematics: &'a str,
    /// Those for listings.
    pub(super) colours: &'a str,
    /// Whether there is a search index.
    pub(super) search: bool,
}

/// Takes all files of `styles/` and of `scripts/` out of the output, in the order of their names, and puts them back as
/// style sheets and one script. `pages` are the features of each page.
pub(super) fn assets(output: &mut Output, parts: &Parts<'_>, pages: &[Features]) -> Assets {
    let search_script = take_text(output, "scripts/search.js");
    let search_rules = take_text(output, "styles/search.css");
    let script = take(output, "scripts/", ".js").into_iter().fold(String::new(), |all, (_, text)| all + &text);
    let script = without_comment_lines(&script);
    let script = (!script.is_empty()).then(|| insert(output, "script", "js", script));
    let mut sheets: BTreeMap<Option<Feature>, String> = BTreeMap::new();
    for (path, css) in take(output, "styles/", ".css") {
        sheets.entry(Feature::of_stylesheet(&path)).or_default().push_str(&css);
    }
    sheets.entry(Some(Feature::Mathematics)).or_default().push_str(parts.mathematics);
    sheets.entry(Some(Feature::Listings)).or_default().push_str(parts.colours);
    let stylesheet = insert(output, "style", "css", rules(&sheets, [None]));
    let combinations: BTreeSet<&Features> = pages.iter().filter(|features| !features.is_empty()).collect();
    let of_features = combinations
        .into_iter()
        .map(|features| {
            let css = rules(&sheets, features.iter().copied().map(Some));
            (features.clone(), insert(output, "feature", "css", css))
        })
        .collect();
    let search = parts.search.then(|| SearchAssets {
        script: insert(output, "search", "js", without_comment_lines(&search_script)),
        stylesheet: insert(output, "search", "css", without_space(&search_rules)),
        mathematics: if parts.mathematics.is_empty() {
            String::new()
        } else {
            insert(output, "feature", "css", rules(&sheets, [Some(Feature::Mathematics)]))
        },
        index: SEARCH.to_owned(),
    });
    Assets { stylesheet, of_features, script, search, ..Assets::default() }
}

/// A file that is not bundled with others.
fn take_text(output: &mut Output, path: &str) -> String {
    take(output, path, "").pop().map_or_else(String::new, |(_, text)| text)
}

/// The rules of some features, or of all pages (`None`), one after the other.
fn rules(sheets: &BTreeMap<Option<Feature>, String>, features: impl IntoIterator<Item = Option<Feature>>) -> String {
    let css: String = features.into_iter().filter_map(|feature| sheets.get(&feature)).map(String::as_str).collect();
    without_space(&css)
}

/// Puts a text into the output under a name with its hash.
fn insert(output: &mut Output, stem: &str, ending: &str, text: String) -> SitePath {
    let name = site::hashed(stem, text.as_bytes(), ending);
    output.insert(name.clone(), Content::text(text));
    name
}

/// Takes the files with this ending out of a folder, in the order of their names.
fn take(output: &mut Output, folder: &str, ending: &str) -> Vec<(SitePath, String)> {
    // A file of the content that happens to lie in such a folder is only copied.
    let is_ours = |path: &str, content: &Content| {
        path.starts_with(folder) && path.ends_with(ending) && matches!(content, Content::Bytes(_))
    };
    let names: Vec<SitePath> =
        output.iter().filter(|(path, content)| is_ours(path, content)).map(|(path, _)| path.clone()).collect();
    let mut files = Vec::new();
    for name in names {
        if let Some(Content::Bytes(bytes)) = output.remove(&name) {
            files.push((name, String::from_utf8_lossy(&bytes).into_owned() + "\n"));
        }
    }
    files
}

/// A script without indentation, blank lines and lines that are nothing but a comment: what can be left out without
/// reading JavaScript. A script with a template literal over several lines loses the indentation in it.
fn without_comment_lines(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.fold(String::with_capacity(script.len()), |mut text, line| {
        text.push_str(line);
        text.push('\n');
        text
    })
}

/// CSS without comments and without the space that separates nothing. Strings stay as they are, and so does space
/// where it can matter: between words, around the `+` and `-` of calculations, before `:` in selectors.
fn without_space(css: &str) -> String {
    let mut short = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if c == '"' || c == '\'' {
            let end = string_end(rest, c);
            short.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if c.is_whitespace() {
            rest = rest.trim_start();
            let separates = |c: Option<char>| c.is_some_and(|c| !"{};,>".contains(c));
            if separates(short.chars().last().filter(|&c| c != ':')) && separates(rest.chars().next()) {
                short.push(' ');
            }
        } else {
            if c == '}' && short.ends_with(';') {
                short.pop();
            }
            short.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    short
}

fn string_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\\' if !escaped => escaped = true,
            c if c == quote && !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Content, Feature, Features, Output, Parts, assets, without_space};

    #[test]
    fn a_page_loads_the_rules_of_its_features_and_no_others() {
        let files =
            [("styles/chart.css", "svg { a: b }"), ("styles/theme.css", "p { a: b }"), ("styles/zz.css", "q {}")];
        let mut output: Output =
            files.map(|(name, css)| (name.to_owned(), Content::text(css.to_owned()))).into_iter().collect();
        let page = |features: &[Feature]| features.iter().copied().collect::<Features>();
        let both = page(&[Feature::Charts, Feature::Mathematics]);
        let pages = [page(&[]), page(&[Feature::Mathematics]), both.clone(), both];
        let parts = Parts { mathematics: "i { a: b }", ..Parts::default() };
        let assets = assets(&mut output, &parts, &pages);
        let text = |name: &String| match &output[name] {
            Content::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Content::File(_) => String::new(),
        };
        assert_eq!(text(&assets.stylesheet), "p{a:b}q{}");
        let of_features: Vec<_> = assets.of_features.values().map(text).collect();
        assert_eq!(of_features, ["svg{a:b}i{a:b}", "i{a:b}"]);
        assert_eq!(output.len(), 3, "the parts are gone: {:?}", output.keys());
    }

    #[test]
    fn css_keeps_what_matters() {
        for (css, short) in [
            ("a {\n  color: red;\n}\n", "a{color:red}"),
            ("a  b > c , d { margin: 0 -1px }", "a b>c,d{margin:0 -1px}"),
            ("/* note */ a { width: calc(1px + 2px); }", "a{width:calc(1px + 2px)}"),
            ("q::before { content: \"/* { } */  \\\" \"; }", "q::before{content:\"/* { } */  \\\" \"}"),
            ("nav :hover { x: y }", "nav :hover{x:y}"),
            ("@media (width > 40rem) and (hover) { a { b: c } }", "@media (width>40rem) and (hover){a{b:c}}"),
            (":is(a, b) :not(.c) { font: 1em/1.5 'A B' }", ":is(a,b) :not(.c){font:1em/1.5 'A B'}"),
        ] {
            assert_eq!(without_space(css), short);
        }
    }
}
