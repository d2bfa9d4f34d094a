//! A formula as plain text: for titles, alternative text, search and slugs.
//!
//! `f(x) = \max(0, x)` reads `f(x) = max(0, x)`, `\sqrt n` reads `√n`, `x^2` reads `x²`. The spaces follow TeX's
//! classes of atoms, not the author's typing, so two ways to type a formula read the same. What cannot be said in
//! plain text (sizes, colours, spaces) is left out; what is unknown keeps its name.

use std::ops::Range;

use super::symbols::{self, Class};
use super::{Argument, Kind, Tex};

/// Groups nested deeper than this are left out.
const DEEPEST: usize = 40;
/// Formulas are cut after this many bytes of TeX: nobody reads on in a title.
const LONGEST: usize = 4000;

/// Reads a formula as plain text on one line. Any text is accepted.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let tex = Tex::read(&text[..end]);
    let mut reader = Reader { tex: &tex, depth: 0, fuel: 4 * tex.tokens.len() };
    let line = reader.run(0..tex.tokens.len(), Mode::Mathematics);
    let mut line = line.finish().trim_matches([' ', ';']).to_owned();
    if end < text.len() {
        line.push('…');
    }
    line
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Mathematics,
    Text,
}

/// Text that grows atom by atom.
#[derive(Default)]
struct Line {
    text: String,
    last: Option<Class>,
    /// The last atom was a binary operation or relation that wants a space after it.
    space: bool,
}

impl Line {
    fn push(&mut self, text: &str, class: Class) {
        if text.is_empty() {
            return;
        }
        let first = self.text.is_empty();
        let operand = matches!(self.last, Some(Class::Ordinary | Class::Closing | Class::Function));
        let before = match class {
            Class::Relation => !first,
            Class::Binary | Class::Function => operand,
            Class::Ordinary => self.last == Some(Class::Function),
            Class::Opening | Class::Closing | Class::Punctuation => false,
        };
        let wanted = before || (self.space && !matches!(class, Class::Closing | Class::Punctuation));
        if wanted && !first && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.space = match class {
            Class::Relation | Class::Punctuation => true,
            Class::Binary => operand,
            _ => false,
        };
        // A sign in front of an operand belongs to it.
        self.last = Some(if class == Class::Binary && !operand { Class::Opening } else { class });
    }

    /// Text that brings its own spaces.
    fn words(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if (self.space || self.last == Some(Class::Function)) && !self.text.ends_with(' ') && !text.starts_with(' ') {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.space = false;
        self.last = Some(Class::Ordinary);
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    fn finish(self) -> String {
        self.text
    }
}

struct Reader<'a> {
    tex: &'a Tex<'a>,
    depth: usize,
    /// Tokens that may still be read: an argument that is a command reads its own arguments, so a token can be read
    /// more than once, but not without end.
    fuel: usize,
}

impl Reader<'_> {
    fn run(&mut self, tokens: Range<usize>, mode: Mode) -> Line {
        let mut line = Line::default();
        if self.depth > DEEPEST {
            return line;
        }
        self.depth += 1;
        let mut number = tokens.start;
        while number < tokens.end && self.fuel > 0 {
            number = self.token(number, mode, &mut line).max(number + 1);
        }
        self.depth -= 1;
        line
    }

    /// The text of an argument.
    fn argument(&mut self, argument: &Argument, mode: Mode) -> String {
        self.run(argument.tokens.clone(), mode).finish()
    }

    /// Reads the token with this number and returns the number of the next one.
    fn token(&mut self, number: usize, mode: Mode, line: &mut Line) -> usize {
        self.fuel = self.fuel.saturating_sub(1);
        let text = self.tex.str(number);
        match self.tex.tokens[number].kind {
            Kind::Word => return self.word(number, mode, line),
            Kind::Symbol => Self::control_symbol(text, line),
            Kind::Open => {
                if let Some(group) = self.tex.group(number) {
                    let inner = self.run(group.tokens.clone(), mode);
                    let class = inner.last.filter(|_| group.tokens.len() == 1).unwrap_or(Class::Ordinary);
                    if mode == Mode::Text {
                        line.words(&inner.finish());
                    } else {
                        line.push(&inner.finish(), class);
                    }
                    return group.next;
                }
            }
            Kind::Superscript | Kind::Subscript if mode == Mode::Mathematics => return self.script(number, line),
            Kind::Align => line.gap(),
            Kind::Dollar => {
                let close =
                    (number + 1..self.tex.tokens.len()).find(|&other| self.tex.tokens[other].kind == Kind::Dollar);
                if let Some(close) = close.filter(|_| mode == Mode::Text) {
                    let inner = self.run(number + 1..close, Mode::Mathematics).finish();
                    line.words(&inner);
                    return close + 1;
                }
            }
            Kind::Space if mode == Mode::Text => line.gap(),
            Kind::Verbatim => {
                let quoted = text.trim_start_matches("\\verb").trim_start_matches('*');
                line.words(quoted.trim_matches(|character| quoted.starts_with(character)));
            }
            Kind::Superscript | Kind::Subscript | Kind::Parameter => line.words(text),
            Kind::Space | Kind::Comment | Kind::Close => {}
            Kind::Character if mode == Mode::Text => line.words(if text == "~" { " " } else { text }),
            Kind::Character => {
                let character = text.chars().next().unwrap_or(' ');
                match character {
                    '~' => line.gap(),
                    '-' => line.push("−", Class::Binary),
                    '\'' => line.push("′", Class::Closing),
                    _ => line.push(text, symbols::character(character)),
                }
            }
        }
        number + 1
    }

    fn control_symbol(text: &str, line: &mut Line) {
        match text {
            "\\{" => line.push("{", Class::Opening),
            "\\}" => line.push("}", Class::Closing),
            "\\|" => line.push("‖", Class::Ordinary),
            "\\\\" => {
                line.text.truncate(line.text.trim_end_matches([' ', ',', ';']).len());
                if !line.text.is_empty() {
                    line.push(";", Class::Punctuation);
                }
            }
            "\\ " | "\\:" | "\\;" | "\\>" | "\\\n" => line.gap(),
            "\\," | "\\!" | "\\/" | "\\-" => {}
            other => line.push(&other[1..], Class::Ordinary),
        }
    }

    fn word(&mut self, number: usize, mode: Mode, line: &mut Line) -> usize {
        let name = &self.tex.str(number)[1..];
        let next = number + 1;
        if let Some((text, class)) = symbols::symbol(name) {
            if mode == Mode::Text {
                line.words(text);
            } else {
                line.push(text, class);
            }
            return next;
        }
        if symbols::FUNCTIONS.contains(&name) {
            line.push(name, Class::Function);
            return next;
        }
        match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => self.fraction(next, line),
            "binom" | "dbinom" | "tbinom" => self.binomial(next, line),
            "sqrt" => self.root(next, line),
            "text" | "textrm" | "textbf" | "textit" | "textsf" | "texttt" | "textnormal" | "textmd" | "textup"
            | "mbox" | "hbox" => self.through(next, Mode::Text, line),
            "operatorname" | "mathop" => {
                let at = next + usize::from(self.tex.str(next) == "*");
                let Some(argument) = self.tex.argument(at) else { return next };
                let inner = self.argument(&argument, mode);
                line.push(&inner, Class::Function);
                argument.next
            }
            "mathbb" | "Bbb" => {
                let Some(argument) = self.tex.argument(next) else { return next };
                let inner = self.argument(&argument, mode);
                line.push(
                    &inner.chars().map(|c| symbols::blackboard(c).unwrap_or(c)).collect::<String>(),
                    Class::Ordinary,
                );
                argument.next
            }
            "left" | "right" | "middle" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "Bigl" | "Bigr"
            | "biggl" | "biggr" | "Biggl" | "Biggr" | "bigm" => {
                let at = self.tex.skip_space(next);
                if self.tex.str(at) == "." { at + 1 } else { next }
            }
            "begin" => self.begin(number, line),
            "end" => self.end(number, line),
            "quad" | "qquad" | "space" | "enspace" | "thinspace" => {
                line.gap();
                next
            }
            "pmod" => self.modulus(next, line, true),
            "bmod" => {
                line.push("mod", Class::Relation);
                next
            }
            "eqref" | "ref" | "label" | "tag" | "htmlId" | "htmlClass" | "color" | "textcolor" | "href" | "phantom"
            | "hphantom" | "vphantom" | "hspace" | "vspace" | "kern" | "rule" | "hskip" => {
                self.left_out(name, next, line)
            }
            "newcommand" | "renewcommand" | "providecommand" | "def" | "gdef" | "let" | "DeclareMathOperator" => {
                self.definition(number).unwrap_or(next)
            }
            "not" => self.negated(next, line),
            _ if Self::changes_nothing(name) => next,
            _ => {
                if let Some(mark) = accent(name)
                    && let Some(argument) = self.tex.argument(next)
                {
                    let mut inner = self.argument(&argument, mode);
                    inner.push(mark);
                    line.push(&inner, Class::Ordinary);
                    return argument.next;
                }
                line.push(name, Class::Function);
                next
            }
        }
    }

    fn through(&mut self, next: usize, mode: Mode, line: &mut Line) -> usize {
        let Some(argument) = self.tex.argument(next) else { return next };
        let inner = self.argument(&argument, mode);
        line.words(&inner);
        argument.next
    }

    fn fraction(&mut self, next: usize, line: &mut Line) -> usize {
        let Some(above) = self.tex.argument(next) else { return next };
        let Some(below) = self.tex.argument(above.next) else { return next };
        let text = format!(
            "{}/{}",
            bracketed(self.argument(&above, Mode::Mathematics)),
            bracketed(self.argument(&below, Mode::Mathematics))
        );
        // As a function's name, it keeps its distance from the letter after it.
        line.push(&text, Class::Function);
        below.next
    }

    fn binomial(&mut self, next: usize, line: &mut Line) -> usize {
        let Some(above) = self.tex.argument(next) else { return next };
        let Some(below) = self.tex.argument(above.next) else { return next };
        let text =
            format!("C({}, {})", self.argument(&above, Mode::Mathematics), self.argument(&below, Mode::Mathematics));
        line.push(&text, Class::Ordinary);
        below.next
    }

    fn root(&mut self, next: usize, line: &mut Line) -> usize {
        let index = self.tex.bracketed(next);
        let Some(argument) = self.tex.argument(index.as_ref().map_or(next, |index| index.next)) else { return next };
        let index = index.map_or(String::new(), |index| self.argument(&index, Mode::Mathematics));
        let index: Option<String> = index.chars().map(symbols::superscript).collect();
        let text = format!("{}√{}", index.unwrap_or_default(), bracketed(self.argument(&argument, Mode::Mathematics)));
        line.push(&text, Class::Ordinary);
        argument.next
    }

    fn script(&mut self, number: usize, line: &mut Line) -> usize {
        let raised = self.tex.tokens[number].kind == Kind::Superscript;
        let Some(argument) = self.tex.argument(number + 1) else { return number + 1 };
        // A command in a script takes its own arguments: `x^\frac12`.
        let (inner, next) = if argument.tokens.len() == 1 && self.tex.tokens[argument.tokens.start].kind == Kind::Word {
            let mut inner = Line::default();
            self.depth += 1;
            let next = if self.depth > DEEPEST {
                argument.next
            } else {
                self.token(argument.tokens.start, Mode::Mathematics, &mut inner)
            };
            self.depth -= 1;
            (inner.finish(), next)
        } else {
            (self.argument(&argument, Mode::Mathematics), argument.next)
        };
        let tight: String = inner.chars().filter(|character| *character != ' ').collect();
        let special = if raised { symbols::superscript } else { symbols::subscript };
        let special: Option<String> = tight.chars().map(special).collect();
        let mark = if raised { '^' } else { '_' };
        let text = special
            .unwrap_or_else(|| if inner == "∘" { "°".to_owned() } else { format!("{mark}{}", bracketed(inner)) });
        let last = line.last;
        line.space = false;
        line.text.push_str(&text);
        line.last = last.or(Some(Class::Ordinary));
        next
    }

    fn begin(&mut self, number: usize, line: &mut Line) -> usize {
        let Some((name, argument)) = self.tex.environment_name(number) else { return number + 1 };
        let name = name.trim_end_matches('*');
        let opening = match name {
            "cases" | "dcases" | "Bmatrix" => "{",
            "pmatrix" => "(",
            "bmatrix" => "[",
            "vmatrix" => "|",
            "Vmatrix" => "‖",
            _ => "",
        };
        line.push(opening, Class::Opening);
        if line.last != Some(Class::Opening) {
            line.gap();
        }
        let columns = matches!(name, "array" | "alignat" | "alignedat" | "subarray");
        match self.tex.braced(argument.next).filter(|_| columns) {
            Some(columns) => columns.next,
            None => argument.next,
        }
    }

    fn end(&mut self, number: usize, line: &mut Line) -> usize {
        let Some((name, argument)) = self.tex.environment_name(number) else { return number + 1 };
        let closing = match name.trim_end_matches('*') {
            "pmatrix" => ")",
            "bmatrix" => "]",
            "Bmatrix" => "}",
            "vmatrix" => "|",
            "Vmatrix" => "‖",
            _ => "",
        };
        line.push(closing, Class::Closing);
        argument.next
    }

    fn modulus(&mut self, next: usize, line: &mut Line, parenthesised: bool) -> usize {
        let Some(argument) = self.tex.argument(next).filter(|_| parenthesised) else { return next };
        let inner = self.argument(&argument, Mode::Mathematics);
        line.gap();
        line.words(&format!("(mod {inner})"));
        argument.next
    }

    /// Commands whose first argument is not for reading; references read as their label.
    fn left_out(&mut self, name: &str, next: usize, line: &mut Line) -> usize {
        let Some(argument) = self.tex.argument(next) else { return next };
        if matches!(name, "eqref" | "ref") {
            line.words(&format!("({})", &self.tex.text[argument.inner.clone()]));
        }
        if matches!(name, "kern" | "hskip") { next } else { argument.next }
    }

    fn definition(&self, number: usize) -> Option<usize> {
        let starred = usize::from(self.tex.str(number + 1) == "*");
        let name = self.tex.argument(number + 1 + starred)?;
        if self.tex.str(number) == "\\let" {
            let target = self.tex.skip_space(name.next);
            return Some(target + 1 + usize::from(self.tex.str(target) == "="));
        }
        let near = name.next..self.tex.tokens.len().min(name.next + 40);
        let open = near.into_iter().find(|&other| self.tex.tokens[other].kind == Kind::Open)?;
        Some(self.tex.group(open)?.next)
    }

    fn negated(&mut self, next: usize, line: &mut Line) -> usize {
        let Some(argument) = self.tex.argument(next) else { return next };
        let inner = self.argument(&argument, Mode::Mathematics);
        line.push(&format!("{inner}\u{338}"), Class::Relation);
        argument.next
    }

    /// Commands that change only the look, so that what follows is read as it is.
    fn changes_nothing(name: &str) -> bool {
        name.starts_with("math") && name != "mathsection"
            || name.starts_with("text")
            || matches!(
                name,
                "displaystyle"
                    | "textstyle"
                    | "scriptstyle"
                    | "scriptscriptstyle"
                    | "limits"
                    | "nolimits"
                    | "boldsymbol"
                    | "bm"
                    | "bf"
                    | "rm"
                    | "it"
                    | "sf"
                    | "tt"
                    | "cal"
                    | "boxed"
                    | "underbrace"
                    | "overbrace"
                    | "nonumber"
                    | "notag"
                    | "hline"
                    | "tiny"
                    | "small"
                    | "normalsize"
                    | "large"
                    | "Large"
                    | "LARGE"
                    | "huge"
                    | "Huge"
                    | "ensuremath"
                    | "relax"
                    | "centering"
                    | "smash"
                    | "allowbreak"
                    | "nobreak"
                    | "mathstrut"
                    | "strut"
                    | "null"
                    | "substack"
                    | "stackrel"
                    | "overset"
                    | "underset"
                    | "xrightarrow"
                    | "cancel"
                    | "mathrel"
                    | "mathbin"
                    | "mathord"
                    | "pmb"
            )
    }
}

/// A combining mark for an accent command.
fn accent(name: &str) -> Option<char> {
    Some(match name {
        "hat" | "widehat" => '\u{302}',
        "tilde" | "widetilde" => '\u{303}',
        "bar" | "overline" => '\u{304}',
        "dot" => '\u{307}',
        "ddot" => '\u{308}',
        "vec" | "overrightarrow" => '\u{20d7}',
        "underline" => '\u{332}',
        "check" => '\u{30c}',
        "breve" => '\u{306}',
        "acute" => '\u{301}',
        "grave" => '\u{300}',
        _ => return None,
    })
}

/// In parentheses when it is more than one thing: a word, a number or a call such as `f(x)` is one.
fn bracketed(text: String) -> String {
    let name = text.find('(').filter(|_| text.ends_with(')') && text.matches('(').count() == 1);
    let head = &text[..name.unwrap_or(text.len())];
    if head.chars().all(char::is_alphanumeric) || text.chars().count() == 1 { text } else { format!("({text})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_read_as_text() {
        let table = [
            (r"f(x)=\max(0,x)", "f(x) = max(0, x)"),
            (r"f(x) = \max (0 , x)", "f(x) = max(0, x)"),
            (r"\sqrt n", "√n"),
            (r"\sqrt{n+1}", "√(n + 1)"),
            (r"\sqrt[3]{x}", "³√x"),
            (r"x^2", "x²"),
            (r"x^{10}+y_{i+1}", "x¹⁰ + yᵢ₊₁"),
            (r"e^{-x^2}", "e^(−x²)"),
            (r"a_b", "a_b"),
            (r"\frac{d}{dx}f(x)", "d/dx f(x)"),
            (r"\frac{a+b}{2}", "(a + b)/2"),
            (r"O(n \log n)", "O(n log n)"),
            (r"\sin x", "sin x"),
            (r"-1 \le x < \infty", "−1 ≤ x < ∞"),
            (r"x = -1", "x = −1"),
            (r"x \in \mathbb{R}", "x ∈ ℝ"),
            (r"\text{if } x>0", "if x > 0"),
            (r"\operatorname{ReLU}(x)", "ReLU(x)"),
            (r"\hat y", "y\u{302}"),
            (r"90^\circ", "90°"),
            (r"f'(x)", "f′(x)"),
            (r"\{1, \dots, n\}", "{1, …, n}"),
            (r"a \pmod{n}", "a (mod n)"),
            (r"\sum_{i=1}^n i", "∑ᵢ₌₁ⁿ i"),
            (r"x (x≧0の場合)", "x(x ≧ 0の場合)"),
            (
                r"f(x) = \left\{ \begin{array}{l} 0 (x<0の場合)\\ x (x≧0の場合)\end{array} \right.",
                "f(x) = {0(x < 0の場合); x(x ≧ 0の場合)",
            ),
            (r"\begin{cases} 0 & x<0 \\ x & x\ge 0 \end{cases}", "{0 x < 0; x x ≥ 0"),
            (r"\begin{cases} 0 & \text{if } x<0, \\ x \end{cases}", "{0 if x < 0; x"),
            (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "(a b; c d)"),
            (r"\verb|a{| \sum n", "a{ ∑ n"),
            (r"\unknown x", "unknown x"),
            ("}{", ""),
        ];
        let wrong: Vec<_> =
            table.iter().map(|(tex, text)| (tex, plain(tex), *text)).filter(|(_, read, text)| read != text).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
