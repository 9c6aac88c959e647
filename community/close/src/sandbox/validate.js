/**
 * Whether a body is what Close takes. Unknown members are refused (`additionalProperties: false` in the reference); custom
 * fields (`custom.cf_…`) are taken as they are. The texts of the refusals are ours.
 */

import { refuseFields } from './errors.js';

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const MOST = 100;

/** The values as they are kept. Throws a 400 that names every field at fault. */
export function checked(fields, body) {
  const [values, errors] = [{}, {}];
  for (const [name, value] of Object.entries(body)) {
    try {
      values[name] = name.startsWith('custom.') ? value : kept(fields[name], value);
    } catch (why) {
      errors[name] = why.details ?? why.message;
    }
  }
  refuseFields(errors);
  return values;
}

function kept(rule, value) {
  if (!rule) {
    throw new Error('Unknown field.');
  }
  if (value === null) {
    if (rule.never_null || rule.kind === 'choice') {
      throw new Error('This field may not be null.');
    }
    return rule.kind.endsWith('s') ? [] : null;
  }
  return KINDS[rule.kind](value, rule);
}

const KINDS = {
  text(value, { longest = Number.POSITIVE_INFINITY }) {
    must(typeof value === 'string', 'Must be a string.');
    must([...value].length <= longest, `Ensure this field has no more than ${longest} characters.`);
    return value === '' ? null : value;
  },
  integer(value, { largest = Number.POSITIVE_INFINITY }) {
    must(Number.isInteger(value) && value >= 0 && value <= largest, 'Must be a whole number in range.');
    return value;
  },
  choice(value, { choices }) {
    must(choices.includes(value), 'Not a valid choice.');
    return value;
  },
  date(value) {
    must(typeof value === 'string' && !Number.isNaN(Date.parse(value)), 'Must be a date.');
    return value.slice(0, 10);
  },
  list(value) {
    must(Array.isArray(value), 'Must be a list.');
    return value;
  },
  emails: (value) =>
    each(value, ({ email, type = 'office' }) => {
      must(typeof email === 'string' && EMAIL.test(email), 'Not a valid email address.', 'email');
      return { email, type, is_unsubscribed: false };
    }),
  phones: (value) =>
    each(value, ({ phone, type = 'office' }) => {
      const number = e164(phone);
      must(number !== undefined, 'Not a valid phone number.', 'phone');
      return { phone: number, phone_formatted: number, type, country: null };
    }),
  urls: (value) => each(value, ({ url, type = 'url' }) => ({ url, type })),
};

/** Errors of a list's elements are told by their index. */
function each(value, keep) {
  must(Array.isArray(value) && value.length <= MOST, `Must be a list of at most ${MOST}.`);
  return value.map((element, index) => {
    try {
      return keep(element ?? {});
    } catch (why) {
      throw Object.assign(why, { details: { [index]: { [why.member]: why.message } } });
    }
  });
}

/** "Phone number in E.164 format"; ten digits alone are a number in the United States, as in the reference's example. */
function e164(text) {
  const digits = String(text ?? '').replace(/[\s().-]/g, '');
  if (/^\d{10}$/.test(digits)) {
    return `+1${digits}`;
  }
  return /^\+\d{5,15}$/.test(digits) ? digits : undefined;
}

function must(holds, message, member) {
  if (!holds) {
    throw Object.assign(new Error(message), { member });
  }
}
