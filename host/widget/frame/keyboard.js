// Keys that work everywhere in the widget: Escape closes it, and Tab goes round within it.

const REACHABLE = 'button, input, select, a[href], summary';

function reachable() {
  return [...document.querySelectorAll(REACHABLE)].filter(
    (found) => !found.disabled && found.tabIndex >= 0 && found.checkVisibility(),
  );
}

/** Keeps the focus inside this page, and calls `onEscape` at Escape. */
export function holdFocus(onEscape) {
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) {
      event.preventDefault();
      onEscape();
    }
    if (event.key !== 'Tab') return;
    const all = reachable();
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (document.activeElement === from) {
      event.preventDefault();
      to.focus();
    }
  });
}
