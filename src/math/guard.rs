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
/// Deepest nesting. The deepest of 12,381 real formulas has 7.
pub(super) const MAX_DEPTH: u32 = 120;
/// Most tokens after expansion.
const MAX_TOKENS: f64 = 100_000.0;

/// What a text can grow to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    /// Levels of nesting that the engine may recurse through.
    pub(super) depth: u32,
    /// Tokens after expansion.
    tokens: f64,
    /// How often the most used parameter is used.
    copies: f64,
}

impl Cost {
    /// What a command costs that is not a macro of the author's.
    pub(super) const COMMAND: Cost = Cost { depth: 1, tokens: 1.0, copies: 1.0 };
    /// What no formula may cost.
    const ENDLESS: Cost = Cost { depth: u32::MAX, tokens: f64::INFINITY, copies: f64::INFINITY };

    fn max(self, other: Cost) -> Cost {
        Cost {
            depth: self.depth.max(other.depth),
            tokens: self.tokens.max(other.tokens),
            copies: self.copies.max(other.copies),
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
        (self.tokens > MAX_TOKENS).then_some("formula grows too long when its macros are expanded")
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
            if !bare.starts_with('\\') {
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
        }
    }

    /// What a command costs; `None` when it is not the author's.
    fn command(&mut self, name: &'a str, level: u32) -> Option<Cost> {
        match self.names.get_mut(name) {
            None => return (self.site)(name),
            Some(Meaning::Known(cost)) => return Some(*cost),
            Some(Meaning::Open) => return Some(Cost::ENDLESS),
            Some(meaning) => {
                if level > 50 {
                    return Some(Cost::ENDLESS);
                }
                let Meaning::Bodies(bodies) = std::mem::replace(meaning, Meaning::Open) else { return None };
                let mut cost = Cost::COMMAND;
                for body in bodies {
                    cost = cost.max(self.text(body, level + 1));
                }
                self.names.insert(name, Meaning::Known(cost));
                Some(cost)
            }
        }
    }

    /// The cost of a run of tokens.
    fn text(&mut self, tokens: std::ops::Range<usize>, level: u32) -> Cost {
        let tex = self.tex;
        let mut total = Cost { depth: 0, tokens: 0.0, copies: 1.0 };
        let mut parameters = [0.0_f64; 10];
        let group =
            |depth: u32, factor: f64| Group { depth, factor, waiting: 0, around: Cost { depth: 0, ..Cost::COMMAND } };
        let mut groups = vec![group(0, 1.0)];
        for number in tokens {
            let Some(here) = groups.last_mut() else { break };
            let word = tex.str(number);
            let factor = here.factor * here.around.copies;
            let inside = here.depth.saturating_add(here.waiting).saturating_add(here.around.depth);
            let (mut opens, mut closes) = (false, false);
            let mut cost = Cost::COMMAND;
            match tex.tokens[number].kind {
                Kind::Space | Kind::Comment => continue,
                Kind::Open => opens = true,
                Kind::Close => closes = true,
                Kind::Word | Kind::Symbol => {
                    opens = word == "\\left" || word == "\\begin";
                    closes = word == "\\right" || word == "\\end";
                    if let Some(known) = self.command(word, level) {
                        cost = known;
                        here.around = here.around.max(known);
                    } else if !opens && !closes {
                        cost = self.any;
                        here.waiting += u32::from(engine::takes_argument(word));
                    }
                }
                Kind::Superscript | Kind::Subscript => here.waiting += 1,
                Kind::Parameter => {
                    let digit = tex.str(number + 1).parse::<usize>().ok().filter(|digit| *digit < 10);
                    parameters[digit.unwrap_or(0)] += factor;
                }
                _ => here.waiting = 0,
            }
            total.tokens += factor * cost.tokens;
            total.depth = total.depth.max(inside.saturating_add(cost.depth));
            if opens {
                groups.push(group(inside.saturating_add(1), factor));
            } else if closes && groups.len() > 1 {
                groups.pop();
            }
        }
        total.copies = parameters.iter().copied().fold(1.0, f64::max);
        if total.tokens.is_infinite() { Cost::ENDLESS } else { total }
    }
}
