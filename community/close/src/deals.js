/**
 * Deals are opportunities (`resources/opportunities`). They have no name of their own; their note stands in for it.
 */

import { Document, Failure, http } from '@routemcp/connector';

import { explain, renamed } from './errors.js';
import { fetch, one } from './requests.js';

const PATH = '/opportunity/';
/** What `resources/opportunities/update` cannot change, and why. */
const FIXED = {
  lead_id: 'an opportunity stays with its lead at Close',
  pipeline_id: 'at Close the stage says the pipeline: change the stage',
};
/** `value` is in cents (`resources/opportunities/list`: 300000 is "$3,000"). How far a sum may be from whole ones. */
const ROUNDING = 1e-6;

const refused = renamed(explain, (field) => [field === 'note_html' ? 'note' : field]);

export function create(values) {
  return Document.at(http.post(PATH).json(body(values)).send().accept(refused));
}

export function update(id, values) {
  const { lead_id, pipeline_id, ...rest } = values;
  refuseMoves(id, { lead_id, pipeline_id });
  return Document.at(http.put(one(PATH, id)).json(body(rest)).send().accept(refused));
}

function refuseMoves(id, wanted) {
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  if (given.length === 0) {
    return;
  }
  const now = fetch(PATH, id, Object.keys(FIXED)).at('');
  for (const [field, value] of given) {
    if (value !== now[field]) {
      throw Failure.rejected(FIXED[field]).withField(field, FIXED[field]);
    }
  }
}

function body(values) {
  const result = { ...values };
  if (typeof values.value === 'number') {
    result.value = cents(values.value);
  }
  if (values.note === null) {
    // `resources/opportunities/update`: "Pass null to clear note_html; note is cleared as well." A note cannot be null.
    delete result.note;
    result.note_html = null;
  }
  return result;
}

function cents(value) {
  const whole = Math.round(value);
  if (Math.abs(whole - value) > ROUNDING) {
    const why = 'Close keeps amounts in whole cents';
    throw Failure.rejected(why).withField('value', why);
  }
  return whole;
}
