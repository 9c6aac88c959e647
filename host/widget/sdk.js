// RouteMCP Connect: opens the widget over a page. sdk.d.ts describes the options.
(() => {
  'use strict';
  if (window.RouteMCPConnect) return;

  const scripts = [document.currentScript, ...document.scripts];
  const own = scripts.find((script) => /\/connect\/sdk\.js([?#]|$)/.test(script?.src));
  if (!own) throw new Error('RouteMCP Connect: load it with <script src=".../connect/sdk.js">');
  const BASE = new URL(own.src).origin;
  const PATIENCE_MS = 15_000;
  let isOpen = false;

  function check(options) {
    const refuse = (text) => {
      throw new TypeError('RouteMCPConnect.open: ' + text);
    };
    if (!options || typeof options !== 'object') refuse('it takes an object, such as { token }');
    const { token, provider } = options;
    if (typeof token !== 'string' || !token.startsWith('ct_')) {
      refuse('"token" must be a connect token (ct_…) of POST /api/v1/connect/token');
    }
    if (provider != null && !/^[a-z0-9-]{1,64}$/.test(provider)) refuse('"provider" must be a slug, such as "hubspot"');
    for (const name of ['onSuccess', 'onError', 'onClose']) {
      if (options[name] != null && typeof options[name] !== 'function') refuse(`"${name}" must be a function`);
    }
  }

  // Rejects with what onError is given.
  async function findSession(token) {
    let answer;
    let body;
    try {
      answer = await fetch(BASE + '/connect/session/check', {
        headers: { Authorization: 'Bearer ' + token },
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      body = await answer.json();
    } catch {
      throw { code: 'NETWORK', message: `${BASE} cannot be reached from this page` };
    }
    if (!answer.ok) throw { code: String(body.code), message: String(body.message) };
    return body.data.data.sessionId;
  }

  // The page's policy may forbid style sheets.
  const style = (element, values) => Object.assign(element.style, values);

  function buildDialog() {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', 'Connect an account');
    dialog.setAttribute('aria-modal', 'true');
    // Below 480 pixels the card fills the screen: the difference times 999 decides.
    style(dialog, {
      inset: '0', boxSizing: 'border-box', width: '100vw', height: '100dvh', maxWidth: 'none', maxHeight: 'none',
      margin: '0', border: '0', outline: 'none', overflow: 'hidden', display: 'grid', placeItems: 'center',
      padding: 'clamp(0px, (100vw - 480px) * 999, 24px)', background: 'rgba(10, 12, 20, .6)',
    });
    const card = document.createElement('div');
    style(card, {
      width: 'min(100%, max(440px, (480px - 100vw) * 999))', height: 'min(100%, max(660px, (480px - 100vw) * 999))',
      borderRadius: 'clamp(0px, (100vw - 480px) * 999, 16px)', overflow: 'hidden', display: 'grid',
      boxShadow: '0 24px 64px rgba(0, 0, 0, .35)', background: dark ? '#15171f' : '#fff',
    });
    dialog.append(card);
    return { dialog, card };
  }

  function buildFrame(session, provider) {
    const frame = document.createElement('iframe');
    const query = new URLSearchParams(provider ? { session, provider } : { session });
    frame.src = `${BASE}/connect/frame?${query}`;
    frame.title = 'Connect an account';
    frame.referrerPolicy = 'no-referrer';
    style(frame, { width: '100%', height: '100%', border: '0', colorScheme: 'light dark' });
    return frame;
  }

  function open(options) {
    check(options);
    const { token, provider } = options;
    // A mistake in the page's function must not stop the widget.
    const tell = (name, ...values) => {
      try {
        options[name]?.(...values);
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
    };
    if (isOpen) {
      queueMicrotask(() => tell('onError', { code: 'ALREADY_OPEN', message: 'The widget is open' }));
      return { close() {} };
    }
    isOpen = true;

    const before = document.activeElement;
    const page = document.documentElement;
    const overflow = page.style.overflow;
    const { dialog, card } = buildDialog();
    let frame;
    let isReady = false;
    let isClosed = false;
    let timer;

    function close() {
      if (isClosed) return;
      isClosed = true;
      isOpen = false;
      clearTimeout(timer);
      removeEventListener('message', receive);
      dialog.close();
      dialog.remove();
      page.style.overflow = overflow;
      before?.focus?.();
      tell('onClose');
    }

    function fail(error) {
      if (isClosed) return;
      tell('onError', error);
      close();
    }

    function receive({ source, origin, data }) {
      if (!frame || source !== frame.contentWindow || origin !== BASE) return;
      if (data?.type === 'routemcp:ready') {
        isReady = true;
        clearTimeout(timer);
        source.postMessage({ type: 'routemcp:init', token }, BASE);
        frame.focus();
      } else if (data?.type === 'routemcp:success') tell('onSuccess', data.connection);
      else if (data?.type === 'routemcp:error') tell('onError', data.error);
      else if (data?.type === 'routemcp:close') close();
    }

    addEventListener('message', receive);
    dialog.addEventListener('close', close);
    // Touch screens have no Escape; later the frame has a button.
    dialog.addEventListener('click', (event) => event.target === dialog && !isReady && close());
    document.body.append(dialog);
    page.style.overflow = 'hidden';
    dialog.showModal();

    findSession(token).then((session) => {
      if (isClosed) return;
      frame = buildFrame(session, provider);
      card.append(frame);
      const message = `The widget did not start; may this page have frames of ${BASE}?`;
      timer = setTimeout(fail, PATIENCE_MS, { code: 'FRAME_BLOCKED', message });
    }, fail);
    return { close };
  }

  window.RouteMCPConnect = { open };
  window.RouteMCP = Object.assign(window.RouteMCP || {}, { connect: open });
})();
