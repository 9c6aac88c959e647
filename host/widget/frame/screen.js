// The one screen: what it shows, where the focus goes, and what a screen reader hears.
import { element } from './dom.js';

const byId = (id) => document.getElementById(id);
let goBack = null;

byId('back').addEventListener('click', () => goBack?.());

/** @typedef {{ title: string, content: (Node|string|null|false)[], onBack?: () => void, focus?: HTMLElement, centred?: boolean, head?: Node }} View */

export const screen = {
  /** Shows a view in place of the last one; the focus goes to `focus`, or else to the heading. */
  show({ title, content, onBack, focus, centred, head }) {
    const heading = element('h1', { tabindex: '-1' }, title);
    const top = centred ? [head, heading] : [element('div', { class: 'top' }, head, heading)];
    const box = element('div', { class: centred ? 'centre' : 'stack' }, ...top, ...content);
    goBack = onBack ?? null;
    byId('back').hidden = !onBack;
    byId('screen').replaceChildren(box);
    document.title = title;
    screen.say('');
    (focus ?? heading).focus();
  },

  /** Has a screen reader say something without moving the focus. */
  say(text) {
    byId('status').textContent = text;
  },

  /** Shows whose widget this is. */
  introduce({ organisation, endUserDisplayName, environment }) {
    byId('whose').textContent = [organisation, endUserDisplayName].filter(Boolean).join(' · ');
    byId('environment').hidden = environment !== 'test';
  },

  /** What the close button does. */
  onClose(listener) {
    byId('close').addEventListener('click', listener);
  },
};
