// Looks at the page again every second and puts in what is new. Without it there is a Reload link.
"use strict";

const EVERY = 1000;
const written = new Map(); // by id, what the server wrote last: an opened email is no difference

function remember(list) {
  for (const item of list.children) if (item.id) written.set(item.id, item.outerHTML);
}

function put(list, fresh) {
  if (!list.querySelector(":scope > [id]") && !fresh.querySelector(":scope > [id]")) {
    if (list.innerHTML !== fresh.innerHTML) list.replaceChildren(...document.importNode(fresh, true).childNodes);
    return 0;
  }
  const old = new Map([...list.children].map((item) => [item.id, item]));
  let added = 0;
  [...fresh.children].forEach((item, place) => {
    let node = old.get(item.id);
    if (!node || written.get(item.id) !== item.outerHTML) {
      const made = document.importNode(item, true);
      written.set(item.id, item.outerHTML);
      if (node?.querySelector("details[open]")) made.querySelector("details")?.setAttribute("open", "");
      if (node) node.replaceWith(made);
      else if (!item.matches(".day, .written")) added += 1;
      node = made;
    }
    old.delete(item.id);
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
  });
  for (const gone of old.values()) gone.remove();
  return added;
}

function seen() {
  try { return JSON.parse(sessionStorage.getItem("seen") ?? "{}"); } catch { return {}; }
}

function mark() {
  const counts = seen();
  for (const item of document.querySelectorAll("[data-key]")) {
    const badge = item.querySelector("[data-new]");
    const unread = Number(item.dataset.count) - (counts[item.dataset.key] ?? 0);
    if (badge) badge.textContent = unread > 0 ? `${unread} new` : "";
    else counts[item.dataset.key] = Number(item.dataset.count);
  }
  try { sessionStorage.setItem("seen", JSON.stringify(counts)); } catch { /* a private window may refuse */ }
}

function say(text) {
  const line = document.querySelector("[data-news]");
  if (line.textContent !== text) line.textContent = text;
}

function take(page) {
  if (Boolean(page.querySelector(".empty")) !== Boolean(document.querySelector(".empty"))) return location.reload();
  const focused = document.activeElement?.id;
  const wasAtEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 80;
  let added = 0;
  for (const list of document.querySelectorAll("[data-live]:not([data-still])")) {
    const fresh = page.querySelector(`[data-live="${list.dataset.live}"]`);
    if (!fresh) continue;
    const count = put(list, fresh);
    if (list.dataset.live === "arrivals") added += count;
  }
  for (const item of page.querySelectorAll("main [data-count]:not(li)")) {
    const here = document.querySelector(`main [data-count][data-key="${item.dataset.key}"]`);
    if (here) here.dataset.count = item.dataset.count;
  }
  mark();
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  if (added && wasAtEnd) document.getElementById("latest")?.scrollIntoView({ block: "end" });
  if (added) say(added === 1 ? "1 new message" : `${added} new messages`);
}

async function look() {
  try {
    const answer = await fetch(document.querySelector("main").dataset.look || location.href, { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(String(answer.status));
    say("");
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    say("No connection. What you see may be old.");
  }
}

async function keepLooking() {
  for (;;) {
    await new Promise((later) => setTimeout(later, EVERY));
    if (!document.hidden) await look();
  }
}

for (const list of document.querySelectorAll("[data-live]")) remember(list);
mark();
keepLooking();
