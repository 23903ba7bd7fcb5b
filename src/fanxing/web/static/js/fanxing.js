/* The few things the pages do by themselves; the server does the rest. */

document.addEventListener("alpine:init", () => {
  Alpine.data("toast", () => ({
    open: true,
    init() {
      // A warning stays until it is closed.
      if (!this.$root.matches(".note-warning, .note-error")) setTimeout(() => this.close(), 6000);
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
