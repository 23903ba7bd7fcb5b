/* What is typed is kept on the device while it is typed; without a network it waits in the queue. The server judges when it is sent.

   One store, `entries`: { id (the form's key), user, address, title, values [[name, text]], files [{name, file}], said [[label, text]],
   filled_at, state, … }. `state` is draft, waiting, sending (sent, no answer yet), received, refused or overtaken.

   An entry is open on one page or under way, never both, in however many windows: whoever writes or sends it holds the lock of its key. */

const offline = (() => {
  const frame = document.querySelector("[data-user]");
  const user = frame ? frame.dataset.user : "";
  const SENDABLE = ["waiting", "sending"];
  const NOT_KEPT = ["csrfmiddlewaretoken", "key", "next"];
  const KEPT_AFTER = 250;
  const AGAIN_AFTER = 30000;
  // The form anew, after one that waits.
  const AGAIN = "?waits";

  const database = new Promise((resolve, reject) => {
    const opening = indexedDB.open("fanxing", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("entries", { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });

  async function ask(mode, act) {
    const transaction = (await database).transaction("entries", mode, { durability: "strict" });
    const asked = act(transaction.objectStore("entries"));
    // Said at once, so that what was typed last is kept although the page is being left.
    transaction.commit();
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

  // ---- locks

  const lock = (id, act) => navigator.locks.request(`entry:${id}`, { ifAvailable: true }, (got) => (got ? act() : false));

  /* Hold an entry as long as the page is there, and let go of the one before; whether it was free. */
  let letGo = () => {};
  function hold(id) {
    letGo();
    return new Promise((told) => {
      const kept = () => (told(true), new Promise((free) => (letGo = free)));
      lock(id, kept).then((was) => told(was !== false));
    });
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

  const NOT_YOURS = "现在的岗位不能登记这一条，或这条记录已经看不到了。内容还在，可以导出。";
  const REFUSED = { 403: NOT_YOURS, 404: NOT_YOURS, 413: "照片和文件太大，没有收下。请点“修改”，换小一些的再发送。" };

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
    if (answer.ok && said.receipt) await put({ ...entry, state: "received", receipt: said.receipt, record: said.record, values: [], files: [], said: [] });
    else if (said.overtaken) await put({ ...entry, state: "overtaken", now: said.overtaken });
    else if (said.faults) await put({ ...entry, state: "refused", why: said.faults, same: said.same });
    else if (said.another || answer.type === "opaqueredirect" || answer.status >= 500) await put({ ...entry, state: "waiting" });
    else await put({ ...entry, state: "refused", why: [REFUSED[answer.status] || `没有收下（${answer.status}）。内容还在，可以导出。`] });
  }

  /* Send what waits, in the order in which it was written, or the `only` one of it; what is to be said of it all, if anything. */
  async function sendAll(only) {
    const due = (one) => one && SENDABLE.includes(one.state) && (!only || one.id === only);
    const entries = (await all()).filter(due).sort((a, b) => a.filled_at.localeCompare(b.filled_at));
    if (!entries.length) return "";
    const found = await sender();
    if (!found) return "现在没有网络，连上以后会自动发送。";
    if (!found.user) return "登录已过期。内容都在本机，登录后会自动发送。";
    if (found.user !== user) return "现在登录的是另一位用户，这些内容等本人登录后再发送。";
    for (const { id } of entries)
      await lock(id, async () => {
        // Read only now: another window may have sent or changed it meanwhile.
        const entry = await get(id);
        if (due(entry)) await send(entry, found.token);
      });
    return "";
  }

  const sendInTime = async () => document.hidden || document.dispatchEvent(new CustomEvent("told", { detail: await sendAll() }));

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
      else if (one.value && "personal" in one.dataset) said.push([label, "已填"]);
      else if (one.value) said.push([label || one.name, one.tagName === "SELECT" ? one.selectedOptions[0].textContent : one.value]);
    }
    return said.map(([label, text]) => [label.replace(/必填|选填/, "").replace(/\s+/g, " ").trim(), text.replace(/\s+/g, " ").trim()]);
  }

  /* `pressed`: the button, where it says something, as a form sent by the browser would. */
  function entryOf(form, state, pressed = []) {
    const id = form.elements.key.value;
    const { values, files, said } = taken(form);
    return { id, user, address: location.pathname, title: form.dataset.entry, values: [...values, ...pressed], files, said, filled_at: new Date().toISOString(), state };
  }

  /* What is kept while it is typed: nothing personal, which is on the device only while it waits to be sent. */
  function draftOf(form) {
    const draft = entryOf(form, "draft");
    return { ...draft, values: draft.values.filter(([name]) => !form.elements[name].matches?.("[data-personal]")) };
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

  /* Words above the form, with what can be done about them. */
  function tell(form, words, ...more) {
    const place = form.querySelector("[data-drafts]");
    place.hidden = false;
    place.replaceChildren(Object.assign(document.createElement("span"), { textContent: words }), ...more);
  }

  const queueLink = () => Object.assign(document.createElement("a"), { className: "btn btn-plain btn-sm", href: "/queue/", textContent: "看待发送" });

  function offer(form, drafts) {
    if (!drafts.length) return;
    const buttons = drafts.map((draft) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain btn-sm" });
      const time = new Date(draft.filled_at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
      button.textContent = `继续写（${time}）${inShort(draft)}`;
      button.addEventListener("click", () => goOn(form, draft));
      return button;
    });
    tell(form, "这台设备上有没写完的：", ...buttons);
  }

  function inShort(entry) {
    const text = entry.said.map(([, words]) => words).join("，");
    return text.length > 24 ? `${text.slice(0, 24)}…` : text;
  }

  async function goOn(form, entry) {
    if (!(await hold(entry.id))) {
      await hold(form.elements.key.value);
      return tell(form, "这一条正在发送，或在另一个窗口里开着，请在那里继续。", queueLink());
    }
    const before = words(form);
    refill(form, (await get(entry.id)) || entry);
    const differences = location.pathname.endsWith("/correct/") ? differing(before, words(form)) : [];
    if (differences.length) tell(form, `与现在登记的不同：${differences.join("；")}`);
    else form.querySelector("[data-drafts]").hidden = true;
  }

  /* What a correction that was begun on an older version says otherwise than the record as it is now. */
  function differing(before, after) {
    const [now, mine] = [new Map(before), new Map(after)];
    const labels = new Set([...now.keys(), ...mine.keys()].filter((label) => label !== "更正原因" && now.get(label) !== mine.get(label)));
    return [...labels].map((label) => `${label} ${mine.get(label) || "不填"}（现在 ${now.get(label) || "没有填"}）`);
  }

  async function open(form) {
    const key = form.elements.key;
    const entries = (await all()).filter((one) => one.address === location.pathname && one.state !== "received");
    if (form.querySelector(".fault, .faults")) {
      // It came back from the server, which does not give files back.
      const same = entries.find((one) => one.id === key.value);
      if (same) refile(form, same);
      return hold(key.value);
    }
    // A page kept on the device carries the key it came with: what is begun anew is another entry.
    key.value = crypto.randomUUID().replaceAll("-", "");
    const sought = new URLSearchParams(location.hash.slice(1)).get("draft");
    const chosen = entries.find((one) => one.id === sought);
    if (chosen) return goOn(form, chosen);
    if (location.search === AGAIN) tell(form, "刚才那一条已存在这台设备上，连上网络后自动发送。", queueLink());
    else offer(form, entries.filter((one) => one.state === "draft"));
    return hold(key.value);
  }

  /* No room on the device: what is typed is on this page alone, which stays. */
  function notKept(form) {
    tell(form, "这台设备存不下了，写的内容只在这一页上：请不要关闭，连上网络后再点保存。");
    return true;
  }

  function watch(form, opened) {
    let timer, changed = false, sending = false;
    // Also while somebody writes without a pause; and never two at once, since photos take their time.
    const keep = async () => {
      clearTimeout(timer);
      await opened;
      if (changed && !sending) {
        changed = false;
        await put(draftOf(form)).catch(() => notKept(form));
      }
      timer = changed ? setTimeout(keep, KEPT_AFTER) : undefined;
    };
    form.addEventListener("input", () => {
      changed = true;
      timer ??= setTimeout(keep, KEPT_AFTER);
    });
    document.addEventListener("visibilitychange", () => document.hidden && keep());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (sending) return;
      sending = true;
      changed = false;
      await opened;
      // Where the page is left, nothing more is kept of it: the entry may be on its way.
      sending = !(await submit(form, event.submitter?.name ? [[event.submitter.name, event.submitter.value]] : []));
    });
  }

  /* Send the form, or let it wait; whether the page stays. */
  async function submit(form, pressed) {
    const entry = entryOf(form, "draft", pressed);
    const kept = await put(entry).then(() => true, () => false);
    const found = await sender();
    if (!found || found.user !== user) return kept ? later(entry) : notKept(form);
    if (!kept) return asAlways(form, found.token, pressed);
    let answer, said;
    try {
      await put({ ...entry, state: "sending" });
      answer = await post(entry, found.token, [["next", form.elements.next.value]]);
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
    // Nothing was written: the browser sends the form again, and shows what is wrong.
    await put(entry);
    return asAlways(form, found.token, pressed);
  }

  function asAlways(form, token, pressed) {
    form.elements.csrfmiddlewaretoken.value = token;
    for (const [name, text] of pressed) form.append(hidden(name, text));
    return HTMLFormElement.prototype.submit.call(form);
  }

  function hidden(name, value) {
    return Object.assign(document.createElement("input"), { type: "hidden", name, value });
  }

  async function later(entry, state = "waiting") {
    await put({ ...entry, state });
    // Asked of the browser, which may say no: what waits here is the only copy.
    navigator.storage?.persist?.();
    letGo();
    const isAgain = entry.values.some(([name]) => name === "again");
    location.assign(isAgain ? entry.address + AGAIN : "/queue/");
  }

  // ---- pages kept on the device

  const PAGES = `pages:${user}`;
  // From signing out on nothing is kept any more.
  let leaving = false;

  async function keep(paths) {
    if (leaving) return;
    // Opened before anything is asked for: whoever signs out meanwhile, in any window, takes away what this would put in.
    const pages = await caches.open(PAGES);
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
    for (const name of await caches.keys()) if (name.startsWith("pages:") && name !== PAGES) await caches.delete(name);
  }

  async function start() {
    // The newest of what is used here; where it is lacking, forms work as they do without script.
    if (!user || !("serviceWorker" in navigator) || !("locks" in navigator) || !AbortSignal.timeout) return;
    const form = document.querySelector("form[data-entry]");
    if (form) {
      const opened = open(form);
      watch(form, opened);
      await opened;
    }
    await count();
    await forgetOthers();
    await navigator.serviceWorker.register("/worker.js").catch(() => undefined);
    if (form || document.querySelector("[data-keep-forms], [data-list]")) {
      if (!(await caches.match("/queue/", { cacheName: PAGES }))) await keep(["/queue/"]);
      await keep([location.pathname]);
    }
    await sendInTime();
    setInterval(sendInTime, AGAIN_AFTER);
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
    leaving = true;
    for (const name of await caches.keys()) if (name.startsWith("pages:")) await caches.delete(name);
  });
  window.addEventListener("online", sendInTime);
  document.addEventListener("visibilitychange", sendInTime);
  start();

  return { user, all, everyone, put, remove, sendAll };
})();
