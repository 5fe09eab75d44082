// The scan desk: files sent one by one with their progress, and the table as it changes. Without this the form and the reload link work.
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const form = document.getElementById("drop");
  const live = document.getElementById("live");

  const sized = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const waiting = [];
  let busy = false;

  function say(name, text) {
    const list = document.querySelector("#sent ul") || document.getElementById("sent").appendChild(document.createElement("ul"));
    list.className = "sent";
    const line = document.createElement("li");
    line.className = "problem";
    const bold = document.createElement("b");
    bold.textContent = name;
    line.append(bold, `: ${text}`);
    list.prepend(line);
  }

  function show(html) {
    const part = document.createElement("template");
    part.innerHTML = html; // rendered and escaped by our server
    const list = document.querySelector("#sent ul");
    if (list) list.prepend(...part.content.querySelectorAll("li"));
    else document.getElementById("sent").append(part.content);
  }

  function next() {
    const file = waiting.shift();
    document.getElementById("sending").hidden = !file;
    busy = Boolean(file);
    if (!file) return;
    const text = document.getElementById("sending-text");
    const share = document.getElementById("sent-share");
    const tell = (done) => {
      share.value = file.size ? (100 * done) / file.size : 100;
      text.textContent = `送信中: ${file.name}（${sized(done)} / ${sized(file.size)}）${waiting.length ? `、あと ${waiting.length} ファイル` : ""}`;
    };
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRF-Token", form.dataset.token);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => tell(Math.min(event.loaded, file.size)));
    request.addEventListener("load", () => {
      const away = request.getResponseHeader("HX-Redirect");
      if (away) { location.href = away; return; }
      if (request.status === 200) show(request.responseText);
      else say(file.name, request.status === 403 ? "画面の有効期限が切れました。画面を読み込み直してください。" : "送信できませんでした。もう一度送ってください。");
      next();
    });
    request.addEventListener("error", () => { say(file.name, "送信できませんでした。接続を確認して、もう一度送ってください。"); next(); });
    tell(0);
    const body = new FormData();
    body.append("files", file);
    request.send(body);
  }

  function take(files) {
    const most = Number(form.dataset.most);
    for (const file of files) {
      if (file.size > most) say(file.name, `ファイルが大きすぎます（上限 ${Math.floor(most / 1e6)} MB）。分けて入れてください。`);
      else waiting.push(file);
    }
    if (!busy) next();
  }

  if (form) {
    const input = document.getElementById("files");
    input.addEventListener("change", () => { take(input.files); form.reset(); });
    form.addEventListener("submit", (event) => { event.preventDefault(); take(input.files); form.reset(); });
    for (const kind of ["dragenter", "dragover"]) {
      document.addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("over"); });
    }
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      if (event.dataTransfer) take(event.dataTransfer.files);
    });
    window.addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });
  }

  let newest = null;
  function tellNews() { // for those who hear the page: the newest line that has come to something
    const row = document.querySelector("#lines tbody tr:not(.wait)");
    if (!row) { newest = ""; return; }
    const missing = [...row.querySelectorAll(".mark.missing, .mark.doubt")].map((cell) => `${cell.querySelector(".kind").textContent} ${cell.querySelector(".word").textContent}`);
    const text = [row.querySelector(".file").textContent, row.querySelector(".said").textContent, ...missing].join("、");
    const known = `${row.dataset.key} ${text}`;
    if (newest !== null && newest !== known) document.getElementById("news").textContent = text;
    newest = known;
  }

  if (window.EventSource) {
    tellNews();
    const source = new EventSource("/scans/events");
    source.addEventListener("open", () => { live.textContent = "自動で更新しています"; });
    for (const part of ["state", "lines"]) {
      source.addEventListener(part, (event) => {
        document.querySelector(`[data-part="${part}"]`).innerHTML = event.data; // rendered and escaped by our server
        if (part === "lines") tellNews();
      });
    }
    source.addEventListener("end", (event) => { source.close(); live.textContent = event.data; });
    source.addEventListener("error", () => {
      live.textContent = source.readyState === EventSource.CLOSED ? "自動更新が止まりました。「最新の状態に更新」を押してください。" : "接続し直しています…";
    });
    window.addEventListener("pagehide", () => source.close());
  }
})();
