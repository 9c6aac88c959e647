/**
 * The test data that the sandbox begins with: the same for everybody.
 */

import { person } from '@routemcp/connector/sandbox';

import { newContact } from './contacts.js';
import { newLead } from './lead_store.js';
import { MEETINGS } from './meetings.js';
import { newOpportunity } from './opportunities.js';
import { timeOf } from './times.js';
import { LEAD_STATUSES, PIPELINE, USERS } from './workspace.js';

const LEADS = 24;
const FIRST_DAY = Date.UTC(2026, 0, 5, 8);
const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Fills an empty sandbox. Every lead has one or two contacts but for one, which has none. */
export function seed(state) {
  if (state.get('seed', 'done')) {
    return;
  }
  state.put('seed', 'done', true);
  for (let number = 0; number < LEADS; number++) {
    company(state, number);
  }
}

function company(state, number) {
  const at = FIRST_DAY + number * DAY;
  const lead = newLead(state, { name: `${person(number).company} ${number + 1}`, status_id: pick(LEAD_STATUSES, number).id }, at);
  const contacts = [];
  for (let place = 0; place <= number % 2 && number !== 23; place++) {
    contacts.push(newContact(state, { ...contact(number * 2 + place), lead_id: lead.id }, at + place * HOUR));
  }
  if (number % 3 !== 2) {
    newOpportunity(state, opportunity(number, lead, contacts), at + 2 * HOUR);
  }
  if (number % 2 === 0) {
    MEETINGS.insert(state, meeting(number, lead, contacts), at + 3 * HOUR);
  }
}

function contact(number) {
  const { firstName, lastName, email, phone, jobTitle } = person(number);
  const digits = phone.replaceAll(' ', '');
  return {
    name: `${firstName} ${lastName}`,
    title: jobTitle,
    emails: [{ email, type: 'office', is_unsubscribed: false }],
    phones: number % 5 === 4 ? [] : [{ phone: digits, phone_formatted: phone, type: 'mobile', country: null }],
  };
}

function opportunity(number, lead, contacts) {
  return {
    lead_id: lead.id,
    contact_id: contacts[0]?.id ?? null,
    note: `Annual licence ${number + 1}`,
    note_html: `<body><p>Annual licence ${number + 1}</p></body>`,
    value: number % 7 === 6 ? null : 125_050 * (number + 1),
    confidence: (number * 15) % 101,
    date_won: number % 4 === 3 ? null : timeOf(FIRST_DAY + (number + 90) * DAY).slice(0, 10),
    status_id: pick(PIPELINE.statuses, number).id,
    user_id: pick(USERS, number).id,
  };
}

function meeting(number, lead, contacts) {
  const starts = FIRST_DAY + (number + 14) * DAY + 5 * HOUR;
  const user = pick(USERS, number);
  const guests = contacts.map(({ id, name, emails }) => attendee({ contact_id: id, name, email: emails[0].email }));
  const organiser = attendee({ user_id: user.id, email: user.email, is_organizer: true, status: 'yes' });
  return {
    _type: 'Meeting',
    title: `Introduction ${number + 1}`,
    note: 'Agenda: wishes, prices, next steps',
    location: number % 4 === 0 ? 'https://zoom.us/j/1234567890' : 'Zürich, room "Säntis"',
    starts_at: timeOf(starts).replace('.000000', ''),
    ends_at: timeOf(starts + HOUR / 2).replace('.000000', ''),
    activity_at: timeOf(starts).replace('.000000', ''),
    duration: 1800,
    attendees: [...guests, organiser],
    lead_id: lead.id,
    contact_id: null,
    user_id: user.id,
    users: [user.id],
    source: 'calendar',
    status: 'upcoming',
    outcome_id: null,
    user_note: null,
    user_note_html: null,
  };
}

function attendee(given) {
  return { contact_id: null, user_id: null, name: null, email: null, is_organizer: false, status: 'noreply', ...given };
}

function pick(list, number) {
  return list[number % list.length];
}
