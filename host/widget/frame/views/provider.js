// One provider: signing in or typing a credential, and the other ways to connect it.
import { banner, element, icon, tile } from '../dom.js';
import { makeForm } from '../form.js';
import { screen } from '../screen.js';

/** The methods that can be used, signing in before typing a token. */
export function usableMethods({ authMethods }) {
  const rank = ({ kind }) => (kind === 'oauth2' ? 0 : 1);
  return authMethods.filter(({ available }) => available).sort((one, other) => rank(one) - rank(other));
}

function wayOf(method, provider) {
  return method.kind === 'oauth2' ? `Sign in with ${method.name || provider.name}` : `Use a ${lowered(method.name)}`;
}

// "Private app token" reads "private app token" within a sentence; "API token" stays.
function lowered(name) {
  return /^[A-Z][a-z]/.test(name) ? name[0].toLowerCase() + name.slice(1) : name;
}

function otherWays(provider, chosen, { session, onMethod }) {
  const others = usableMethods(provider).filter((method) => method !== chosen);
  // Why a method is not available is for the developer who tries it out, not for end users.
  const closed = session.environment === 'test' ? provider.authMethods.filter(({ available }) => !available) : [];
  if (others.length + closed.length === 0) return null;
  const buttons = others.map((method) =>
    element(
      'button',
      { type: 'button', class: 'item', onclick: () => onMethod(method) },
      element('span', { class: 'names' }, element('span', { class: 'name' }, wayOf(method, provider))),
      icon('chevron'),
    ),
  );
  const notes = closed.map((method) =>
    element(
      'div',
      { class: 'item closed' },
      element(
        'span',
        { class: 'names' },
        element('span', { class: 'name' }, wayOf(method, provider)),
        element('span', { class: 'sub' }, method.unavailableReason || 'Not available'),
      ),
    ),
  );
  return element(
    'section',
    { class: 'ways', 'aria-labelledby': 'ways' },
    element('h2', { id: 'ways' }, 'Other ways to connect'),
    element('ul', { class: 'list' }, ...[...buttons, ...notes].map((way) => element('li', {}, way))),
  );
}

function trouble({ name, connection }) {
  if (connection?.status === 'needs_reauth') {
    return banner(`${name} stopped working`, connection.lastError || `${name} no longer accepts what it was given.`);
  }
  if (connection?.status === 'disabled') {
    return banner(`${name} is switched off`, 'Connect it again to switch it on.');
  }
  return null;
}

function explanation(method, name, organisation) {
  return method.kind === 'oauth2'
    ? `${name} opens in a new window. Sign in there and allow ${organisation} to use your data.`
    : `Give ${organisation} access to your data in ${name}.`;
}

/**
 * Shows a provider with one of its methods.
 *
 * @param {object} what
 * @param {object} what.provider
 * @param {object} what.method the chosen one
 * @param {object} what.session
 * @param {(values: object, form: object) => void} what.onSubmit
 * @param {(method: object) => void} what.onMethod another method was chosen
 * @param {() => void} [what.onBack]
 */
export function showProvider({ provider, method, session, onSubmit, onMethod, onBack }) {
  const { name, connection } = provider;
  const again = connection ? 'Reconnect' : 'Connect';
  const submit = method.kind === 'oauth2' ? `Continue with ${name}` : again;
  const form = makeForm(method, { submit, onSubmit: (values) => onSubmit(values, form) });
  screen.show({
    title: `${again} ${name}`,
    head: tile(provider, 'large'),
    content: [
      trouble(provider),
      element('p', { class: 'lead' }, explanation(method, name, session.organisation ?? 'this app')),
      form.node,
      otherWays(provider, method, { session, onMethod }),
    ],
    onBack,
  });
  return form;
}
