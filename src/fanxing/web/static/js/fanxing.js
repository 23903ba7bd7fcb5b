/* The few things the pages do by themselves; the server does the rest. */

document.addEventListener("alpine:init", () => {
  Alpine.data("toast", () => ({
    open: true,
    init() {
      // Long enough to be read; a warning stays until it is closed.
      const reading = 4000 + 100 * this.$root.textContent.trim().length;
      if (!this.$root.matches(".note-warning, .note-error")) setTimeout(() => this.close(), reading);
    },
    close() {
      this.open = false;
    },
  }));
});

// The account menu closes when something else is clicked, or on Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form that is under way is not sent twice.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});

// What an address points to inside a closed outline is opened: older browsers do not by themselves.
function reveal() {
  const sought = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let outer = sought && sought.parentElement; outer; outer = outer.parentElement) if (outer.matches("details")) outer.open = true;
  if (sought) sought.scrollIntoView();
}
document.addEventListener("DOMContentLoaded", reveal);
window.addEventListener("hashchange", reveal);

// Where the device is goes into a field, each time only when the button is pressed; the browser asks once more.
function offerPosition() {
  if (!navigator.geolocation || !isSecureContext) return;
  for (const button of document.querySelectorAll("[data-locate]")) button.hidden = false;
}
function locate(button) {
  const field = document.getElementById(button.dataset.locate);
  const told = document.getElementById(`${field.id}_located`);
  button.disabled = true;
  told.textContent = "正在定位……";
  const done = (words) => {
    button.disabled = false;
    told.textContent = words;
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      field.value = `北纬 ${coords.latitude.toFixed(5)}，东经 ${coords.longitude.toFixed(5)}（约 ${Math.ceil(coords.accuracy)} 米内）`;
      done("已填入，提交前可以删去。");
    },
    () => done("没有取到位置，写清地点也一样能办。"),
    { enableHighAccuracy: true, timeout: 15000 },
  );
}
document.addEventListener("DOMContentLoaded", offerPosition);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-locate]");
  if (button) locate(button);
});

// A button that prints.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// On paper everything is open.
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll(".rule:not([open])")];
  for (const rule of opened) rule.open = true;
});
window.addEventListener("afterprint", () => {
  for (const rule of opened) rule.open = false;
});

// A button that copies what a field says; where the browser does not allow it, the words are marked to be copied by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  const written = navigator.clipboard ? navigator.clipboard.writeText(field.value) : Promise.reject();
  const done = await written.then(
    () => true,
    () => document.execCommand("copy"),
  );
  button.querySelector("span").textContent = done ? "已复制" : "请按 Ctrl+C";
});

// Buttons that need script are shown where there is script.
document.documentElement.classList.add("scripted");
