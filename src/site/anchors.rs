//! The anchors that other tools give to headings.
//!
//! Ours are GitHub's. Python-Markdown, and with it MkDocs, keeps only unaccented Latin letters, makes one `-` of any
//! run of spaces and hyphens, and numbers repeated ones `_1`, `_2`: a heading in Chinese is `_1`. Links typed for these
//! are followed too.

use std::collections::{BTreeMap, BTreeSet};

use crate::article::Article;

/// From the anchor as Python-Markdown makes it to ours, for the headings where they differ.
pub(super) fn python(article: &Article) -> BTreeMap<String, String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut other = BTreeMap::new();
    // How often each base was numbered, so that a thousand equal headings are not counted from one each time.
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for heading in article.heading.iter().chain(&article.headings) {
        let base = slug(&heading.text);
        let mut id = base.clone();
        while id.is_empty() || taken.contains(&id) {
            let number = numbers.entry(base.clone()).or_insert(0);
            *number += 1;
            id = format!("{base}_{number}");
        }
        taken.insert(id.clone());
        if id != heading.id {
            other.insert(id, heading.id.clone());
        }
    }
    other
}

/// `slugify` of Python-Markdown's table of contents.
fn slug(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(unaccented)
        .filter(|c| c.is_ascii_alphanumeric() || c.is_whitespace() || "-_".contains(*c))
        .flat_map(char::to_lowercase)
        .collect();
    let words = kept.trim().split(|c: char| c == '-' || c.is_whitespace());
    let (mut slug, mut gap) = (String::new(), false);
    for word in words {
        if gap && !slug.ends_with('-') {
            slug.push('-');
        }
        slug.push_str(word);
        gap = true;
    }
    slug
}

/// A Latin letter without its accents.
fn unaccented(c: char) -> char {
    const LETTERS: [(&str, char); 20] = [
        ("àáâãäåāăąǎạảấầẩẫậắằẳẵặ", 'a'),
        ("çćĉċč", 'c'),
        ("ď", 'd'),
        ("èéêëēĕėęěẹẻẽếềểễệ", 'e'),
        ("ĝğġģ", 'g'),
        ("ĥ", 'h'),
        ("ìíîïĩīĭįǐỉị", 'i'),
        ("ĵ", 'j'),
        ("ķ", 'k'),
        ("ĺļľ", 'l'),
        ("ñńņň", 'n'),
        ("òóôõöōŏőơǒọỏốồổỗộớờởỡợ", 'o'),
        ("ŕŗř", 'r'),
        ("śŝşšș", 's'),
        ("ţťț", 't'),
        ("ùúûüũūŭůűųưǔụủứừửữự", 'u'),
        ("ŵ", 'w'),
        ("ýÿŷỳỵỷỹ", 'y'),
        ("źżž", 'z'),
        ("ﬁ", 'f'),
    ];
    if c.is_ascii() {
        return c;
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    LETTERS.iter().find(|(letters, _)| letters.contains(lower)).map_or(c, |(_, base)| *base)
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_are_those_of_python_markdown() {
        for (text, expected) in [
            ("A & B", "a-b"),
            ("What's new?", "whats-new"),
            ("C++ / Java", "c-java"),
            ("Théorème d'Euler", "theoreme-deuler"),
            ("一 two", "two"),
            ("数论", ""),
            ("snake_case - x", "snake_case-x"),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
    }
}
