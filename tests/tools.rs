//! What helps an author to begin: `init`, `new`, completions, the manual page, `--timings`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use common::Site;

#[test]
fn a_new_site_builds_without_a_warning() {
    let site = Site::new("");
    let outcome = site.run(&["init", "notes"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let mut written: Vec<String> = site.files("notes").into_keys().collect();
    written.retain(|path| !path.starts_with('.'));
    assert_eq!(
        written,
        ["content/articles/absolute_value.md", "content/articles/index.md", "content/index.md", "site.toml"]
    );
    assert_eq!(site.read("notes/.gitignore"), "/site\n");
    let workflow = site.read("notes/.github/workflows/pages.yml");
    assert!(workflow.contains(&format!("--version {} ", env!("CARGO_PKG_VERSION"))), "{workflow}");
    let built = site.run(&["build", "--root", "notes", "--strict"]);
    assert_eq!(built.stderr, "built notes/site: 3 pages, 5 formulas (5 distinct), 1 chart, in TIME\n");
    assert_eq!(built.code, 0);
    let page = site.read("notes/site/articles/absolute_value/index.html");
    assert!(page.contains("<figure class=\"chart\"") && page.contains("class=\"katex\""));
}

#[test]
fn a_new_site_writes_over_nothing() {
    let site = Site::new("-- site.toml --\ntitle = \"mine\"\n");
    let outcome = site.run(&["init", "."]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (2, "error: refusing to write over `./site.toml`\n"));
    assert_eq!(site.files("").len(), 1);
    let site = Site::new("-- README.md --\n# Mine\n");
    assert_eq!(site.run(&["init", "."]).code, 0, "other files are in nobody's way");
    assert_eq!(site.read("README.md"), "# Mine\n");
}

#[test]
fn a_new_article_has_a_title_and_a_date_and_writes_over_nothing() {
    let site = Site::new("-- content/index.md --\n# A\n");
    let outcome = site.run(&["new", "notes/leaky-relu", "--draft"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, "wrote ./content/notes/leaky-relu.md\n"));
    let article = site.read("content/notes/leaky-relu.md");
    let date = article.split("date = ").nth(1).unwrap().lines().next().unwrap();
    assert!(date.parse::<jiff::civil::Date>().is_ok(), "{article}");
    assert_eq!(article, format!("+++\ntitle = \"Leaky relu\"\ndate = {date}\ndraft = true\n+++\n\n"));
    let again = site.run(&["new", "content/notes/leaky-relu.md"]);
    assert_eq!(again.code, 2);
    assert_eq!(again.stderr, "error: refusing to write over `./content/notes/leaky-relu.md`\n");
    for path in ["../outside", "/etc/outside", "content"] {
        let outcome = site.run(&["new", path]);
        assert_eq!(outcome.code, 2, "{path}: {}", outcome.stderr);
    }
    assert_eq!(site.run(&["build", "--drafts", "--strict"]).code, 0);
}

#[test]
fn completions_and_the_manual_page_know_the_commands() {
    let site = Site::new("");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = site.run(&["completions", shell]);
        assert_eq!(outcome.code, 0);
        assert!(outcome.stdout.contains("base-url") && outcome.stdout.contains("serve"), "{shell}");
    }
    let page = site.run(&["man"]).stdout;
    assert!(page.contains(".TH piecewise 1") && page.contains("piecewise\\-serve(1)"), "{page}");
    let page = site.run(&["man", "serve"]).stdout;
    assert!(page.contains(".TH piecewise-serve 1") && page.contains("\\-\\-port"), "{page}");
    assert_eq!(site.run(&["man", "sevre"]).code, 2);
}

#[test]
fn timings_name_the_stages() {
    let site = Site::new("-- index.md --\n# A\n\n$x$\n");
    let outcome = site.run(&["build", "--timings"]);
    assert_eq!(outcome.code, 0);
    let stages: Vec<&str> =
        outcome.stderr.lines().skip(1).filter_map(|line| Some(line.split_once(" ms  ")?.1)).collect();
    assert_eq!(stages, ["configuration", "articles", "links", "formulas", "fonts", "charts", "style sheets", "pages"]);
}
