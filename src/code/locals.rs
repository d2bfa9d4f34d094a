//! What stands in a function more than once gets a name of its own.

use std::sync::Arc;

use crate::function::expression::{Expr, Node};

/// Names for parts, in the order in which they are used.
const NAMES: [&str; 6] = ["u", "v", "w", "z", "s", "t"];

/// Larger functions are not searched for what they repeat.
const MOST_NODES: usize = 600;

/// Takes out what is repeated in expressions that are computed together. Gives the names in the order in which they must
/// be computed. Names in `taken` are not used.
pub(super) fn hoist(expressions: &mut [&mut Node], taken: &[String]) -> Vec<(String, Node)> {
    let free: Vec<&str> = NAMES.into_iter().filter(|name| !taken.iter().any(|taken| taken == name)).collect();
    let mut found: Vec<(String, Node)> = Vec::new();
    if expressions.iter().map(|node| size(node)).sum::<usize>() > MOST_NODES {
        return found;
    }
    loop {
        let all: Vec<Node> =
            expressions.iter().map(|node| (**node).clone()).chain(found.iter().map(|(_, node)| node.clone())).collect();
        let Some(part) = repeated(&all) else { break };
        if found.len() == free.len() {
            break;
        }
        // No author has such a name; the last part that is found is the first that is computed.
        let name = format!("#{}", found.len());
        let local = Arc::new(Expr::Parameter(name.as_str().into()));
        for node in expressions.iter_mut() {
            **node = replace(node, &part, &local);
        }
        for (_, node) in &mut found {
            *node = replace(node, &part, &local);
        }
        found.push((name, part));
    }
    found.reverse();
    for place in 0..found.len() {
        let old: Node = Arc::new(Expr::Parameter(found[place].0.as_str().into()));
        let new: Node = Arc::new(Expr::Parameter(free[place].into()));
        for node in expressions.iter_mut() {
            **node = replace(node, &old, &new);
        }
        for (_, node) in &mut found {
            *node = replace(node, &old, &new);
        }
        free[place].clone_into(&mut found[place].0);
    }
    found
}

/// The largest part that occurs twice and is worth a name.
fn repeated(expressions: &[Node]) -> Option<Node> {
    let mut parts: Vec<(Node, usize)> = Vec::new();
    for expression in expressions {
        collect(expression, &mut parts);
    }
    let worth = parts.into_iter().filter(|(node, count)| *count > 1 && is_worth(node));
    let largest = worth.fold(None, |best: Option<(Node, usize)>, (node, _)| {
        let own = size(&node);
        if best.as_ref().is_some_and(|(_, size)| *size >= own) { best } else { Some((node, own)) }
    });
    largest.map(|(node, _)| node)
}

fn collect(node: &Node, parts: &mut Vec<(Node, usize)>) {
    match parts.iter_mut().find(|(known, _)| known == node) {
        // What is inside a repeated part is repeated with it, and not counted again.
        Some((_, count)) => {
            *count += 1;
            return;
        }
        None => parts.push((node.clone(), 1)),
    }
    node.each_child(&mut |child| collect(child, parts));
}

/// A function of something, or arithmetic that is longer than a name and an explanation. Constants stay where they are
/// unless they are long.
fn is_worth(node: &Node) -> bool {
    match &**node {
        Expr::Apply(..) | Expr::Call(..) => node.has_variable() || has_parameter(node),
        Expr::Piecewise(..) => true,
        _ => size(node) >= 5 && (node.has_variable() || size(node) >= 7),
    }
}

fn has_parameter(node: &Node) -> bool {
    let mut found = matches!(**node, Expr::Parameter(_));
    node.each_child(&mut |child| found = found || has_parameter(child));
    found
}

/// How many numbers, names and operations it has.
pub(super) fn size(node: &Node) -> usize {
    let mut count = 1;
    node.each_child(&mut |child| count += size(child));
    count
}

fn replace(node: &Node, part: &Node, by: &Node) -> Node {
    if node == part {
        return by.clone();
    }
    Arc::new(node.map_children(&mut |child| replace(child, part, by)))
}
