// The channel to the page that holds the frame. Nothing but "ready" leaves before that page has shown an allowed origin.

/**
 * Whether an origin is allowed. An entry is an origin, or one with `:*` as its port.
 *
 * @param {string} origin
 * @param {string[]} entries
 */
export function isAllowed(origin, entries) {
  return entries.some((entry) => {
    if (!entry.endsWith(':*')) return origin === entry;
    const start = entry.slice(0, -2);
    return origin === start || (origin.startsWith(`${start}:`) && /^\d+$/.test(origin.slice(start.length + 1)));
  });
}

/**
 * Says that the frame is ready and takes the first valid answer.
 *
 * @param {string[]} origins the organisation's allowed origins
 * @param {(meeting: { token: string, host: ReturnType<typeof channel> }) => void} onMet called once
 */
export function meetHost(origins, onMet) {
  function receive({ source, origin, data }) {
    if (source !== window.parent || !isAllowed(origin, origins)) return;
    if (data?.type !== 'routemcp:init' || typeof data.token !== 'string') return;
    removeEventListener('message', receive);
    onMet({ token: data.token, host: channel(origin) });
  }
  addEventListener('message', receive);
  window.parent.postMessage({ type: 'routemcp:ready' }, '*');
}

function channel(origin) {
  const post = (message) => window.parent.postMessage(message, origin);
  return {
    success: ({ id, provider, endUserId, status }) =>
      post({ type: 'routemcp:success', connection: { id, provider, endUserId, status } }),
    error: ({ code, message }, provider) =>
      post({ type: 'routemcp:error', error: provider ? { code, message, provider } : { code, message } }),
    close: () => post({ type: 'routemcp:close' }),
  };
}
