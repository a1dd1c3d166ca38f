/* The check of a plan: panes keep their place, the chosen item comes into view, nothing typed is thrown away. */
"use strict";

(() => {
  const form = () => document.querySelector("[data-item-form]");
  const typed = () => {
    const found = form();
    return found ? new URLSearchParams(new FormData(found)).toString() : "";
  };
  const inCheck = () => document.getElementById("plan-check");
  let start = "";
  let places = {};
  let ticked = [];

  const scrollTo = (pane, target, always) => {
    if (!pane || !target) return;
    const box = pane.getBoundingClientRect();
    const place = target.getBoundingClientRect();
    if (!always && place.top >= box.top && place.bottom <= box.bottom) return;
    pane.scrollTop += place.top - box.top - 12;
  };
  const pane = (name) => document.querySelector(`[data-pane="${name}"]`);

  const settle = () => {
    scrollTo(pane("source"), document.querySelector(".source-number.source-current"), true);
    scrollTo(pane("tree"), document.querySelector(".check-item.is-current"), false);
    // A refused form (errors, a colleague's change) holds text that is not saved yet.
    start = document.querySelector(".check-stale, [data-item-form] .alert-danger") ? "" : typed();
  };
  const isDirty = () => Boolean(form()) && typed() !== start;

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

  document.addEventListener("htmx:confirm", (event) => {
    const source = event.detail.elt;
    const saves = source.matches("[data-item-form]");
    if (!inCheck()?.contains(source) || saves || !isDirty()) return;
    if (!window.confirm("当前条目有尚未保存的修改，继续将会丢失。确定继续吗？")) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail;
    if (!answer.requestConfig || !inCheck()?.contains(answer.requestConfig.elt)) return;
    const text = answer.serverResponse || "";
    if (text.includes('id="plan-check"')) {
      // 422 and 409 bring the page back with what was typed and what is wrong with it.
      answer.shouldSwap = true;
      answer.isError = false;
      places = Object.fromEntries(["tree", "item"].map((name) => [name, pane(name)?.scrollTop || 0]));
      const accepts = answer.requestConfig.elt.matches("form[data-bulk]");
      ticked = accepts ? [] : [...document.querySelectorAll("[name=tick]:checked")].map((box) => box.value);
      places.item = answer.requestConfig.elt.matches("[data-item-form]") && !text.includes("alert-danger") ? places.item : 0;
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

  document.addEventListener("htmx:sendError", () => say("没有保存：连不上服务器。已填内容都还在，请检查网络后再试。"));

  document.addEventListener("htmx:afterSettle", () => {
    if (!inCheck()) return;
    for (const [name, top] of Object.entries(places)) {
      const found = pane(name);
      if (found) found.scrollTop = top;
    }
    places = {};
    const boxes = [...document.querySelectorAll("[name=tick]:not(:disabled)")].filter((box) => ticked.includes(box.value));
    boxes.forEach((box) => (box.checked = true));
    if (boxes.length) boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
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
  });

  settle();
})();
