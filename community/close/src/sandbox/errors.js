/**
 * Refusals in Close's format; see `../errors.js` for where it is from.
 */

import { Reply } from '@routemcp/connector/sandbox';

export class ApiError extends Error {
  constructor(status, body) {
    super(`status ${status}`);
    this.status = status;
    this.body = body;
  }

  reply() {
    return Reply.json(this.status, this.body);
  }
}

export function apiError(status, message) {
  return new ApiError(status, { error: message });
}

export function notFound(document) {
  return apiError(404, `Empty query: ${document} matching query does not exist.`);
}

/** Throws if there is any. */
export function refuseFields(fields) {
  if (Object.keys(fields).length > 0) {
    throw new ApiError(400, { errors: [], 'field-errors': fields });
  }
}
