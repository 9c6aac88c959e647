// The form of an authentication method: its credential, what it must know, and, folded away, what it may know.
import { banner, element } from './dom.js';
import { makeField } from './field.js';
import { explain } from './messages.js';

const settingName = (name) => `settings.${name}`;

function describe(setting) {
  const { name, label, description, required, choices } = setting;
  return { name: settingName(name), label, help: description, required, choices, value: setting.default };
}

/** What is wrong with what was typed, by field, before the server is asked. */
export function findMissing(fields) {
  const missing = fields.filter((field) => field.required && !field.value());
  return Object.fromEntries(missing.map((field) => [field.name, `${field.label} is needed.`]));
}

/**
 * Makes the form of a method.
 *
 * @param {object} method an auth method as the server describes it
 * @param {{ submit: string, onSubmit: (values: { token?: string, settings: object }) => void }} how
 */
export function makeForm(method, { submit, onSubmit }) {
  const isToken = method.kind === 'token';
  const token =
    isToken &&
    makeField({ name: 'token', label: method.label || method.name, help: method.help, required: true, secret: true });
  const settings = method.settings.map((setting) => makeField(describe(setting)));
  const fields = [token, ...settings].filter(Boolean);
  const needed = fields.filter((field) => field.required);
  const extra = fields.filter((field) => !field.required);
  const alert = element('div', { role: 'alert' });
  const button = element('button', { type: 'submit', class: 'primary' }, submit);
  const more =
    extra.length > 0 &&
    element('details', {}, element('summary', {}, 'More settings'), ...extra.map((field) => field.node));
  const node = element(
    'form',
    { novalidate: true, class: 'stack' },
    alert,
    ...needed.map((field) => field.node),
    needed.length > 0 && fields.length > 1 && element('p', { class: 'note' }, 'Fields marked * are needed.'),
    more,
    button,
  );

  let isBusy = false;

  function values() {
    const given = settings.filter((field) => field.value());
    const entries = given.map((field) => [field.name.slice(settingName('').length), field.value()]);
    return { ...(token && { token: token.value() }), settings: Object.fromEntries(entries) };
  }

  /** Shows messages at their fields, those of no field on top, and moves the focus to the first. */
  function showErrors(errors) {
    for (const field of fields) field.fail(errors[field.name] ?? '');
    const wrong = fields.filter((field) => errors[field.name]);
    if (more && wrong.some((field) => extra.includes(field))) more.open = true;
    wrong[0]?.focus();
    const known = new Set(fields.map((field) => field.name));
    const others = Object.entries(errors).filter(([name]) => !known.has(name));
    if (others.length > 0) showAlert('Something is not right', others.map(([, message]) => message).join(' '));
  }

  /** Shows an error that has nothing to do with a field. What was typed stays. */
  function showTrouble(error, name) {
    const { title, text } = explain(error, name);
    showAlert(title, text);
  }

  function showAlert(title, text) {
    alert.replaceChildren(banner(title, text));
  }

  /** While busy, nothing can be changed or sent a second time. The button keeps the focus. */
  function setBusy(text) {
    isBusy = Boolean(text);
    if (isBusy) alert.replaceChildren();
    for (const field of fields) field.lock(isBusy);
    button.setAttribute('aria-disabled', String(isBusy));
    button.classList.toggle('busy', isBusy);
    button.textContent = text || submit;
  }

  node.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isBusy) return;
    const missing = findMissing(fields);
    alert.replaceChildren();
    showErrors(missing);
    if (Object.keys(missing).length === 0) onSubmit(values());
  });

  return { node, showErrors, showTrouble, setBusy };
}
