//! What must be true of a formula before the engine sees it.
//!
//! The engine recurses on nesting and copies what macros expand to, so a few bytes can end the process (1,000 nested
//! `\frac{`) or fill the memory (`\def\a#1{#1#1}`, nested). Both are bounded here from the text alone, in one pass
//! and in linear time: how deep groups, environments and unbraced arguments can nest once every macro is expanded,
//! and how many tokens there can then be. The bounds are not tight, and far above what people write.

use std::collections::HashMap;

use super::engine;
use crate::tex::{Kind, Tex};

/// Longest formula in bytes. The longest of 12,381 real ones has 5,412.
pub(super) const MAX_BYTES: usize = 50_000;
/// Deepest nesting, in levels as counted here. A level took at most 13 kB of stack, measured over fifty ways to nest;
/// an ordinary thread has 2 MB. The deepest of 12,381 real formulas has 7 nested groups.
const MAX_DEPTH: u32 = 100;
/// Most tokens after expansion. The engine takes time with the square of the length of a list: half a second for this.
const MAX_TOKENS: f64 = 12_000.0;

/// What a text can grow to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    /// Levels of nesting that the engine may recurse through.
    pub(super) depth: u32,
    /// Tokens after expansion.
    tokens: f64,
    /// How often the most used parameter is used.
    copies: f64,
    /// Groups that it leaves open, such as that of a lone `\left`.
    opens: u32,
    /// Groups that it closes without having opened them.
    closes: u32,
}

impl Cost {
    /// What a command costs that is not a macro of the author's.
    pub(super) const COMMAND: Cost = Cost { depth: 1, tokens: 1.0, copies: 1.0, opens: 0, closes: 0 };
    /// What no formula may cost.
    const ENDLESS: Cost = Cost { depth: u32::MAX, tokens: f64::INFINITY, copies: f64::INFINITY, ..Cost::COMMAND };

    fn max(self, other: Cost) -> Cost {
        Cost {
            depth: self.depth.max(other.depth),
            tokens: self.tokens.max(other.tokens),
            copies: self.copies.max(other.copies),
            opens: self.opens.max(other.opens),
            closes: self.closes.min(other.closes),
        }
    }

    /// Defined through itself, or beyond counting.
    pub(super) fn is_endless(self) -> bool {
        self.depth == u32::MAX
    }

    /// Why the engine must not see it.
    pub(super) fn refusal(self) -> Option<&'static str> {
        if self.is_endless() {
            return Some("a macro is defined in terms of itself");
        }
        if self.depth > MAX_DEPTH {
            return Some("formula is nested too deeply");
        }
        (self.tokens > MAX_TOKENS).then_some("formula is too long with its macros expanded")
    }
}

/// What a name stands for.
enum Meaning {
    /// The bodies that were given to it, as token ranges.
    Bodies(Vec<std::ops::Range<usize>>),
    /// Measured.
    Known(Cost),
    /// Being measured.
    Open,
}

/// Bytes at which the engine would panic, and what to say of them.
pub(super) fn pitfall(tex: &Tex) -> Option<(std::ops::Range<usize>, &'static str)> {
    for (number, token) in tex.tokens.iter().enumerate() {
        let text = tex.str(number);
        let range = token.start()..token.end();
        let before = number.checked_sub(1).map(|before| tex.tokens[before].kind);
        let message = match token.kind {
            Kind::Character if text.starts_with(is_combining) => match before {
                None | Some(Kind::Space | Kind::Comment | Kind::Word | Kind::Symbol | Kind::Verbatim) => {
                    "combining character without a letter before it"
                }
                _ => continue,
            },
            Kind::Verbatim if !text.is_ascii() && !text.ends_with(|last: char| last.is_ascii()) => {
                "`\\verb` takes an ASCII character as its quote"
            }
            Kind::Parameter if tex.str(number + 1) == "0" => "arguments are `#1` to `#9`",
            _ => continue,
        };
        return Some((range, message));
    }
    None
}

fn is_combining(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

/// The cost of a text, given what the site's macros cost.
pub(super) fn measure(tex: &Tex, site: &dyn Fn(&str) -> Option<Cost>) -> Cost {
    let mut scope = Scope { tex, site, names: HashMap::new(), unnamed: Vec::new(), any: Cost::COMMAND };
    scope.read_definitions();
    let unnamed = std::mem::take(&mut scope.unnamed);
    for body in unnamed {
        let cost = scope.text(body, 1);
        scope.any = scope.any.max(cost);
    }
    scope.text(0..tex.tokens.len(), 0)
}

/// What each of some macros costs that a text defines.
pub(super) fn measure_names<'a>(tex: &'a Tex<'a>, names: impl Iterator<Item = &'a str>) -> Vec<Cost> {
    let mut scope = Scope { tex, site: &|_| None, names: HashMap::new(), unnamed: Vec::new(), any: Cost::COMMAND };
    scope.read_definitions();
    names.map(|name| scope.command(name, 0).unwrap_or(Cost::COMMAND)).collect()
}

struct Scope<'a> {
    tex: &'a Tex<'a>,
    site: &'a dyn Fn(&str) -> Option<Cost>,
    names: HashMap<&'a str, Meaning>,
    /// Bodies of macros that get their name from another macro's argument.
    unnamed: Vec<std::ops::Range<usize>>,
    /// What a command of unknown meaning may cost.
    any: Cost,
}

/// What opens or closes a group. An environment is two: a group, and a table with its cells.
fn primitive(word: &str) -> Option<Cost> {
    let (opens, closes) = match word {
        "\\left" | "\\bgroup" | "\\begingroup" | "{" => (1, 0),
        "\\right" | "\\egroup" | "\\endgroup" | "}" => (0, 1),
        "\\begin" => (2, 0),
        "\\end" => (0, 2),
        _ => return None,
    };
    Some(Cost { opens, closes, ..Cost::COMMAND })
}

/// One open group and what stands before it.
struct Group {
    depth: u32,
    factor: f64,
    /// Commands in a row that wait for an argument.
    waiting: u32,
    /// The worst of the author's macros used so far in this group; what follows may be its argument.
    around: Cost,
}

const DEFINING: [&str; 10] = [
    "\\def",
    "\\gdef",
    "\\edef",
    "\\xdef",
    "\\newcommand",
    "\\renewcommand",
    "\\providecommand",
    "\\let",
    "\\futurelet",
    "\\DeclareMathOperator",
];

impl<'a> Scope<'a> {
    /// Collects the bodies of all definitions, wherever they are.
    fn read_definitions(&mut self) {
        let tex = self.tex;
        for number in 0..tex.tokens.len() {
            let word = tex.str(number);
            if tex.tokens[number].kind != Kind::Word || !DEFINING.contains(&word) {
                continue;
            }
            let Some(name) = tex.argument(number + 1 + usize::from(tex.str(number + 1) == "*")) else { continue };
            let bare = tex.text[name.inner.clone()].trim();
            if word == "\\let" || word == "\\futurelet" {
                self.alias(bare, name.next);
                continue;
            }
            let open = (name.next..tex.tokens.len().min(name.next + 100)).find(|&at| tex.tokens[at].kind == Kind::Open);
            let Some(body) = open.and_then(|open| tex.group(open)) else { continue };
            if bare.starts_with('#') || bare.is_empty() {
                self.unnamed.push(body.tokens);
            } else if let Meaning::Bodies(bodies) = self.names.entry(bare).or_insert(Meaning::Bodies(Vec::new())) {
                bodies.push(body.tokens);
            }
        }
    }

    /// `\let\a=\b`: `\a` is what `\b` is now, whatever `\b` becomes.
    fn alias(&mut self, name: &'a str, next: usize) {
        let mut target = self.tex.skip_space(next);
        if self.tex.str(target) == "=" {
            target = self.tex.skip_space(target + 1);
        }
        let mut bodies = match self.names.get(self.tex.str(target)) {
            Some(Meaning::Bodies(bodies)) => bodies.clone(),
            _ => Vec::new(),
        };
        if let Some(Meaning::Bodies(own)) = self.names.get(name) {
            bodies.extend(own.iter().cloned());
        }
        if !bodies.is_empty() {
            self.names.insert(name, Meaning::Bodies(bodies));
        } else if let Some(cost) = (self.site)(self.tex.str(target)) {
            self.names.insert(name, Meaning::Known(cost));
        } else if let Some(cost) = primitive(self.tex.str(target)) {
            self.names.insert(name, Meaning::Known(cost));
        }
    }

    /// What a command costs; `None` when it is not the author's.
    fn command(&mut self, name: &'a str, level: u32) -> Option<Cost> {
        match self.names.get_mut(name) {
            None => (self.site)(name),
            Some(Meaning::Known(cost)) => Some(*cost),
            Some(Meaning::Open) => Some(Cost::ENDLESS),
            Some(meaning) => {
                if level > 50 {
                    return Some(Cost::ENDLESS);
                }
                let Meaning::Bodies(bodies) = std::mem::replace(meaning, Meaning::Open) else { return None };
                let costs: Vec<Cost> = bodies.into_iter().map(|body| self.text(body, level + 1)).collect();
                let cost = costs.into_iter().reduce(Cost::max).unwrap_or(Cost::COMMAND);
                self.names.insert(name, Meaning::Known(cost));
                Some(cost)
            }
        }
    }

    /// The cost of a run of tokens.
    fn text(&mut self, tokens: std::ops::Range<usize>, level: u32) -> Cost {
        let tex = self.tex;
        let mut total = Cost { depth: 0, tokens: 0.0, ..Cost::COMMAND };
        let mut parameters = [0.0_f64; 10];
        let group =
            |depth: u32, factor: f64| Group { depth, factor, waiting: 0, around: Cost { depth: 0, ..Cost::COMMAND } };
        let mut groups = vec![group(0, 1.0)];
        for number in tokens {
            let Some(here) = groups.last_mut() else { break };
            let word = tex.str(number);
            let factor = here.factor * here.around.copies;
            let inside = here.depth.saturating_add(here.waiting).saturating_add(here.around.depth);
            let mut cost = Cost::COMMAND;
            match tex.tokens[number].kind {
                Kind::Space | Kind::Comment => continue,
                Kind::Open => cost.opens = 1,
                Kind::Close => cost.closes = 1,
                Kind::Word | Kind::Symbol => {
                    if let Some(known) = self.command(word, level) {
                        cost = known;
                        here.around = here.around.max(known);
                    } else {
                        cost = primitive(word).unwrap_or(self.any);
                        here.waiting += engine::levels(word);
                    }
                }
                Kind::Superscript | Kind::Subscript => here.waiting += 1,
                Kind::Parameter => {
                    let digit = tex.str(number + 1).parse::<usize>().ok().filter(|digit| *digit < 10);
                    parameters[digit.unwrap_or(0)] += factor;
                }
                _ => {
                    here.waiting = 0;
                    // A single character can be a macro too.
                    if let Some(known) = self.command(word, level) {
                        cost = known;
                        here.around = here.around.max(known);
                    }
                }
            }
            total.tokens += factor * cost.tokens;
            total.depth = total.depth.max(inside.saturating_add(cost.depth));
            for _ in 0..cost.closes {
                if groups.len() > 1 {
                    groups.pop();
                } else {
                    total.closes += 1;
                }
            }
            // More than the engine may nest need not be counted.
            for level in 1..=cost.opens.min(2 * MAX_DEPTH) {
                groups.push(group(inside.saturating_add(level), factor));
            }
        }
        total.opens = groups.len() as u32 - 1;
        total.copies = parameters.iter().copied().fold(1.0, f64::max);
        if total.tokens.is_infinite() { Cost::ENDLESS } else { total }
    }
}
