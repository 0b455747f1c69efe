// Three things that ipywidgets' page manager lacks.

// 1. A slider has no accessible name: give its handle the label that stands beside it.
const nameHandles = () => {
  for (const handle of document.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".jupyter-widgets")?.querySelector(".widget-label");
    const text = label?.textContent.trim();
    if (text) handle.setAttribute("aria-label", text);
  }
};

// 2. A frame wider than the page scrolls, but not by keyboard: let it take the focus then.
const reachFrames = () => {
  for (const box of document.querySelectorAll(".jupyter-widgets:not([tabindex])")) {
    if (box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible") box.tabIndex = 0;
  }
};
const mend = () => (nameHandles(), reachFrames());
new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
window.addEventListener("load", mend);

// 3. It hands each text to MathJax 2's queue, which MathJax 3 has not, and throws if MathJax came
// first. Widgets carry no maths here, so the queue does nothing. MathJax puts a new object in place
// of its configuration, so it is added at each change.
let mathJax = window.MathJax;
const withQueue = (value) => {
  if (value) value.Hub ??= { Queue() {} };
  return value;
};
Object.defineProperty(window, "MathJax", {
  get: () => withQueue(mathJax),
  set: (value) => (mathJax = value),
});
