// The way through the widget: which view follows which, and what the page around it is told.
import { Authorisation, openWindow } from './authorisation.js';
import { ApiError } from './api.js';
import { screen } from './screen.js';
import { showConnected, showExpired, showFailure, showNoProviders, showSuccess } from './views/ends.js';
import { showPicker } from './views/picker.js';
import { showProvider, usableMethods } from './views/provider.js';
import { showWaiting } from './views/waiting.js';

// Long enough to see the tick; "Done" is there for those who are quicker.
const SUCCESS_MS = 1_500;

/** Runs the connect flow. @param {{ api: object, host: object, wanted: string | null }} parts */
export function startFlow({ api, host, wanted }) {
  let session = null;

  const close = () => host.close();
  const canChoose = () => session.providers.length > 1;
  const goBack = () => (canChoose() ? pick : undefined);

  // Tells the page, and takes the end of the session out of every other path. True if it was that.
  function ended(error, provider) {
    host.error(error, provider?.slug);
    if (!(error instanceof ApiError && error.endsSession)) return false;
    showExpired({ onDone: close });
    return true;
  }

  async function load(next) {
    try {
      session = await api.session();
    } catch (error) {
      if (!ended(error)) showFailure({ error, name: 'Your account', onRetry: () => load(next) });
      return;
    }
    screen.introduce(session);
    next();
  }

  const find = (slug) => session.providers.find((provider) => provider.slug === slug);

  function begin() {
    if (wanted && !find(wanted)) return refuseUnknown(wanted);
    if (session.providers.length === 0) return showNoProviders({ onDone: close });
    const only = canChoose() ? null : session.providers[0];
    const target = wanted ? find(wanted) : only;
    return target ? enter(target) : pick();
  }

  function refuseUnknown(slug) {
    const error = { code: 'UNKNOWN_PROVIDER', message: `The provider "${slug}" cannot be connected here.` };
    host.error(error, slug);
    const other = session.providers.length > 0 ? { text: 'Choose another', onClick: pick } : null;
    showFailure({ error, name: slug, other });
  }

  function pick() {
    showPicker({ providers: session.providers, onPick: enter });
  }

  // The provider's first view.
  function enter(provider) {
    const { used, connection, name } = provider;
    if (used || connection?.status === 'active') {
      const onReconnect = used ? undefined : () => choose(provider);
      return showConnected({ name, onDone: close, onReconnect, onBack: goBack() });
    }
    return choose(provider);
  }

  function choose(provider, method = usableMethods(provider)[0]) {
    if (!method) return refuseUnusable(provider);
    const isFirst = method === usableMethods(provider)[0];
    return showProvider({
      provider,
      method,
      session,
      onSubmit: (values, form) =>
        method.kind === 'oauth2' ? authorise(provider, method, values) : connect(provider, method, values, form),
      onMethod: (other) => choose(provider, other),
      onBack: isFirst ? goBack() : () => choose(provider),
    });
  }

  function refuseUnusable(provider) {
    const reason = provider.authMethods.find((method) => method.unavailableReason)?.unavailableReason;
    const error = { code: 'OAUTH_APP_MISSING', message: reason || 'No way to connect it is set up.' };
    host.error(error, provider.slug);
    showFailure({ error, name: provider.name, onBack: goBack() });
  }

  async function connect(provider, method, values, form) {
    form.setBusy(`Checking with ${provider.name}…`);
    screen.say(`Checking with ${provider.name}…`);
    let connection;
    try {
      connection = await api.connect({ provider: provider.slug, authMethod: method.id, ...values });
    } catch (error) {
      form.setBusy('');
      screen.say('');
      refuse(provider, error, form);
      return;
    }
    succeed(provider, connection);
  }

  // What was typed stays: most of these pass, or are a matter of one letter.
  function refuse(provider, error, form) {
    if (error.code === 'VALIDATION_ERROR') return form.showErrors(error.errors);
    if (ended(error, provider)) return undefined;
    if (error.code === 'CONNECT_SESSION_USED') return load(() => enter(find(provider.slug)));
    return form.showTrouble(error, provider.name);
  }

  function authorise(provider, method, { settings }) {
    const retry = () => authorise(provider, method, { settings });
    const leave = () => {
      trip.stop();
      choose(provider, method);
    };
    const fail = (error, link) => {
      if (ended(error, provider)) trip.stop();
      else showFailure({ error, name: provider.name, link, onRetry: again, onBack: leave });
    };
    const again = () => {
      trip.stop();
      retry();
    };
    const trip = new Authorisation(api, openWindow(), {
      onSuccess: (connection) => succeed(provider, connection),
      onFailure: (error) => {
        if (error.code === 'VALIDATION_ERROR') choose(provider, method).showErrors(error.errors);
        else if (error.code === 'CONNECT_SESSION_USED' && !ended(error, provider))
          load(() => enter(find(provider.slug)));
        else fail(error);
      },
      onBlocked: (link) => fail({ code: 'POPUP_BLOCKED', message: 'The browser did not open the window.' }, link),
      onClosed: () => fail({ code: 'POPUP_CLOSED', message: 'The window was closed before the end.' }),
    });
    showWaiting({ provider, onShow: () => trip.focusWindow(), onCancel: leave });
    trip.start({ provider: provider.slug, authMethod: method.id, settings });
  }

  function succeed({ name }, connection) {
    host.success(connection);
    showSuccess({ name, onDone: close });
    setTimeout(close, SUCCESS_MS);
  }

  load(begin);
}
