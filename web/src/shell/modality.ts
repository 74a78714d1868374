// Whether the user moves by keys at the moment: then the page shows that the desktop has the focus. A text
// field always matches :focus-visible, so the browser cannot tell.

export function watchModality(): void {
  const root = document.documentElement;
  window.addEventListener("pointerdown", () => root.removeAttribute("data-by-keys"), true);
  window.addEventListener(
    "keydown",
    ({ key, target }) => {
      const isInPage = !(target as Element).closest(".keys-field");
      if (isInPage && ["Tab", "Enter", " ", "Control"].includes(key)) root.setAttribute("data-by-keys", "");
    },
    true,
  );
}
