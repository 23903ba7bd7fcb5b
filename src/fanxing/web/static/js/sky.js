/* The sky of stars: what is pointed at is named, a click opens it, a part fills the stage. The units are those of the list. */

document.addEventListener("DOMContentLoaded", () => {
  const sky = document.querySelector("[data-sky]");
  if (!sky) return;
  const stage = sky.querySelector(".sky-stage");
  const map = sky.querySelector(".sky-map");
  const lens = sky.querySelector(".sky-lens");
  const card = sky.querySelector(".sky-card");
  const whole = map.getAttribute("viewBox").split(" ").map(Number);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const spacing = Number(stage.dataset.spacing);
  const points = [...document.querySelectorAll(".sky-list [data-at]")].map((link) => {
    const [x, y] = link.dataset.at.split(" ").map(Number);
    return { x, y, link };
  });
  let view = whole;
  let lit = null;
  let turn = 0;

  // ---- Where one points

  function place(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    const thumb = event.pointerType === "mouse" ? 0.75 : 1.6;
    return nearest(at, (one) => Math.hypot(one.x - at.x, one.y - at.y), spacing * thumb);
  }

  function nearest(at, distance, limit) {
    let found = null;
    let least = limit;
    for (const one of points) {
      const away = distance(one);
      if (away < least) [found, least] = [one, away];
    }
    return found;
  }

  // ---- The card

  function show(one) {
    if (one === lit) return;
    lit = one;
    sky.classList.toggle("sky-lit", Boolean(one));
    card.hidden = !one;
    if (!one) return;
    lens.setAttribute("cx", one.x);
    lens.setAttribute("cy", one.y);
    card.replaceChildren(...said(one.link));
    settle(one);
  }

  function said(link) {
    const part = link.closest("details").querySelector("summary strong").textContent;
    const shelf = link.closest("ul").previousElementSibling.textContent.trim();
    const name = made("strong", link.textContent);
    const where = made("small", part === shelf ? part : `${part} · ${shelf}`);
    const tier = made("b", link.nextSibling.textContent.trim());
    const list = document.createElement("ul");
    document.querySelectorAll(`.sky-legend [data-kind="${link.dataset.is}"] dd`).forEach((star, index) => {
      const held = link.dataset.has[index] === "1";
      const line = made("li", star.textContent + (held ? "" : "（未达到）"));
      line.className = held ? star.className : "none";
      list.append(line);
    });
    const open = made("a", "查看这个单位");
    open.href = link.href;
    open.className = "btn btn-primary";
    return [name, where, tier, list, open];
  }

  function made(tag, text) {
    const one = document.createElement(tag);
    one.textContent = text;
    return one;
  }

  // Beside the point, on the side where there is room.
  function settle(one) {
    const frame = stage.getBoundingClientRect();
    const at = new DOMPoint(one.x, one.y).matrixTransform(map.getScreenCTM());
    const [x, y] = [at.x - frame.left, at.y - frame.top];
    const left = x + 20 + card.offsetWidth > frame.width ? x - 20 - card.offsetWidth : x + 20;
    card.style.left = `${Math.max(0, left)}px`;
    card.style.top = `${Math.min(Math.max(0, y - 40), frame.height - card.offsetHeight)}px`;
  }

  // ---- A part fills the stage

  function fly(box) {
    show(null);
    sky.classList.toggle("sky-near", box !== whole);
    const from = view;
    const mine = ++turn;
    if (calm.matches) return look(box);
    const start = performance.now();
    const step = (now) => {
      if (mine !== turn) return;
      const share = Math.min(1, (now - start) / 420);
      const eased = 1 - (1 - share) ** 3;
      look(from.map((side, index) => side + (box[index] - side) * eased));
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  function look(box) {
    view = box;
    map.setAttribute("viewBox", box.join(" "));
  }

  const parts = [...sky.querySelectorAll("[data-to]")];

  function go(part) {
    for (const one of parts) one.toggleAttribute("aria-current", one === part);
    part.setAttribute("aria-current", "true");
    part.scrollIntoView({ block: "nearest", inline: "center" });
    fly(part.dataset.to ? part.dataset.to.split(" ").map(Number) : whole);
  }

  for (const part of parts)
    part.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      go(part);
    });

  // ---- Pointing, tapping, the keyboard

  map.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") show(place(event));
  });
  map.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") show(null);
  });
  map.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const seat = event.target.closest(".sky-seat");
    const group = event.target.closest("[data-part]");
    const part = group && parts.find((one) => one.dataset.part === group.dataset.part);
    if (seat) return go(part);
    const touched = event.pointerType && event.pointerType !== "mouse";
    // A thumb covers several points of the whole sky: the first tap comes nearer.
    if (touched && view === whole && part && parts.length > 2) return go(part);
    const one = place(event);
    if (!one) return show(null);
    if (touched) show(one);
    else location.assign(one.link.href);
  });

  stage.tabIndex = 0;
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", "繁星图：用方向键逐个看单位，回车打开，退出键回到全部");
  const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  stage.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && lit && event.target === stage) return location.assign(lit.link.href);
    if (event.key === "Escape") return go(parts[0]);
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    if (!lit) return show(points[0] || null);
    const { x, y } = lit;
    const next = nearest(
      lit,
      (one) => {
        const along = (one.x - x) * way[0] + (one.y - y) * way[1];
        const aside = Math.abs((one.x - x) * way[1]) + Math.abs((one.y - y) * way[0]);
        return along > 0.5 ? along + 2 * aside : Infinity;
      },
      Infinity,
    );
    if (next) show(next);
  });
  // Who walks by keyboard leaves the sky by it; a thumb on the card must not close it.
  let keyed = false;
  stage.addEventListener("keydown", () => (keyed = true), true);
  stage.addEventListener("pointerdown", () => (keyed = false), true);
  stage.addEventListener("focusout", (event) => {
    if (keyed && !stage.contains(event.relatedTarget)) show(null);
  });
});
