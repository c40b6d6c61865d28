
"use strict";
const search = document.getElementById("search");
const operations = Array.from(document.querySelectorAll("#plan li"));
const values = Array.from(document.querySelectorAll("#config .value"));

// Of a fold its first line alone: the rest is in values of their own.
function ownText(value) {
  return (value.tagName === "DETAILS" ? value.firstElementChild : value).textContent.toLowerCase();
}

function openAbove(element) {
  for (let above = element; above; above = above.parentElement) {
    if (above.tagName === "DETAILS") above.open = true;
  }
}

function find() {
  const wanted = search.value.trim().toLowerCase();
  let found = 0;
  for (const operation of operations) {
    operation.hidden = !operation.textContent.toLowerCase().includes(wanted);
    if (!operation.hidden) {
      found++;
      if (wanted) openAbove(operation);
    }
  }
  for (const group of document.querySelectorAll("#plan details")) {
    group.hidden = wanted !== "" && !group.querySelector("li:not([hidden])");
  }
  for (const value of values) {
    const hit = wanted !== "" && ownText(value).includes(wanted);
    value.classList.toggle("hit", hit);
    if (hit) openAbove(value);
  }
  document.getElementById("found").textContent = wanted ? found + " of " + operations.length : "";
}

function foldAll(open) {
  for (const fold of document.querySelectorAll("main details")) fold.open = open;
}

function show() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  openAbove(target);
  target.scrollIntoView({ block: "center" });
}

search.addEventListener("input", find);
document.getElementById("fold").addEventListener("click", () => foldAll(false));
document.getElementById("unfold").addEventListener("click", () => foldAll(true));
window.addEventListener("hashchange", show);
show();
