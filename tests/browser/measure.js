/* What is wrong with the page as it stands at this width: a list of sentences for a test to show. */
(phone) => {
  const wrong = [];
  const width = document.documentElement.clientWidth;
  const name = (element) => {
    const words = (element.innerText || element.value || element.getAttribute("aria-label") || "").trim().slice(0, 24);
    const classes = [...element.classList].map((one) => "." + one).join("");
    return `<${element.tagName.toLowerCase()}${classes}> ${words}`;
  };
  const hidden = (element) =>
    !element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }) ||
    element.closest(".visually-hidden, .skip-link, .lamp-reason, .ts-hidden-accessible");
  const scrolled = (element) => {
    for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(above).overflowX)) return true;
    }
    return false;
  };

  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > width + 1 && !scrolled(element),
    );
    wrong.push(`wider than the window (${document.documentElement.scrollWidth}): ${wide.slice(0, 3).map(name).join(" | ")}`);
  }
  for (const image of document.images) {
    if (image.complete && !image.naturalWidth) wrong.push(`broken image ${image.getAttribute("src")}`);
  }

  const controls = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")];
  for (const control of controls) {
    if (hidden(control) || control.disabled) continue;
    const box = control.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if ((box.right > width + 1 || box.left < -1) && !scrolled(control)) wrong.push(`beside the window: ${name(control)}`);
    if (!phone) continue;
    /* The box of a tick and its label are one target; a link within a sentence is read, not hit. */
    const tick = control.matches("input[type=checkbox], input[type=radio]");
    const label = tick && control.labels && control.labels.length ? control.labels[0].getBoundingClientRect() : null;
    const inText = control.matches("a") && getComputedStyle(control).display === "inline";
    const inWidget = control.closest(".ts-wrapper");
    const height = Math.max(box.height, label ? label.height : 0);
    if (!inText && !inWidget && height < 39.5) wrong.push(`target of ${Math.round(height)} px: ${name(control)}`);
    if (control.matches(".btn-primary[type=submit]") && !control.closest(".keep-narrow")) {
      const around = control.parentElement.getBoundingClientRect();
      if (box.width < around.width * 0.85 && box.width < width * 0.8) wrong.push(`narrow button: ${name(control)}`);
    }
  }
  return [...new Set(wrong)];
}
