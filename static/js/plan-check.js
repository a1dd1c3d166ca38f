/* The check of a plan: panes keep their place, the chosen item comes into view, nothing typed is thrown away; keys. */
"use strict";

(() => {
  const inCheck = () => document.getElementById("plan-check");
  const form = () => document.querySelector("[data-item-form]");
  const pane = (name) => document.querySelector(`[data-pane="${name}"]`);
  const itemId = () => form()?.querySelector("input[name=item]")?.value || "";
  const isPoll = (element) => element?.id === "check-now";
  /* Ticks and choices of a button say nothing about the item. */
  const aside = new Set(["csrfmiddlewaretoken", "tick", "sentence", "pane", "to_section", "seen"]);
  const typed = () => {
    const found = form();
    if (!found) return "";
    const rows = [...new FormData(found)].filter(([name]) => !aside.has(name) && !name.startsWith("version-"));
    return new URLSearchParams(rows).toString();
  };
  let start = "";
  let before = { item: "", places: {}, ticked: [], open: [] };
  const isDirty = () => Boolean(form()) && typed() !== start;

  const scrollTo = (box, target, always) => {
    if (!box || !target) return;
    const outer = box.getBoundingClientRect();
    const inner = target.getBoundingClientRect();
    if (!always && inner.top >= outer.top && inner.bottom <= outer.bottom) return;
    box.scrollTop += inner.top - outer.top - 12;
  };

  const settle = () => {
    scrollTo(pane("source"), document.querySelector(".source-number.source-current, .source-current"), true);
    scrollTo(pane("tree"), document.querySelector(".check-item.is-current"), false);
    // A refused form (errors, a colleague's change) holds text that is not saved yet.
    start = document.querySelector(".check-stale, [data-item-form] .alert-danger") ? "" : typed();
  };

  const say = (words) => {
    const place = pane("item");
    if (!place) return;
    place.querySelector(".check-unsent")?.remove();
    const notice = document.createElement("div");
    notice.className = "alert alert-danger check-unsent";
    notice.setAttribute("role", "alert");
    notice.textContent = words;
    start = "";
    place.prepend(notice);
    place.scrollTop = 0;
  };

  /* --- what comes back from the server --- */

  document.addEventListener("htmx:confirm", (event) => {
    const source = event.detail.elt;
    // The form takes what was typed along, whichever button is pressed; links do not.
    if (!inCheck()?.contains(source) || isPoll(source) || source.matches("[data-item-form]") || !isDirty()) return;
    if (!window.confirm("当前条目有尚未保存的修改，继续将会丢失。确定继续吗？")) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail;
    const source = answer.requestConfig?.elt;
    if (!source || !inCheck()?.contains(source)) return;
    const text = answer.serverResponse || "";
    if (isPoll(source)) {
      answer.shouldSwap = text.includes('id="check-now"');
      return;
    }
    if (text.includes('id="plan-check"')) {
      // 422 and 409 bring the page back with what was typed and what is wrong with it.
      answer.shouldSwap = true;
      answer.isError = false;
      const clears = /\/(accept|merge|checked|leftovers)\/$/.test(answer.requestConfig.path);
      before = {
        item: itemId(),
        refused: answer.xhr.status >= 400,
        places: Object.fromEntries(["tree", "item"].map((name) => [name, pane(name)?.scrollTop || 0])),
        ticked: clears ? [] : [...document.querySelectorAll("[name=tick]:checked")].map((box) => box.value),
        open: [...document.querySelectorAll("details[data-keep][open]")].map((part) => part.dataset.keep),
      };
      return;
    }
    answer.shouldSwap = false;
    const address = answer.xhr.responseURL;
    if (answer.xhr.status === 200 && !address.includes("/login")) {
      start = typed();
      window.location.assign(address);
      return;
    }
    say(
      address.includes("/login") || answer.xhr.status === 403
        ? "没有保存：登录可能已经过期。请在新的标签页重新登录，再回到这里保存，已填内容都还在。"
        : "没有保存：服务器没有正常答复。已填内容都还在，请稍后再试；仍不成功请联系系统管理员。",
    );
  });

  document.addEventListener("htmx:sendError", (event) => {
    if (!isPoll(event.detail.elt)) say("没有保存：连不上服务器。已填内容都还在，请检查网络后再试。");
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (!inCheck() || isPoll(event.detail.elt) || isPoll(event.detail.target)) return;
    const found = pane("tree");
    if (found) found.scrollTop = before.places.tree || 0;
    if (pane("item") && !before.refused && before.item === itemId()) pane("item").scrollTop = before.places.item || 0;
    const boxes = [...document.querySelectorAll("[name=tick]")].filter((box) => before.ticked.includes(box.value));
    boxes.forEach((box) => (box.checked = true));
    if (boxes.length) boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
    for (const name of before.open) document.querySelector(`details[data-keep="${name}"]`)?.setAttribute("open", "");
    before = { item: "", places: {}, ticked: [], open: [] };
    settle();
  });

  window.addEventListener("beforeunload", (event) => {
    if (inCheck() && isDirty()) event.preventDefault();
  });
  // Plain forms of the panes (no script for htmx) and leaving on purpose save or discard; they need no warning.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-item-form]")) start = typed();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-discard]")) start = typed();
    if (event.target.closest("[data-to-source]")) document.getElementById("pane-source")?.click();
  });

  /* --- splitting where the caret stands --- */

  const codePoints = (text) => [...text].length;
  /* The text shows the item's stretches of the document one below the other. */
  const placeOf = (box) => {
    let left = codePoints(box.value.slice(0, box.selectionStart));
    for (const [from, to] of box.dataset.spans.split(",").map((pair) => pair.split("-").map(Number))) {
      if (left <= to - from) return from + left;
      left -= to - from + 1;
    }
    return 0;
  };
  const aim = (box) => {
    const button = form()?.querySelector("[data-split-here]");
    if (!button) return;
    button.value = String(placeOf(box));
    button.disabled = box.selectionStart === 0;
  };
  for (const kind of ["click", "keyup", "select"]) {
    document.addEventListener(kind, (event) => event.target.matches?.("[data-split-text]") && aim(event.target));
  }

  /* --- keys --- */

  const press = (selector) => {
    const found = inCheck()?.querySelector(selector);
    if (found && !found.disabled) found.click();
    return Boolean(found);
  };
  const writes = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea:not([readonly]), select");

  document.addEventListener("keydown", (event) => {
    if (!inCheck() || document.querySelector("dialog[open]")) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.target.matches("[data-split-text]") && event.key === "Enter") {
      event.preventDefault();
      aim(event.target);
      press("[data-split-here]");
      return;
    }
    if (writes(event.target)) return;
    const key = event.key.toLowerCase();
    if (plain && key === "j" && press("[data-next]")) event.preventDefault();
    if (plain && key === "k" && press("[data-previous]")) event.preventDefault();
    if (plain || event.altKey) return;
    if (key === "z" && !event.shiftKey && press("[data-undo]")) event.preventDefault();
    if ((key === "y" || (key === "z" && event.shiftKey)) && press("[data-redo]")) event.preventDefault();
  });

  settle();
})();
