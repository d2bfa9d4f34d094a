//! The comments that make a formula a definition or a claim: `% define NAME; a = 1, b = 2` and `% check EXPRESSION`.
//!
//! Every other program that reads TeX skips comments, so an article with them stays what it was elsewhere. A comment
//! that only begins with one of these words, as in `% check this again`, is an ordinary comment.

use std::ops::Range;

use crate::tex::{Kind, Tex};

/// A comment that says what a formula is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// What it says.
    pub order: Order,
    /// Its bytes in the formula, from the word after the percent sign.
    pub range: Range<usize>,
    /// `; a = 1, b = 2`: TeX of each parameter and of its value, with their bytes in the formula.
    pub parameters: Vec<(Range<usize>, Range<usize>)>,
}

/// What a comment asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// The formula defines the function of this name.
    Define(String),
    /// The formula states that it equals this expression.
    Check(String),
}

/// The comments of a formula that are directives, in order.
#[must_use]
pub fn directives(text: &str) -> Vec<Directive> {
    comments(text).into_iter().filter_map(|range| directive(text, range)).collect()
}

/// The bytes of the comments of a formula, without their percent signs.
fn comments(text: &str) -> Vec<Range<usize>> {
    if !text.contains('%') {
        return Vec::new();
    }
    let tex = Tex::read(text);
    let comments = tex.tokens.iter().filter(|token| token.kind == Kind::Comment);
    comments.map(|token| token.start() + 1..token.end()).collect()
}

/// A comment that is none of these, though its author may have meant one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// Its bytes in the formula, from the word after the percent sign.
    pub range: Range<usize>,
    /// What was meant, as it should be written behind the percent sign.
    pub meant: String,
    /// The name in it: if nothing is called so, it was an ordinary comment after all. `None` if there is no doubt.
    pub name: Option<String>,
}

/// The comments that look like directives and are none: `% Define f`, `% check: f'`, `% define f(x)`, `% define f: a = 2`.
#[must_use]
pub fn near_misses(text: &str) -> Vec<NearMiss> {
    let ordinary = comments(text).into_iter().filter(|range| directive(text, range.clone()).is_none());
    ordinary.filter_map(|range| near_miss(text, range)).collect()
}

fn near_miss(text: &str, comment: Range<usize>) -> Option<NearMiss> {
    let range = trim(text, comment);
    let (word, rest) = text[range.clone()].split_once(|c: char| c.is_whitespace() || c == ':')?;
    let has_colon = text[range.start + word.len()..].starts_with(':');
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ':').trim_end();
    let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, behind) = (&rest[..length], rest[length..].trim_start());
    if !is_name(name) || is_prose(rest) {
        return None;
    }
    match word.to_lowercase().trim_end_matches('s') {
        "check" => Some(NearMiss { range, meant: format!("check {rest}"), name: Some(name.to_owned()) }),
        "define" => {
            let argument =
                behind.strip_prefix('(').and_then(|inner| inner.find(')').map(|end| inner[end + 1..].trim()));
            let parameters = argument.unwrap_or(behind).trim_start_matches([':', ',', ';']).trim();
            let has_values = parameters.contains('=');
            let semicolon = if has_values { format!("; {parameters}") } else { String::new() };
            let certain = has_colon || has_values || argument.is_some_and(str::is_empty);
            (parameters.is_empty() || has_values).then(|| NearMiss {
                range,
                meant: format!("define {name}{semicolon}"),
                name: (!certain).then(|| name.to_owned()),
            })
        }
        _ => None,
    }
}

/// The part of a range without white space at its ends.
fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..(start + part.trim().len())
}

fn directive(text: &str, comment: Range<usize>) -> Option<Directive> {
    let range = trim(text, comment);
    let (word, rest) = text[range.clone()].split_once(char::is_whitespace)?;
    let rest = trim(text, range.end - rest.len()..range.end);
    let (head, parameters) = match text[rest.clone()].find(';') {
        // A parameter of a call, as in `relu(x; a = 1)`, is not one of the formula.
        Some(at) if is_balanced(&text[rest.start..rest.start + at]) => {
            (trim(text, rest.start..rest.start + at), parameters(text, rest.start + at + 1..rest.end))
        }
        _ => (rest, Vec::new()),
    };
    let said = &text[head];
    let order = match word {
        "define" if is_name(said) => Order::Define(said.to_owned()),
        "check" if !is_prose(said) => Order::Check(said.to_owned()),
        _ => return None,
    };
    Some(Directive { order, range, parameters })
}

fn is_balanced(text: &str) -> bool {
    text.chars().map(|c| if "([{".contains(c) { 1 } else { -i32::from(")]}".contains(c)) }).sum::<i32>() == 0
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|c| c.is_alphanumeric() || c == '_')
}

/// Two words beside each other are no expression.
fn is_prose(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain =
        |word: &&str| word.chars().count() > 1 && word.chars().all(|c| c.is_alphabetic() || ",.:!?".contains(c));
    text.is_empty() || words.windows(2).any(|pair| pair.iter().all(plain))
}

/// `a = 1, b = 2`, divided at commas outside brackets. Whatever has no equals sign becomes a parameter without a value.
fn parameters(text: &str, range: Range<usize>) -> Vec<(Range<usize>, Range<usize>)> {
    let (mut found, mut start, mut depth) = (Vec::new(), range.start, 0i32);
    let mut add = |part: Range<usize>| {
        let part = trim(text, part);
        if part.is_empty() {
            return;
        }
        match text[part.clone()].find('=') {
            Some(at) => {
                let value = trim(text, part.start + at + 1..part.end);
                found.push((trim(text, part.start..part.start + at), value));
            }
            None => found.push((part.clone(), part.end..part.end)),
        }
    };
    for (at, c) in text[range.clone()].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' | ';' if depth == 0 => {
                add(start..range.start + at);
                start = range.start + at + 1;
            }
            _ => {}
        }
    }
    add(start..range.end);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let show = |directive: &Directive| {
            let parameters: Vec<_> = directive
                .parameters
                .iter()
                .map(|(name, value)| format!("{} is {}", &text[name.clone()], &text[value.clone()]))
                .collect();
            format!("{:?} {}", directive.order, parameters.join(" and ")).trim_end().to_owned()
        };
        directives(text).iter().map(show).collect()
    }

    #[test]
    fn comments_are_read() {
        for (text, wanted) in [
            ("% define relu\nf(x) = x", "Define(\"relu\")"),
            (
                " % define a; \\alpha = 1, x_{1, 2} = \\frac12 \nf",
                "Define(\"a\") \\alpha is 1 and x_{1, 2} is \\frac12",
            ),
            ("f\n%check relu'", "Check(\"relu'\")"),
            ("%  check  1 - sigmoid(x)^2 ", "Check(\"1 - sigmoid(x)^2\")"),
            ("% check elu(x; a = 2); b = 3", "Check(\"elu(x; a = 2); b = 3\")"),
            ("% check elu'; b = 3", "Check(\"elu'\") b is 3"),
        ] {
            assert_eq!(said(text), [wanted], "{text}");
        }
    }

    #[test]
    fn near_misses_are_found() {
        for (text, meant, name) in [
            ("% Define ff", "define ff", Some("ff")),
            ("% define: ff", "define ff", None),
            ("% define: ff; a = 2", "define ff; a = 2", None),
            ("% define ff(x)", "define ff", None),
            ("% define ff: a = 2", "define ff; a = 2", None),
            ("% define ff, a = 2", "define ff; a = 2", None),
            ("% define ff a = 2", "define ff; a = 2", None),
            ("% check: ff'", "check ff'", Some("ff")),
            ("% Checks ff'", "check ff'", Some("ff")),
        ] {
            let found = near_misses(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].meant.as_str(), found[0].name.as_deref()), (meant, name), "{text}");
        }
        for text in ["% define ff", "% check ff'", "% define the function", "% Check this again", "% nothing", "%"] {
            assert_eq!(near_misses(text), [], "{text}");
        }
    }

    #[test]
    fn ordinary_comments_are_none() {
        for text in
            ["% define the function", "% check this again", "% definition", "100\\% define x", "% define", "% check"]
        {
            assert_eq!(said(text), [""; 0], "{text}");
        }
    }
}
