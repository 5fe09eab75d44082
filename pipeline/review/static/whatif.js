// What a screen reader says of the slider's place, and no button where the figures follow by themselves.
"use strict";
const slider = document.getElementById("step");
slider.addEventListener("input", () => slider.setAttribute("aria-valuetext", slider.dataset.texts.split("|")[slider.value]));
slider.form.querySelector("button").hidden = true;
slider.form.addEventListener("submit", (event) => event.preventDefault());
