/* The queue page: every draft and every entry that waits on this device, with its state and its receipt. */

const STATES = {
  draft: ["草稿", ""],
  waiting: ["待发送", "blue"],
  sending: ["已发出，还没有收到回执", "blue"],
  received: ["已收到", "good"],
  refused: ["被退回", "alarm"],
  overtaken: ["原记录已有变动", "alarm"],
};
const place = (name) => document.querySelector(`[data-${name}]`);
const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text ?? "" });

function button(words, act, tone = "plain") {
  const made = make("button", `btn btn-${tone}`, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

async function tell(asked) {
  place("told").textContent = "正在发送…";
  say(await asked);
}

function say(words) {
  place("told").textContent = words;
  if (!words.includes("登录已过期")) return;
  const link = make("a", "", " 去登录");
  link.href = "/sign-in/?next=/queue/";
  place("told").append(link);
}

function card(entry) {
  const [word, tone] = STATES[entry.state];
  const one = make("li", "card queue-one");
  const head = make("div", "queue-head");
  head.append(make("span", `pill${tone && ` pill-${tone}`}`, word), make("strong", "", entry.title));
  head.append(make("span", "quiet small", `填写于 ${new Date(entry.filled_at).toLocaleString("zh-CN")}`));
  one.append(head);
  if (entry.state === "received") {
    const link = make("a", "", entry.receipt);
    link.href = entry.record;
    one.append(link);
  }
  for (const why of entry.state === "refused" ? entry.why : []) one.append(make("p", "queue-why", why));
  if (entry.state !== "received") one.append(contents(entry));
  const acts = make("div", "queue-acts");
  acts.append(...actsOf(entry));
  one.append(acts);
  return one;
}

/* What was filled in; beside it the record that stands in the way: what holds now of one that was to be corrected, or one that is the same. */
function contents(entry) {
  const other = { overtaken: entry.now, refused: entry.same }[entry.state];
  if (!other) return said(entry.said);
  const both = make("div", "queue-both"), mine = make("section", "queue-mine"), theirs = make("section", "queue-now");
  mine.append(make("strong", "", "这台设备上填写的"), said(entry.said));
  const link = Object.assign(make("a", "btn btn-plain btn-sm", "打开"), { href: other.record });
  theirs.append(make("strong", "", other.called), make("p", "quiet small", other.by), said(other.said), link);
  both.append(mine, theirs);
  return both;
}

function said(pairs) {
  const list = make("dl", "queue-said");
  for (const [label, text] of pairs) list.append(make("dt", "", label), make("dd", "", text));
  return list;
}

function actsOf(entry) {
  const acts = [];
  const edit = make("a", "btn btn-plain", entry.state === "draft" ? "继续写" : "修改");
  edit.href = `${entry.address}#draft=${entry.id}`;
  if (entry.state === "overtaken") {
    const words = entry.now.withdrawn ? "作为新的一条登记" : "在现在的内容上再更正";
    acts.push(button(words, () => counter(entry), "primary"));
  }
  if (entry.state === "refused" && entry.same) acts.push(button("仍要登记", () => beside(entry)));
  if (["waiting", "sending"].includes(entry.state)) acts.push(button("立即发送", () => tell(offline.sendAll(entry.id)), "primary"));
  // What was sent may have arrived: first the receipt, then a correction.
  if (["draft", "waiting", "refused"].includes(entry.state)) acts.push(edit);
  acts.push(
    button(leaving(entry), () => {
      if (entry.state === "received" || confirm("删除后不能找回。确定删除吗？")) offline.remove(entry.id);
    }),
  );
  return acts;
}

function leaving(entry) {
  if (entry.state === "received") return "清除回执";
  if (entry.state === "overtaken") return "以现在的为准，删除这份";
  return entry.state === "refused" && entry.same ? "就是那一条，删除这份" : "删除";
}

/* Two things on one day that only look the same: its author says so, and it is sent again. */
async function beside(entry) {
  await offline.put({ ...entry, values: [...entry.values, ["beside", "yes"]], state: "waiting" });
  await tell(offline.sendAll(entry.id));
}

/* What was overtaken is never written over the newer version: it is opened as a correction of what holds now, to be looked at and sent. */
async function counter(entry) {
  await offline.put({ ...entry, address: entry.now.address, state: "draft" });
  location.assign(`${entry.now.address}#draft=${entry.id}`);
}

// Only what changed is drawn: a button stays under the thumb.
let shown;
async function show() {
  const entries = (await offline.all()).sort((a, b) => b.filled_at.localeCompare(a.filled_at));
  const now = JSON.stringify(entries);
  if (now === shown) return;
  shown = now;
  place("list").replaceChildren(...entries.map(card));
  place("none").hidden = entries.length > 0;
  place("send-all").hidden = !entries.some((one) => ["waiting", "sending"].includes(one.state));
  for (const one of document.querySelectorAll("[data-export]")) one.hidden = !entries.some((entry) => entry.state !== "received");
}

async function showOthers() {
  const others = (await offline.everyone()).filter((one) => one.user !== offline.user && one.state !== "received").length;
  place("others").hidden = !others;
  place("others").textContent = `这台设备上另有 ${others} 条由其他用户填写，等本人登录后处理。`;
}

async function showForms() {
  const pages = await caches.open(`pages:${offline.user}`);
  const links = [];
  for (const request of await pages.keys()) {
    const { pathname } = new URL(request.url);
    if (!/\/new\/[^/]+\/$/.test(pathname)) continue;
    const kept = new DOMParser().parseFromString(await (await pages.match(request)).text(), "text/html");
    const one = make("li", "");
    one.append(Object.assign(make("a", "", kept.querySelector("form[data-entry]")?.dataset.entry), { href: pathname }));
    links.push(one);
  }
  place("forms").hidden = !links.length;
  place("forms").querySelector("ul").replaceChildren(...links);
}

// ---- files

const asUrl = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

async function written(entry) {
  const files = await Promise.all(entry.files.map(async ({ name, file }) => ({ name, called: file.name, type: file.type, content: (await asUrl(file)).split(",")[1] || "" })));
  return { ...entry, files };
}

/* Of what a file says only what was filled in is taken over; what the server said of it then, it is asked again. */
function read({ id, address, title, values, files: written, said, filled_at, state }) {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const files = written.map(({ name, called, type, content }) => ({ name, file: new File([bytes(content)], called, { type }) }));
  return { id, user: offline.user, address, title, values, files, said, filled_at, state: ["draft", "sending"].includes(state) ? state : "waiting" };
}

async function save(form) {
  const entries = (await offline.all()).filter((one) => one.state !== "received");
  const text =
    form === "json"
      ? JSON.stringify({ fanxing: 1, user: offline.user, entries: await Promise.all(entries.map(written)) }, null, 1)
      : entries.map((one) => [`${one.title}（${STATES[one.state][0]}，填写于 ${new Date(one.filled_at).toLocaleString("zh-CN")}）`, ...one.said.map((pair) => pair.join("："))].join("\r\n")).join("\r\n\r\n");
  const link = Object.assign(document.createElement("a"), { download: `未发送的台账.${form}` });
  link.href = URL.createObjectURL(new Blob([text], { type: form === "json" ? "application/json" : "text/plain;charset=utf-8" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const ADDRESS = /^\/(units\/[^/]+\/records\/new\/[^/]+|records\/\d+\/correct)\/$/;
const fits = (one) => typeof one.id === "string" && ADDRESS.test(one.address) && [one.values, one.said, one.files].every(Array.isArray);

async function load(file) {
  try {
    const kept = JSON.parse(await file.text());
    if (kept.fanxing !== 1 || !kept.entries.every(fits)) throw new Error("another file");
    if (kept.user !== offline.user) return (place("told").textContent = `没有导入：这份备份是账号 ${kept.user} 的，请用该账号登录后导入。`);
    const there = new Set((await offline.all()).map((one) => one.id));
    const fresh = kept.entries.filter((one) => !there.has(one.id));
    for (const one of fresh) await offline.put(read(one));
    place("told").textContent = `导入了 ${fresh.length} 条，${kept.entries.length - fresh.length} 条本机已有。`;
    await offline.sendAll();
  } catch {
    place("told").textContent = "没有导入：这不是从这一页导出的备份（.json），请选“导出备份”得到的文件。";
  }
}

document.addEventListener("queue", show);
document.addEventListener("told", (event) => say(event.detail));
place("send-all").addEventListener("click", () => tell(offline.sendAll()));
place("import").addEventListener("change", (event) => event.target.files[0] && load(event.target.files[0]));
for (const one of document.querySelectorAll("[data-export]")) one.addEventListener("click", () => save(one.dataset.export));
show();
showOthers();
showForms();
