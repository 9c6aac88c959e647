// The list of providers, with a search field that filters it.
import { element, icon, tile } from '../dom.js';
import { screen } from '../screen.js';

const STATES = {
  active: ['good', 'Connected'],
  needs_reauth: ['bad', 'Needs attention'],
  disabled: ['off', 'Switched off'],
};
const CATEGORIES = { crm: 'CRM', pms: 'Property management' };

function state(connection) {
  const [kind, text] = STATES[connection?.status] ?? [];
  return kind && element('span', { class: `state ${kind}` }, text);
}

const categoryOf = ({ category }) => CATEGORIES[category] ?? category;

function item(provider, category, onPick) {
  const names = element(
    'span',
    { class: 'names' },
    element('span', { class: 'name' }, provider.name),
    category && element('span', { class: 'sub' }, category),
  );
  const button = element(
    'button',
    { type: 'button', class: 'item', onclick: () => onPick(provider) },
    tile(provider),
    names,
    state(provider.connection),
    icon('chevron'),
  );
  return element('li', {}, button);
}

// Accents and case do not matter to someone who types a name.
const simple = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The providers whose name, slug or category has what was typed. */
export function matching(providers, typed) {
  const wanted = simple(typed.trim());
  const words = (provider) => simple([provider.name, provider.slug, categoryOf(provider)].join(' '));
  return providers.filter((provider) => words(provider).includes(wanted));
}

function counted(found) {
  return found === 1 ? '1 provider' : `${found} providers`;
}

/** Shows the list. @param {{ providers: object[], onPick: (provider: object) => void }} what */
export function showPicker({ providers, onPick }) {
  const list = element('ul', { class: 'list', id: 'providers' });
  const none = element('p', { class: 'none', hidden: true });
  const search = element('input', {
    type: 'search',
    'aria-label': 'Search providers',
    'aria-controls': 'providers',
    placeholder: 'Search',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  // Worth saying only where it tells them apart.
  const isMixed = new Set(providers.map(categoryOf)).size > 1;
  const itemOf = (provider) => item(provider, isMixed && categoryOf(provider), onPick);
  const buttons = () => [...list.querySelectorAll('button')];

  function filter() {
    const found = matching(providers, search.value);
    list.replaceChildren(...found.map(itemOf));
    none.textContent = `Nothing matches “${search.value.trim()}”.`;
    none.hidden = found.length > 0;
    return found;
  }

  search.addEventListener('input', () => {
    const found = filter();
    screen.say(found.length > 0 ? counted(found.length) : none.textContent);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && search.value.trim()) buttons()[0]?.click();
  });

  // Arrows go from the search field through the list and back.
  function move(event) {
    const all = [search, ...buttons()];
    const last = all.length - 1;
    const at = all.indexOf(document.activeElement);
    const isInText = at === 0 && (event.key === 'Home' || event.key === 'End');
    const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 1, End: last }[event.key];
    if (to == null || at < 0 || isInText) return;
    event.preventDefault();
    all[to]?.focus();
  }

  filter();
  const finder = element('div', { class: 'search' }, icon('search'), search);
  const box = element('div', { class: 'picker', onkeydown: move }, finder, list, none);
  screen.show({
    title: 'Connect an account',
    content: [element('p', { class: 'lead' }, 'Choose where your data is.'), box],
    // On a touch screen the focus would bring up the keyboard, over half of the list.
    focus: matchMedia('(pointer: fine)').matches ? search : undefined,
  });
}
