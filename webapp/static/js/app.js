// Enhancement only: every page works without it.
import { addHeadingToggles } from "./availability.js";
import { closeMenus } from "./menu.js";
import { keepOpen } from "./details.js";
import { reorderWishes } from "./wishes.js";
import { readKeys } from "./plan_keys.js";
import { showCopyButtons } from "./copy.js";
import { showToastButtons } from "./toast.js";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

const enhance = () => {
  addHeadingToggles();
  showCopyButtons();
  showToastButtons();
};
enhance();
document.addEventListener("htmx:load", enhance); // what has been enhanced is left alone

closeMenus();
keepOpen();
reorderWishes();
readKeys();
