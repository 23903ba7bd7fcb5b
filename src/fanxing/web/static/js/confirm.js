/* Ticking without a round trip: how many are chosen stands on the button; without script the link asks the server. */

const boxes = () => [...document.querySelectorAll('.awaiting input[name="record"]')];

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  for (const place of document.querySelectorAll("[data-ticked]")) place.textContent = chosen ? `（${chosen}）` : "";
  for (const link of document.querySelectorAll("[data-tick]")) {
    link.dataset.tick = chosen === boxes().length ? "none" : "all";
    link.textContent = chosen === boxes().length ? "全不选" : "全选";
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches('.awaiting input[name="record"]')) count();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-tick]");
  if (!link) return;
  event.preventDefault();
  for (const box of boxes()) box.checked = link.dataset.tick === "all";
  count();
});
document.addEventListener("DOMContentLoaded", count);
window.addEventListener("pageshow", count);
