/* The inbox by keyboard: j and k go from one thing to the next, Enter opens it, x marks it for a step taken with several. */

const things = () => [...document.querySelectorAll(".task")];
const boxes = () => [...document.querySelectorAll('.task input[name="item"]')];

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  for (const place of document.querySelectorAll("[data-ticked]")) place.textContent = chosen ? `（${chosen}）` : "";
}

function go(step) {
  const all = things();
  const here = all.findIndex((one) => one.contains(document.activeElement));
  const next = all[here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1)];
  if (!next) return;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const here = document.activeElement && document.activeElement.closest(".task");
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "x" && here && here.querySelector('input[name="item"]')) here.querySelector('input[name="item"]').click();
  else if (event.key === "Enter" && document.activeElement === here && here) {
    const way = here.querySelector(".task-acts > a, .task-title a, .task-acts button");
    if (way) way.click();
  } else return;
  event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.matches('[data-tick-all], .task input[name="item"]')) count();
});
window.addEventListener("pageshow", count);
