// The little that the server cannot do: keys, focus, and pictures fetched ahead. The page's policy forbids inline handlers.
"use strict";
for (const link of document.querySelectorAll("[data-absolute]")) link.textContent = link.href;

const textField = () => document.getElementById("text");
const isTyping = (target) => target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");

function fetchAhead() {
  const item = document.querySelector("[data-ahead]");
  if (!item) return;
  for (const view of ["original", "ink"]) new Image().src = `/crops/${item.dataset.ahead}/${view}`;
}

function settle() {
  const title = document.getElementById("asked");
  if (title) title.focus();
  fetchAhead();
}

function choose(number) {
  const box = document.querySelectorAll("#reply .choice input")[number - 1];
  if (!box) return false;
  box.click();
  document.getElementById("asked").focus();
  return true;
}

function send(value) {
  const form = document.getElementById("reply");
  const button = form && form.querySelector(`button[value="${value}"]`);
  if (button) form.requestSubmit(button);
  return Boolean(button);
}

function toggleSight() {
  const order = ["", "only-original", "only-ink"];
  const item = document.querySelector(".item");
  const now = order.findIndex((each) => each && item.classList.contains(each));
  item.classList.remove("only-original", "only-ink");
  const next = order[(Math.max(now, 0) + 1) % order.length];
  if (next) item.classList.add(next);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (!document.getElementById("desk")) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") document.getElementById("asked").focus();
    if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea#text") && send("value")) event.preventDefault();
    return;
  }
  const key = event.key.toLowerCase();
  let used = false;
  if (/^[1-9]$/.test(key)) used = choose(Number(key));
  if (!used && key === "enter" && !event.target.matches("button, a, summary")) used = send("value");
  if (!used && key === "e" && textField()) { textField().focus(); textField().select(); used = true; }
  if (!used && key === "o" && document.querySelector(".item")) { toggleSight(); used = true; }
  if (!used) {
    const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (button) { button.click(); used = true; }
  }
  if (used) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-fills]")) return;
  textField().value = event.target.value;
  textField().dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
});

document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "desk") settle(); });
document.addEventListener("DOMContentLoaded", () => { if (document.getElementById("desk")) settle(); });
if (document.readyState !== "loading" && document.getElementById("desk")) settle();
