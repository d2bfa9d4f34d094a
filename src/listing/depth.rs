//! How deep a grammar will nest, estimated from the code alone.
//!
//! The engine walks its whole stack for each token, so time grows with the square of the depth: a thousand open elements
//! cost seconds. What people write is a dozen deep. The estimate may count too much (a bracket in a string) but not by
//! so much that it matters; it reads the code once.

/// The most brackets that may be open at once in code that is highlighted.
pub(super) const MAX_BRACKETS: usize = 100;

/// The most comments, elements or blocks that may be open at once. Many are left open in good code (`<br>`, the words of
/// a sentence in a comment), so this is larger.
pub(super) const MAX_BLOCKS: usize = 500;

/// Grammars in which elements nest.
const ELEMENTS: [&str; 12] =
    ["javascript", "js", "cjs", "mjs", "jsx", "tsx", "mdx", "vue", "svelte", "astro", "vue-vine", "marko"];

/// Grammars in which a word opens what another closes.
const WORDS: [&str; 13] = [
    "shellscript",
    "bash",
    "sh",
    "shell",
    "zsh",
    "matlab",
    "latex",
    "tex",
    "lua",
    "ruby",
    "julia",
    "fortran-free-form",
    "fortran-fixed-form",
];

/// Whether code nests too deep for a grammar to be asked.
pub(super) fn is_too_deep(grammar: &str, code: &str) -> bool {
    brackets(code) > MAX_BRACKETS
        || marks(code, ELEMENTS.contains(&grammar)) > MAX_BLOCKS
        || WORDS.contains(&grammar) && words(code) > MAX_BLOCKS
}

/// What is open now, and the most that was.
#[derive(Default)]
struct Depth {
    now: usize,
    most: usize,
}

impl Depth {
    fn open(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }

    fn close(&mut self) {
        self.now = self.now.saturating_sub(1);
    }
}

fn brackets(code: &str) -> usize {
    let mut depth = Depth::default();
    for byte in code.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth.open(),
            b')' | b']' | b'}' => depth.close(),
            _ => {}
        }
    }
    depth.most
}

/// Comments that nest, and elements.
fn marks(code: &str, elements: bool) -> usize {
    let mut depth = Depth::default();
    let mut rest = code.as_bytes();
    while let [first, second, ..] = rest {
        let step = match (first, second) {
            (b'/', b'*' | b'-') => {
                depth.open();
                2
            }
            (b'*' | b'-', b'/') => {
                depth.close();
                2
            }
            (b'<', b'/') | (b'/', b'>') if elements => {
                depth.close();
                2
            }
            (b'<', letter) if elements && letter.is_ascii_alphabetic() => {
                depth.open();
                2
            }
            _ => 1,
        };
        rest = &rest[step..];
    }
    depth.most
}

/// Blocks between words. `end do` closes once.
fn words(code: &str) -> usize {
    let mut depth = Depth::default();
    let mut after_end = false;
    for word in code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty()) {
        let closes = word.starts_with("end") || matches!(word, "fi" | "done" | "esac");
        if closes {
            depth.close();
        } else if !after_end
            && matches!(
                word,
                "if" | "for"
                    | "while"
                    | "until"
                    | "do"
                    | "case"
                    | "select"
                    | "switch"
                    | "function"
                    | "subroutine"
                    | "program"
                    | "module"
                    | "try"
                    | "begin"
                    | "def"
                    | "class"
            )
        {
            depth.open();
        }
        after_end = closes;
    }
    depth.most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_at_once_is_counted() {
        assert_eq!(brackets("f(a[1], {b: [2]}) ) ("), 3);
        assert_eq!(marks("/* /* */ */ /* */", false), 2);
        assert_eq!(marks("<a><b/><br></a>", true), 2);
        assert_eq!(words("if a; then if b; then c; fi; fi\nif d"), 2);
        assert_eq!(words("do i = 1, 2\nend do\ndo i = 1, 2\nenddo\n"), 1);
    }

    #[test]
    fn code_of_people_is_not_too_deep() {
        assert!(!is_too_deep("rust", include_str!("info.rs")));
        assert!(!is_too_deep("rust", &"if a { b(c[0]) } else { d() } // ok\n".repeat(1000)));
        assert!(is_too_deep("jsx", &"<div>".repeat(1000)));
        assert!(is_too_deep("rust", &"/*".repeat(1000)));
        assert!(is_too_deep("matlab", &"if x\n".repeat(1000)));
    }
}
