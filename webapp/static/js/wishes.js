// Ranked wishes move in place; the hidden fields are sent in the order of the list.
const renumber = (list) => {
  const wishes = [...list.querySelectorAll("[data-wish]")];
  wishes.forEach((wish, index) => {
    wish.querySelector("[data-wish-rank]").textContent = index + 1;
    wish.querySelector('[name="wish_up"]').disabled = index === 0;
    wish.querySelector('[name="wish_down"]').disabled = index === wishes.length - 1;
  });
};

export function reorderWishes() {
  document.addEventListener("click", (click) => {
    const button = click.target.closest("[data-wish] button");
    if (!button) return;
    click.preventDefault();
    const wish = button.closest("[data-wish]");
    const list = wish.closest("[data-wishes]");
    const neighbour = { wish_up: wish.previousElementSibling, wish_down: wish.nextElementSibling }[button.name];
    if (button.name === "wish_up") neighbour.before(wish);
    if (button.name === "wish_down") neighbour.after(wish);
    let next = button;
    if (button.name === "wish_remove") {
      next = (wish.nextElementSibling ?? wish.previousElementSibling)?.querySelector('[name="wish_remove"]');
      wish.remove();
    }
    renumber(list);
    // a button that has just been disabled loses the focus to its neighbour
    (next?.disabled ? next.parentElement.querySelector("button:not(:disabled)") : next)?.focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
