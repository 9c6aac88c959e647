// Building elements. Text only ever goes in as text, so nothing that a server or provider says can become markup.

/**
 * Makes an element.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} attributes `onclick` and the like are listeners; false and null leave one out
 * @param {...(Node | string | null | false)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter(Boolean));
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';
const ICONS = {
  alert: 'M10 6v5M10 14v.01M10 2.5 18 17H2z',
  check: 'm4.5 10.5 3.8 3.8 7.5-8.3',
  chevron: 'm8 5 5 5-5 5',
  cross: 'm5 5 10 10M15 5 5 15',
  clock: 'M10 5.5V10l3 2M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4',
  window: 'M11 4h5v5M16 4l-7 7M8 5H4v11h11v-4',
};

/** A line drawing, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

const TILES = 6;

/** A provider's initial on a coloured tile; which colour depends on the slug alone. */
export function tile({ slug, name }, size = '') {
  let sum = 0;
  for (const letter of slug) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return element('span', { class: `tile tile-${sum % TILES} ${size}`, 'aria-hidden': 'true' }, [...name][0] ?? '?');
}

/** A banner about something that is wrong. `role` is for one that appears while the user is there. */
export function banner(title, text, role) {
  return element(
    'div',
    { class: 'banner', role },
    icon('alert'),
    element('div', {}, element('p', { class: 'banner-title' }, title), text && element('p', {}, text)),
  );
}
