// A choice among tabs holds for all sets of the page that have a tab of that name.
addEventListener("change", ({ target }) => {
  if (!target.matches(".tabs > input")) return;
  const name = (input) => input.labels[0].textContent;
  const top = () => target.labels[0].getBoundingClientRect().top;
  // The tab stays where the reader sees it, whatever the sets above it grow to.
  const before = top();
  for (const input of document.querySelectorAll(".tabs > input")) {
    if (name(input) === name(target)) input.checked = true;
  }
  scrollBy(0, top() - before);
});
