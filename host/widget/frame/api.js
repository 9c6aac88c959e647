// Calls to the server: same origin, the connect token in the header, the usual envelope.

const READ_MS = 20_000;
// The server tries a credential at the provider first, which may take its full 30 seconds.
const WRITE_MS = 60_000;
const PASSING = new Set(['NETWORK', 'OVERLOADED', 'RATE_LIMITED', 'INTERNAL_ERROR']);

/** An answer that is not a success, or none at all (`NETWORK`). */
export class ApiError extends Error {
  constructor({ code, message, errors }) {
    super(message);
    this.code = code;
    /** Messages by field, for `VALIDATION_ERROR`. */
    this.errors = errors ?? {};
  }

  /** Whether the same request may well succeed a moment later. */
  get isPassing() {
    return PASSING.has(this.code);
  }

  /** Whether the session is over, so that nothing can succeed any more. */
  get endsSession() {
    return this.code === 'CONNECT_SESSION_EXPIRED' || this.code === 'INVALID_CONNECT_TOKEN';
  }
}

const unreachable = () => new ApiError({ code: 'NETWORK', message: 'The server cannot be reached.' });

/** The frame's API with one connect token. Every function rejects with an `ApiError`. */
export function createApi(token) {
  async function call(method, path, body) {
    const headers = { Authorization: `Bearer ${token}` };
    if (body) headers['Content-Type'] = 'application/json';
    let answer;
    let envelope;
    try {
      answer = await fetch(`/connect/session${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
        cache: 'no-store',
        signal: AbortSignal.timeout(body ? WRITE_MS : READ_MS),
      });
      envelope = await answer.json();
    } catch {
      throw unreachable();
    }
    if (!answer.ok) throw new ApiError(envelope);
    return envelope.data.data;
  }

  return {
    session: () => call('GET', ''),
    connect: (body) => call('POST', '/connections', body),
    authorise: (body) => call('POST', '/authorizations', body),
    authorisation: (id) => call('GET', `/authorizations/${encodeURIComponent(id)}`),
  };
}
