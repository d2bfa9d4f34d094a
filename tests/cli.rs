//! The program from outside: exit codes, what it says, what it writes and what it leaves alone.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;

use common::Site;

#[test]
fn a_folder_of_markdown_becomes_a_site() {
    let site =
        Site::new("-- index.md --\n# Home\n\nSee [more](notes/more.md).\n-- notes/more.md --\n# More\n\n$x^2$\n");
    let outcome = site.build();
    assert_eq!(outcome.stderr, "built ./site: 2 pages, 1 formula (1 distinct), 0 charts, in TIME\n");
    assert_eq!(outcome.stdout, "");
    assert!(site.read("site/index.html").contains("<a href=\"notes/more/index.html\">more</a>"));
    assert!(site.read("site/notes/more/index.html").contains("class=\"katex\""));
}

#[test]
fn every_kind_of_mistake_is_shown_with_its_place_in_one_run() {
    let site = Site::new(MISTAKES);
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stderr);
    assert!(!site.path("site").exists(), "a failed build writes nothing");
}

const MISTAKES: &str = r#"-- site.toml --
titel = "Mistakes"
-- content/bad.md --
+++
weight = "heavy"
+++
# Mistakes

The slope of $\realu(x)$ is [here](relo.md) and [there](good.md#sumary).

> - quoted: $\frac{1}{2$

```chart
x = [-1, 1]
curves = ["relo(x)"]
```
-- content/good.md --
# Good

## Summary
-- content/toml.md --
+++
title = unquoted
+++
"#;

#[test]
fn a_broken_template_is_shown_with_its_place() {
    let site =
        Site::new("-- content/index.md --\n# A\n-- templates/footer.html --\n<footer>\n{{ page.title | upper( }}\n");
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stderr);
    let site =
        Site::new("-- content/index.md --\n# A\n-- templates/footer.html --\n<p>{{ page.nothing.at_all }}</p>\n");
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stderr);
}

#[test]
fn a_failed_build_leaves_the_last_good_site_untouched() {
    let site = Site::new("-- content/index.md --\n# A\n\nfine\n-- content/pic.txt --\nasset\n");
    site.build();
    let before = site.files("site");
    site.write("content/index.md", "# A\n\n$\\frac{1}{2$\n");
    assert_eq!(site.run(&["build"]).code, 1);
    assert_eq!(site.files("site"), before);
    site.write("content/index.md", "# A\n\nbetter\n");
    std::fs::remove_file(site.path("content/pic.txt")).unwrap();
    site.build();
    assert!(site.read("site/index.html").contains("better"));
    assert!(!site.path("site/pic.txt").exists(), "stale files go");
    let left_over: Vec<_> = std::fs::read_dir(site.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left_over.len(), 2, "{left_over:?}");
}

#[test]
fn a_folder_of_others_is_never_replaced() {
    let site = Site::new("-- content/index.md --\n# A\n-- site/precious.txt --\nmine\n");
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 2);
    assert_eq!(outcome.stderr, "error: refusing to replace a folder that this program did not write: `./site`\n");
    assert_eq!(site.read("site/precious.txt"), "mine\n");
}

#[test]
fn trouble_with_the_command_line_or_the_machine_is_exit_code_2() {
    let site = Site::new("-- content/index.md --\n# A\n");
    let outcome = site.run(&["build", "--root", "nowhere"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (2, "error: there is no folder `nowhere`\n"));
    assert_eq!(site.run(&["build", "--rot", "."]).code, 2);
}

#[test]
fn root_out_and_base_url_are_obeyed() {
    let site = Site::new("-- docs/content/index.md --\n# A\n-- docs/content/b.md --\n# B\n");
    let outcome = site.run(&["build", "--root", "docs", "--out", "public", "--base-url", "https://example.org/p/"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let page = site.read("public/b/index.html");
    assert!(page.contains("<link rel=\"canonical\" href=\"https://example.org/p/b/\">"), "{page}");
    assert!(!site.path("docs/site").exists());
}

#[test]
fn files_of_the_site_override_the_theme_one_by_one() {
    let site = Site::new(
        "-- content/index.md --\n# A\n-- templates/footer.html --\n<footer>mine, {{ words.next }}</footer>\n\
         -- templates/words/en.toml --\nnext = \"Onwards\"\n-- static/favicon.svg --\n<svg xmlns='http://www.w3.org/2000/svg'/>\n\
         -- static/styles/zz.css --\n.mine { color: red }\n",
    );
    site.build();
    let page = site.read("site/index.html");
    assert!(page.contains("<footer>mine, Onwards</footer>"), "{page}");
    assert!(page.contains("id=\"site.content\""), "the other templates are the theme's");
    assert!(site.read("site/favicon.svg").starts_with("<svg xmlns='"));
    let style = page.split("style.").nth(1).unwrap().split('"').next().unwrap();
    assert!(site.read(&format!("site/style.{style}")).contains(".mine{color:red}"));
}

#[test]
fn two_builds_are_identical_whatever_the_number_of_threads() {
    let root = env!("CARGO_MANIFEST_DIR");
    let site = Site::new("");
    let mut built = Vec::new();
    for (out, threads) in [("a", "1"), ("b", "2"), ("c", "2")] {
        let outcome = site.run(&["build", "--root", root, "--out", out, "--threads", threads]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("warning"), "our own site builds without a warning: {}", outcome.stderr);
        built.push(site.files(out));
    }
    assert!(built[0].len() > 10);
    assert!(built[0] == built[1], "one thread against two");
    assert!(built[1] == built[2], "the same twice");
}

#[test]
fn diagnostics_can_be_read_by_machines() {
    let site = Site::new("-- content/index.md --\n# A\n\nsee [b](c.md)\n-- content/b.md --\n# B\n");
    let outcome = site.run(&["check", "--format", "json"]);
    assert_eq!(outcome.code, 1);
    let first: serde_json::Value = serde_json::from_str(outcome.stderr.lines().next().unwrap()).unwrap();
    assert_eq!(first["severity"], "error");
    assert_eq!(first["code"], "link");
    assert_eq!(
        (first["file"].as_str(), first["line"].as_u64(), first["column"].as_u64()),
        (Some("content/index.md"), Some(3), Some(9))
    );
    assert!(!site.path("site").exists());
}

#[test]
fn two_articles_for_one_url_are_an_error() {
    let site = Site::new("-- site.toml --\ntitle = \"T\"\n-- content/a.md --\n# A\n-- content/a/index.md --\n# B\n");
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains("two articles become `a/index.html`"), "{}", outcome.stderr);
}

#[test]
fn drafts_are_left_out_unless_asked_for() {
    let site = Site::new("-- content/index.md --\n# A\n-- content/b.md --\n+++\ndraft = true\n+++\n# B\n");
    site.build();
    assert!(!site.path("site/b").exists());
    assert_eq!(site.run(&["build", "--drafts"]).code, 0);
    assert!(site.path("site/b/index.html").exists());
}

#[test]
fn languages_stand_beside_each_other() {
    let site = Site::new(
        "-- site.toml --\ntitle = \"T\"\n[languages.ja]\nname = \"日本語\"\n-- content/index.md --\n# Home\n-- content/index.ja.md --\n# 始め\n\
         -- content/a.md --\n# A\n-- content/a.ja.md --\n# あ\n\n[英語だけ](b.md)と[両方](index.md)\n-- content/b.md --\n# B\n",
    );
    site.build();
    let page = site.read("site/ja/a/index.html");
    assert!(page.contains("<html lang=\"ja\""), "{page}");
    assert!(page.contains("<a href=\"../../b/index.html\">英語だけ</a>"), "{page}");
    assert!(page.contains("<a href=\"../index.html\">両方</a>"), "the translation is preferred: {page}");
    assert!(page.contains("hreflang=\"en\""), "{page}");
}

#[test]
fn a_file_that_is_not_utf8_is_a_mistake_with_a_place() {
    let site = Site::new("-- content/index.md --\n# A\n");
    site.write("content/b.md", b"# B\n\nna\xEFve\n");
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains("content/b.md:3:3"), "{}", outcome.stderr);
}
