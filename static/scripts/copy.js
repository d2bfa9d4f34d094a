// Comfort for formulas: what is selected and copied is TeX, and a display formula has a button that copies it. A listing
// has one that copies its code.
// Without scripts a formula still carries its TeX in the annotation of its MathML.
(() => {
  "use strict";
  const tex = formula => formula.dataset.tex
    ?? formula.querySelector('annotation[encoding="application/x-tex"]')?.textContent ?? formula.textContent;
  const isDisplay = formula => formula.closest(".katex-display") !== null;
  const delimited = formula => (isDisplay(formula) ? `\n$$${tex(formula)}$$\n` : `$${tex(formula)}$`);

  document.addEventListener("copy", event => {
    const selection = document.getSelection();
    if (!event.clipboardData || selection.isCollapsed) return;
    const range = selection.getRangeAt(0).cloneRange();
    // A formula of which a part is selected is taken whole.
    const around = node => (node.nodeType === 1 ? node : node.parentElement)?.closest(".katex");
    const first = around(range.startContainer), last = around(range.endContainer);
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const copy = range.cloneContents();
    const formulas = copy.querySelectorAll(".katex");
    if (formulas.length === 0) return;
    const html = document.createElement("div");
    html.append(copy.cloneNode(true));
    for (const formula of html.querySelectorAll(".katex")) formula.querySelector(".katex-html")?.remove();
    for (const formula of formulas) formula.replaceWith(delimited(formula));
    for (const block of copy.querySelectorAll("p, li, h1, h2, h3, h4, h5, h6, tr, .formula")) block.append("\n");
    event.clipboardData.setData("text/plain", copy.textContent.replace(/\n{3,}/g, "\n\n").trim());
    event.clipboardData.setData("text/html", html.innerHTML);
    event.preventDefault();
  });

  if (!navigator.clipboard) return;
  const words = document.documentElement.dataset;
  const offer = (box, name, label, text) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = name;
    button.title = button.ariaLabel = label;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text());
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1500);
    });
    box.append(button);
  };
  for (const box of document.querySelectorAll("div.formula")) {
    const formula = box.querySelector(".katex");
    if (formula) offer(box, words.copyTex ?? "TeX", words.copyTexLabel ?? "Copy as TeX", () => tex(formula).trim());
  }
  for (const box of document.querySelectorAll(".listing")) {
    const code = box.querySelector("code");
    const text = () => code.textContent.replace(/\n$/, "");
    if (code) offer(box, words.copyCode ?? "Copy", words.copyCodeLabel ?? "Copy the code", text);
  }
})();
