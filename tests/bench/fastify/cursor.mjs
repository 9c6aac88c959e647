/** Cursors that nobody can make up: the place, and an HMAC over it. */

import { createHmac } from 'node:crypto';

const secret = Buffer.from(process.env.MASTER_KEY, 'base64');

export function sealCursor(place) {
  const text = Buffer.from(JSON.stringify(place)).toString('base64url');
  const mac = createHmac('sha256', secret).update(text).digest('base64url');
  return `${text}.${mac}`;
}
