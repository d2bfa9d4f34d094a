//! Charts in Chromium: labels touch nothing, whoever looks; a slider moves one frame, and paper shows the family.
//!
//! Runs where there is a browser: `tests/common/browser.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;
#[path = "common/browser.rs"]
mod driver;

use common::Site;
use driver::{Browser, WINDOW, Window, browser, own_site, run, serve};
use serde_json::{Value, json};

/// A command of the browser's own protocol.
#[derive(Debug)]
struct Devtools(&'static str, Value);

impl fantoccini::wd::WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

async fn tell(browser: &Browser, command: &'static str, parameters: Value) {
    browser.client.issue_cmd(Devtools(command, parameters)).await.unwrap();
}

/// A window of this width in pixels, on screen or on paper.
async fn look(browser: &Browser, width: u32, media: &'static str, dark: bool) {
    let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    tell(browser, "Emulation.setDeviceMetricsOverride", size).await;
    let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
    tell(browser, "Emulation.setEmulatedMedia", json!({ "media": media, "features": [scheme] })).await;
}

async fn ask(browser: &Browser, script: &str) -> Value {
    browser.client.execute_async(script, Vec::new()).await.unwrap()
}

/// What is wrong with the labels of the page: those that a curve, a dot or another text touches, and those that leave
/// the drawing.
const TOUCHING: &str = r"
const done = arguments[0];
document.fonts.ready.then(() => requestAnimationFrame(() => {
  const problems = [];
  let labels = 0;
  const seen = element => !element || (getComputedStyle(element).display !== 'none' && seen(element.parentElement));
  const rects = element => {
    if (element instanceof SVGElement) return [element.getBoundingClientRect()];
    const boxes = [...element.querySelectorAll('.katex-base')].map(base => base.getBoundingClientRect());
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest('.katex')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      boxes.push(...range.getClientRects());
    }
    return boxes;
  };
  const hull = element => {
    const all = rects(element);
    const box = {
      left: Math.min(...all.map(r => r.left)), right: Math.max(...all.map(r => r.right)),
      top: Math.min(...all.map(r => r.top)), bottom: Math.max(...all.map(r => r.bottom)),
    };
    // The boxes of letters reach above and below their ink.
    const slack = (box.bottom - box.top) / 10;
    return { name: element.textContent.slice(0, 30), left: box.left, right: box.right, top: box.top + slack, bottom: box.bottom - slack };
  };
  for (const svg of document.querySelectorAll('svg.chart[data-plot]')) {
    const stage = svg.parentElement;
    const own = [...svg.querySelectorAll('text.chart-label'), ...stage.querySelectorAll(':scope > span')].filter(seen).map(hull);
    const ticks = [...svg.querySelectorAll('.chart-x text, .chart-y text, text.chart-name')].filter(seen).map(hull);
    labels += own.length;
    const whole = svg.getBoundingClientRect();
    const say = (label, what) => problems.push(`${svg.querySelector('title')?.textContent}: ${label.name} ${what}`);
    own.forEach((a, index) => {
      for (const b of [...own.slice(index + 1), ...ticks]) {
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) say(a, `touches ${b.name}`);
      }
      if (a.left < whole.left - 1 || whole.right + 1 < a.right || a.top < whole.top - 6 || whole.bottom + 6 < a.bottom) say(a, 'is outside');
    });
    const matrix = svg.getScreenCTM();
    const inside = (label, at) => label.left < at.x && at.x < label.right && label.top < at.y && at.y < label.bottom;
    for (const path of [...svg.querySelectorAll('.chart-curve')].filter(seen)) {
      const length = path.getTotalLength();
      for (let at = 0; at <= length; at += 3) {
        const point = path.getPointAtLength(at).matrixTransform(matrix);
        const label = own.find(label => inside(label, point));
        if (label) { say(label, 'lies on a curve'); break; }
      }
    }
    for (const dot of [...svg.querySelectorAll('.chart-dot')].filter(seen)) {
      const r = dot.getBoundingClientRect();
      const label = own.find(a => a.left < r.right && r.left < a.right && a.top < r.bottom && r.top < a.bottom);
      if (label) say(label, 'lies on a dot');
    }
  }
  done({ problems, labels });
}));
";

const CHARTS: &str = r#"-- site.toml --
title = "T"
-- content/index.md --
# Charts

```chart
title = "Labels"
x = [-4, 4]
x_label = "input $x$"
y_label = "$\\frac{f(x)}{1+e^{x}}$"
curves = [
  { f = "relu(x)", label = "$f(x)=\\max(0,x)$" },
  { f = "relu'(x)", label = "$\\frac{df}{dx}$" },
  { f = "softplus(x) + 1", label = "損失 $L(x)$" },
]
```

```chart
title = "Wide"
x = [-10, 10]
width = 900
height = 300
x_label = "$t$"
curves = [{ f = "sin(x)/2", label = "$\\sum_{k=0}^{\\infty}a_kx^k$" }, { f = "floor(x/3)", label = "$\\sqrt{x_1}$" }]
```

```chart
title = "Moving"
x = [-5, 3]
parameter = { a = [0, 0.5, 11] }
curves = [{ f = "leaky_relu(x, a)", label = "$f_a$" }, { f = "leaky_relu'(x, a)", label = "$f_a'$" }]
```
"#;

#[test]
fn labels_touch_nothing() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = Site::new(CHARTS);
        site.build();
        let (own, address) = (own_site(), serve(site.path("site"), "/"));
        let handbook = serve(own.path("site"), "/");
        let pages = ["celu", "elu", "hardshrink", "leaky_relu", "softshrink", "index", "relu"];
        let pages = pages.map(|page| match page {
            "index" => format!("{handbook}handbook/index.html"),
            page => format!("{handbook}handbook/{page}/index.html"),
        });
        let mut labels = 0;
        for page in pages.iter().chain([&format!("{address}index.html")]) {
            browser.visit(page).await.unwrap();
            for (width, media, dark) in
                [(1280, "screen", false), (390, "screen", true), (1280, "print", false), (390, "print", false)]
            {
                look(&browser, width, media, dark).await;
                let found = ask(&browser, TOUCHING).await;
                assert_eq!(found["problems"], json!([]), "{page} at {width} px, {media}");
                labels += found["labels"].as_u64().unwrap();
            }
        }
        println!("{labels} labels, on screen and on paper");
        assert!(labels > 50, "{labels}");
    });
}

/// Which frames are seen, what the slider says, and whether it and the ends of the family are seen.
const STATE: &str = r"
// `checkVisibility` takes a group of an SVG for seen.
const seen = element => !element || (getComputedStyle(element).display !== 'none' && seen(element.parentElement));
const input = document.querySelector('.chart-slider input');
return {
  frames: [...document.querySelectorAll('.chart-frame')].flatMap((frame, index) => seen(frame) ? [index] : []),
  strong: getComputedStyle([...document.querySelectorAll('.chart-frame')].find(seen)).opacity === '1',
  output: document.querySelector('.chart-slider output').value,
  spoken: input.getAttribute('aria-valuetext'),
  slider: seen(input),
  ends: [...document.querySelectorAll('.chart-end')].filter(seen).length,
};
";

async fn state(browser: &Browser) -> Value {
    browser.client.execute(STATE, Vec::new()).await.unwrap()
}

/// Waits until the slider says this.
async fn wait_for(browser: &Browser, value: &str) {
    let script = format!(
        "const done = arguments[0]; let left = 200; const look = () => {{\
           const said = document.querySelector('.chart-slider output').value;\
           if (said === '{value}' || left-- === 0) done(said); else setTimeout(look, 50); }}; look();"
    );
    assert_eq!(ask(browser, &script).await, json!(value));
}

#[test]
fn a_slider_moves_one_frame_and_paper_shows_the_family() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = Site::new(CHARTS);
        site.build();
        let page = format!("{}index.html", serve(site.path("site"), "/"));
        look(&browser, 390, "screen", false).await;
        browser.visit(&page).await.unwrap();
        let first = state(&browser).await;
        let one = |frame: u32, value: &str| json!({ "frames": [frame], "strong": true, "output": value, "spoken": value, "slider": true, "ends": 0 });
        assert_eq!(first, one(5, "0.25"));

        // The first key loads the script, which finds the slider where that key put it.
        let input = browser.client.find(fantoccini::Locator::Css(".chart-slider input")).await.unwrap();
        input.send_keys("\u{E014}").await.unwrap();
        wait_for(&browser, "0.3").await;
        assert_eq!(state(&browser).await, one(6, "0.3"));
        input.send_keys("\u{E010}").await.unwrap();
        wait_for(&browser, "0.5").await;
        assert_eq!(state(&browser).await, one(10, "0.5"));

        // A press near the left end, and a finger there in the middle.
        let place = "const done = arguments[0]; const i = document.querySelector('.chart-slider input'); i.scrollIntoView({ block: 'center' });\
                     const r = i.getBoundingClientRect(); done([r.left, r.width, r.top + r.height / 2]);";
        let place = ask(&browser, place).await;
        let [left, width, y] = [0, 1, 2].map(|index| place[index].as_f64().unwrap());
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": left + 3.0, "y": y, "button": "left", "clickCount": 1 });
            tell(&browser, "Input.dispatchMouseEvent", event).await;
        }
        wait_for(&browser, "0").await;
        assert_eq!(state(&browser).await, one(0, "0"));
        tell(&browser, "Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
        let finger = json!({ "type": "touchStart", "touchPoints": [{ "x": left + width / 2.0, "y": y }] });
        tell(&browser, "Input.dispatchTouchEvent", finger).await;
        tell(&browser, "Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] })).await;
        wait_for(&browser, "0.25").await;
        assert_eq!(state(&browser).await, one(5, "0.25"));

        // On paper, and without scripts, some frames stand together, two curves with two ends each.
        let family = |state: &Value| (state["frames"].clone(), state["slider"].clone(), state["ends"].clone());
        let expected = (json!([0, 2, 4, 6, 8, 10]), json!(false), json!(4));
        look(&browser, 1280, "print", false).await;
        assert_eq!(family(&state(&browser).await), expected);
        let Some(browser) = driver::browser(Window { scripts: false, ..WINDOW }).await else { return };
        browser.visit(&page).await.unwrap();
        assert_eq!(family(&state(&browser).await), expected);
    });
}
