// The search dialog. A module of its own that a page loads when its reader asks for the search; the index is asked for,
// piece by piece, when something is typed.
//
// The index is pagefind's, the documents in it are ours (src/search/text.rs): a formula in them is a word of letters that
// no text has, the words in it, and an end. A list of all formulas says which of those words are looked for
// (src/search/formulas.rs). What is said of a formula and its TeX lie in the title of an anchor with its number as id:
// results say it at once, and show it set when its page has come.

const MARK = "\ua400", END = "\ue002", HEADING_END = "\ue003", SAID = "\ue004";
const BASE = 0xa100;
// Different formulas that are looked for at most, those first that are nearest to what was typed.
const FORMULAS = 100;
// Results that are shown at first and with each further step, parts shown of each.
const PAGE = 6, PARTS = 4;
// Characters in an excerpt, before the first word found and in all.
const BEFORE = 40, EXCERPT = 170;
const DELAY = 120;
// A word or formula that is just what was typed comes before those that only begin with it.
const RANKING = { termSimilarity: 2 };

// Formulas as they are typed

const SCRIPTS = /[\u00b2\u00b3\u00b9\u02b0-\u02b8\u02e1-\u02e3\u1d2c-\u1d6a\u1d9c-\u1dbf\u2070-\u209c\u2c7c\u2c7d\uff01-\uff5e]/g;
const NOISE = /\\(?:left|right|middle|[bB]igg?[lrm]?|displaystyle|textstyle|limits|nolimits|q?quad|nonumber|notag|hline|end)(?![a-z])|\\[,;:!> \\]/g;
const SPELLINGS = {
  "−": "-", "–": "-", "‐": "-", "′": "'", "’": "'", "″": "''", "·": "*", "∗": "*", "×": "*", "⋅": "*",
  "≤": "<=", "≦": "<=", "⩽": "<=", "≥": ">=", "≧": ">=", "⩾": ">=", "≠": "!=", "→": "->", "⟶": "->",
  "ϵ": "ε", "ϕ": "φ", "ϑ": "θ", "ϱ": "ρ",
};

// What is left of a text when all ways to type it are made one.
export const fold = text => [...text.replace(SCRIPTS, c => c.normalize("NFKC"))]
  .filter(c => !/[\s^_{}\\$&\u200b\u0300-\u036f\u20d0-\u20ff]/.test(c))
  .map(c => SPELLINGS[c] ?? c.toLowerCase()).join("");

// A query as its words and, folded, what may be part of a formula; null if nothing may be.
export const asFormulas = query => {
  let depth = 0, text = "";
  const tight = query.replace(NOISE, "").replace(/\s*([=+<>≤≥≠∈→·×,;])\s*/g, (all, sign) => (sign === "," || sign === ";" ? all : sign));
  for (const c of tight) {
    if ("([{（".includes(c)) depth += 1;
    if (")]}）".includes(c)) depth -= 1;
    if (depth <= 0 || !/\s/.test(c)) text += c;
  }
  // A command and what it applies to, a sign and what stands on both its sides, a function and its argument.
  text = text.replace(/(\\[a-z]+|[√∇∂∑∏∫])\s+(?=\S{1,2}(?:\s|$)|[\\([{])/gi, "$1").replace(/\s+([-*/])\s+/g, "$1");
  const words = [], formulas = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const folded = /[^\p{L}\p{N}\p{M}]|[\u0370-\u03ff\u2100-\u214f]/u.test(word) ? fold(word) : "";
    if (folded) formulas.push(folded);
    else words.push(word);
  }
  return formulas.length > 0 ? { words: words.join(" "), formulas } : null;
};

// The numbers of the formulas with this in one of their spellings, the nearest first: what is all of a formula, what it
// begins with, what is most of it.
export const matching = (list, folded) => {
  const near = list.flatMap((line, number) => {
    const spellings = line.split("\t").filter(spelling => spelling.includes(folded));
    if (spellings.length === 0) return [];
    const begins = spellings.some(spelling => spelling.startsWith(folded));
    return [{ number, distance: 2 * Math.min(...spellings.map(spelling => spelling.length)) + (begins ? 0 : 1) }];
  });
  return near.sort((a, b) => a.distance - b.distance).slice(0, FORMULAS).map(one => one.number);
};

const unbracketed = text => text.replace(/[()]/g, "");

// The word of a formula but for its last letter, which says whether it is set apart.
const wordOf = number => MARK + String.fromCharCode(...[16, 8, 0].map(shift => BASE + (number >> shift & 0xff)));

// Finding

const CUT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;
const bare = text => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}_]/gu, "").toLowerCase();

// The words of a query as they are compared with the words of a page.
const wanted = query => (query.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu) ?? [])
  .map(bare).filter(Boolean);

// Whether a word of a page is one that was typed. The engine falls back to shorter and shorter beginnings of a word that
// it does not know, which helps against slips but must not end at a single letter.
const isWanted = (word, typed) => {
  if (CUT.test(typed)) return [...bare(word)].some(c => typed.includes(c));
  if (typed.startsWith(MARK)) return word.includes(typed);
  const needed = typed.slice(0, 3);
  return [word, ...word.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u)].some(part => bare(part).startsWith(needed));
};

// Pages, each by its id with what the engine knows of it, the places of what was found, and what was looked for.
const add = (pages, results, typed) => {
  for (const one of results) {
    const known = pages.get(one.id) ?? { data: one.data, places: [], typed: [] };
    known.places.push(...one.words);
    known.typed.push(...typed);
    pages.set(one.id, known);
  }
  return pages;
};

// The pages with these words.
const withWords = async (engine, text) => {
  const { results } = await engine.search(text);
  if (results.length === 0) return new Map();
  // What the engine made of a word is the same for all pages.
  const typed = wanted(text);
  const { words } = read(await results[0].data());
  const isFound = one => results[0].words.some(place => isWanted(words[place] ?? "", one));
  return add(new Map(), typed.some(isFound) ? results : [], typed);
};

// The pages with a formula in which this occurs. A fraction that is typed without its brackets is one all the same.
const withFormula = async (engine, list, folded) => {
  const pages = new Map();
  let numbers = matching(list, folded);
  if (numbers.length === 0) numbers = matching(list.map(unbracketed), unbracketed(folded));
  const found = await Promise.all(numbers.map(number => engine.search(wordOf(number))));
  found.forEach(({ results }, at) => add(pages, results, [wordOf(numbers[at])]));
  return pages;
};

// The pages that are in each of these.
const inAll = ([first, ...others]) => {
  const pages = [...first].filter(([id]) => others.every(other => other.has(id)));
  return new Map(pages.map(([id, { data, places, typed }]) => {
    const more = others.map(other => other.get(id));
    return [id, { data, places: [...places, ...more.flatMap(one => one.places)], typed: [...typed, ...more.flatMap(one => one.typed)] }];
  }));
};

// First what the query finds as a formula, or as formulas and words, then what it finds as words.
const find = async (engine, list, query) => {
  let pages = new Map();
  const parts = asFormulas(query);
  if (parts) pages = await withFormula(engine, await list(), fold(query.replace(NOISE, "")));
  if (parts && pages.size === 0) {
    const found = parts.formulas.map(async folded => withFormula(engine, await list(), folded));
    if (parts.words) found.push(withWords(engine, parts.words));
    pages = inAll(await Promise.all(found));
  }
  for (const [id, { data, places, typed }] of await withWords(engine, query)) add(pages, [{ id, data, words: places }], typed);
  // The name of a command without its back-slash.
  if (pages.size === 0 && /^[a-z]{3,}$/i.test(query)) pages = await withFormula(engine, await list(), fold(query));
  return [...pages.values()];
};

const spaced = text => text.replace(/\s+/g, " ").trim();
const keyOf = (isDisplay, tex) => (isDisplay ? "d" : "i") + spaced(tex);

// The text of a page as a list of words and formulas, each with its places in the index.
const read = data => {
  const formulas = new Map(data.anchors.filter(one => one.element === "data").map(one => [one.id, one.title.split(SAID)]));
  const isCut = data.raw_content.includes("\u200b");
  const words = isCut
    ? data.raw_content.split("\u200b").map(word => word.replace(/&lt;/g, "<").replace(/&gt;/g, ">"))
    : data.content.split(" ").map(word => word + " ");
  const tokens = [];
  let formula = null;
  const take = (rest, place) => {
    if (formula) {
      formula.end = place;
      const end = rest.indexOf(END);
      if (end < 0) return "";
      formula = null;
      return rest.slice(end + 1);
    }
    const mark = rest.search(/[\ua400\ue003]/);
    if (mark !== 0) {
      tokens.push({ start: place, end: place, text: mark < 0 ? rest : rest.slice(0, mark) });
      return mark < 0 ? "" : rest.slice(mark);
    }
    if (rest[0] === HEADING_END) {
      tokens.push({ start: place, end: place, text: "", endsHeading: true });
      return "";
    }
    const [number, display] = [rest.slice(1, 4), rest[4]].map(letters => [...letters].reduce((sum, letter) => 256 * sum + letter.charCodeAt(0) - BASE, 0));
    const [plain = "", tex = ""] = formulas.get(`${number}`) ?? [];
    formula = { start: place, end: place, text: "", formula: { plain, key: keyOf(display === 1, tex) } };
    tokens.push(formula);
    return rest.slice(5);
  };
  words.forEach((word, place) => {
    for (let rest = word; rest;) rest = take(rest, place);
  });
  return { tokens, words };
};

// The parts of a page, each from a heading to the next: `from` the heading, `body` what follows it, `to` its end. What
// stands before the first heading below the title belongs to the page as a whole.
const divide = (data, tokens) => {
  const at = place => { const found = tokens.findIndex(token => token.end >= place); return found < 0 ? tokens.length : found; };
  const headings = data.anchors.filter(one => /^h[1-6]$/.test(one.element)).sort((a, b) => a.location - b.location);
  return headings.map((heading, number) => {
    const [from, to] = [at(heading.location), number + 1 < headings.length ? at(headings[number + 1].location) : tokens.length];
    const end = tokens.slice(from, to).findIndex(token => token.endsHeading);
    return { id: number === 0 ? "" : heading.id, from, body: end < 0 ? from : from + end, to, hits: 0 };
  });
};

// Showing

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

// The formulas of pages that were asked for, by their keys.
const fetched = new Map();
const formulasOf = address => {
  if (!fetched.has(address)) {
    fetched.set(address, fetch(address).then(answer => (answer.ok ? answer.text() : "")).then(text => {
      const formulas = new Map();
      for (const one of new DOMParser().parseFromString(text, "text/html").querySelectorAll(".katex")) {
        const tex = one.dataset.tex ?? one.querySelector('annotation[encoding="application/x-tex"]')?.textContent ?? "";
        const display = one.closest(".katex-display");
        const key = keyOf(display, tex);
        if (!formulas.has(key)) formulas.set(key, display ?? one);
      }
      return formulas;
    }));
  }
  return fetched.get(address);
};

// Sets the formulas of a result; what is not to be found stays as it is said.
const set = async (item, address) => {
  const open = [...item.querySelectorAll("[data-formula]")];
  if (open.length === 0) return;
  const formulas = await formulasOf(address).catch(() => { fetched.delete(address); return new Map(); });
  for (const place of open) {
    const formula = formulas.get(place.dataset.formula);
    delete place.dataset.formula;
    if (!formula) continue;
    // Those who listen hear what is said of it, which is easier to follow than its parts.
    place.ariaLabel = place.textContent;
    place.role = "img";
    place.replaceChildren(document.importNode(formula, true));
    for (const one of place.querySelectorAll(".katex-mathml")) one.remove();
    // Names, stops and links in a formula belong to its page.
    for (const one of place.querySelectorAll("[id], [tabindex], [role]")) for (const name of ["id", "tabindex", "role", "aria-label"]) one.removeAttribute(name);
    for (const link of place.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  }
};

// Words and formulas as nodes, those that were found marked.
const show = (tokens, isHit) => tokens.flatMap(token => {
  if (!token.formula && !token.text) return [];
  if (token.formula) {
    const place = element("span", { textContent: token.formula.plain });
    place.dataset.formula = token.formula.key;
    return [isHit(token) ? element("mark", {}, place) : place];
  }
  if (!isHit(token)) return [token.text];
  // Quotes, stops and spaces around a word are not part of what was found.
  const [, before, word, after] = token.text.match(/^([“‘"'`]*)(.*?)([.,;:!?…”’"'`\s]*)$/su);
  return [before, element("mark", {}, word), after];
});

// Room that a token takes in a line; Chinese and Japanese characters are wide.
const size = ({ formula, text }) => (formula ? 10 : text.length * (CUT.test(text) ? 2 : 1));

// The stretch of a part with the most that was found, beginning a little before it.
const excerpt = (part, tokens, isHit) => {
  let best = null;
  for (let first = part.body; first < part.to; first += 1) {
    if (!isHit(tokens[first])) continue;
    let [from, before] = [first, 0];
    while (from > part.body && before + size(tokens[from - 1]) <= BEFORE) before += size(tokens[--from]);
    // A comma that belongs to what is left out.
    while (from < first && !tokens[from].formula && /^[\s.,;:)、。，．）]*$/.test(tokens[from].text)) from += 1;
    let [to, length, hits] = [from, 0, 0];
    while (to < part.to && (length < EXCERPT || to <= first)) {
      length += size(tokens[to]);
      if (isHit(tokens[to++])) hits += 1;
    }
    if (!best || hits > best.hits) best = { from, to, hits };
  }
  if (!best) return null;
  const nodes = show(tokens.slice(best.from, best.to), isHit);
  return element("p", {}, ...(best.from > part.body ? ["… "] : []), ...nodes, ...(best.to < part.to ? ["…"] : []));
};

const result = (page, data, root) => {
  const { tokens, words } = read(data);
  const places = new Set(page.places.filter(place => page.typed.some(one => isWanted(words[place] ?? "", one))));
  const found = new Set(tokens.filter(token => { for (let p = token.start; p <= token.end; p += 1) if (places.has(p)) return true; return false; }));
  const isHit = token => found.has(token);
  const parts = divide(data, tokens);
  const address = new URL(data.raw_url ?? data.url, root).href;
  const entry = (part, title) => {
    const link = element("a", { href: address + (part?.id ? "#" + encodeURIComponent(part.id) : "") });
    link.append(element("span", { className: "search-title" }, ...title));
    const text = part && excerpt(part, tokens, isHit);
    if (text) link.append(text);
    return link;
  };
  const whole = parts[0];
  const title = whole && whole.body > whole.from ? show(tokens.slice(whole.from, whole.body), isHit) : [data.meta.title ?? ""];
  const item = element("li", {}, entry(whole, title));
  for (const part of parts) part.hits = tokens.slice(part.from, part.to).filter(isHit).length;
  const best = parts.slice(1).filter(part => part.hits > 0).sort((a, b) => b.hits - a.hits).slice(0, PARTS);
  best.sort((a, b) => a.from - b.from);
  if (best.length) {
    const list = best.map(part => element("li", {}, entry(part, show(tokens.slice(part.from, part.body), isHit))));
    item.append(element("ul", {}, ...list));
  }
  set(item, address);
  return item;
};

// The dialog

// Makes a dialog work; called once, when it may be open already.
export const start = dialog => {
  const words = dialog.dataset;
  const [input, list, status] = ["input", "ol", "[role=status]"].map(name => dialog.querySelector(name));
  const root = new URL(words.root || ".", document.baseURI);
  let engine, formulas, timer, turn = 0;

  const load = () => {
    if (words.mathematics && !dialog.querySelector("link")) {
      // Before the other style sheets: a site's own rules have the last word.
      document.head.prepend(element("link", { rel: "stylesheet", href: new URL(words.mathematics, document.baseURI).href }));
      delete words.mathematics;
    }
    engine ??= import(new URL(words.index + "pagefind.js", document.baseURI).href).then(async module => {
      // A worker would be one more file to wait for, to save milliseconds.
      await module.options({ ranking: RANKING, noWorker: true });
      await module.init();
      return module;
    });
    return engine;
  };

  // The list of the formulas of this page's language, as pagefind chooses it.
  const formulaList = async () => {
    const ask = async path => {
      const answer = await fetch(new URL(words.index + path, document.baseURI));
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.text();
    };
    const { languages } = JSON.parse(await ask(`pagefind-entry.json?${Date.now()}`));
    const language = document.documentElement.lang.toLowerCase();
    const own = languages[language] ?? languages[language.split("-")[0]]
      ?? Object.values(languages).sort((a, b) => b.page_count - a.page_count)[0];
    return (await ask(own.formulas)).split("\n");
  };
  const known = () => (formulas ??= formulaList());

  const say = count => {
    status.textContent = count === 0 ? words.none : count === 1 ? words.one : words.many.replace("{count}", count);
  };

  const more = async (pages, from, own) => {
    const next = pages.slice(from, from + PAGE);
    const data = await Promise.all(next.map(page => page.data()));
    if (own !== turn) return;
    if (from === 0) list.replaceChildren();
    const items = next.map((page, number) => result(page, data[number], root));
    list.append(...items);
    if (from + PAGE < pages.length) {
      const button = element("button", { type: "button", textContent: words.more });
      const last = element("li", {}, button);
      button.addEventListener("click", async () => {
        await more(pages, from + PAGE, own);
        last.nextElementSibling?.querySelector("a").focus();
        last.remove();
      });
      list.append(last);
    }
  };

  const search = async () => {
    const own = ++turn;
    const query = input.value.trim();
    if (!query) {
      list.replaceChildren();
      list.dataset.query = status.textContent = "";
      return;
    }
    try {
      const pages = await find(await load(), known, query);
      if (own !== turn) return;
      await more(pages, 0, own);
      if (own !== turn) return;
      say(pages.length);
      // What the list answers to.
      list.dataset.query = query;
    } catch (error) {
      engine = formulas = undefined;
      list.replaceChildren();
      status.textContent = words.failed;
      console.warn(error);
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(search, DELAY);
  };

  const stops = () => [...list.querySelectorAll("a, button")];

  input.addEventListener("input", event => { if (!event.isComposing) later(); });
  input.addEventListener("compositionend", later);
  dialog.addEventListener("keydown", event => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      // A browser would empty the field first and close at the second press.
      event.preventDefault();
      dialog.close();
      return;
    }
    const all = stops();
    const at = all.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1 };
    if (event.key in moves && (at >= 0 || event.target === input)) {
      event.preventDefault();
      const to = moves[event.key];
      if (to < 0) input.focus();
      else all[Math.min(to, all.length - 1)]?.focus();
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      clearTimeout(timer);
      // What is typed counts, not what was found before it.
      (input.value.trim() === list.dataset.query ? Promise.resolve() : search()).then(() => list.querySelector("a")?.click());
    } else if (at >= 0 && (event.key === "Backspace" || event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey)) {
      // Typing goes on where it is typed.
      input.focus();
    }
  });
  dialog.addEventListener("click", event => {
    // A press outside the dialog meets its backdrop; a result may lead to a place on this very page.
    if (event.target === dialog || event.target.closest("a")) dialog.close();
  });
  if (input.value) search();
  else load().catch(() => { engine = undefined; });
};
