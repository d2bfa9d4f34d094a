//! Formulas that define functions and formulas that state what a function is.
//!
//! ```text
//! text ─► expand: tokens, macros written out ─► items: a tree ─► statement: left side, chain, condition
//!                                                                   └─► rows, expression ─► function::Expr
//! ```
//!
//! A comment `% define relu` in a formula makes it the definition of a function, `% check relu'` a claim that is tested
//! ([`directives`]). The formula is read as a mathematician reads it; what can be read in two ways, or not at all, is an
//! error at the token that stops it, never a guess. The module knows tokens and functions, nothing of articles or sites.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

pub use crate::function::Error;
use crate::function::catalogue::Meaning;
use crate::function::expression::{Definition, Expr, Node};
use crate::function::{Effort, Function, Scope, Verdict, compare_within, parse};

mod application;
mod directive;
mod domain;
mod expand;
mod expression;
mod items;
mod names;
mod overlap;
mod rows;
mod series;
mod statement;
#[cfg(test)]
mod tests;

pub use directive::{Directive, NearMiss, Order, directives, near_misses};
pub use expand::Macros;
pub(crate) use names::is_letter;

use items::{Item, range_of};
use statement::Head;

/// The longest formula that is read as a function, in bytes.
const MOST_BYTES: usize = 50_000;

pub(crate) fn error(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Error {
    let help = help.into();
    Error { range, message: message.into(), help: (!help.is_empty()).then_some(help) }
}

/// The functions that a formula may use.
pub(crate) trait Functions {
    /// What a symbol in front of an argument means: `sigma` for `\sigma`, `relu` for `\operatorname{relu}`. An error says
    /// why it cannot be used here.
    fn meaning(&mut self, symbol: &str, place: &Range<usize>) -> Result<Option<Meaning>, Error>;
    /// The names that could have been meant.
    fn names(&self) -> Vec<String>;
    /// Whether `1{,}618` is a number with decimals, as in German and French, and not 1618.
    fn has_decimal_comma(&self) -> bool {
        false
    }
}

impl Functions for Scope {
    fn meaning(&mut self, symbol: &str, _: &Range<usize>) -> Result<Option<Meaning>, Error> {
        Ok(Scope::meaning(self, symbol))
    }

    fn names(&self) -> Vec<String> {
        Scope::names(self).map(str::to_owned).collect()
    }
}

/// Two members of a chain of equations that must agree.
pub(crate) struct Link {
    member: Node,
    last: Node,
    place: Range<usize>,
}

/// What the letters of a formula stand for while it is read.
pub(crate) struct Context<'a> {
    text: &'a str,
    variable: Option<String>,
    parameters: Vec<(String, Node)>,
    /// The numbers of the parameters.
    defaults: Vec<(String, Node)>,
    /// Parameters that are limits of sums or the like.
    fixed: BTreeSet<String>,
    /// Indices of sums.
    bound: Vec<(String, i64)>,
    functions: &'a mut dyn Functions,
    links: Vec<Link>,
    /// The symbol that is being defined.
    own: Option<String>,
    /// The first members of chains are left sides.
    claims: bool,
    parts: usize,
    nesting: u32,
    /// What is left for comparisons.
    effort: Effort,
}

impl<'a> Context<'a> {
    fn new(text: &'a str, functions: &'a mut dyn Functions) -> Context<'a> {
        Context {
            text,
            variable: None,
            parameters: Vec::new(),
            defaults: Vec::new(),
            fixed: BTreeSet::new(),
            bound: Vec::new(),
            functions,
            links: Vec::new(),
            own: None,
            claims: false,
            parts: 0,
            nesting: 0,
            effort: Effort::default(),
        }
    }

    /// What a symbol in front of an argument means.
    fn meaning(&mut self, symbol: &str, place: &Range<usize>) -> Result<Option<Meaning>, Error> {
        if self.own.as_deref() == Some(symbol) {
            let message = format!("`{symbol}` is used in its own definition");
            return Err(error(place.clone(), message, "recursion is not possible"));
        }
        self.functions.meaning(symbol, place)
    }

    fn names(&self) -> Vec<String> {
        self.functions.names()
    }

    fn variable_name(&self) -> &str {
        self.variable.as_deref().unwrap_or("x")
    }

    /// An expression as a function, its parameters at their defaults.
    fn function(&self, node: &Node) -> Function {
        let parameters = self.defaults.iter().map(|(name, _)| (name.as_str().into(), None)).collect();
        let definition = Arc::new(Definition::new("".into(), parameters, node.clone()));
        let mut arguments = vec![Arc::new(Expr::Variable)];
        arguments.extend(self.defaults.iter().map(|(_, value)| value.clone()));
        Function::new(&Arc::new(Expr::Call(definition, arguments)))
    }

    /// The whole number that an expression is, with its parameters at their defaults. These cannot change once it decides
    /// how many terms a sum has, or what a factorial is.
    fn whole_number(&mut self, node: &Node) -> Option<i64> {
        fn settled(node: &Node, defaults: &[(String, Node)], used: &mut Vec<String>) -> Node {
            if let Expr::Parameter(name) = &**node
                && let Some((name, value)) = defaults.iter().find(|(known, _)| **known == **name)
            {
                used.push(name.clone());
                return value.clone();
            }
            Arc::new(node.map_children(&mut |child| settled(child, defaults, used)))
        }
        let mut used = Vec::new();
        let whole = expression::integer(&settled(node, &self.defaults, &mut used))?;
        self.fixed.extend(used);
        Some(whole)
    }

    /// Whether the first member of a chain in a row is only its left side.
    fn skips_first(&self, member: &[Item]) -> bool {
        self.claims || statement::head(member).is_some_and(|head| head.symbol.is_some() && head.symbol == self.own)
    }

    /// Reads the parameters of a comment.
    fn read_parameters(&mut self, directive: &Directive, macros: &Macros, named: bool) -> Result<(), Error> {
        for (name, value) in &directive.parameters {
            let items = read_items(self.text, name.clone(), macros)?;
            let Some(symbol) = names::spelling(&items) else {
                return Err(error(
                    name.clone(),
                    "this is not a letter that can be a parameter",
                    "write `\\alpha = 0.01`",
                ));
            };
            if value.is_empty() {
                let message = format!("the parameter `{}` has no value", &self.text[name.clone()]);
                return Err(error(name.clone(), message, "write `; a = 1` behind the name"));
            }
            if self.defaults.iter().any(|(known, _)| *known == symbol) {
                return Err(error(name.clone(), format!("`{}` stands here twice", &self.text[name.clone()]), ""));
            }
            let items = read_items(self.text, value.clone(), macros)?;
            let number = expression::whole(&items, value, self)?;
            if !Function::new(&number).value(0.0).is_finite() || number.has_variable() {
                return Err(error(value.clone(), "the value of a parameter is a number", ""));
            }
            let parameter = Arc::new(Expr::Parameter(symbol.as_str().into()));
            self.parameters.push((symbol.clone(), if named { parameter } else { number.clone() }));
            self.defaults.push((symbol, number));
        }
        Ok(())
    }
}

fn read_items(text: &str, range: Range<usize>, macros: &Macros) -> Result<Vec<Item>, Error> {
    items::read(&expand::tokens(text, range, macros)?)
}

/// A function with nothing but the variable as its argument.
fn applied(name: &str, meaning: Meaning, place: &Range<usize>) -> Result<Node, Error> {
    let argument = vec![Arc::new(Expr::Variable)];
    match meaning {
        Meaning::Primitive(op) => parse::apply(name, op, argument, 0, place.clone()),
        Meaning::Defined(definition) => parse::call(&definition, argument, Vec::new(), 0, place.clone()),
    }
}

/// A number as a message shows it.
pub(crate) fn number(value: f64) -> String {
    let short: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    let text =
        if short != 0.0 && !(1e-5..1e15).contains(&short.abs()) { format!("{short:e}") } else { format!("{short}") };
    text.replace('-', "\u{2212}")
}

/// Two values as a message shows them: with so many digits that they can be told apart.
fn shown(left: Option<f64>, right: Option<f64>) -> (String, String) {
    let one = |value: Option<f64>| value.map_or_else(|| "undefined".to_owned(), number);
    let (a, b) = (one(left), one(right));
    match (left, right) {
        (Some(left), Some(right)) if a == b => (format!("{left:e}"), format!("{right:e}")),
        _ => (a, b),
    }
}

/// The statement that a comment is about.
fn statement_of(text: &str, directive: &Directive, macros: &Macros) -> Result<Vec<Item>, Error> {
    if text.len() > MOST_BYTES {
        return Err(error(directive.range.clone(), "the formula is too long to be a function", ""));
    }
    let items = read_items(text, 0..text.len(), macros)?;
    let statements = statement::statements(&items);
    let comments = directives(text).iter().filter(|other| matches!(other.order, Order::Define(_))).count();
    let checks = directives(text).len() - comments;
    let only = comments.max(checks) <= 1;
    statement::belonging(text, &statements, &directive.range, only).map(<[Item]>::to_vec)
}

/// The symbol that the left side of a definition introduces: `sigma` for `\sigma(x) = …`.
#[must_use]
pub fn symbol(text: &str, directive: &Directive, macros: &Macros) -> Option<String> {
    let items = statement_of(text, directive, macros).ok()?;
    left_side(&items, &directive.range).ok()?.0.symbol
}

/// Reads a formula with a comment `% define NAME` and adds the function to a scope.
pub fn define(text: &str, directive: &Directive, macros: &Macros, scope: &mut Scope) -> Result<(), Error> {
    let mut functions = scope.clone();
    let definition = definition(text, directive, macros, &mut functions)?;
    scope.insert(definition);
    Ok(())
}

/// Reads a formula with a comment `% define NAME`.
pub(crate) fn definition(
    text: &str,
    directive: &Directive,
    macros: &Macros,
    functions: &mut dyn Functions,
) -> Result<Definition, Error> {
    let Order::Define(name) = &directive.order else {
        return Err(error(directive.range.clone(), "this comment defines nothing", "write `% define name`"));
    };
    let statement = statement_of(text, directive, macros)?;
    let place = range_of(&statement, directive.range.clone());
    let mut context = Context::new(text, functions);
    context.read_parameters(directive, macros, true)?;
    let (head, value) = left_side(&statement, &place)?;
    take_head(head, value, &mut context)?;
    let body = value_of(value, &place, &mut context)?;
    check_links(&mut context)?;
    finish(name, body, &context, &place)
}

/// The left side and what is behind its equals sign.
fn left_side<'i>(statement: &'i [Item], place: &Range<usize>) -> Result<(Head, &'i [Item]), Error> {
    if let Some(found) = statement::mapping(statement) {
        return Ok(found);
    }
    let Some((left, value)) = statement::sides(statement) else {
        let message = "there is no equals sign: nothing says what is defined";
        return Err(error(place.clone(), message, "write `f(x) = …`"));
    };
    match statement::head(statement::without_declaration(left)) {
        // `y = f(x) = …`
        Some(head) if head.variable.is_none() && !head.derived => {
            let second = statement::sides(value).and_then(|(name, value)| Some((statement::head(name)?, value)));
            Ok(second.filter(|(name, _)| name.variable.is_some() && name.symbol.is_some()).unwrap_or((head, value)))
        }
        Some(head) => Ok((head, value)),
        None => {
            let message = "the left side is not the name of a function";
            Err(error(range_of(left, place.clone()), message, "write `f(x) = …`"))
        }
    }
}

/// Takes the variable from the left side, or finds the one letter that has no meaning.
fn take_head(head: Head, value: &[Item], context: &mut Context<'_>) -> Result<(), Error> {
    for (name, range) in &head.further {
        if !context.defaults.iter().any(|(known, _)| known == name) {
            let shown = context.text.get(range.clone()).unwrap_or(name);
            let message = format!("the argument `{shown}` has no value");
            let help = format!("a function has one variable; give the other a value: `% define f; {shown} = 1`");
            return Err(error(range.clone(), message, help));
        }
    }
    if let Some(variable) = &head.variable
        && context.defaults.iter().any(|(known, _)| known == variable)
    {
        let place = range_of(value, 0..0);
        return Err(error(place, format!("`{variable}` is the variable and a parameter"), "choose another letter"));
    }
    context.variable = head.variable;
    context.own = head.symbol;
    if context.variable.is_none() {
        context.variable = only_free(value, context)?;
    }
    Ok(())
}

/// The only letter in items that has no meaning.
fn only_free(items: &[Item], context: &mut Context<'_>) -> Result<Option<String>, Error> {
    let own = context.own.take();
    let mut free = statement::free_names(items, context);
    context.own = own;
    if let Ok(free) = &mut free {
        free.retain(|(name, _)| context.own.as_deref() != Some(name));
    }
    match free?.as_slice() {
        [] => Ok(None),
        [(name, _)] => Ok(Some(name.clone())),
        [(first, _), (second, range), ..] => {
            let message = format!("`{first}` and `{second}` have no value, so neither is the variable");
            let help = format!("write `f({first}) = …` and give the other a value: `% define f; {second} = 1`");
            Err(error(range.clone(), message, help))
        }
    }
}

/// The value of a statement: the last member of its chain, where its condition holds.
fn value_of(items: &[Item], place: &Range<usize>, context: &mut Context<'_>) -> Result<Node, Error> {
    let divided = rows::divide(items, place)?;
    let condition = domain::condition(&divided, place, context)?;
    let node = rows::chain(&divided.value, place, context)?;
    Ok(match condition {
        Some(condition) => {
            domain::is_somewhere(&condition, place, context)?;
            for link in &mut context.links {
                link.member = rows::restricted(&link.member, &condition);
                link.last = rows::restricted(&link.last, &condition);
            }
            rows::restricted(&node, &condition)
        }
        None => node,
    })
}

/// All members of a chain must be the same function.
fn check_links(context: &mut Context<'_>) -> Result<(), Error> {
    let mut effort = context.effort;
    for link in &context.links {
        let (member, last) = (context.function(&link.member), context.function(&link.last));
        if let Verdict::Differ { x, left, right } = compare_within(&member, &last, &mut effort) {
            let (left, right) = shown(left, right);
            let at = format!("at {} = {}", context.variable_name(), number(x));
            let message = format!("{at} this member of the chain is {left}, the last one is {right}");
            return Err(error(link.place.clone(), message, "all members of a chain of equations must be equal"));
        }
    }
    Ok(())
}

/// Makes the definition: parameters that are limits of sums become numbers.
fn finish(name: &str, body: Node, context: &Context<'_>, place: &Range<usize>) -> Result<Definition, Error> {
    let values = |name: &String| context.fixed.contains(name);
    let parameters: Vec<(Arc<str>, Option<Node>)> =
        context.defaults.iter().map(|(name, value)| (name.as_str().into(), Some(value.clone()))).collect();
    let mut definition = Definition::new(name.into(), parameters, body);
    if !context.fixed.is_empty() {
        let mut arguments = vec![Arc::new(Expr::Variable)];
        arguments.extend(
            context
                .parameters
                .iter()
                .zip(&context.defaults)
                .map(|((name, parameter), (_, value))| if values(name) { value.clone() } else { parameter.clone() }),
        );
        let body = Expr::substitute(&definition.body, &definition, &arguments);
        let kept = definition.parameters.iter().filter(|(name, _)| !context.fixed.contains(&**name)).cloned().collect();
        definition = Definition::new(name.into(), kept, body);
    }
    parse::check_definition(&definition, place.clone())?;
    Ok(definition)
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It holds where it could be decided; at `x` and other places it could not.
    Undecided {
        /// The place.
        x: f64,
    },
}

/// Tests a formula with a comment `% check EXPRESSION` against the function that the expression is. `parameters` are the
/// values of letters beside those in the comment. A claim that does not hold is an error with a place at which it fails.
pub(crate) fn check(
    text: &str,
    directive: &Directive,
    macros: &Macros,
    functions: &mut dyn Functions,
    claim: &Claim<'_>,
) -> Result<Outcome, Error> {
    let statement = statement_of(text, directive, macros)?;
    let place = range_of(&statement, directive.range.clone());
    let mut context = Context::new(text, functions);
    context.claims = true;
    context.read_parameters(directive, macros, false)?;
    let Some((left, value)) = statement::sides(&statement) else {
        return Err(error(place, "there is no equals sign: nothing is stated", "write `f'(x) = …`"));
    };
    take_letters(left, value, claim, &mut context)?;
    let divided = rows::divide(value, &place)?;
    let condition = domain::condition(&divided, &place, &mut context)?;
    let narrowed = |node: &Node| condition.as_ref().map_or(node.clone(), |condition| rows::restricted(node, condition));
    let wanted = Function::new(&narrowed(claim.function.expression()));
    if let Some(condition) = &condition {
        domain::is_somewhere(condition, &place, &context)?;
    }
    let mut outcome = Outcome::Holds;
    for member in rows::divided_chain(&divided.value) {
        let range = range_of(member, place.clone());
        let node = expression::whole(member, &range, &mut context)?;
        match compare_within(&Function::new(&narrowed(&node)), &wanted, &mut context.effort) {
            Verdict::Differ { x, left, right } => {
                let (left, right) = shown(left, right);
                let at = format!("at {} = {}", context.variable_name(), number(x));
                let message = format!("{at} the formula says {left}, `{}` is {right}", claim.name);
                return Err(error(range, message, ""));
            }
            Verdict::Undecided { x } => outcome = Outcome::Undecided { x },
            Verdict::Identical | Verdict::Agree => {}
        }
    }
    check_links(&mut context)?;
    Ok(outcome)
}

/// Tests a formula with a comment `% check EXPRESSION` with the functions of a scope.
pub fn test(text: &str, directive: &Directive, macros: &Macros, scope: &Scope) -> Result<Outcome, Error> {
    let Order::Check(name) = &directive.order else {
        return Err(error(directive.range.clone(), "this comment states nothing", "write `% check relu'`"));
    };
    let claim = Claim::read(name, scope).map_err(|error| Error { range: directive.range.clone(), ..error })?;
    check(text, directive, macros, &mut scope.clone(), &claim)
}

/// What a formula is said to be.
pub(crate) struct Claim<'a> {
    /// The expression as the author wrote it.
    name: &'a str,
    function: Function,
    /// Letters that the function gives a value to.
    parameters: Vec<(String, Node)>,
}

impl Claim<'_> {
    /// Reads an expression such as `relu'`, where the name of a function stands for its value at the variable.
    pub(crate) fn read<'a>(name: &'a str, scope: &Scope) -> Result<Claim<'a>, Error> {
        let alone = scope.meaning(name.trim_end_matches('\'')).is_some();
        let expression = if alone { format!("{name}(x)") } else { name.to_owned() };
        let function = crate::function::parse(&expression, scope)?;
        let mut parameters = Vec::new();
        for word in expression.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if let Some(Meaning::Defined(definition)) = scope.meaning(word) {
                let defaults =
                    definition.parameters.iter().filter_map(|(name, value)| Some((name.to_string(), value.clone()?)));
                parameters.extend(defaults);
            }
        }
        Ok(Claim { name, function, parameters })
    }
}

/// Finds the variable of a claim, and gives the letters of the function their values.
fn take_letters(left: &[Item], value: &[Item], claim: &Claim<'_>, context: &mut Context<'_>) -> Result<(), Error> {
    let head = statement::head(left).unwrap_or_default();
    for (name, number) in &claim.parameters {
        let taken = head.variable.as_ref() == Some(name) || context.defaults.iter().any(|(known, _)| known == name);
        if !taken {
            context.parameters.push((name.clone(), number.clone()));
            context.defaults.push((name.clone(), number.clone()));
        }
    }
    context.variable = head.variable;
    if context.variable.is_none() {
        context.variable = match only_free(value, context)? {
            Some(variable) => Some(variable),
            None => only_free(left, context)?,
        };
    }
    Ok(())
}
