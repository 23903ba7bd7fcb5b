/* What is typed is kept on the device while it is typed; without a network it waits in the queue. The server judges when it is sent.

   One store, `entries`: { id (the form's key), user, address, title, values [[name, text]], files [{name, file}], said [[label, text]],
   filled_at, state, … }. `state` is draft, waiting, sending (sent, no answer yet), received, refused or overtaken. */

const offline = (() => {
  const frame = document.querySelector("[data-user]");
  const user = frame ? frame.dataset.user : "";
  const SENDABLE = ["waiting", "sending"];
  const NOT_KEPT = ["csrfmiddlewaretoken", "key", "next"];

  const database = new Promise((resolve, reject) => {
    const opening = indexedDB.open("fanxing", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("entries", { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });

  async function ask(mode, act) {
    const transaction = (await database).transaction("entries", mode, { durability: "strict" });
    const asked = act(transaction.objectStore("entries"));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
  const everyone = () => ask("readonly", (store) => store.getAll());
  const all = async () => (await everyone()).filter((one) => one.user === user);
  const get = async (id) => (await all()).find((one) => one.id === id);
  const put = (entry) => ask("readwrite", (store) => store.put(entry)).then(count);
  const remove = (id) => ask("readwrite", (store) => store.delete(id)).then(count);

  async function count() {
    const waiting = (await all()).filter((one) => !["draft", "received"].includes(one.state)).length;
    for (const link of document.querySelectorAll("[data-queue]")) {
      link.hidden = !waiting;
      link.querySelector("[data-waiting]").textContent = waiting;
    }
    document.dispatchEvent(new Event("queue"));
  }

  // ---- sending

  /* Who the server takes us for: undefined without a network, "" where the session has ended. */
  async function sender() {
    try {
      const answer = await fetch("/queue/sender/", { cache: "no-store", signal: AbortSignal.timeout(8000) });
      return answer.ok ? await answer.json() : undefined;
    } catch {
      return undefined;
    }
  }

  async function post(entry, token, more) {
    const form = new FormData();
    for (const [name, text] of entry.values) form.append(name, text);
    for (const { name, file } of entry.files) form.append(name, file, file.name);
    form.append("key", entry.id);
    for (const [name, text] of more) form.append(name, text);
    const headers = { Accept: "application/json", "X-CSRFToken": token, "X-Filled-By": encodeURIComponent(entry.user) };
    return fetch(entry.address, { method: "POST", body: form, headers, redirect: "manual" });
  }

  const read = async (answer) => ((answer.headers.get("Content-Type") || "").startsWith("application/json") ? answer.json() : {});

  /* One entry of the queue: what the server says of it becomes its state. Without an answer it goes on waiting. */
  async function send(entry, token) {
    await put({ ...entry, state: "sending" });
    let answer, said;
    try {
      answer = await post(entry, token, [["queued", "yes"]]);
      said = await read(answer);
    } catch {
      return;
    }
    if (answer.ok && said.receipt) await put({ ...entry, state: "received", receipt: said.receipt, record: said.record, values: [], files: [] });
    else if (said.overtaken) await put({ ...entry, state: "overtaken", now: said.overtaken });
    else if (said.faults) await put({ ...entry, state: "refused", why: said.faults });
    else if (said.another || answer.type === "opaqueredirect" || answer.status >= 500) await put({ ...entry, state: "waiting" });
    else await put({ ...entry, state: "refused", why: ["现在的岗位不能登记这一条，或这条记录已经看不到了。内容还在，可以导出。"] });
  }

  // `held`: the entry that the form is sending itself.
  let busy = false, held;
  async function sendAll(chosen = (one) => SENDABLE.includes(one.state)) {
    const entries = (await all()).filter(chosen);
    if (busy || !entries.length) return "";
    const found = await sender();
    if (!found) return "现在没有网络，连上以后会自动发送。";
    if (!found.user) return "登录已过期。内容都在本机，登录后会自动发送。";
    if (found.user !== user) return "现在登录的是另一位用户，这些内容等本人登录后再发送。";
    busy = true;
    try {
      for (const entry of entries) if (entry.id !== held) await send(entry, found.token);
    } finally {
      busy = false;
    }
    return "";
  }

  // ---- the form

  function taken(form) {
    const values = [], files = [];
    for (const [name, value] of new FormData(form)) {
      if (NOT_KEPT.includes(name)) continue;
      if (value instanceof File) value.size && files.push({ name, file: value });
      else values.push([name, value]);
    }
    return { values, files, said: words(form) };
  }

  function words(form) {
    const said = [];
    for (const one of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      const label = (one.closest("fieldset")?.querySelector("legend") || form.querySelector(`label[for="${CSS.escape(one.id)}"]`))?.textContent;
      if (["radio", "checkbox"].includes(one.type)) {
        if (one.checked) said.push([label || one.name, one.closest("label")?.textContent || one.labels?.[0]?.textContent || one.value]);
      } else if (one.type === "file") for (const file of one.files) said.push([label, file.name]);
      else if (one.value) said.push([label || one.name, one.tagName === "SELECT" ? one.selectedOptions[0].textContent : one.value]);
    }
    return said.map(([label, text]) => [label.replace(/必填|选填/, "").replace(/\s+/g, " ").trim(), text.replace(/\s+/g, " ").trim()]);
  }

  function entryOf(form, state) {
    const id = form.elements.key.value;
    const address = location.pathname;
    return { id, user, address, title: form.dataset.entry, ...taken(form), filled_at: new Date().toISOString(), state };
  }

  function refill(form, entry) {
    form.elements.key.value = entry.id;
    for (const one of form.elements) {
      const texts = entry.values.filter(([name]) => name === one.name).map(([, text]) => text);
      if (["radio", "checkbox"].includes(one.type)) one.checked = texts.includes(one.value);
      else if (one.type !== "file" && one.type !== "hidden" && one.name && one.tagName !== "BUTTON") one.value = texts[0] ?? "";
    }
    refile(form, entry);
  }

  function refile(form, entry) {
    for (const input of form.querySelectorAll("input[type=file]")) {
      const files = entry.files.filter((one) => one.name === input.name);
      if (!files.length || input.files.length) continue;
      const carried = new DataTransfer();
      for (const { file } of files) carried.items.add(file);
      input.files = carried.files;
    }
  }

  function offer(form, drafts) {
    const place = form.querySelector("[data-drafts]");
    if (!place || !drafts.length) return;
    place.hidden = false;
    const told = document.createElement("span");
    told.textContent = "这台设备上有没写完的：";
    place.replaceChildren(told);
    for (const draft of drafts) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-plain btn-sm";
      button.textContent = `继续写 ${new Date(draft.filled_at).toLocaleString("zh-CN", { dateStyle: "short", timeStyle: "short" })}`;
      button.addEventListener("click", () => {
        refill(form, draft);
        place.hidden = true;
      });
      place.append(button);
    }
  }

  async function open(form) {
    const entries = (await all()).filter((one) => one.address === location.pathname && one.state !== "received");
    const sought = new URLSearchParams(location.hash.slice(1)).get("draft");
    const chosen = sought && (await get(sought));
    const same = entries.find((one) => one.id === form.elements.key.value);
    if (chosen) refill(form, chosen);
    else if (same && form.querySelector(".fault, .faults")) refile(form, same);
    else {
      // A page kept on the device carries the key it came with: what is begun anew is another entry.
      form.elements.key.value = crypto.randomUUID().replaceAll("-", "");
      offer(form, entries.filter((one) => one.state === "draft"));
    }
  }

  function watch(form) {
    let timer, sending = false;
    const keep = () => {
      clearTimeout(timer);
      if (timer && !sending) put(entryOf(form, "draft"));
      timer = undefined;
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 250);
    });
    document.addEventListener("visibilitychange", () => document.hidden && keep());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (sending) return;
      sending = true;
      clearTimeout(timer);
      const more = event.submitter?.name ? [[event.submitter.name, event.submitter.value]] : [];
      await submit(form, [...more, ["next", form.elements.next.value]]);
      sending = false;
    });
  }

  async function submit(form, more) {
    const entry = entryOf(form, "draft");
    held = entry.id;
    await put(entry);
    const found = await sender();
    if (!found) return later(entry);
    if (found.user !== user) return later(entry);
    let answer, said;
    try {
      await put({ ...entry, state: "sending" });
      answer = await post(entry, found.token, more);
      said = await read(answer);
    } catch {
      return later(entry, "sending");
    }
    if (said.overtaken) {
      await put({ ...entry, state: "overtaken", now: said.overtaken });
      return location.assign("/queue/");
    }
    if (answer.ok && said.next) {
      await remove(entry.id);
      return location.assign(said.next);
    }
    // Nothing was written: the browser sends the form as it always does, and shows what is wrong.
    await put(entry);
    form.elements.csrfmiddlewaretoken.value = found.token;
    for (const [name, text] of more) if (!form.elements[name] || form.elements[name].tagName === "BUTTON") form.append(hidden(name, text));
    return HTMLFormElement.prototype.submit.call(form);
  }

  function hidden(name, value) {
    return Object.assign(document.createElement("input"), { type: "hidden", name, value });
  }

  async function later(entry, state = "waiting") {
    await put({ ...entry, state });
    location.assign("/queue/");
  }

  // ---- pages kept on the device

  async function keep(paths) {
    const pages = await caches.open(`pages:${user}`);
    for (const path of paths) {
      const answer = await fetch(path, { redirect: "error" }).catch(() => undefined);
      if (!answer?.ok) continue;
      const html = await answer.text();
      // Between two people who share a device: only what was answered to this one is kept for this one.
      const kept = new DOMParser().parseFromString(html, "text/html");
      if (kept.querySelector("[data-user]")?.dataset.user !== user) continue;
      await keepParts(kept);
      await pages.put(path, new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": answer.headers.get("Content-Security-Policy") || "default-src 'none'" } }));
    }
  }

  async function keepParts(kept) {
    const parts = [...kept.querySelectorAll("link[href], script[src], img[src], use[href]")].map((one) => one.getAttribute("href") ?? one.getAttribute("src"));
    const own = new Set([...parts, ...performance.getEntriesByType("resource").map((one) => one.name)].map((one) => new URL(one, location).href.split("#")[0]));
    const shell = await caches.open("shell");
    for (const part of own) if (new URL(part).pathname.startsWith("/static/") && !(await shell.match(part))) await shell.add(part).catch(() => undefined);
  }

  async function forgetOthers() {
    for (const name of await caches.keys()) if (name.startsWith("pages:") && name !== `pages:${user}`) await caches.delete(name);
  }

  async function start() {
    if (!user || !("serviceWorker" in navigator) || !window.isSecureContext) return;
    const form = document.querySelector("form[data-entry]");
    if (form) {
      watch(form);
      await open(form);
    }
    await count();
    await forgetOthers();
    await navigator.serviceWorker.register("/worker.js").catch(() => undefined);
    const here = document.querySelector("form[data-entry], [data-keep-forms], [data-list]") ? [location.pathname] : [];
    const pages = await caches.open(`pages:${user}`);
    const lacking = here.length && here[0] !== "/queue/" ? ["/queue/", ...here] : here;
    if (lacking.length) {
      for (const path of lacking) if (path !== "/queue/" || !(await pages.match(path))) await keep([path]);
    }
    await sendAll();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-keep-forms]");
    if (!button) return;
    button.disabled = true;
    const links = [...document.querySelectorAll("a.kind")].map((one) => new URL(one.href).pathname);
    await keep(["/queue/", location.pathname, ...links]);
    button.querySelector("span").textContent = `已存 ${links.length} 张表，没网也能填`;
  });
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches('[action="/sign-out/"]')) return;
    for (const name of await caches.keys()) if (name.startsWith("pages:")) await caches.delete(name);
  });
  window.addEventListener("online", () => sendAll());
  start();

  return { user, all, everyone, get, put, remove, send, sendAll, sender };
})();
