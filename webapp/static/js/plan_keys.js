// On the lines of a plan: j and k move, a accepts, p pins, d rules out.
const decisions = { a: "accept", p: "pin", d: "rule_out" };

export function readKeys() {
  document.addEventListener("keydown", (press) => {
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    if (press.target.closest("input:not([type=radio], [type=checkbox]), select, textarea")) return;
    const lines = [...document.querySelectorAll("[data-line]")];
    const here = lines.findIndex((line) => line.contains(document.activeElement));
    if (press.key === "j" || press.key === "k") {
      const next = lines[press.key === "j" ? here + 1 : here - 1];
      next?.querySelector("button[name=decision]").focus();
    } else if (press.key in decisions && here >= 0) {
      lines[here].querySelector(`button[value=${decisions[press.key]}]`).click();
    }
  });
}
