//! Many style sheets become one file, named after its content so that browsers may keep it for ever.

use super::{Content, Output};
use crate::page::Assets;
use crate::site::SitePath;

/// Takes all files of `styles/` and of `scripts/` out of the output, in the order of their names, and puts them back as
/// one style sheet, together with the rules for the mathematics, and one script.
pub(super) fn assets(output: &mut Output, mathematics: &str) -> Assets {
    let script = without_comment_lines(&take(output, "scripts/", ".js"));
    let script = (!script.is_empty()).then(|| {
        let name = format!("script.{}.js", hash(script.as_bytes()));
        output.insert(name.clone(), Content::text(script));
        name
    });
    let mut css = take(output, "styles/", ".css");
    css.push_str(mathematics);
    let css = without_space(&css);
    let name = format!("style.{}.css", hash(css.as_bytes()));
    output.insert(name.clone(), Content::text(css));
    Assets { stylesheet: name, script, preload: Vec::new() }
}

fn take(output: &mut Output, folder: &str, ending: &str) -> String {
    let names: Vec<SitePath> =
        output.keys().filter(|path| path.starts_with(folder) && path.ends_with(ending)).cloned().collect();
    let mut text = String::new();
    for name in names {
        if let Some(Content::Bytes(bytes)) = output.remove(&name) {
            text.push_str(&String::from_utf8_lossy(&bytes));
            text.push('\n');
        }
    }
    text
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

/// Sixteen hexadecimal digits that change when the content does (FNV-1a, 64 bits).
#[must_use]
pub(super) fn hash(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::without_space;

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
