// While the end user is in the provider's window.
import { element, icon, tile } from '../dom.js';
import { screen } from '../screen.js';

/** Shows that the widget waits. @param {{ provider: object, onShow: () => void, onCancel: () => void }} what */
export function showWaiting({ provider, onShow, onCancel }) {
  const { name } = provider;
  screen.show({
    title: `Continue in the ${name} window`,
    head: element('div', { class: 'waiting' }, tile(provider, 'large'), element('div', { class: 'ring' })),
    content: [
      element('p', { class: 'lead' }, `Sign in and allow access there. This page goes on by itself.`),
      element(
        'div',
        { class: 'buttons' },
        element('button', { type: 'button', class: 'secondary', onclick: onShow }, icon('window'), 'Show the window'),
        element('button', { type: 'button', class: 'plain', onclick: onCancel }, 'Cancel'),
      ),
    ],
    onBack: onCancel,
    centred: true,
  });
}
