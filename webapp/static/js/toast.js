// A toast can be closed, and closes by itself once nobody points at it.
const SHOWN_MS = 10_000;

export function showToastButtons() {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    const button = toast.querySelector("[data-toast-close]");
    if (!button.hidden) continue;
    button.hidden = false;
    button.addEventListener("click", () => toast.remove());
    const close = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(close, SHOWN_MS);
      else toast.remove();
    };
    setTimeout(close, SHOWN_MS);
  }
}
