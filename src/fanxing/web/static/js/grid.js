/* The grid of several records: a block pasted from a spreadsheet spreads from the cell it is pasted into, rows are added and copied. */
(() => {
  const form = document.querySelector("[data-grid]");
  const body = form.querySelector("tbody");
  const pattern = form.querySelector("template").innerHTML;
  const more = form.querySelector("[data-more]");
  const longest = Number(form.dataset.grid);
  const titles = [...form.querySelectorAll("[data-title]")].map((one) => one.dataset.title);
  const rows = () => [...body.querySelectorAll("[data-row]")];
  const cells = (row) => [...row.querySelectorAll("[data-column]")];
  const tell = (words) => (form.querySelector("[data-told]").textContent = words);

  function add() {
    const number = rows().length + 1;
    if (number > longest) return false;
    body.insertAdjacentHTML("beforeend", pattern.replaceAll("%row%", number));
    form.elements.rows.value = number;
    if (more) more.hidden = number === longest;
    return true;
  }

  /* The lines and cells of what a spreadsheet copies: tabs between cells, quotes around a cell with a line break in it. */
  function block(text) {
    const lines = [[]];
    for (const [whole, quoted, plain, end] of `${text.replace(/\r\n?/g, "\n").replace(/\n$/, "")}\n`.matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\n])|([^\t\n]*))(\t|\n)/g)) {
      if (!whole) continue;
      lines.at(-1).push((quoted === undefined ? plain : quoted.replaceAll('""', '"')).replace(/\s*\n\s*/g, " ").trim());
      if (end === "\n") lines.push([]);
    }
    return lines.slice(0, -1);
  }

  /* The columns that a line of titles names; nothing where it is not one. */
  function named(line) {
    const places = line.map((words) => titles.indexOf(words.replace(/（.*）$/, "")));
    return line.some(Boolean) && line.every((words, place) => !words || places[place] >= 0) ? places : undefined;
  }

  function spread(lines, from, column) {
    const places = named(lines[0]);
    const told = places ? lines.slice(1) : lines;
    let put = 0;
    for (const line of told) {
      if (from + put >= rows().length && !add()) break;
      const row = cells(rows()[from + put]);
      line.forEach((words, place) => {
        const cell = row[places ? places[place] : column + place];
        if (cell) cell.value = words;
      });
      put += 1;
    }
    const left = told.length - put;
    tell(`已粘贴 ${put} 行，请看一遍再登记。${left ? `一次最多 ${longest} 行，还有 ${left} 行没有粘贴，登记后再粘贴，或从表格导入。` : ""}`);
  }

  body.addEventListener("paste", (event) => {
    const cell = event.target.closest("[data-column]");
    const lines = cell && block(event.clipboardData.getData("text/plain"));
    if (!lines || (lines.length === 1 && lines[0].length === 1)) return;
    event.preventDefault();
    const row = cell.closest("[data-row]");
    spread(lines, rows().indexOf(row), cells(row).indexOf(cell));
  });

  body.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-column]");
    const copies = event.ctrlKey && event.key.toLowerCase() === "d";
    if (!cell || event.isComposing || !(copies || event.key === "Enter")) return;
    event.preventDefault();
    const at = rows().indexOf(cell.closest("[data-row]"));
    const column = cells(rows()[at]).indexOf(cell);
    if (copies) cell.value = at ? cells(rows()[at - 1])[column].value : cell.value;
    else if (at + 1 < rows().length || add()) cells(rows()[at + 1])[column].focus();
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-above], [data-clear], [data-more]");
    if (!button) return;
    if (button === more) {
      event.preventDefault();
      add();
      return cells(rows().at(-1))[0].focus();
    }
    const at = rows().indexOf(button.closest("[data-row]"));
    const above = at && button.matches("[data-above]") ? cells(rows()[at - 1]) : [];
    cells(rows()[at]).forEach((cell, place) => (cell.value = above[place]?.value ?? ""));
    cells(rows()[at])[0].focus();
  });
})();
