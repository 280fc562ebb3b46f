"use strict";
// Small comforts; every page works without them. Loads nothing from anywhere but the console.

const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

// The parts of the page that change by themselves: fetched again, and put in place where they differ.

const typing = (part) => part.querySelector("details[open]") ||
  (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

function renew(fresh) {
  each("[data-live]", (part) => {
    const newer = fresh.getElementById(part.id);
    if (!newer || typing(part) || newer.innerHTML === part.innerHTML) return;
    const held = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.innerHTML = newer.innerHTML;
    if (held) part.querySelector(`[href="${CSS.escape(held)}"]`)?.focus();
  });
  return Number(fresh.body.dataset.poll);
}

async function watch(milliseconds) {
  for (let pause = milliseconds; ; ) {
    await new Promise((done) => setTimeout(done, pause));
    if (document.hidden) continue;
    try {
      const began = performance.now();
      const answer = await fetch(location.href);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      pause = Math.max((answer.ok && renew(fresh)) || milliseconds, 4 * (performance.now() - began));
    } catch {
      pause = milliseconds * 2; // the sandbox has ended, or is busy
    }
  }
}

if (document.body.dataset.poll) watch(Number(document.body.dataset.poll));

// The form of a new contract.

function number(people) {
  const rows = people.querySelectorAll("[data-person]");
  rows.forEach((row, index) => {
    row.querySelector("[data-number]").textContent = index + 1;
    row.querySelector("[data-remove]").hidden = rows.length === 1;
    each("input", (input) => {
      const id = input.id.replace(/-\d+-/, `-${index}-`);
      row.querySelector(`label[for="${input.id}"]`).htmlFor = id;
      input.id = id;
    }, row);
  });
}

each("[data-people]", (people) => {
  const add = document.querySelector("[data-add]");
  add.hidden = false;
  number(people);
  add.addEventListener("click", () => {
    const row = people.lastElementChild.cloneNode(true);
    each("input", (input) => { input.value = ""; input.removeAttribute("aria-invalid"); }, row);
    each(".wrong", (text) => text.remove(), row);
    people.append(row);
    number(people);
    row.querySelector("input").focus();
  });
  people.addEventListener("click", (event) => {
    if (!event.target.matches("[data-remove]")) return;
    event.target.closest("[data-person]").remove();
    number(people);
  });
});

each("[data-drop]", (drop) => {
  const input = drop.querySelector("input[type=file]");
  const chosen = drop.querySelector("[data-chosen]");
  const own = document.querySelector("input[name=document][value=file]");
  const tell = () => {
    const file = input.files[0];
    if (!file) return;
    const large = file.size > 50 * 1024 * 1024;
    input.setCustomValidity(large ? "A document may have 50 MiB at most." : "");
    if (large) input.reportValidity();
    chosen.textContent = `${file.name}, ${Math.max(1, Math.round(file.size / 1000))} kB`;
    own.checked = true;
  };
  input.addEventListener("change", tell);
  for (const [kind, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", over);
      if (kind === "drop" && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        tell();
      }
    });
  }
});

each("form[data-busy]", (form) => form.addEventListener("submit", () => {
  const button = form.querySelector("button.go");
  button.textContent = form.dataset.busy;
  setTimeout(() => { button.disabled = true; });
}));

document.getElementById("refused")?.focus();
