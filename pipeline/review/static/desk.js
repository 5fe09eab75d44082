// The little that the server cannot do. No inline handlers: the page's policy forbids them.
"use strict";
for (const link of document.querySelectorAll("[data-absolute]")) link.textContent = link.href;
