"use strict";
// The page reads without this: it only adds the filter and the two buttons.
const rows = [...document.querySelectorAll(".row")];
const filter = document.getElementById("filter");
let waiting;
filter.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const words = filter.value.trim().toLowerCase();
    // The text of a row holds that of the rows in it, so the way to each match stays.
    for (const row of rows) row.hidden = words !== "" && !row.textContent.toLowerCase().includes(words);
  }, 150);
});
document.getElementById("open").addEventListener("click", () => rows.forEach((row) => { row.open = true; }));
document.getElementById("close").addEventListener("click", () => rows.forEach((row) => { row.open = false; }));
// A link to something folded opens the way to it.
const reveal = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();
document.getElementById("tools").hidden = false;
