//! Bare URLs in text, by the rules of GitHub's Markdown: where one may begin, and which marks at its end are not its own.

use std::ops::Range;

use super::cjk;

const SCHEMES: [&str; 3] = ["https://", "http://", "www."];

/// The first place in `range` where a URL begins.
pub(super) fn find(text: &str, range: Range<usize>) -> Option<usize> {
    let part = &text[range.clone()];
    if !part.contains("://") && !part.contains("www.") {
        return None;
    }
    let begins = |at: usize| SCHEMES.iter().any(|scheme| text[at..].starts_with(scheme));
    part.match_indices(['h', 'w']).map(|(at, _)| range.start + at).find(|&at| {
        begins(at)
            && may_begin(&text[..at])
            && text[at..].find(['/', '.']).is_some_and(|dot| is_host(&text[at + dot..]))
    })
}

/// Whether a URL may follow `before`: at the beginning, behind space, an opening mark, or a character of a script
/// without spaces; not where a link's target stands.
fn may_begin(before: &str) -> bool {
    let Some(last) = before.chars().next_back() else { return true };
    match last {
        '(' => !before.ends_with("]("),
        '*' | '_' | '~' => true,
        c if c.is_whitespace() => !before.trim_end_matches([' ', '\t']).ends_with("]:"),
        c => cjk::is_cjk(c),
    }
}

/// `//example.org` or `.example`: something that can go on as a host.
fn is_host(rest: &str) -> bool {
    rest.trim_start_matches(['/', '.']).starts_with(|c: char| c.is_alphanumeric() || c == '[')
}

/// The length of the URL at the start of `text`: up to space or `<`, less the marks at its end that belong to the
/// sentence, and a closing parenthesis that it does not open. Full-width marks end it.
pub(super) fn length(text: &str, in_table: bool) -> usize {
    let ends = |c: char| {
        c.is_whitespace() || "<>`\"".contains(c) || (c == '|' && in_table) || (cjk::is_cjk(c) && cjk::is_punctuation(c))
    };
    let mut url = &text[..text.find(ends).unwrap_or(text.len())];
    let opened = url.matches('(').count();
    let mut closed = url.matches(')').count();
    loop {
        let Some(last) = url.chars().next_back() else { return 0 };
        let is_mark = "?!.,:*_~'\\$".contains(last);
        let unopened = last == ')' && closed > opened;
        closed -= usize::from(unopened);
        let entity = last == ';'
            && url.rfind('&').is_some_and(|at| url[at + 1..url.len() - 1].bytes().all(|b| b.is_ascii_alphanumeric()));
        if entity {
            url = &url[..url.rfind('&').unwrap_or(0)];
        } else if is_mark || unopened {
            url = &url[..url.len() - last.len_utf8()];
        } else {
            return url.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_in_text() {
        let first = |text: &str| {
            let start = find(text, 0..text.len())?;
            Some(text[start..start + length(&text[start..], false)].to_owned())
        };
        let cases = [
            ("see https://example.org/a_b_c*d.", Some("https://example.org/a_b_c*d")),
            ("(https://example.org/a_(b))", Some("https://example.org/a_(b)")),
            ("www.example.org, x", Some("www.example.org")),
            ("参照https://example.org/一。次", Some("https://example.org/一")),
            ("http://localhost:8080/?a=b&c=d&amp; x", Some("http://localhost:8080/?a=b&c=d")),
            ("[a](https://example.org)", None),
            ("[a]: https://example.org", None),
            ("xhttps://example.org", None),
            ("https:// x", None),
            ("www. x", None),
            ("\"https://example.org\"", None),
        ];
        for (text, expected) in cases {
            assert_eq!(first(text).as_deref(), expected, "{text}");
        }
    }
}
