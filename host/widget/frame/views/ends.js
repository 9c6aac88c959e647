// How it can end: connected, failed, session over, or never begun.
import { element, icon } from '../dom.js';
import { explain } from '../messages.js';
import { screen } from '../screen.js';

const sign = (kind, name) => element('div', { class: `sign ${kind}` }, icon(name));
const lead = (text) => element('p', { class: 'lead' }, text);

function button(kind, text, onclick) {
  return element('button', { type: 'button', class: kind, onclick }, text);
}

/** The connection was made just now. */
export function showSuccess({ name, onDone }) {
  const done = button('primary', 'Done', onDone);
  screen.show({
    title: `${name} is connected`,
    head: sign('good', 'check'),
    content: [lead('You are all set.'), element('div', { class: 'buttons' }, done)],
    focus: done,
    centred: true,
  });
  screen.say(`${name} is connected.`);
}

/** The connection was there already. `onReconnect` is left out where this session made it. */
export function showConnected({ name, onDone, onReconnect, onBack }) {
  screen.show({
    title: `${name} is connected`,
    head: sign('good', 'check'),
    content: [
      lead(onReconnect ? 'It works. Reconnect to use another account.' : 'You connected it a moment ago.'),
      element(
        'div',
        { class: 'buttons' },
        button('primary', 'Done', onDone),
        onReconnect && button('plain', 'Reconnect', onReconnect),
      ),
    ],
    onBack,
    centred: true,
  });
}

/**
 * It did not work. The title, which gets the focus, and the text say what and why.
 *
 * @param {object} what
 * @param {{ code: string, message: string }} what.error
 * @param {string} what.name the provider's
 * @param {() => void} [what.onRetry]
 * @param {string} [what.link] the provider's page, for a browser that did not open it
 * @param {{ text: string, onClick: () => void }} [what.other] another way out
 * @param {() => void} [what.onBack]
 */
export function showFailure({ error, name, onRetry, link, other, onBack }) {
  const { title, text } = explain(error, name);
  // With `noopener`, which is the default of `_blank`, and which no blocker minds.
  const open =
    link && element('a', { class: 'primary', href: link, target: '_blank', rel: 'noopener' }, `Open ${name}`);
  screen.show({
    title,
    head: sign('bad', 'cross'),
    content: [
      lead(text),
      element(
        'div',
        { class: 'buttons' },
        open,
        onRetry && button(link ? 'secondary' : 'primary', 'Try again', onRetry),
        other && button('plain', other.text, other.onClick),
      ),
    ],
    onBack,
    centred: true,
  });
}

/** The connect token is no longer good. */
export function showExpired({ onDone }) {
  screen.show({
    title: 'This session has ended',
    head: sign('off', 'clock'),
    content: [
      lead('For your safety it lasts only a few minutes. Close this window and start again.'),
      element('div', { class: 'buttons' }, button('primary', 'Close', onDone)),
    ],
    centred: true,
  });
}

/** The session has no provider. */
export function showNoProviders({ onDone }) {
  screen.show({
    title: 'Nothing to connect',
    head: sign('off', 'cross'),
    content: [
      lead('This app does not offer any provider at the moment.'),
      element('div', { class: 'buttons' }, button('primary', 'Close', onDone)),
    ],
    centred: true,
  });
}

/** No page has handed over a token: opened by hand, or by a page that is not allowed to. */
export function showStranded() {
  screen.show({
    title: 'Nothing to see here',
    head: sign('off', 'cross'),
    content: [lead('This page belongs to an app. Go back to the app and connect your account there.')],
    centred: true,
  });
}
