// Keys of the group view. Nothing is confirmed that was not on the screen: a key held down, a second press before the new pieces could
// be seen, and pieces whose picture did not come are left out.
"use strict";
const SEEN_MS = 700; // shorter than anybody needs to look over new pieces; longer than a bouncing key
const pieces = () => document.getElementById("pieces");
const boxes = () => [...document.querySelectorAll("#pieces .tile:not(.missing) input[type=checkbox]")];
let since = 0;
let waits = 0;
let sending = false;

function count() {
  const left = document.querySelector("[data-left]");
  if (left) left.textContent = boxes().filter((box) => !box.checked).length;
}

function lacks(picture) {
  const tile = picture.closest(".tile");
  tile.classList.add("missing");
  for (const input of tile.querySelectorAll("input")) input.disabled = true;
  count();
}

function came() {
  waits -= 1;
  if (waits > 0) return;
  since = performance.now();
  for (const button of document.querySelectorAll("#confirm, #confirm-odd")) button.disabled = false;
  for (const place of pieces().dataset.aheadTiles.split(" ").filter(Boolean)) new Image().src = `/tiles/${place}`;
}

function begin() {
  sending = false;
  const first = boxes()[0];
  if (!first) {
    const link = document.getElementById("on");
    if (link) link.focus();
    return;
  }
  const pictures = [...document.querySelectorAll("#pieces .tile img")];
  waits = pictures.length;
  for (const button of document.querySelectorAll("#confirm, #confirm-odd")) button.disabled = true;
  for (const picture of pictures) {
    if (picture.complete) {
      if (!picture.naturalWidth) lacks(picture);
      came();
    } else {
      picture.addEventListener("load", came);
      picture.addEventListener("error", () => { lacks(picture); came(); });
    }
  }
  first.focus();
  count();
}

function beside(box, key) {
  const all = boxes();
  const place = all.indexOf(box);
  if (key === "ArrowLeft") return all[place - 1];
  if (key === "ArrowRight") return all[place + 1];
  const top = (each) => each.closest(".tile").offsetTop;
  const left = (each) => each.closest(".tile").offsetLeft;
  const column = all.filter((each) => left(each) === left(box));
  const row = column.findIndex((each) => top(each) === top(box));
  return column[row + (key === "ArrowDown" ? 1 : -1)];
}

// Before htmx and the browser see it: whatever sent the form, a key or a click.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "pieces" || !event.submitter || !event.submitter.id.startsWith("confirm")) return;
  const early = waits > 0 || performance.now() - since < SEEN_MS;
  if (sending || early) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else sending = true;
}, true);

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (!document.getElementById("group")) return;
  const box = event.target.matches(".tile input") ? event.target : null;
  const lines = [...document.querySelectorAll("a.open")];
  if (lines.length && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    const next = lines[lines.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { next.focus(); event.preventDefault(); }
  } else if (event.key.startsWith("Arrow")) {
    const next = box ? beside(box, event.key) : boxes()[0];
    if (next) next.focus();
    if (boxes().length) event.preventDefault();
  } else if (event.key === "Enter" && !event.target.matches("a, button, summary")) {
    event.preventDefault();
    const button = document.getElementById(event.shiftKey ? "confirm-odd" : "confirm");
    if (button && !button.disabled && !event.repeat) pieces().requestSubmit(button);
  } else {
    const button = document.querySelector(`[data-group-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button && !event.repeat) { event.preventDefault(); button.click(); }
  }
});

document.addEventListener("change", (event) => { if (event.target.matches(".tile input")) count(); });
// Whoever goes away gives back what was on the screen; with the odd ones they go on.
window.addEventListener("pagehide", () => {
  const form = pieces();
  if (form && !sending) navigator.sendBeacon(`${form.getAttribute("action")}/leave`, new URLSearchParams(new FormData(form)));
});
document.addEventListener("htmx:sendError", () => { sending = false; });
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "group") begin(); });
begin();
