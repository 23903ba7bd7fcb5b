/* The rows of a sheet by keyboard: J and K move, Enter opens. */
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  const links = [...document.querySelectorAll("[data-rows] .sheet-open")];
  if (!step || !links.length) return;
  const here = links.indexOf(document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  next.focus();
  next.closest(".sheet-line").scrollIntoView({ block: "nearest" });
});
