/* The ledger by keyboard: / searches, j and k go from record to record, n and p turn the page. */

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const next = rows[Math.min(Math.max(rows.indexOf(document.activeElement) + by, 0), rows.length - 1)];
  if (next) next.focus();
}

const KEYS = {
  "/": () => document.querySelector("#filters [name=q]").focus(),
  j: () => step(1),
  k: () => step(-1),
  n: () => document.querySelector("#list a[rel=next]")?.click(),
  p: () => document.querySelector("#list a[rel=prev]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
