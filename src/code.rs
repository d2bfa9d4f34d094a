//! Functions as source text, in four languages.
//!
//! In come expressions, out comes a listing as one would write it by hand: a function with a name and a comment, forms
//! that do not overflow, names for what is repeated, one question after the other for cases. The listing follows the
//! definition at kinks and jumps too. Where a function has no value, code gives what the language gives: NaN or an
//! infinity. Pure; knows nothing of listings, articles or sites.

mod cases;
mod language;
mod locals;
mod remarks;
mod routine;
mod stable;
mod trial;
mod write;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

pub use language::{LANGUAGES, Language};
pub use remarks::Tongue;
use routine::{Key, Routine, array_block, is_small, is_written, primitive, scalar_block};
pub use trial::{Expected, RESULTS, Trial, program, runnable, verdict};
use write::{Need, Writer};

use crate::function::catalogue::Meaning;
use crate::function::expression::{Definition, Expr, Node, Op};
use crate::function::{self, Error, Function, Scope, derivative};
use crate::typeset::neat;

/// A function that is to be written.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What the code calls it; made from the name of the function if absent.
    pub name: Option<String>,
    /// How code that exists calls it, if that is more than a name: `leaky_relu(x, 0.2)`.
    pub call: Option<String>,
    /// Where it stands in the list.
    pub range: Range<usize>,
    /// The function as the author wrote it, such as `relu'`.
    pub title: String,
    /// The function.
    pub function: Function,
    /// What it is the derivative of, if that is how it was asked for.
    pub antiderivative: Option<Function>,
}

/// Functions with more numbers, names and operations than this are no reading matter.
const MOST_PARTS: usize = 400;

/// Functions that need each other this deep are not written.
const MOST_DEPTH: usize = 24;

/// Reads a list of functions: `relu, relu'`, or with names of the code's own `relu = relu, diff_relu = relu'`. What
/// stands for a function is its name or an expression in `x`.
pub fn read(text: &str, scope: &Scope) -> Result<Vec<Wanted>, Error> {
    let mut all: Vec<Wanted> = Vec::new();
    for range in items(text) {
        let item = &text[range.clone()];
        let (left, start) = match left_side(item) {
            Some((left, length)) => (Some(left), range.start + length),
            None => (None, range.start),
        };
        let name = left.filter(|left| is_name(left)).map(str::to_owned);
        let call = left.filter(|left| !is_name(left)).map(str::to_owned);
        let typed = &text[start..range.end];
        let title = typed.trim();
        let start = start + typed.len() - typed.trim_start().len();
        if title.is_empty() {
            let help = Some("write `of=\"relu, relu'\"`".to_owned());
            return Err(Error { range, message: "there is no function here".to_owned(), help });
        }
        let within = |mut error: Error| {
            error.range = start + error.range.start.min(title.len())..start + error.range.end.min(title.len());
            error
        };
        let function = function::parse(&applied(title), scope).map_err(within)?;
        let bare = title.strip_suffix('\'').filter(|rest| is_name(rest.trim_end_matches('\'')));
        let antiderivative = bare.and_then(|bare| function::parse(&applied(bare), scope).ok());
        let code =
            |wanted: &Wanted| wanted.name.clone().or(wanted.call.clone()).unwrap_or_else(|| wanted.title.clone());
        let title = title.to_owned();
        let wanted = Wanted { name, call, range: range.clone(), title, function, antiderivative };
        if all.iter().any(|known| code(known) == code(&wanted)) {
            let message = format!("`{}` stands here twice", code(&wanted));
            return Err(Error { range, message, help: Some("give one of them a name: `other = relu'`".to_owned()) });
        }
        all.push(wanted);
    }
    Ok(all)
}

/// A bare name, with or without primes, is the function of `x`.
fn applied(title: &str) -> String {
    if is_name(title.trim_end_matches('\'')) && title != "x" { format!("{title}(x)") } else { title.to_owned() }
}

fn is_name(text: &str) -> bool {
    text.starts_with(char::is_alphabetic) && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// What stands before an equals sign, a name or a call, and how many bytes both take.
fn left_side(item: &str) -> Option<(&str, usize)> {
    let (left, rest) = item.split_once('=')?;
    let is_call = left.trim().split_once('(').is_some_and(|(name, _)| is_name(name.trim()));
    let fits = is_name(left.trim()) || (is_call && left.trim().ends_with(')'));
    (fits && !rest.starts_with('=')).then(|| (left.trim(), left.len() + 1))
}

/// The parts between commas outside of brackets.
fn items(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut start, mut depth) = (Vec::new(), 0, 0i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' | '、' if depth <= 0 => {
                found.push(start..at);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    found.push(start..text.len());
    // A comma at the end ends the list.
    if found.len() > 1 && text[start..].trim().is_empty() {
        found.pop();
    }
    found
}

/// Writes the functions, and those that they need before them. `None` if one is too large.
#[must_use]
pub fn listing(wanted: &[Wanted], scope: &Scope, language: Language, tongue: Tongue) -> Option<String> {
    let mut author = Author {
        language,
        tongue,
        scope,
        routines: Vec::new(),
        known: Vec::new(),
        needs: BTreeSet::new(),
        taken: BTreeSet::new(),
    };
    let places: Vec<usize> = wanted.iter().map(|wanted| author.expect(wanted)).collect();
    for (wanted, place) in wanted.iter().zip(places) {
        author.write(place, Some(wanted), 0)?;
    }
    Some(author.finish())
}

/// What a function is called in a language: `relu_derivative` for `relu'`.
#[must_use]
pub fn name(title: &str, language: Language) -> String {
    let order = title.chars().filter(|c| *c == '\'').count() as u32;
    with_order(title.trim_end_matches('\''), order, language)
}

fn name_of(definition: &Definition, language: Language) -> String {
    with_order(&definition.name, definition.order, language)
}

fn with_order(name: &str, order: u32, language: Language) -> String {
    let text = match order {
        0 => name.to_owned(),
        1 => format!("{name}_derivative"),
        2 => format!("{name}_second_derivative"),
        3 => format!("{name}_third_derivative"),
        _ => format!("{name}_derivative_{order}"),
    };
    language.identifier(&text)
}

/// The definition that an expression calls as it is, or a new one.
fn definition(wanted: &Wanted) -> Arc<Definition> {
    let expression = wanted.function.expression();
    if let Expr::Call(definition, arguments) = &**expression
        && matches!(*arguments[0], Expr::Variable)
        && arguments[1..].iter().zip(&definition.parameters).all(|(own, (_, default))| Some(own) == default.as_ref())
    {
        return definition.clone();
    }
    let name = wanted.name.clone().unwrap_or_else(|| wanted.title.clone());
    Arc::new(Definition::new(name.as_str().into(), Vec::new(), expression.clone()))
}

/// The indices of the parameters that the code of a function takes: all of a function that someone defined, but of a
/// derivative only those that occur.
fn used(definition: &Definition) -> Vec<usize> {
    let all = definition.parameters.iter().enumerate();
    all.filter(|(_, (name, _))| definition.order == 0 || mentions(&definition.body, name))
        .map(|(place, _)| place)
        .collect()
}

fn mentions(node: &Node, parameter: &str) -> bool {
    let mut found = matches!(&**node, Expr::Parameter(name) if **name == *parameter);
    node.each_child(&mut |child| found = found || mentions(child, parameter));
    found
}

struct Known {
    key: Key,
    name: String,
    used: Vec<usize>,
    written: bool,
}

struct Author<'a> {
    language: Language,
    /// The language of the comments.
    tongue: Tongue,
    /// Where the definition is found that a derivative belongs to.
    scope: &'a Scope,
    routines: Vec<String>,
    known: Vec<Known>,
    needs: BTreeSet<Need>,
    taken: BTreeSet<String>,
}

impl Author<'_> {
    /// Makes a place for a function that is asked for.
    fn expect(&mut self, wanted: &Wanted) -> usize {
        let definition = definition(wanted);
        let name = match &wanted.name {
            Some(name) => self.language.identifier(name),
            None => self.free(&name_of(&definition, self.language)),
        };
        // A function that is nothing but a primitive may be what others call for that primitive.
        let primitive = self.primitive_of(&definition).map(Key::Primitive).filter(|key| {
            let named = matches!(key, Key::Primitive(Op::Sigmoid | Op::Softplus));
            (named || wanted.name.is_none()) && !self.known.iter().any(|known| known.key == *key)
        });
        let used = used(&definition);
        let key = primitive.unwrap_or(Key::Function(definition));
        self.taken.insert(name.clone());
        self.known.push(Known { key, name, used, written: false });
        self.known.len() - 1
    }

    /// The primitive without a function of the language that a definition is.
    fn primitive_of(&self, definition: &Definition) -> Option<Op> {
        match &*self.prepared(definition) {
            Expr::Apply(op, arguments) if matches!(*arguments[0], Expr::Variable) && is_written(self.language, *op) => {
                Some(*op)
            }
            _ => None,
        }
    }

    /// The expression of a definition as the code computes it. A derivative is that of the form that does not overflow.
    fn prepared(&self, definition: &Definition) -> Node {
        let mut body = definition.body.clone();
        // What is too large is refused later, and not looked at before.
        if !is_small(&body) {
            return body;
        }
        if definition.order > 0
            && let Some(Meaning::Defined(base)) = self.scope.meaning(&definition.name)
        {
            let derived = (0..definition.order).fold(base.clone(), |known, _| known.derivative());
            if *derived == *definition {
                body = stable::stable(&base.body);
                for _ in 0..definition.order {
                    body = derivative::of(&body);
                    if !is_small(&body) {
                        return definition.body.clone();
                    }
                }
            }
        }
        let body = stable::stable(&neat(&stable::stable(&body), &definition.parameters));
        let body = if self.language == Language::Python { stable::for_arrays(&body) } else { body };
        match &*body {
            Expr::Apply(op, arguments) if *op != Op::Heaviside && self.language.function(*op).is_none() => {
                cases::of_step(*op, &arguments[0]).map_or(body.clone(), Arc::new)
            }
            _ => body,
        }
    }

    /// A name that no other routine has.
    fn free(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while self.taken.contains(&name) {
            name.push('_');
        }
        name
    }

    /// The place of what a routine calls, made if it is new.
    fn place(&mut self, key: &Key) -> usize {
        let find = |known: &[Known], key: &Key| known.iter().position(|known| known.key == *key);
        if let Some(place) = find(&self.known, key) {
            return place;
        }
        let primitive = match key {
            Key::Function(definition) => self.primitive_of(definition).map(Key::Primitive),
            Key::Primitive(_) => None,
        };
        if let Some(key) = primitive {
            return self.place(&key);
        }
        let (name, used) = match key {
            Key::Function(definition) => (name_of(definition, self.language), used(definition)),
            Key::Primitive(Op::Sigmoid) if self.taken.contains("sigmoid") => ("logistic".to_owned(), Vec::new()),
            Key::Primitive(Op::Mod) => ("modulo".to_owned(), Vec::new()),
            Key::Primitive(op) => (op.name().to_owned(), Vec::new()),
        };
        let name = self.free(&name);
        self.taken.insert(name.clone());
        self.known.push(Known { key: key.clone(), name, used, written: false });
        self.known.len() - 1
    }

    /// Writes a routine behind those that it needs. `None` if it is too large.
    fn write(&mut self, place: usize, wanted: Option<&Wanted>, depth: usize) -> Option<()> {
        if std::mem::replace(&mut self.known[place].written, true) {
            return Some(());
        }
        if depth > MOST_DEPTH {
            return None;
        }
        let own = self.known[place].name.clone();
        let routine = match self.known[place].key.clone() {
            Key::Primitive(op) => primitive(op, self.language, self.tongue, &own),
            Key::Function(definition) => self.routine(&definition, &own, wanted)?,
        };
        for needed in routine.needed(self.language) {
            let place = self.place(&needed);
            self.write(place, None, depth + 1)?;
        }
        let text = self.text(&routine);
        self.routines.push(text);
        Some(())
    }

    /// The code of a definition; `None` if it is too large.
    fn routine(&self, definition: &Definition, name: &str, wanted: Option<&Wanted>) -> Option<Routine> {
        if !is_small(&definition.body) {
            return None;
        }
        let body = self.prepared(definition);
        if !body.is_within(&mut { MOST_PARTS }) {
            return None;
        }
        let parameters: Vec<(String, Option<Node>)> = used(definition)
            .into_iter()
            .map(|place| (definition.parameters[place].0.to_string(), definition.parameters[place].1.clone()))
            .collect();
        let mut taken: Vec<String> = parameters.iter().map(|(name, _)| name.clone()).collect();
        taken.push("x".to_owned());
        let block = if self.language == Language::Python {
            array_block(&body, definition, &taken)
        } else {
            scalar_block(&body, &taken, 0)
        };
        let about = remarks::about(definition, wanted, (self.language, self.tongue), &parameters);
        Some(Routine { name: name.to_owned(), about, parameters, block, ready: None })
    }

    fn text(&mut self, routine: &Routine) -> String {
        if let Some(text) = routine.ready {
            if text.contains("PI") && self.language == Language::Rust {
                self.needs.insert(Need::Pi);
            }
            return text.to_owned();
        }
        let known = &self.known;
        let names = |definition: &Definition| {
            let found = known.iter().find(|known| match &known.key {
                Key::Function(other) => **other == *definition,
                Key::Primitive(_) => false,
            });
            let stands_for = || {
                let op = self.primitive_of(definition)?;
                known.iter().find(|known| known.key == Key::Primitive(op))
            };
            match found.or_else(stands_for) {
                Some(known) => (known.name.clone(), known.used.clone()),
                None => (definition.name.to_string(), Vec::new()),
            }
        };
        let helper = |op: Op| {
            let found = known.iter().find(|known| known.key == Key::Primitive(op));
            found.map_or_else(|| op.name().to_owned(), |known| known.name.clone())
        };
        let mut writer = Writer { language: self.language, names: &names, helper: &helper, needs: BTreeSet::new() };
        let text = routine.text(&mut writer);
        self.needs.extend(writer.needs);
        text
    }

    fn finish(self) -> String {
        let has = |need| self.needs.contains(&need);
        let mut head = String::new();
        match self.language {
            Language::Python => {
                if self.routines.iter().any(|routine| routine.contains("math.")) {
                    head.push_str("import math\n\n");
                }
                if has(Need::Library) || self.routines.iter().any(|routine| routine.contains("np.")) {
                    head.push_str("import numpy as np\n");
                }
            }
            Language::Rust if has(Need::Pi) => head.push_str("use std::f64::consts::PI;\n"),
            Language::C => {
                if has(Need::Library) || self.routines.iter().any(|routine| routine.contains("fmod(")) {
                    head.push_str("#include <math.h>\n");
                }
                if has(Need::Pi) {
                    head.push_str("\nstatic const double PI = 3.141592653589793;\n");
                }
            }
            _ => {}
        }
        let gap = if self.language == Language::Python { "\n\n" } else { "\n" };
        let mut all = Vec::new();
        if !head.is_empty() {
            all.push(head);
        }
        all.extend(self.routines);
        // What stands at the top of a Python file beside imports has one empty line before it.
        let mut text = String::new();
        for (place, part) in all.iter().enumerate() {
            if place > 0 {
                text.push_str(if part.starts_with('#') && self.language == Language::Python { "\n" } else { gap });
            }
            text.push_str(part);
        }
        text
    }
}
