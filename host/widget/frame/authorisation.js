// One trip to the provider's own page and back. The provider's window can tell us nothing (its page may cut the tie),
// so the server is asked about once a second.
import { ApiError } from './api.js';

const POLL_MS = 1_000;
// The server may still be at work when the window closes itself.
const CLOSED_GRACE_MS = 2_000;
const MOST_MISSES = 20;
const SIZE = { width: 560, height: 760 };

/** Opens an empty window. Has to run within the click, or browsers block it. Null if blocked all the same. */
export function openWindow() {
  const left = Math.max(0, Math.round((window.screen.availWidth - SIZE.width) / 2));
  const top = Math.max(0, Math.round((window.screen.availHeight - SIZE.height) / 3));
  return window.open(
    'about:blank',
    '_blank',
    `popup,width=${SIZE.width},height=${SIZE.height},left=${left},top=${top}`,
  );
}

// Waking at once when the user comes back to this window saves them up to a second, more where timers are slowed down.
function pause() {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      removeEventListener('focus', wake);
      resolve();
    };
    const timer = setTimeout(wake, POLL_MS);
    addEventListener('focus', wake);
  });
}

function launchAddress(text) {
  const url = new URL(text, location.href);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new ApiError({ code: 'AUTHORIZATION_FAILED', message: `${url.protocol} is not the start of a web address.` });
  }
  return url.href;
}

/** A trip under way. */
export class Authorisation {
  #api;
  #window;
  #events;
  #isOver = false;

  /**
   * @param {object} api
   * @param {Window | null} popup of `openWindow`
   * @param {{ onSuccess(connection), onFailure(error), onBlocked(url), onClosed() }} events after `onClosed` and
   *   `onBlocked` the trip goes on, and may still end with one of the others
   */
  constructor(api, popup, events) {
    this.#api = api;
    this.#window = popup;
    this.#events = events;
  }

  /** Begins it. @param {{ provider: string, authMethod: string, settings: object }} request */
  async start(request) {
    try {
      const { id, launchUrl } = await this.#api.authorise(request);
      if (this.#isOver) return;
      const url = launchAddress(launchUrl);
      if (this.#window) this.#window.location.replace(url);
      else this.#events.onBlocked(url);
      await this.#watch(id);
    } catch (error) {
      this.#end(() => this.#events.onFailure(error));
    }
  }

  /** Brings the provider's window to the front. */
  focusWindow() {
    this.#window?.focus();
  }

  /** Ends it without a word. */
  stop() {
    this.#end(() => {});
  }

  #end(tell) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#window?.close();
    tell();
  }

  async #watch(id) {
    let closedAt = null;
    let isReported = false;
    while (!this.#isOver) {
      await pause();
      const standing = await this.#ask(id);
      if (this.#isOver || !standing) continue;
      if (standing.status === 'succeeded') return this.#end(() => this.#events.onSuccess(standing.connection));
      if (standing.status === 'failed') throw new ApiError(standing.error);
      if (!this.#window?.closed) continue;
      closedAt ??= Date.now();
      if (isReported || Date.now() - closedAt < CLOSED_GRACE_MS) continue;
      isReported = true;
      this.#events.onClosed();
    }
  }

  #misses = 0;

  // Null if there was no answer this time.
  async #ask(id) {
    try {
      const standing = await this.#api.authorisation(id);
      this.#misses = 0;
      return standing;
    } catch (error) {
      this.#misses += 1;
      if (!error.isPassing || this.#misses > MOST_MISSES) throw error;
      return null;
    }
  }
}
