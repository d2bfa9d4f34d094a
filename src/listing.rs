//! Listings: code as a page shows it.
//!
//! [`read`] takes the info string of a fence and its code, and gives a [`Listing`]: what the fence says, and the lines
//! that are shown. [`highlight`] says which class each piece of the code has, and [`html`] is the markup. The text of a
//! listing never depends on the highlighter: tokens are only lengths and classes. Pure, except that the grammars are
//! unpacked once for the whole process. The only module that names `giallo`.

#[cfg(feature = "highlight")]
mod depth;
mod highlight;
mod info;
mod language;
mod palette;
mod words;

use std::borrow::Cow;
use std::fmt::Write as _;

pub use highlight::{MAX_CODE, MAX_LINE, Refusal, Token, highlight};
pub use info::{Attribute, Info, Lines, is_directive};
pub use language::{is_plain, suggestion};
pub use palette::{Class, stylesheet};

use crate::diagnostic::Diagnostic;
use crate::html::escape;
use crate::source::Excerpt;

/// A fence, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// What its info string says.
    pub info: Info,
    /// The lines that are shown, each with a newline at its end.
    pub code: String,
    /// For each of them, whether it is marked; empty if none is.
    pub marked: Vec<bool>,
}

/// Reads a fence. Mistakes in its info string become warnings.
#[must_use]
pub fn read(info: &Excerpt, code: &str, diagnostics: &mut Vec<Diagnostic>) -> Listing {
    let info = info::read(info, diagnostics);
    // The code of a listing that is made from functions is known when they are.
    if info.attribute("of").is_some() {
        return Listing { info, code: code.to_owned(), marked: Vec::new() };
    }
    with_code(info, code, diagnostics)
}

/// A listing of which the info string has been read.
#[must_use]
pub fn with_code(info: Info, code: &str, diagnostics: &mut Vec<Diagnostic>) -> Listing {
    let code = code.replace("\r\n", "\n").replace('\r', "\n");
    let typed: Vec<&str> = code.strip_suffix('\n').unwrap_or(&code).split('\n').collect();
    let typed = if code.is_empty() { Vec::new() } else { typed };
    let marked = covered(&info.marked, typed.len(), diagnostics);
    let hidden = covered(&info.hidden, typed.len(), diagnostics);
    let mut listing = Listing::default();
    for (index, line) in typed.into_iter().enumerate() {
        if !hidden[index]
            && let Some(line) = shown(line, &info)
        {
            listing.code.push_str(&line);
            listing.code.push('\n');
            listing.marked.push(marked[index]);
        }
    }
    if !listing.marked.contains(&true) {
        listing.marked.clear();
    }
    Listing { info, ..listing }
}

/// For each of `count` lines, whether one of the ranges covers it. A range past the end is worth a warning.
fn covered(ranges: &[Lines], count: usize, diagnostics: &mut Vec<Diagnostic>) -> Vec<bool> {
    let mut begins_less_ends = vec![0i32; count + 1];
    for range in ranges {
        let (first, last) = (range.first as usize, range.last as usize);
        if last > count {
            let lines = if count == 1 { "line" } else { "lines" };
            let message = format!("there is no line {last}: the listing has {count} {lines}");
            diagnostics.push(Diagnostic::warning("listing", range.span, message));
        }
        begins_less_ends[(first - 1).min(count)] += 1;
        begins_less_ends[last.min(count)] -= 1;
    }
    let mut depth = 0;
    let depths = begins_less_ends.into_iter().take(count).map(|change| {
        depth += change;
        depth > 0
    });
    depths.collect()
}

/// The line as it is shown; `None` if it is hidden. In Rust, as rustdoc and mdBook do: a line that begins with `# `, or
/// is only `#`, is there for the compiler, and `##` is an escaped `#`.
fn shown<'a>(line: &'a str, info: &Info) -> Option<Cow<'a, str>> {
    let start = line.trim_start();
    if info.hidden_prefix.as_ref().is_some_and(|prefix| start.starts_with(prefix.as_str())) {
        return None;
    }
    if !matches!(info.language.as_str(), "rust" | "rs") {
        return Some(line.into());
    }
    match start.strip_prefix('#') {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => None,
        Some(rest) if rest.starts_with('#') => Some(format!("{}{rest}", &line[..line.len() - start.len()]).into()),
        _ => Some(line.into()),
    }
}

/// The markup of a listing. Without `tokens` it is plain.
#[must_use]
pub fn html(listing: &Listing, tokens: Option<&[Vec<Token>]>) -> String {
    let info = &listing.info;
    if info.language == "mermaid" {
        return format!("<pre class=\"mermaid\">{}</pre>", escape(&listing.code));
    }
    let element = if info.title.is_some() { "figure" } else { "div" };
    let mut html = format!("<{element} class=\"listing");
    for class in &info.classes {
        let _ = write!(html, " {}", escape(class));
    }
    html.push('"');
    if let Some((id, _)) = &info.id {
        let _ = write!(html, " id=\"{}\"", escape(id));
    }
    html.push('>');
    if let Some(title) = &info.title {
        let _ = write!(html, "<figcaption>{}</figcaption>", escape(title));
    }
    html.push_str("<pre tabindex=\"0\"><code");
    html.push_str(&code_attributes(info));
    html.push('>');
    code(listing, tokens.unwrap_or_default(), &mut html);
    let _ = write!(html, "</code></pre></{element}>");
    html
}

fn code_attributes(info: &Info) -> String {
    let mut classes = Vec::new();
    if !info.language.is_empty() {
        classes.push(format!("language-{}", escape(&info.language)));
    }
    if info.first_number.is_some() {
        classes.push("numbered".to_owned());
    }
    let classes = if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) };
    match info.first_number {
        // The counter is raised before a number is shown.
        Some(first) if first != 1 => format!("{classes} style=\"counter-reset:line {}\"", i64::from(first) - 1),
        _ => classes,
    }
}

/// The lines; each in an element of its own only where they are numbered or marked.
fn code(listing: &Listing, tokens: &[Vec<Token>], html: &mut String) {
    let in_lines = listing.info.first_number.is_some() || !listing.marked.is_empty();
    for (index, line) in listing.code.split_inclusive('\n').enumerate() {
        let element = if listing.marked.get(index) == Some(&true) { "mark" } else { "span" };
        if in_lines {
            let _ = write!(html, "<{element} class=\"line\">");
        }
        pieces(line, tokens.get(index).map_or(&[][..], Vec::as_slice), html);
        if in_lines {
            let _ = write!(html, "</{element}>");
        }
    }
}

/// A line with its tokens; what they do not reach is plain.
fn pieces(line: &str, tokens: &[Token], html: &mut String) {
    let mut rest = line;
    for token in tokens {
        let Some((text, after)) = rest.split_at_checked(token.length) else { break };
        match token.class {
            Some(class) => {
                let _ = write!(html, "<span class=\"{}\">{}</span>", class.name(), escape(text));
            }
            None => html.push_str(&escape(text)),
        }
        rest = after;
    }
    html.push_str(&escape(rest));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn read_and_show(info: &str, code: &str) -> String {
        let source = Sources::default().add("a.md", info);
        let listing = read(&Excerpt::slice(&source, 0..info.len()), code, &mut Vec::new());
        let tokens = highlight(&listing.info.language, &listing.code);
        html(&listing, tokens.as_deref().ok())
    }

    /// The text of markup that holds nothing but tags and what `escape` makes.
    fn text(html: &str) -> String {
        let mut text = String::new();
        for part in html.split('<') {
            text.push_str(part.split_once('>').map_or("", |(_, text)| text));
        }
        for (escaped, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            text = text.replace(escaped, c);
        }
        text
    }

    #[test]
    fn the_text_of_a_listing_does_not_depend_on_the_highlighter() {
        let codes = [
            "if (a < b && c > 'd') { return \"&amp;\"; }\n",
            "\tx\n\n\n  \u{feff}\u{0}\u{1b}[0m e\u{301} 日本語 🦀\n",
            "<script>let a = `${b}`;</script>\n<!-- </code> -->\n",
            "\"\"\"\n'''\n/*\n{{ x }}\n",
        ];
        for language in ["", "text", "rust", "js", "html", "python", "sh", "latex", "markdown", "c++", "unheard-of"] {
            for code in codes {
                for options in ["", " hl_lines=1", " linenums=1"] {
                    let shown = read_and_show(&format!("{language}{options}"), code);
                    assert_eq!(text(&shown), code, "{language}{options}");
                }
            }
        }
    }

    #[test]
    fn line_ends_of_other_systems_are_line_ends() {
        assert_eq!(text(&read_and_show("text", "a\r\nb\rc\n")), "a\nb\nc\n");
        assert_eq!(text(&read_and_show("text linenums=1", "")), "");
    }

    #[test]
    fn any_info_string_can_be_read() {
        for info in [
            "{", "}", "{{{{", "\"", "=", "a=", "a={", "{a=\"", "[", ".", "#", "{.}", "{#}", "a:", ":", ",,", "{1-}",
            "é=ü",
        ] {
            assert!(read_and_show(info, "a\n").contains("<code"), "{info}");
        }
        let long = "{".repeat(100_000);
        assert!(read_and_show(&long, "a\n").contains("<code"));
        let many = "hl_lines=\"1-9 \" ".repeat(10_000);
        assert!(read_and_show(&many, &"a\n".repeat(9)).contains("<code"));
    }
}
