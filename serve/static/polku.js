// What makes pages handier where scripts run. Every page reads, and every form works, without any of it.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");

// --- What was just done is said aloud and can be taken back with one key (u).
// Letters can be switched off (WCAG 2.1.4): who speaks to the browser would press them unawares. The browser remembers.
function keys() {
  for (const box of all("input[data-letters]")) {
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.checked = lettersOn();
    box.addEventListener("change", () => switchLetters(box.checked));
  }
  document.addEventListener("keydown", (event) => {
    if (!lettersOn() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const block = event.target.closest("[data-keys]"); // of a block's buttons only those where the focus is
    const pressed = all(`[data-key="${CSS.escape(key)}"]`).filter((one) => one.checkVisibility());
    const found = pressed.find((one) => block?.contains(one)) ?? pressed.find((one) => !one.closest("[data-keys]"));
    if (found) { event.preventDefault(); found.click(); return; }
    if (key === "j" || key === "k") step(event, key === "j" ? 1 : -1);
  });
}

let off = false; // where the browser keeps nothing (a frame in a sandbox), the switch holds for the page
try { off = localStorage.getItem("letters") === "off"; } catch { off = false; }
const lettersOn = () => !off;
function switchLetters(on) {
  off = !on;
  try { localStorage.setItem("letters", on ? "on" : "off"); } catch { return; }
}

// j and k go from one block of choices to the next (a learner's line, an option).
function step(event, by) {
  const blocks = all("[data-keys]").filter((one) => one.checkVisibility());
  if (!blocks.length) return;
  const here = blocks.indexOf(document.activeElement.closest("[data-keys]"));
  const next = blocks[here < 0 ? (by > 0 ? 0 : blocks.length - 1) : Math.min(Math.max(here + by, 0), blocks.length - 1)];
  event.preventDefault();
  next.querySelector("a, button, summary")?.focus();
  next.scrollIntoView({ block: "nearest" });
}

// --- Reading aloud: a button with data-read="id" reads that element; pressed again, it is quiet.
function aloud() {
  if (!("speechSynthesis" in window)) return;
  for (const button of all("button[data-read]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => read(button));
  }
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}

function read(button) {
  const was = button.getAttribute("aria-pressed") === "true";
  speechSynthesis.cancel();
  all("button[data-read]").forEach((one) => one.setAttribute("aria-pressed", "false"));
  const text = document.getElementById(button.dataset.read)?.innerText;
  if (was || !text) return;
  const said = new SpeechSynthesisUtterance(text);
  said.lang = button.closest("[lang]").lang;
  said.rate = 0.9;
  said.onend = said.onerror = () => button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", "true");
  speechSynthesis.speak(said);
}

// --- A grid of short answers: arrows and Enter move; 1 and 0 fill and go on, a comma begins part of the points, a space empties.
function grids() {
  for (const grid of all("table[data-grid]")) grid.addEventListener("keydown", (event) => inGrid(grid, event));
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function inGrid(grid, event) {
  const cell = event.target;
  if (!cell.matches("[data-cell]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const move = MOVES[event.key];
  if (move) { event.preventDefault(); return go(grid, cell, ...move); }
  if (/^[01]$/.test(event.key) && !cell.value.startsWith("0,")) { event.preventDefault(); cell.value = event.key; return go(grid, cell, 0, 1, true); }
  if (/^[,.]$/.test(event.key)) { event.preventDefault(); cell.value = "0,"; cell.setSelectionRange(2, 2); return; }
  if (event.key === " ") { event.preventDefault(); cell.value = ""; return go(grid, cell, 0, 1, true); }
}

function go(grid, cell, down, across, wrap = false) {
  const rows = all("tbody tr", grid).map((row) => all("[data-cell]", row));
  let at = rows.findIndex((row) => row.includes(cell));
  let to = rows[at].indexOf(cell) + across;
  if (wrap && to >= rows[at].length) { to = 0; down = 1; }
  at = Math.min(Math.max(at + down, 0), rows.length - 1);
  const next = rows[at][Math.min(Math.max(to, 0), rows[at].length - 1)];
  next.focus();
  next.select();
}

// --- Drawings that can be looked at more closely: buttons with data-zoom act on the svg that they name.
function zooms() {
  for (const button of all("button[data-zoom]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const drawing = document.getElementById(button.getAttribute("aria-controls"));
      const was = Number(drawing.dataset.size ?? 1);
      const size = button.dataset.zoom === "0" ? 1 : Math.min(Math.max(was * Number(button.dataset.zoom), 0.5), 4);
      drawing.dataset.size = size;
      drawing.setAttribute("width", size * Number(drawing.dataset.width));
      drawing.setAttribute("height", size * Number(drawing.dataset.height));
    });
  }
}

// --- Dialogs: a button with data-dialog="id" opens one; without scripts what it holds stands on the page.
function dialogs() {
  for (const button of all("button[data-dialog]")) {
    const dialog = document.getElementById(button.dataset.dialog);
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }
}

// --- Printing: a button with data-print.
function printing() {
  for (const button of all("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

// --- A tick for all: a checkbox with data-all="name" ticks every box of that name in its form.
function ticks() {
  for (const box of all("input[data-all]")) {
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => {
      all(`input[type=checkbox][name="${CSS.escape(box.dataset.all)}"]`, box.form).forEach((one) => { one.checked = box.checked; });
    });
  }
}

for (const start of [keys, aloud, grids, zooms, dialogs, printing, ticks]) start();
