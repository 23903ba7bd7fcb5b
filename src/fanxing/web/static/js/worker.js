/* Opens the forms in which records are entered, and the queue, without a network. Everything else needs one, and says so.

   Pages are kept for one person, under "pages:<user>", and are gone when that person signs out; see the decision on working offline. */

const SHELL = "shell";
const PAGES = "pages:";
const KEPT = /^\/(queue\/|units\/[^/]+\/records\/new\/([^/]+\/)?|records\/\d+\/correct\/)$/;
const PATIENCE = 6000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.method === "POST" && address.pathname === "/sign-out/") event.respondWith(leave(request));
  if (request.method !== "GET") return;
  if (address.pathname.startsWith("/static/")) event.respondWith(part(request));
  else if (request.mode === "navigate") event.respondWith(page(request, address));
});

async function part(request) {
  const shell = await caches.open(SHELL);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await shell.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    return (await shell.match(request, { ignoreSearch: true })) || Promise.reject(error);
  }
}

async function page(request, address) {
  const kept = KEPT.test(address.pathname) && (await find(address.pathname));
  try {
    return await (kept ? inTime(request) : fetch(request));
  } catch {
    return kept || ((await find("/queue/")) && Response.redirect("/queue/")) || html(NO_NETWORK);
  }
}

/* What is kept goes in any case; the session can be ended by the server alone. And it goes once more when that has answered: a page may
   have been keeping something meanwhile. */
async function leave(request) {
  await forget();
  const answer = await fetch(request).catch(() => html(NOT_OUT));
  await forget();
  return answer;
}

// A network that hangs is as good as none, where there is a page to show.
function inTime(request) {
  const late = new Promise((_, give_up) => setTimeout(() => give_up(new Error("late")), PATIENCE));
  return Promise.race([fetch(request), late]);
}

async function find(path) {
  for (const name of await caches.keys()) {
    const found = name.startsWith(PAGES) && (await (await caches.open(name)).match(path));
    if (found) return found;
  }
  return undefined;
}

async function forget() {
  for (const name of await caches.keys()) if (name.startsWith(PAGES)) await caches.delete(name);
}

const html = (body) => new Response(HEAD + body, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
const HEAD = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>没有网络</title>`;
const NO_NETWORK = `<h1>没有网络</h1><p>这一页要联网才能打开。已填写的内容都在本机，没有丢失。</p><p><a href="">再试一次</a></p>`;
const NOT_OUT = `<h1>没有网络，还没有退出</h1><p>存在本机的登记表已经清除，没有发送的内容还在。请连上网络后再退出一次。</p><p><a href="/queue/">看待发送</a></p>`;
