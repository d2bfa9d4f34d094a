//! An article's body as HTML, with formulas and charts as typed.

use piecewise::article::{self, Article, Node};
use piecewise::page::{self, FormulaHtml, Fragments, Links};
use piecewise::site::ResolvedLink;

/// Formulas as `⟦TeX⟧` and `⟦⟦TeX⟧⟧`, links as typed, names as `⟨kind⟩`.
pub fn html(article: &Article, nodes: &[Node], listings: &[String]) -> String {
    let formula = |formula: &article::Formula| {
        let html = if formula.display {
            format!("⟦⟦{}⟧⟧", formula.tex.text)
        } else {
            format!("⟦{}⟧", formula.tex.text)
        };
        FormulaHtml { html: html.into(), display: false, note: None, mathml: None }
    };
    let fragments = Fragments {
        formulas: article.formulas.iter().map(formula).collect(),
        charts: article.charts.iter().map(|chart| format!("<chart>{}</chart>", chart.body.text)).collect(),
        listings: listings.iter().cloned().collect(),
        images: article
            .images
            .iter()
            .map(|image| page::ImageHtml {
                link: image.link,
                attributes: page::image_attributes(image, None),
                name: "⟨figure⟩".to_owned(),
            })
            .collect(),
        values: article.values.iter().map(|value| format!("<value>{}</value>", value.expression.text.trim())).collect(),
        tables: article.tables.iter().map(|table| format!("<values>{}</values>", table.body.text)).collect(),
        container_names: article.containers.iter().map(|container| format!("⟨{}⟩", container.kind)).collect(),
    };
    let to: Vec<ResolvedLink> = article.links.iter().map(|link| ResolvedLink::to(link.target.clone())).collect();
    let words = std::collections::BTreeMap::new();
    page::html(nodes, &fragments, &Links { to: &to, typed: &article.links, words: &words })
}
