// A button that copies the value of the field it names. It stays hidden where copying is not possible
// (no script, or plain http): the field can be copied by hand.
export function showCopyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const address = document.querySelector(button.dataset.copy);
      address.select();
      await navigator.clipboard.writeText(address.value);
      button.querySelector("span").textContent = button.dataset.copied;
    });
  }
}
