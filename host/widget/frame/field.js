// One field of a form: label, control, help and error, tied together for assistive technology.
import { element } from './dom.js';

/**
 * @typedef {object} Description
 * @property {string} name as in `errors` of the API, such as `token` or `settings.locationId`
 * @property {string} label
 * @property {string} [help]
 * @property {boolean} required
 * @property {boolean} [secret] hidden while typed, with a button to show it
 * @property {string[] | null} [choices] makes it a select
 * @property {string | null} [value] what it starts with
 */

/** Makes a field. @param {Description} description */
export function makeField(description) {
  const { name, label, help, required } = description;
  const id = `field-${name}`;
  const control = makeControl(id, description);
  const error = element('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  const describedBy = [help && `${id}-help`, `${id}-error`].filter(Boolean).join(' ');
  control.setAttribute('aria-describedby', describedBy);
  const mark = required && element('span', { class: 'mark', 'aria-hidden': 'true' }, ' *');
  const node = element(
    'div',
    { class: 'field' },
    element('label', { for: id }, label, mark),
    description.secret ? withShowButton(control, label) : control,
    error,
    help && element('p', { class: 'help', id: `${id}-help` }, help),
  );

  function fail(message) {
    error.textContent = message;
    error.hidden = !message;
    if (message) control.setAttribute('aria-invalid', 'true');
    else control.removeAttribute('aria-invalid');
  }
  control.addEventListener('input', () => fail(''));

  return {
    name,
    label,
    required,
    node,
    value: () => control.value.trim(),
    fail,
    focus: () => control.focus(),
    // A disabled control would lose the focus, a read-only one keeps it; selects know only the first.
    lock: (isLocked) => {
      control[lockOf(control)] = isLocked;
    },
  };
}

const lockOf = (control) => (control.tagName === 'SELECT' ? 'disabled' : 'readOnly');

function makeControl(id, { required, secret, choices, value }) {
  if (choices) return makeSelect(id, { required, choices, value });
  const made = element('input', {
    id,
    type: secret ? 'password' : 'text',
    required,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    // Password managers would offer to keep a provider's token as this site's password.
    'data-1p-ignore': true,
    'data-lpignore': 'true',
  });
  made.value = value ?? '';
  return made;
}

function makeSelect(id, { required, choices, value }) {
  const options = choices.map((choice) => element('option', { value: choice }, choice));
  if (value == null) options.unshift(element('option', { value: '' }, required ? 'Choose…' : 'No preference'));
  const made = element('select', { id, required }, ...options);
  made.value = value ?? '';
  return made;
}

function withShowButton(control, label) {
  const button = element('button', { type: 'button', class: 'show', 'aria-label': `Show ${label}` }, 'Show');
  button.addEventListener('click', () => {
    const shows = control.type === 'password';
    control.type = shows ? 'text' : 'password';
    button.textContent = shows ? 'Hide' : 'Show';
    button.setAttribute('aria-label', `${button.textContent} ${label}`);
  });
  return element('div', { class: 'with-button' }, control, button);
}
