//! What functions fill in: numbers in the text, tables of values, generated listings; and listings that are tried.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;

use std::process::{Command, Stdio};

use common::Site;

/// A page on a function that it defines itself.
const RELU: &str = r#"-- site.toml --
title = "T"
base_url = "https://example.org"
-- content/index.md --
+++
title = "The value `{=} relu(3)` of ReLU"
date = 2026-11-25
+++

GELU of 1 is `{=} gelu(1)`, and `{=.15g} relu'(0)` is a slope.

## At `{=} 1/0` and `{=.3f} pi` {#at}

[It is `{=} relu(2)`](#at), see [](#tab:relu) and [](#tab:next).

| a | b |
|---|---|
| `{=} abs(-2)` | `{=} \|-3\|` |

\[ % define relu
f(x) = \left\{ \begin{array}{l} 0 (x<0の場合)\\ x (x≧0の場合)\end{array} \right.
\]

```python of="relu, relu'"
```

- A list.

  ```rust of="slope = relu'" title="slope.rs"
  …
  ```

```values
x = [-1, 0, "pi/2"]
functions = ["relu(x)", { f = "relu'(x)", label = "$f'(x)$" }]
caption = "ReLU and its *slope*."
id = "tab:relu"
```

```values
x = [0.5]
x_label = "$t$"
functions = ["1/x"]
format = ".3f"
id = "tab:next"
```

The end.
"#;

/// Markup without tags.
fn text(html: &str) -> String {
    let text: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.replace("&gt;", ">").replace("&lt;", "<").replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&")
}

const NUMPY: &str = r#"import numpy as np


def relu(x):
    """relu(x) is 0 if x < 0, else x."""
    return np.where(x < 0, 0, x)


def relu_derivative(x):
    """The derivative of relu; at x = 0 it is 1."""
    return np.where(x < 0, 0.0, 1.0)
"#;

#[test]
fn what_functions_give_stands_on_the_page_in_its_copy_and_in_the_feed() {
    let site = Site::new(RELU);
    site.build();
    let (page, copy, feed) = (site.read("site/index.html"), site.read("site/index.md"), site.read("site/feed.xml"));
    assert!(page.contains("<title>The value 3 of ReLU"), "{page}");
    assert!(page.contains("content=\"GELU of 1 is 0.841345, and 1 is a slope.\""), "{page}");
    let page_text = text(&page);
    for part in
        ["GELU of 1 is 0.841345, and 1 is a slope.", "At undefined and 3.142", "It is 2, see Table 1 and Table 2."]
    {
        assert!(page_text.contains(part), "{part} in\n{page_text}");
    }
    assert!(page.contains(">2</output></td><td><output"), "{page}");
    assert!(page_text.contains(NUMPY), "{page_text}");
    assert!(page_text.contains(
        "pub fn slope(x: f64) -> f64 {\n    if x < 0.0 {\n        0.0\n    } else {\n        1.0\n    }\n}\n"
    ));
    assert!(text(&text(&feed)).contains(NUMPY), "{feed}");
    assert!(feed.contains("<title>The value 3 of ReLU</title>"), "{feed}");
    insta::assert_snapshot!(copy);
}

#[test]
fn a_table_of_values_is_a_table_for_everybody() {
    let site = Site::new(RELU);
    site.build();
    let page = site.read("site/index.html");
    let tables: Vec<&str> =
        page.split("<figure class=\"values\"").skip(1).map(|rest| rest.split("</figure>").next().unwrap()).collect();
    assert_eq!(tables.len(), 2);
    for part in [
        " id=\"tab:relu\"><figcaption id=\"tab:relu-caption\"><span class=\"figure-number\">Table 1</span> ReLU and its <em>slope</em>.</figcaption>",
        "<div class=\"table\" tabindex=\"0\"><table aria-labelledby=\"tab:relu-caption\">",
        "<th scope=\"col\"><var>x</var></th><th scope=\"col\" class=\"right\"><code>relu(x)</code></th>",
        "<tr><th scope=\"row\">\u{2212}1</th><td class=\"right\">0</td><td class=\"right\">0</td></tr>",
        "<tr><th scope=\"row\">→ 0⁻</th><td class=\"right\">0</td><td class=\"right\">0</td></tr>",
        "<tr><th scope=\"row\">0</th><td class=\"right\">0</td><td class=\"right\">1</td></tr>",
        "<tr><th scope=\"row\">→ 0⁺</th><td class=\"right\">0</td><td class=\"right\">1</td></tr>",
        "<tr><th scope=\"row\">π/2</th><td class=\"right\">1.5708</td><td class=\"right\">1</td></tr>",
    ] {
        assert!(tables[0].contains(part), "{part} in\n{}", tables[0]);
    }
    assert!(tables[1].contains("<td class=\"right\">2.000</td>"), "{}", tables[1]);
}

#[test]
fn mistakes_are_shown_where_they_stand() {
    let site = Site::new(
        r#"-- content/index.md --
# A

```python of="relu, rellu'"
```

```haskell of="relu"
```

```js of="relu"
const a = 1;
```

```c check="f = relu, g = relu'"
double f(double x) { return x; }
```

```values
x = [0, "y", "x"]
functions = ["relu(x", 3]
formt = ".3f"
```

```values
functions = ["relu(x)"]
format = "3"
```

A value `{=.3q} 1`, another `{=} gelu(x)` and `{=} gellu(1)`.
"#,
    );
    insta::assert_snapshot!(site.run(&["check"]).stderr);
}

#[test]
fn a_comma_in_a_number_is_read_as_the_language_of_the_page_has_it() {
    let golden = "# A\n\n\\[ % define golden\ng(x) = 1{,}618x\n\\]\n\n`{=} golden(1)` and `{=} golden(2)`\n";
    let site = Site::new("-- site.toml --\nlanguage = \"en\"\n[languages.de]\nname = \"Deutsch\"\n");
    site.write("content/index.md", golden);
    site.write("content/index.de.md", golden);
    site.build();
    assert!(text(&site.read("site/index.html")).contains("1618 and 3236"));
    assert!(text(&site.read("site/de/index.html")).contains("1.618 and 3.236"));
}

#[test]
fn comments_that_look_like_definitions_are_warned_of() {
    let comments =
        ["% define: ff", "% define ff(x)", "% define ff; a = 2", "% Check ff'", "% check: ff'", "% Check the sign"];
    let mut article = "# A\n".to_owned();
    for comment in comments {
        article += &format!("\n\\[ {comment}\nf(x) = 3x\n\\]\n");
    }
    let site = Site::new("-- site.toml --\ntitle = \"T\"\n");
    site.write("content/index.md", article);
    let said = site.run(&["check"]).stderr;
    let helps: Vec<&str> = said.lines().filter_map(|line| line.trim().strip_prefix("= help: write `% ")).collect();
    assert_eq!(helps, ["define ff`", "define ff`", "check ff'`", "check ff'`"], "{said}");
}

fn is_there(program: &str, argument: &str) -> bool {
    let found = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        eprintln!("skipped: there is no {program}");
    }
    found
}

#[test]
fn listings_are_run_when_that_is_asked_for_and_only_then() {
    if !is_there("python3", "--version") || !is_there("node", "--version") {
        return;
    }
    let site = Site::new(
        r#"-- content/index.md --
# A

```python check="relu = relu, diff_relu = relu'"
print("printing does not matter")
def relu(x):
    return max(x, 0.0)

def diff_relu(x):
    return 1.0 if x >= 0 else 0.0
```

```js check="relu = relu, step = step, leaky(x, 0.2) = leaky_relu(x, 0.2)"
const relu = (x) => Math.max(0, x);
function step(x) { return x > 0 ? 1 : 0; }
const leaky = (x, a) => x > 0 ? x : a * x;
```

```rust check="relu = relu, inverse = 1/x, root = sqrt"
# // hidden
fn relu(x: f64) -> f64 { x.max(0.0) }
fn inverse(x: f64) -> f64 { 1.0 / x }
fn root(x: f64) -> f64 { x.abs().sqrt() }
fn main() { loop {} }
```

```python check="relu = relu"
def relu(x):
    return undefined_name(x)
```

```python check="relu = relu"
import no_such_module
def relu(x):
    return x
```
"#,
    );
    let built = site.run(&["build"]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    assert_eq!(site.run(&["check"]).code, 0);
    let outcome = site.run(&["check", "--run-code"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stderr);
}

#[test]
fn a_listing_that_does_not_end_is_stopped_with_its_children() {
    if !is_there("python3", "--version") {
        return;
    }
    let site = Site::new(
        "-- content/index.md --\n# A\n\n```python check=\"f = relu\"\nimport subprocess, sys, time\n\
         child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n\
         open('PATH', 'w').write(str(child.pid))\ntime.sleep(600)\ndef f(x): return x\n```\n",
    );
    let note = site.path("child");
    let text = site.read("content/index.md").replace("PATH", &note.to_string_lossy());
    site.write("content/index.md", text);
    let outcome = site.run(&["check", "--run-code"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains("this listing still ran after 20 s and was stopped"), "{}", outcome.stderr);
    let child = std::fs::read_to_string(note).unwrap();
    let alive = std::fs::read_to_string(format!("/proc/{child}/stat"));
    assert!(alive.is_err() || alive.is_ok_and(|stat| stat.contains(") Z ")), "the child {child} still runs");
}

#[test]
fn a_missing_language_is_a_warning() {
    let site = Site::new("-- content/index.md --\n# A\n\n```js check=\"f = relu\"\nconst f = (x) => x;\n```\n");
    let output = Command::new(env!("CARGO_BIN_EXE_piecewise"))
        .args(["check", "--run-code"])
        .current_dir(site.path(""))
        .env("PATH", "/nowhere")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("warning[listing]: there is no `node` on this machine: 1 listing was not run"), "{said}");
}
