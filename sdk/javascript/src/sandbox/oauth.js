/**
 * The OAuth 2.0 side of a provider: a consent page, codes, tokens, and the switches that tests use. What is given out guards
 * nothing but test data, so it is unique and need not be secret.
 *
 * @module
 */

import { now } from '../host.js';
import { consentPage, errorPage } from './consent.js';
import { challengeOf } from './sha256.js';
import { Reply } from './reply.js';
import { form } from './request.js';

/** @typedef {import('./request.js').Request} Request */
/** @typedef {import('./state.js').State} State */

const CODES = 'oauth-codes';
const ACCESS = 'oauth-access';
const REFRESH = 'oauth-refresh';
const CONTROL = 'oauth-control';
const COUNTS = 'oauth-counts';
/** A client id that no client has, so that tests can see how that is told. */
const WRONG_CLIENT = 'wrong';

/** How a provider gives out tokens. */
export class OAuth {
  /**
   * @param {object} options
   * @param {string} options.provider The name on the consent page.
   * @param {string} [options.prefix] Before the own part of codes and tokens.
   * @param {number} [options.accessSeconds] How long an access token lives.
   * @param {number} [options.codeSeconds] How long a code lives.
   * @param {boolean} [options.rotates] Whether a refresh token dies when it is used, for a new one.
   * @param {Record<string, unknown>} [options.members] Further members of the token URL's answer.
   */
  constructor({ provider, prefix = '', accessSeconds = 3600, codeSeconds = 300, rotates = false, members = {} }) {
    this.provider = provider;
    this.prefix = prefix;
    this.accessSeconds = accessSeconds;
    this.codeSeconds = codeSeconds;
    this.rotates = rotates;
    this.members = members;
  }

  /**
   * Answers at the authorise URL: GET shows the consent page, POST takes the decision and sends the browser back.
   *
   * @param {Request} request
   * @param {State} state
   * @returns {Reply}
   */
  authorize(request, state) {
    const client = request.parameter('client_id');
    const redirect = request.parameter('redirect_uri');
    if (!client || client === WRONG_CLIENT) {
      return errorPage(this.provider, 'client_id is missing or unknown.');
    }
    if (!redirect || !isHttp(redirect)) {
      return errorPage(this.provider, 'redirect_uri must be an absolute http or https URL.');
    }
    if (request.method === 'GET') {
      return consentPage(this.provider, client, request.parameter('scope') ?? '', `?${form(request.query)}`);
    }
    const returned = request.parameter('state');
    const decision = request.form().get('decision');
    /** @type {[string, string]} */
    const outcome =
      decision === 'allow' ? ['code', this.#issueCode(state, client, redirect, request)] : ['error', 'access_denied'];
    const answer = form(returned === undefined ? [outcome] : [outcome, ['state', returned]]);
    return Reply.empty(302).header('location', `${redirect}${redirect.includes('?') ? '&' : '?'}${answer}`);
  }

  /**
   * Answers at the token URL. The client says who it is in the form or with HTTP Basic.
   *
   * @param {Request} request
   * @param {State} state
   * @returns {Reply}
   */
  token(request, state) {
    const fields = request.form();
    const failure = this.#playedFailure(state);
    if (failure) {
      return failure;
    }
    const client = clientOf(request, fields);
    if (!client) {
      return this.#refuse(state, 401, 'invalid_client', 'client_id or client_secret is missing or wrong');
    }
    switch (fields.get('grant_type')) {
      case 'authorization_code':
        return this.#exchange(state, client, fields);
      case 'refresh_token':
        return this.#refresh(state, client, fields.get('refresh_token') ?? '');
      default:
        return this.#refuse(state, 400, 'unsupported_grant_type', 'grant_type must be authorization_code or refresh_token');
    }
  }

  /**
   * Answers at the revoke URL: ends a refresh token with the access tokens that came from it, or an access token. One that is
   * not known is fine too (RFC 7009).
   *
   * @param {Request} request
   * @param {State} state
   * @returns {Reply}
   */
  revoke(request, state) {
    const fields = request.form();
    if (!clientOf(request, fields)) {
      return oauthError(401, 'invalid_client', 'client_id or client_secret is missing or wrong');
    }
    const token = fields.get('token') ?? '';
    state.delete(ACCESS, token);
    state.delete(REFRESH, token);
    for (const access of state.all(ACCESS)) {
      if (access.refreshToken === token) {
        state.delete(ACCESS, access.token);
      }
    }
    return Reply.json(200, {});
  }

  /**
   * How an access token stands.
   *
   * @param {State} state
   * @param {string} token
   * @returns {'valid' | 'expired' | 'unknown'}
   */
  standing(state, token) {
    const access = state.get(ACCESS, token);
    if (!access) {
      return 'unknown';
    }
    return access.expiresAtMs > now() ? 'valid' : 'expired';
  }

  /**
   * The switches that tests use, below `/_sandbox`: `PUT token-lifetime {"seconds": n}`, `GET tokens` (what happened so far),
   * and `PUT token-failure {"status": n, "times": n, "error": "…"}`, which the token URL then answers so many times.
   *
   * @param {Request} request
   * @param {State} state
   * @param {string} name The last segment of the path.
   * @returns {Reply}
   */
  control(request, state, name) {
    const body = request.json() ?? {};
    switch (`${request.method} ${name}`) {
      case 'PUT token-lifetime':
        state.put(CONTROL, 'lifetime', Number(body.seconds));
        return Reply.empty(204);
      case 'PUT token-failure':
        state.put(CONTROL, 'failure', body);
        return Reply.empty(204);
      case 'GET tokens':
        return Reply.json(200, this.#counts(state));
      default:
        return Reply.json(404, { error: 'there is no such switch' });
    }
  }

  /**
   * @param {State} state
   * @param {string} client
   * @param {string} redirect
   * @param {Request} request
   */
  #issueCode(state, client, redirect, request) {
    const code = `${this.prefix}code-${state.count('oauth-codes')}-${now().toString(36)}`;
    const challenge = request.parameter('code_challenge');
    state.put(CODES, code, { client, redirect, challenge, expiresAtMs: now() + this.codeSeconds * 1000 });
    return code;
  }

  /**
   * @param {State} state
   * @param {string} client
   * @param {Map<string, string>} fields
   */
  #exchange(state, client, fields) {
    const code = state.get(CODES, fields.get('code') ?? '');
    const fits =
      code &&
      code.expiresAtMs > now() &&
      code.client === client &&
      // Some providers do not ask for it again, so it only has to be right.
      [undefined, code.redirect].includes(fields.get('redirect_uri')) &&
      (code.challenge === undefined || code.challenge === challengeOf(fields.get('code_verifier') ?? ''));
    if (!fits) {
      return this.#refuse(state, 400, 'invalid_grant', 'the code is wrong, used, expired or not for this client');
    }
    state.delete(CODES, fields.get('code') ?? '');
    this.#counted(state, 'codes');
    return this.#grant(state, client, this.#issueRefresh(state, client));
  }

  /**
   * @param {State} state
   * @param {string} client
   * @param {string} given
   */
  #refresh(state, client, given) {
    if (state.get(REFRESH, given)?.client !== client) {
      return this.#refuse(state, 400, 'invalid_grant', 'the refresh token is wrong, used or revoked');
    }
    this.#counted(state, 'refreshes');
    if (!this.rotates) {
      return this.#grant(state, client, given);
    }
    state.delete(REFRESH, given);
    return this.#grant(state, client, this.#issueRefresh(state, client));
  }

  /**
   * @param {State} state
   * @param {string} client
   */
  #issueRefresh(state, client) {
    const token = `${this.prefix}refresh-${state.count('oauth-tokens')}-${now().toString(36)}`;
    state.put(REFRESH, token, { client });
    return token;
  }

  /**
   * @param {State} state
   * @param {string} client
   * @param {string} refreshToken
   */
  #grant(state, client, refreshToken) {
    const seconds = state.get(CONTROL, 'lifetime') ?? this.accessSeconds;
    const token = `${this.prefix}access-${state.count('oauth-tokens')}-${now().toString(36)}`;
    state.put(ACCESS, token, { token, client, refreshToken, expiresAtMs: now() + seconds * 1000 });
    const answer = { access_token: token, token_type: 'Bearer', expires_in: seconds, refresh_token: refreshToken };
    return Reply.json(200, { ...answer, ...this.members });
  }

  /** @param {State} state */
  #playedFailure(state) {
    const failure = state.get(CONTROL, 'failure');
    if (!failure || !(failure.times > 0)) {
      return undefined;
    }
    state.put(CONTROL, 'failure', { ...failure, times: failure.times - 1 });
    return this.#refuse(state, failure.status ?? 500, failure.error ?? 'server_error', 'as a test asked for');
  }

  /**
   * @param {State} state
   * @param {number} status
   * @param {string} error
   * @param {string} description
   */
  #refuse(state, status, error, description) {
    this.#counted(state, 'refused');
    return oauthError(status, error, description);
  }

  /**
   * @param {State} state
   * @param {'codes' | 'refreshes' | 'refused'} what
   */
  #counted(state, what) {
    state.put(COUNTS, what, (state.get(COUNTS, what) ?? 0) + 1);
  }

  /** @param {State} state */
  #counts(state) {
    const [codes, refreshes, refused] = ['codes', 'refreshes', 'refused'].map((name) => state.get(COUNTS, name) ?? 0);
    const live = state.all(ACCESS).filter(({ expiresAtMs }) => expiresAtMs > now()).length;
    return { codes, refreshes, refused, live };
  }
}

/**
 * Any client but the wrong one, with any secret.
 *
 * @param {Request} request
 * @param {Map<string, string>} fields
 * @returns {string | undefined}
 */
function clientOf(request, fields) {
  const { name, password } = request.basic() ?? { name: fields.get('client_id'), password: fields.get('client_secret') };
  return name && password && name !== WRONG_CLIENT ? name : undefined;
}

/**
 * @param {number} status
 * @param {string} error
 * @param {string} description
 */
function oauthError(status, error, description) {
  return Reply.json(status, { error, error_description: description });
}

/** @param {string} text */
function isHttp(text) {
  return /^https?:\/\/[^/?#\s]+/i.test(text);
}
