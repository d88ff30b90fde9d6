// A heading of the availability grid ticks its whole row or column, or unticks it when all is ticked.
const boxesOf = (heading) => {
  const row = heading.closest("tr");
  if (heading.scope === "row") return [...row.querySelectorAll("input")];
  const rows = heading.closest("table").tBodies[0].rows;
  return [...rows].map((each) => each.cells[heading.cellIndex].querySelector("input"));
};

export function addHeadingToggles() {
  for (const heading of document.querySelectorAll("[data-avail-all]")) {
    if (heading.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "cr-avail-all";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const boxes = boxesOf(heading);
      const all = boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = !all;
      boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
