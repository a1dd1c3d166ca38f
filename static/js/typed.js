/* Long forms (form[data-keep]): saved while typing (data-autosave), and not lost when the login has ended meanwhile.
   Without script the server carries the text through the login page (core/kept_forms.py). */
"use strict";

(() => {
  /* Milliseconds: quiet before a save, between two saves, before trying again, and between looks at the session. */
  const QUIET = 2000;
  const APART = 5000;
  const AGAIN = 30000;
  const LOOK = 3000;

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  /* --- the session --- */

  const me = document.body.dataset.user || "";

  /* Returns whether this person is logged in: "yes", "no", "other", or "unknown" where the server cannot be asked. */
  const lookAtSession = async (form) => {
    try {
      const answer = await fetch(form.dataset.session, { cache: "no-store", headers: { Accept: "application/json" } });
      if (!answer.ok) return "unknown";
      const { user, token } = await answer.json();
      if (!user) return "no";
      if (String(user) !== me) return "other";
      /* Logging in changes the token: every form of the page gets the one that counts now. */
      document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
      return "yes";
    } catch {
      return "unknown";
    }
  };

  let asking = null;

  /* Asks to log in again in a window of its own; resolves once this person is back, this page and its files untouched. */
  const askForLogin = (form) => {
    if (asking) return asking;
    asking = new Promise((resolve) => {
      const dialog = make("dialog", "confirm");
      const words = make("p", "confirm-text", "登录已过期。您填写的内容和选好的文件都还在这一页，请在新窗口重新登录后继续。");
      const note = make("p", "form-hint");
      note.setAttribute("role", "status");
      const link = make("a", "btn btn-primary", "在新窗口登录");
      link.href = form.dataset.login;
      link.target = "_blank";
      const back = make("button", "btn", "已登录，继续");
      back.type = "button";
      const buttons = make("div", "form-buttons");
      buttons.append(link, back);
      dialog.append(words, note, buttons);
      document.body.append(dialog);
      let timer = 0;
      const look = async () => {
        const state = await lookAtSession(form);
        if (state === "other") note.textContent = "当前登录的是另一个账号，请退出后用原来的账号登录。";
        if (state === "no") note.textContent = "还没有登录。";
        if (state !== "yes") return;
        clearInterval(timer);
        window.removeEventListener("focus", look);
        dialog.remove();
        asking = null;
        resolve();
      };
      back.addEventListener("click", look);
      dialog.addEventListener("cancel", (event) => event.preventDefault());
      window.addEventListener("focus", look);
      timer = setInterval(look, LOOK);
      dialog.showModal();
    });
    return asking;
  };

  /* --- saving while typing --- */

  const content = (form) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  };
  const asText = (form) => new URLSearchParams(content(form)).toString();

  const showTheirs = (form, answer) => {
    const card = make("section", "card conflict");
    const head = make("div", "card-header");
    head.append(make("h2", "card-title", "同事刚刚保存的内容"));
    const body = make("div", "card-body");
    body.append(make("p", "", `${answer.message}自动保存已停止；请对照合并后点“保存草稿”，保存后以您的为准。`));
    const facts = make("dl", "facts");
    for (const [label, text] of answer.theirs) {
      const words = make("dd");
      for (const line of text.split("\n")) words.append(line, make("br"));
      facts.append(make("dt", "", label), words);
    }
    body.append(facts);
    card.append(head, body);
    card.tabIndex = -1;
    form.before(card);
    card.focus();
  };

  const enhance = (form) => {
    const state = form.querySelector("[data-saved]");
    const say = (words) => state && (state.textContent = words);
    let stopped = !("autosave" in form.dataset);
    let last = asText(form);
    let lastAt = 0;
    let timer = 0;
    let running = null;

    const plan = (wait) => {
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(save, Math.max(wait, lastAt + APART - Date.now()));
    };

    const send = async () => {
      const sent = asText(form);
      const body = content(form);
      body.append("autosave", "1");
      lastAt = Date.now();
      say("正在自动保存……");
      let response;
      try {
        response = await fetch(form.getAttribute("action") || location.pathname, {
          method: "POST",
          body,
          headers: { "X-Autosave": "1", Accept: "application/json" },
        });
      } catch {
        say("暂时连接不上，内容已保留在本机，稍后再自动保存。");
        return plan(AGAIN);
      }
      const answer = await response.json().catch(() => ({}));
      if (response.ok) {
        last = sent;
        if (form.elements.version) form.elements.version.value = answer.version;
        say(`已自动保存 ${answer.saved_at}${answer.complete ? "" : "（填写有误的项未保存，请核对）"}`);
        if (asText(form) === sent) form.dispatchEvent(new CustomEvent("typed:saved"));
        else plan(QUIET);
      } else if (response.status === 401) {
        say("登录已过期，尚未保存。");
        await askForLogin(form);
        plan(0);
      } else if (response.status === 403 && answer.token === "old") {
        if ((await lookAtSession(form)) === "yes") plan(0);
        else stopped = true;
      } else if (response.status === 409) {
        stopped = true;
        say("自动保存已停止。");
        if (answer.version) form.elements.version.value = answer.version;
        showTheirs(form, { theirs: [], ...answer });
      } else if (answer.message) {
        last = sent;
        say(`未自动保存：${answer.message}`);
      } else {
        say("暂时不能自动保存，稍后再试。");
        plan(AGAIN);
      }
    };

    const save = () => {
      if (stopped || running || asText(form) === last) return running;
      running = send().finally(() => (running = null));
      return running;
    };

    form.addEventListener("input", () => plan(QUIET));
    document.addEventListener("visibilitychange", () => document.hidden && save());

    /* --- sending: not before a running save has told its version, and not into a session that has ended --- */

    let ready = false;
    document.addEventListener(
      "submit",
      (event) => {
        if (event.target !== form || event.defaultPrevented) return;
        if (ready) {
          ready = false;
          return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        const sender = event.submitter;
        clearTimeout(timer);
        const proceed = async () => {
          const halted = stopped;
          await running;
          /* A colleague was faster: what they wrote is to be read first. */
          if (stopped && !halted) return;
          const session = await lookAtSession(form);
          if (session === "no" || session === "other") await askForLogin(form);
          ready = true;
          form.requestSubmit(sender || undefined);
          ready = false;
        };
        proceed();
      },
      true,
    );
  };

  document.querySelectorAll("form[data-keep]").forEach(enhance);
})();
