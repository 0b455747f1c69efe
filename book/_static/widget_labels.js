// A slider of ipywidgets has no accessible name: give its handle the label that stands beside it.
const nameHandles = () => {
  for (const handle of document.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".jupyter-widgets")?.querySelector(".widget-label");
    const text = label?.textContent.trim();
    if (text) handle.setAttribute("aria-label", text);
  }
};
new MutationObserver(nameHandles).observe(document.documentElement, { childList: true, subtree: true });
