// Loaded before the page is drawn, and not as a module, so that a chosen theme never flashes by.
(() => {
  const root = document.documentElement;
  const chosen = localStorage.getItem("theme");
  if (chosen) root.dataset.bsTheme = chosen;

  const isDark = () =>
    (root.dataset.bsTheme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = (button) => {
    button.textContent = isDark() ? button.dataset.light : button.dataset.dark;
    button.hidden = false;
  };
  const switches = () => document.querySelectorAll("[data-theme-switch]");

  document.addEventListener("DOMContentLoaded", () => switches().forEach(label));
  document.addEventListener("click", (click) => {
    if (!click.target.closest("[data-theme-switch]")) return;
    root.dataset.bsTheme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.bsTheme);
    switches().forEach(label);
  });
})();
