//! Many style sheets become few files, named after their content so that browsers may keep them for ever: one that every
//! page loads, and for each set of features that pages have one more. So a page asks for two at most, and for no rule of
//! a chart where there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::mathematics::{Mathematics, PageMathematics};
use super::memo::{Memo, Same};
use super::{Content, Output};
use crate::math::{self, FontFile};
use crate::page::{Assets, Feature, Features, SearchAssets};
use crate::site::{self, SitePath};

#[cfg(feature = "search")]
const SEARCH: &str = crate::search::FOLDER;
#[cfg(not(feature = "search"))]
const SEARCH: &str = "";

/// The folder of the fonts, from the site's root.
pub(super) const FONTS: &str = "fonts/";

/// What the site has beside the files of the theme.
#[derive(Default, Clone, Copy)]
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
pub(super) fn assets(output: &mut Output, parts: Parts<'_>, pages: &[&Features], memo: &Memo) -> Assets {
    let files: Vec<(SitePath, Same<[u8]>)> =
        [("scripts/", ".js"), ("styles/", ".css")].iter().flat_map(|(folder, end)| take(output, folder, end)).collect();
    let combinations: BTreeSet<&Features> = pages.iter().copied().filter(|features| !features.is_empty()).collect();
    let combinations: Vec<Features> = combinations.into_iter().cloned().collect();
    let Parts { mathematics, colours, search } = parts;
    let key = (files.clone(), mathematics.to_owned(), colours.to_owned(), search, combinations.clone());
    let made = memo.get_or("bundle", key, || make(&files, parts, combinations));
    output.extend(made.1.iter().map(|(path, content)| (path.clone(), content.clone())));
    made.0.clone()
}

/// What these files become, for these combinations of features.
fn make(files: &[(SitePath, Same<[u8]>)], parts: Parts<'_>, combinations: Vec<Features>) -> (Assets, Output) {
    let mut output = Output::new();
    let (mut search_script, mut search_rules, mut script) = (String::new(), String::new(), String::new());
    let mut sheets: BTreeMap<Option<Feature>, String> = BTreeMap::new();
    for (path, bytes) in files {
        let text = match path.as_str() {
            "scripts/search.js" => &mut search_script,
            "styles/search.css" => &mut search_rules,
            path if path.starts_with("scripts/") => &mut script,
            path => sheets.entry(Feature::of_stylesheet(path)).or_default(),
        };
        text.push_str(&String::from_utf8_lossy(&bytes.0));
        text.push('\n');
    }
    sheets.entry(Some(Feature::Mathematics)).or_default().push_str(parts.mathematics);
    sheets.entry(Some(Feature::Listings)).or_default().push_str(parts.colours);
    let script = without_comment_lines(&script);
    let script = (!script.is_empty()).then(|| insert(&mut output, "script", "js", script));
    let stylesheet = insert(&mut output, "style", "css", rules(&sheets, [None]));
    let of_features = combinations.into_iter().map(|features| {
        let css = rules(&sheets, features.iter().copied().map(Some));
        (features, insert(&mut output, "feature", "css", css))
    });
    let of_features = of_features.collect();
    let search = parts.search.then(|| SearchAssets {
        script: insert(&mut output, "search", "js", without_comment_lines(&search_script)),
        stylesheet: insert(&mut output, "search", "css", without_space(&search_rules)),
        mathematics: if parts.mathematics.is_empty() {
            String::new()
        } else {
            insert(&mut output, "feature", "css", rules(&sheets, [Some(Feature::Mathematics)]))
        },
        index: SEARCH.to_owned(),
    });
    (Assets { stylesheet, of_features, script, search, ..Assets::default() }, output)
}

/// Puts the fonts of the formulas into the output. Pages ask early for those that nearly all formulas need, and for the
/// small ones of their own.
pub(super) fn fonts(output: &mut Output, assets: &mut Assets, mathematics: &Mathematics, memo: &Memo) {
    let fonts: Vec<&FontFile> = mathematics.fonts.iter().filter_map(|font| font.as_ref().as_ref()).collect();
    if fonts.is_empty() {
        return;
    }
    let path = |font: &FontFile| format!("{FONTS}{}", font.name);
    output.extend(fonts.iter().map(|font| (path(font), Content::Bytes(font.bytes.as_slice().into()))));
    let licence = memo.get_or("licence", (), || Arc::<[u8]>::from(math::licence().into_bytes()));
    output.insert(format!("{FONTS}LICENCE.txt"), Content::Bytes((*licence).clone()));
    assets.preload.extend(fonts.iter().filter(|font| font.preload).map(|font| path(font)));
    let small = |page: &PageMathematics| {
        let small = fonts.iter().filter(|font| page.needs_small(font));
        small.map(|font| path(font)).collect()
    };
    let own: Vec<Vec<SitePath>> = mathematics.pages.par_iter().map(|page| small(page)).collect();
    assets.preload_for = own.into_iter().enumerate().filter(|(_, fonts)| !fonts.is_empty()).collect();
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
fn take(output: &mut Output, folder: &str, ending: &str) -> Vec<(SitePath, Same<[u8]>)> {
    // A file of the content that happens to lie in such a folder is only copied.
    let below = output.range(folder.to_owned()..).take_while(|(path, _)| path.starts_with(folder));
    let files = below.filter(|(path, _)| path.ends_with(ending)).filter_map(|(path, content)| match content {
        Content::Bytes(bytes) => Some((path.clone(), Same::of(bytes))),
        Content::File(_) => None,
    });
    let files: Vec<_> = files.collect();
    for (path, _) in &files {
        output.remove(path);
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
    use super::{Content, Feature, Features, Memo, Output, Parts, assets, without_space};

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
        let pages: Vec<&Features> = pages.iter().collect();
        let assets = assets(&mut output, parts, &pages, &Memo::default());
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
