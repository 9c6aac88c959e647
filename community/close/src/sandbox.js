/**
 * Close, played: contacts, leads, opportunities, meetings and users in Close's own wire format, with both of its ways to
 * authenticate. Where Close's reference is silent, the choice is noted beside the code.
 */

import { now } from '@routemcp/connector';
import { OAuth, RateLimit, Reply, routes } from '@routemcp/connector/sandbox';

import manifest from '../manifest.json' with { type: 'json' };
import * as contacts from './sandbox/contacts.js';
import { apiError, ApiError } from './sandbox/errors.js';
import * as leads from './sandbox/leads.js';
import * as meetings from './sandbox/meetings.js';
import * as opportunities from './sandbox/opportunities.js';
import { seed } from './sandbox/seed.js';
import * as users from './sandbox/users.js';
import { ORGANISATION, USERS } from './sandbox/workspace.js';

/** Close does not publish its numbers (`overview/rate-limits`); this is more than tests need unless they set a limit. */
const LIMIT = new RateLimit({ calls: 200, windowMs: 1000 });

/** `overview/oauth-authentication`: tokens live an hour, and "the authorization server issues a new Refresh Token". */
const OAUTH = new OAuth({
  provider: 'Close',
  prefix: 'close-',
  accessSeconds: 3600,
  rotates: true,
  members: { scope: 'all.full_access offline_access', organization_id: ORGANISATION, user_id: USERS[0].id },
});

const find = routes({
  'GET /api/v1/contact': contacts.list,
  'POST /api/v1/contact': contacts.create,
  'GET /api/v1/contact/:id': contacts.read,
  'PUT /api/v1/contact/:id': contacts.update,
  'DELETE /api/v1/contact/:id': contacts.remove,
  'GET /api/v1/lead': leads.list,
  'POST /api/v1/lead': leads.create,
  'GET /api/v1/lead/:id': leads.read,
  'PUT /api/v1/lead/:id': leads.update,
  'DELETE /api/v1/lead/:id': leads.remove,
  'GET /api/v1/opportunity': opportunities.list,
  'POST /api/v1/opportunity': opportunities.create,
  'GET /api/v1/opportunity/:id': opportunities.read,
  'PUT /api/v1/opportunity/:id': opportunities.update,
  'DELETE /api/v1/opportunity/:id': opportunities.remove,
  'GET /api/v1/activity/meeting': meetings.list,
  'GET /api/v1/activity/meeting/:id': meetings.read,
  'DELETE /api/v1/activity/meeting/:id': meetings.remove,
  'GET /api/v1/user': users.list,
  'GET /api/v1/user/:id': users.read,
  'GET /api/v1/me': users.me,
  'GET /api/v1/status/lead': users.leadStatuses,
  'GET /api/v1/pipeline': users.pipelines,
});

export function sandbox(request, state) {
  const [first, second] = request.segments();
  switch (`${first}/${second}`) {
    case '_sandbox/rate-limit':
      return LIMIT.control(request, state);
    case 'oauth2/authorize':
      return OAUTH.authorize(request, state);
    case 'oauth2/token':
      return OAUTH.token(request, state);
    default:
      return first === '_sandbox' ? OAUTH.control(request, state, second) : api(request, state);
  }
}

function api(request, state) {
  try {
    seed(state);
    const who = authenticate(request, state);
    const taken = LIMIT.take(state, who, now());
    const reply = taken.allowed ? answer(request, state) : limited(taken);
    // `overview/rate-limits`: most answers have it.
    return reply.header('ratelimit', `limit=${taken.limit}, remaining=${taken.remaining}, reset=${seconds(taken)}`);
  } catch (error) {
    if (error instanceof ApiError) {
      return error.reply();
    }
    throw error;
  }
}

function answer(request, state) {
  const found = find(request);
  if (typeof found === 'number') {
    throw apiError(found, found === 404 ? 'Not found' : 'Method not allowed');
  }
  try {
    return found({ request, state });
  } catch (error) {
    if (error instanceof ApiError) {
      return error.reply();
    }
    throw error;
  }
}

/** `overview/api-key-authentication`: the key is the user name of HTTP Basic, without a password. */
function authenticate(request, state) {
  const bearer = request.token('Bearer');
  if (bearer !== undefined && OAUTH.standing(state, bearer) === 'valid') {
    return bearer;
  }
  if (request.basic() && request.token('Basic') === manifest.sandbox.token) {
    return 'key';
  }
  throw apiError(401, 'Unauthorized');
}

/** `overview/rate-limits` names `rate_reset` and the header; the rest of the body is ours. */
function limited(taken) {
  const message = 'API call count exceeded for this window.';
  const error = { message, rate_limit: taken.limit, rate_reset: seconds(taken) };
  return Reply.json(429, { error }).header('retry-after', seconds(taken));
}

function seconds(taken) {
  return Math.ceil(taken.retryAfterMs / 1000);
}
