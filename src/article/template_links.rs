//! Links whose targets another tool's templates put together: `[a]({{< ref "b.md" >}})`, `[a]({% link b.md %})`.
//!
//! To Markdown they are not even links, because there are spaces in them. What they mean is a page of the site, so each
//! becomes the path that it names. Only in articles that were written for another tool, and not in code.

use super::lines::{self, Line};
use crate::source::Excerpt;

/// The longest target, in bytes.
const LONGEST: usize = 400;

/// Puts paths in the place of the targets that are understood.
pub(super) fn rewrite(input: Excerpt) -> Excerpt {
    if !["]({{", "]({%", "]( {{", "]: {{", "]: {%"].iter().any(|sign| input.text.contains(sign)) {
        return input;
    }
    let text = &input.text;
    let (mut out, mut copied, mut at) = (Excerpt::new(input.span), 0, 0);
    while at < text.len() {
        let line = Line::at(text, at);
        at = line.end;
        if let Some(end) = lines::opening_fence(line.text(text)).and_then(|_| lines::fence_end(text, &line)) {
            at = end;
            continue;
        }
        // Behind an odd number of back-ticks there is code.
        let (mut from, mut is_code) = (line.start, false);
        while let Some((start, is_definition)) = next(&text[from..line.end]).map(|(at, d)| (from + at, d)) {
            is_code ^= text[from..start].matches('`').count() % 2 == 1;
            from = start;
            let rest = &text[start..text.floor_char_boundary(line.end.min(start + LONGEST))];
            let length = if is_definition { rest.trim_end().len() } else { end(rest).unwrap_or(0) };
            if let Some(path) = path(rest[..length].trim()).filter(|_| !is_code) {
                out.push_part(&input, copied..start);
                let path = if path.contains(' ') { format!("<{path}>") } else { path };
                out.push_stand_in(&path, &input, start..start + length);
                copied = start + length;
                from = copied;
                is_code = false;
            }
        }
    }
    out.push_part(&input, copied..text.len());
    out
}

/// Where the next target begins that may be a template, and whether it is that of a link's definition.
fn next(text: &str) -> Option<(usize, bool)> {
    let found = |sign: &str, is_definition| {
        let behind = text.match_indices(sign).map(|(at, _)| &text[at + sign.len()..]);
        let mut targets = behind.map(|rest| text.len() - rest.trim_start_matches(' ').len());
        let at = targets.find(|&at| text[at..].starts_with("{{") || text[at..].starts_with("{%"));
        at.map(|at| (at, is_definition))
    };
    let inline = found("](", false);
    inline.or_else(|| found("]:", true).filter(|_| text.trim_start().starts_with('[')))
}

/// Where the target of a link ends: at the parenthesis behind the template.
fn end(rest: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(open) = rest[at..].find(['{', ')']).map(|open| at + open) {
        if rest[open..].starts_with(')') {
            return Some(open);
        }
        let close = if rest[open..].starts_with("{{") { "}}" } else { "%}" };
        at = open + rest[open..].find(close)? + 2;
    }
    None
}

/// The path that a target names.
fn path(target: &str) -> Option<String> {
    let mut path = String::new();
    let mut rest = target;
    while let Some(open) = rest.find('{') {
        path.push_str(&rest[..open]);
        let (open_mark, close) = if rest[open..].starts_with("{{") { (2, "}}") } else { (2, "%}") };
        let end = open + rest[open..].find(close)?;
        path.push_str(&named(rest[open + open_mark..end].trim_matches(['<', '>', '%', '-', ' ']))?);
        rest = &rest[end + 2..];
    }
    path.push_str(rest);
    Some(path).filter(|path| !path.is_empty())
}

/// What is inside of the marks of a template: a call that names a path, or the site's own address.
fn named(inner: &str) -> Option<String> {
    let inner = inner.trim();
    let (word, arguments) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let quoted = || {
        let start = inner.find(['"', '\''])?;
        let rest = &inner[start + 1..];
        Some(rest[..rest.find(&inner[start..=start])?].to_owned())
    };
    match word {
        "ref" | "relref" => quoted().or_else(|| Some(arguments.trim().to_owned()).filter(|path| !path.is_empty())),
        "link" => Some(format!("/{}", arguments.trim().trim_matches('"').trim_start_matches('/'))),
        "post_url" => Some(format!("/_posts/{}.md", arguments.trim())),
        "site.baseurl" | "base_path" => Some(String::new()),
        _ if word.starts_with("get_url(") => quoted(),
        _ if inner.ends_with("relative_url") || inner.ends_with("absolute_url") => {
            quoted().map(|path| format!("/{}", path.trim_start_matches('/')))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn targets_become_paths() {
        for (text, expected) in [
            ("[a]({{< ref \"b.md#c\" >}}) d", "[a](b.md#c) d"),
            ("[a]({{% relref \"/b\" %}}) [c]({{<ref d>}})", "[a](/b) [c](d)"),
            ("[a]({% link b/c d.md %})", "[a](</b/c d.md>)"),
            ("[a]({{ site.baseurl }}{% link b.md %}#x)", "[a](/b.md#x)"),
            ("[a]({% post_url 2024-01-01-b %})", "[a](/_posts/2024-01-01-b.md)"),
            ("[a]({{ site.baseurl }}/b)", "[a](/b)"),
            ("[a]({{ '/b' | relative_url }})", "[a](/b)"),
            ("![a]({{ \"b.png\" | absolute_url }})", "![a](/b.png)"),
            ("[a]({{ get_url(path=\"@/b.md\") }})", "[a](@/b.md)"),
            ("[a]: {{ site.baseurl }}/b\n", "[a]: /b\n"),
            // What is not understood, and code.
            ("[a]({{ page.url }})", "[a]({{ page.url }})"),
            ("`[a]({{< ref \"b\" >}})`", "`[a]({{< ref \"b\" >}})`"),
            ("```\n[a]({{< ref \"b\" >}})\n```\n", "```\n[a]({{< ref \"b\" >}})\n```\n"),
            ("[a]({{< ref \"b", "[a]({{< ref \"b"),
        ] {
            let source = Sources::default().add("a.md", text);
            assert_eq!(rewrite(Excerpt::slice(&source, 0..text.len())).text, expected, "{text}");
        }
    }
}
