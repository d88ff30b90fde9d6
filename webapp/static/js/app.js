// Enhancement only: every page works without it.
import { addHeadingToggles } from "./availability.js";
import { closeMenus } from "./menu.js";
import { reorderWishes } from "./wishes.js";
import { readKeys } from "./plan_keys.js";
import { showCopyButtons } from "./copy.js";
import { showToastButtons } from "./toast.js";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

const enhance = (root) => {
  addHeadingToggles(root);
  showCopyButtons(root);
  showToastButtons(root);
};
enhance(document);
document.addEventListener("htmx:load", ({ detail }) => enhance(detail.elt));

closeMenus();
reorderWishes();
readKeys();
