/* The sum of the quotas while they are typed; without script the server says it with every answer. */
"use strict";

(() => {
  const form = document.querySelector("form[data-quotas]");
  if (!form) return;
  const number = (text) => (/^\d{1,8}$/.test(text.trim()) ? Number(text) : 0);
  const refresh = () => {
    const sum = [...form.querySelectorAll("[data-quota]")].reduce((all, box) => all + number(box.value), 0);
    const wanted = number(form.elements.value.value);
    const gap = wanted - sum;
    form.querySelector("[data-quota-sum]").textContent = String(sum);
    form.querySelector("[data-quota-target]").textContent = String(wanted);
    form.querySelector("[data-quota-gap]").textContent =
      gap > 0 ? `比目标少 ${gap} 场次` : gap < 0 ? `比目标多 ${-gap} 场次` : "正好相等";
  };
  form.addEventListener("input", refresh);
  refresh();
})();
