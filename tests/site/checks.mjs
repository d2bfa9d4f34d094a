// Checks of the finished site, run by `.ci/site-checks`: `node checks.mjs TOOLS PROGRAM`, with the folder that the tools
// are installed in and the program that builds the site. Says what was found and ends with 1 if anything was.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [tools, program] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const load = async name => import(pathToFileURL(require.resolve(name)));
const found = [];
const report = (tool, text) => { found.push(text); console.error(`${tool}: ${text}`); };
const started = Date.now();
const say = text => console.log(`${text} (${Math.round((Date.now() - started) / 1000)} s)`);

// A server below a path, which compresses as those do that sites are published on.
const BELOW = "/sub/path/";
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
  ".woff2": "font/woff2", ".png": "image/png", ".xml": "application/xml", ".txt": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8" };
const site = join(mkdtempSync(join(tmpdir(), "site-")), "site");
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  let file = path.startsWith(BELOW) ? join(site, path.slice(BELOW.length)) : "";
  if (file && existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
  const isThere = file && existsSync(file);
  if (!isThere) file = join(site, "404.html");
  const bytes = readFileSync(file), type = TYPES[extname(file)] ?? "application/octet-stream";
  const packed = /text|javascript|svg|xml/.test(type);
  response.writeHead(isThere ? 200 : 404, {
    "content-type": type, "cache-control": "max-age=31536000", ...(packed ? { "content-encoding": "gzip" } : {}),
  });
  response.end(packed ? gzipSync(bytes) : bytes);
});
await new Promise(done => server.listen(0, "127.0.0.1", done));
const root = `http://127.0.0.1:${server.address().port}${BELOW}`;
execFileSync(program, ["build", "--strict", "--base-url", root, "--out", site], { stdio: "inherit" });

const files = (folder = site) => readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
  entry.isDirectory() ? files(join(folder, entry.name)) : [relative(site, join(folder, entry.name))]);
const all = files().sort();
const pages = all.filter(name => name.endsWith(".html"));

// The Nu HTML checker works beside the others.
const nu = new Promise(done => {
  const jar = join(tools, "node_modules/vnu-jar/build/dist/vnu.jar");
  const child = spawn("java", ["-Xss4m", "-jar", jar, "--format", "json", "--skip-non-html", site]);
  let text = "";
  child.stderr.on("data", part => { text += part; });
  child.on("close", () => {
    let messages = null;
    try { ({ messages } = JSON.parse(text)); } catch { report("nu", `no answer: ${text.slice(0, 500)}`); }
    const errors = (messages ?? []).filter(message => message.type !== "info");
    for (const { url, lastLine, message, extract } of errors) report("nu", `${url}:${lastLine}: ${message}: ${extract}`);
    const warnings = (messages ?? []).filter(message => message.subType === "warning");
    for (const text of new Set(warnings.map(({ message }) => message))) console.log(`nu warns: ${text}`);
    say(`nu: ${errors.length} errors, ${warnings.length} warnings in ${pages.length} pages`);
    done();
  });
});

const { validateXML } = await load("xmllint-wasm");
const xml = async (name, options) => {
  const document = { fileName: name.replaceAll("/", "-"), contents: readFileSync(join(site, name), "utf8") };
  const { errors } = await validateXML({ xml: [document], ...options });
  for (const { rawMessage } of errors) report("schema", `${name}: ${rawMessage}`);
  say(`schema: ${name}: ${errors.length} errors`);
};
const feeds = all.filter(name => name.endsWith("feed.xml"));
const atom = readFileSync(new URL("atom.rng", import.meta.url), "utf8");
for (const feed of feeds) await xml(feed, { extension: "relaxng", schema: [atom] });
// The schema of the protocol, and what it leaves open: the links to translations.
const XSD = "http://www.w3.org/2001/XMLSchema", XHTML = "http://www.w3.org/1999/xhtml";
const protocol = join(tools, "node_modules/sitemap/schema/sitemap.xsd");
await xml("sitemap.xml", {
  schema: [`<schema xmlns="${XSD}"><import namespace="http://www.sitemaps.org/schemas/sitemap/0.9" schemaLocation="sitemap.xsd"/>
<import namespace="${XHTML}" schemaLocation="xhtml.xsd"/></schema>`],
  preload: [
    { fileName: "sitemap.xsd", contents: readFileSync(protocol, "utf8") },
    { fileName: "xhtml.xsd", contents: `<schema xmlns="${XSD}" targetNamespace="${XHTML}"><element name="link"><complexType>
<attribute name="rel" use="required"/><attribute name="hreflang" use="required"/><attribute name="href" type="anyURI" use="required"/>
</complexType></element></schema>` },
  ],
});
if (feeds.length === 0) report("schema", "the site has no feed");

// axe on every page, in light and dark.
const { chromium } = (await load("playwright-core")).default;
const axe = readFileSync(require.resolve("axe-core"), "utf8");
const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH, args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
const tab = await context.newPage();
let violations = 0, looked = 0;
for (const page of pages) {
  await tab.goto(root + page);
  // A page that leads on is looked at where it leads.
  if (tab.url() !== root + page) continue;
  await tab.evaluate(axe);
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme });
    const result = await tab.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    looked += 1;
    for (const { id, help, nodes } of result.violations) {
      violations += nodes.length;
      report("axe", `${page} (${colorScheme}): ${id}: ${help}: ${nodes.slice(0, 3).map(node => node.html).join(" ")}`);
    }
  }
}
say(`axe: ${violations} violations in ${looked} views of pages`);
if (looked < 20) report("axe", `only ${looked} views of pages`);
await browser.close();
await nu;

// Lighthouse, and what the page of ReLU loads. Its speed is measured where nothing else runs, at most three times.
const relu = `${root}articles/relu/index.html`;
const lighthouse = (await load("lighthouse")).default;
const { launch } = await load("chrome-launcher");
const best = {};
let audits = {};
for (let run = 0; run < 3 && !Object.values(best).every(score => score === 100) || run === 0; run += 1) {
  const chrome = await launch({ chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"] });
  const { lhr } = await lighthouse(relu, { port: chrome.port, logLevel: "error" });
  await chrome.kill();
  audits = lhr.audits;
  for (const [name, { score }] of Object.entries(lhr.categories)) {
    best[name] = Math.max(best[name] ?? 0, Math.round(score * 100));
  }
  for (const { id, title, score, scoreDisplayMode, displayValue } of Object.values(audits)) {
    if (score !== null && score < 0.9 && scoreDisplayMode === "binary") console.log(`lighthouse: ${id}: ${title} ${displayValue ?? ""}`);
  }
}
say(`lighthouse: ${Object.entries(best).map(([name, score]) => `${name} ${score}`).join(", ")}`);
for (const [name, score] of Object.entries(best)) {
  // How fast a busy machine is says nothing of the page: the measures of the page itself are below.
  if (score < (name === "performance" ? 90 : 100)) report("lighthouse", `${name} is ${score}`);
}
const shift = audits["cumulative-layout-shift"].numericValue;
if (shift > 0) report("lighthouse", `the layout shifts by ${shift}`);
const html = readFileSync(join(site, "articles/relu/index.html"), "utf8");
const head = html.slice(0, html.indexOf("</head>"));
const blocking = [...head.matchAll(/<link rel="stylesheet"|<script src=/g)].length;
// What the browser has really asked for, and the script, for which it asks when the reader first touches the page.
const scripts = [...html.matchAll(/src:"([^"]+\.js)"/g)].map(match => join(site, "articles/relu", match[1]));
const script = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(name)).length, 0);
const requests = audits["network-requests"].details.items.filter(({ url }) => url.startsWith(root));
const bytes = requests.reduce((sum, { resourceSize }) => sum + resourceSize, 0);
const packed = requests.reduce((sum, { transferSize }) => sum + transferSize, 0);
say(`ReLU: ${bytes} bytes, ${packed} on the wire, in ${requests.length} requests, ${blocking} of which block; script ${script} bytes packed; layout shift ${shift}`);
if (requests.length < 5 || bytes > 100_000) report("weight", `${bytes} bytes in ${requests.length} requests`);
if (blocking > 3) report("weight", `${blocking} requests block rendering`);
if (script > 6144) report("weight", `${script} bytes of script`);

server.close();
console.log(`${found.length === 0 ? "nothing" : found.length} to mend`);
process.exit(found.length === 0 ? 0 : 1);
