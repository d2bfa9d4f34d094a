//! Text made safe for XML.

/// Escapes `& < > " '` and leaves out the characters that XML 1.0 does not allow, however they are written.
pub(super) fn text(text: &str) -> String {
    let allowed =
        |c: char| !matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    let clean: String = text.chars().filter(|&c| allowed(c)).collect();
    crate::html::escape(&clean).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_xml_cannot_say_is_left_out() {
        assert_eq!(super::text("a\u{0} <b> & \u{1F}\u{FFFE}\"'\n関"), "a &lt;b&gt; &amp; &quot;&#39;\n関");
    }
}
