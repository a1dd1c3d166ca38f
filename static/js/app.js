/* What the pages do beyond plain HTML. Everything here is extra: without script they still read and submit. */
"use strict";

(() => {
  document.documentElement.classList.add("js");

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };
  const button = (text, className, onClick) => {
    const element = make("button", className, text);
    element.type = "button";
    element.addEventListener("click", onClick);
    return element;
  };

  /* --- searchable selects: select[data-enhance] --- */

  const enhanceSelects = (root) => {
    if (!window.TomSelect) return;
    for (const select of root.querySelectorAll("select[data-enhance]")) {
      if (select.tomselect) continue;
      new TomSelect(select, {
        maxOptions: null,
        /* Given at all, even as undefined, it would hide what the empty choice of a single select says. */
        ...(select.multiple && select.closest(".filter-bar") ? { placeholder: "全部" } : {}),
        plugins: select.multiple ? { remove_button: { title: "去掉" } } : {},
        render: { no_results: () => make("div", "no-results", "没有匹配的选项") },
      });
      /* Its label now names the searchable control; the list behind it is for the form alone. */
      select.setAttribute("aria-hidden", "true");
    }
  };

  /* --- files: [data-dropzone] around an input; dropped, pasted and chosen files add up --- */

  const sizeInWords = (bytes) =>
    bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  const enhanceDropzone = (zone) => {
    const input = zone.querySelector("input[type=file]");
    if (!input || zone.dataset.ready) return;
    zone.dataset.ready = "1";
    const list = make("ul", "dropzone-files");
    list.setAttribute("aria-live", "polite");
    zone.append(list);
    let chosen = [];

    const show = () => {
      const transfer = new DataTransfer();
      chosen.forEach((file) => transfer.items.add(file));
      input.files = transfer.files;
      list.replaceChildren(
        ...chosen.map((file) => {
          const row = make("li");
          row.append(
            make("span", "", `${file.name}（${sizeInWords(file.size)}）`),
            button("移除", "", () => {
              chosen = chosen.filter((other) => other !== file);
              show();
            }),
          );
          return row;
        }),
      );
    };
    const add = (files) => {
      const fresh = [...files].filter(
        (file) => !chosen.some((other) => other.name === file.name && other.size === file.size && other.lastModified === file.lastModified),
      );
      chosen = input.multiple ? [...chosen, ...fresh] : [...files].slice(0, 1);
      show();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };

    input.addEventListener("change", () => add(input.files));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      if (event.dataTransfer.files.length) add(event.dataTransfer.files);
    });
    (zone.closest("form") || zone).addEventListener("paste", (event) => {
      const clipboard = event.clipboardData;
      /* Cells of a spreadsheet and words of a document come with a picture of themselves: the text is what is meant. */
      if (!clipboard || !clipboard.files.length || clipboard.types.includes("text/plain")) return;
      event.preventDefault();
      add(clipboard.files);
    });
  };

  /* --- ticked rows: [data-bulk] with a .bulk-bar --- */

  const enhanceBulk = (area) => {
    if (area.dataset.ready) return;
    area.dataset.ready = "1";
    const all = () => area.querySelector("[data-tick-all]");
    const boxes = () => [...area.querySelectorAll("tbody input[type=checkbox][name]:not(:disabled)")];
    const bar = area.querySelector(".bulk-bar");
    const refresh = () => {
      const rows = boxes();
      const ticked = rows.filter((box) => box.checked).length;
      area.querySelectorAll("[data-bulk-count]").forEach((place) => (place.textContent = String(ticked)));
      if (bar) bar.querySelectorAll("button[type=submit]").forEach((each) => (each.disabled = ticked === 0));
      const head = all();
      if (head) {
        head.checked = ticked > 0 && ticked === rows.length;
        head.indeterminate = ticked > 0 && ticked < rows.length;
      }
    };
    area.addEventListener("change", (event) => {
      if (event.target.matches("[data-tick-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
      refresh();
    });
    refresh();
  };

  /* --- typed text is never lost: form[data-guard="name of this form"] --- */

  const user = document.body.dataset.user || "";
  const draftKey = (form) => `draft:${user}:${form.dataset.guard}`;
  const SENT = "draft:sent";
  const skipped = new Set(["password", "file", "hidden", "submit", "button"]);
  const typedFields = (form) => [...form.elements].filter((field) => field.name && !skipped.has(field.type));
  const valueOf = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked;
    return field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
  };
  const typed = (form) => JSON.stringify(typedFields(form).map((field) => [field.name, valueOf(field)]));

  const fill = (form, text) => {
    const saved = JSON.parse(text);
    typedFields(form).forEach((field, index) => {
      const [name, value] = saved[index] || [];
      if (name !== field.name) return;
      if (typeof value === "boolean") field.checked = value;
      else if (Array.isArray(value)) [...field.options].forEach((option) => (option.selected = value.includes(option.value)));
      else field.value = value;
      if (field.tomselect) field.tomselect.sync();
    });
  };

  const offerDraft = (form, draft, onRestore) => {
    const notice = make("div", "alert alert-warning");
    notice.setAttribute("role", "status");
    const close = () => notice.remove();
    const buttons = make("span", "form-buttons");
    buttons.append(
      button("恢复这些内容", "btn btn-sm btn-primary", () => {
        fill(form, draft.text);
        onRestore();
        close();
      }),
      button("不要了", "btn btn-sm", () => {
        localStorage.removeItem(draftKey(form));
        close();
      }),
    );
    notice.append(make("span", "", `上次在本机填写、还没有提交的内容已保留（${draft.at}）。`), buttons);
    form.prepend(notice);
  };

  const readDraft = (form) => {
    try {
      return JSON.parse(localStorage.getItem(draftKey(form)) || "null");
    } catch {
      return null;
    }
  };

  const enhanceGuard = (form) => {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    let start = typed(form);
    let sending = false;
    let timer = 0;
    const save = () => {
      const draft = { at: new Date().toLocaleString("zh-CN"), text: typed(form) };
      try {
        localStorage.setItem(draftKey(form), JSON.stringify(draft));
      } catch {
        /* The browser's store is full or switched off: the warning on leaving still stands. */
      }
    };
    const draft = readDraft(form);
    if (draft && draft.text !== start) offerDraft(form, draft, () => (start = ""));
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 400);
    });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      save();
      sending = true;
      sessionStorage.setItem(SENT, draftKey(form));
    });
    /* Saved by itself (typed.js): nothing is unsaved, and nothing waits to be restored. */
    form.addEventListener("typed:saved", () => {
      clearTimeout(timer);
      start = typed(form);
      localStorage.removeItem(draftKey(form));
    });
    window.addEventListener("pageshow", () => (sending = false));
    window.addEventListener("beforeunload", (event) => {
      if (!sending && typed(form) !== start) event.preventDefault();
    });
  };

  /* A draft goes only when the server said the form was saved: the page after it carries a success message. */
  const clearSentDraft = () => {
    const sent = sessionStorage.getItem(SENT);
    if (!sent) return;
    sessionStorage.removeItem(SENT);
    if (document.querySelector('[data-message="success"]')) localStorage.removeItem(sent);
  };

  /* --- a question before what cannot be undone: data-confirm on a button or a form --- */

  const ask = (text, label) =>
    new Promise((resolve) => {
      const dialog = make("dialog", "confirm");
      const buttons = make("div", "form-buttons");
      buttons.append(
        button(label, "btn btn-primary", () => dialog.close("yes")),
        button("取消", "btn", () => dialog.close("")),
      );
      dialog.append(make("p", "confirm-text", text), buttons);
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
      document.body.append(dialog);
      dialog.showModal();
    });

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const sender = event.submitter;
      const text = (sender && sender.dataset.confirm) || form.dataset.confirm;
      if (!text || form.dataset.confirmed) {
        delete form.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(text, (sender && sender.textContent.trim()) || "确定").then((yes) => {
        if (!yes) return;
        form.dataset.confirmed = "1";
        form.requestSubmit(sender || undefined);
      });
    },
    true,
  );

  /* --- small things --- */

  /* Empty filters stay out of the address, so that a copied link is short. */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-tidy-address]")) return;
    const empty = [...event.target.elements].filter((field) => field.name && !field.value && !field.disabled);
    empty.forEach((field) => (field.disabled = true));
    setTimeout(() => empty.forEach((field) => (field.disabled = false)));
  });

  /* A table wider than its box is scrolled by the arrow keys as well. */
  const scrolled = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });

  /* The menu of a narrow screen: opened it takes the focus, and closes when left, by Escape or beside it. */
  const toggle = document.getElementById("nav-toggle");
  const menu = document.getElementById("main-menu");
  const closeMenu = (backToToggle) => {
    if (!toggle || !toggle.checked) return;
    toggle.checked = false;
    if (backToToggle) toggle.focus();
  };
  if (toggle && menu) {
    toggle.addEventListener("change", () => {
      if (toggle.checked) (menu.querySelector("[aria-current]") || menu.querySelector("a"))?.focus();
    });
    menu.addEventListener("focusout", (event) => {
      const next = event.relatedTarget;
      if (next && next !== toggle && !menu.contains(next)) closeMenu(false);
    });
  }

  const closeMenus = (except) =>
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu !== except && (menu.open = false));
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeMenus(null);
    closeMenu(true);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  /* --- a letter on the keyboard follows the link that names it: [data-key] --- */
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
  });

  const enhance = (root) => {
    enhanceSelects(root);
    root.querySelectorAll("[data-dropzone]").forEach(enhanceDropzone);
    root.querySelectorAll("[data-bulk]").forEach(enhanceBulk);
    root.querySelectorAll(".table-scroll").forEach((box) => scrolled.observe(box));
    root.querySelectorAll("form[data-guard]").forEach(enhanceGuard);
  };

  clearSentDraft();
  enhance(document);
  /* The notice of a failed request (base.html, htmx-config) goes when one succeeds again. */
  document.addEventListener("htmx:afterRequest", (event) => {
    const notice = document.getElementById("failure");
    if (!event.detail.successful || !notice || !notice.childElementCount) return;
    const place = make("div");
    place.id = "failure";
    notice.replaceWith(place);
  });

  document.addEventListener("htmx:load", (event) => enhance(event.target.parentElement || document));
  const errors = document.querySelector("[data-form-errors]");
  if (errors) errors.focus();
})();
