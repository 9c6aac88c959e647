/**
 * What an organisation at Close has beside its records: users, statuses and a pipeline. The same for everybody.
 */

import { person } from '@routemcp/connector/sandbox';

import { idOf } from './ids.js';
import { timeOf } from './times.js';

const FOUNDED = Date.UTC(2025, 0, 6, 9);
const DAY = 86_400_000;

export const ORGANISATION = idOf('orga', 1);
export const CURRENCY = 'EUR';

export const USERS = [0, 1, 2].map((number) => {
  const { firstName, lastName, email } = person(900 + number);
  return {
    id: idOf('user', number + 1),
    first_name: firstName,
    last_name: lastName,
    email,
    image: 'https://secure.gravatar.com/avatar/00000000000000000000000000000000',
    organizations: [ORGANISATION],
    date_created: timeOf(FOUNDED + number * DAY),
    date_updated: timeOf(FOUNDED + (number + 30) * DAY),
  };
});

export const LEAD_STATUSES = ['Potential', 'Bad Fit', 'Qualified'].map((label, number) => ({
  id: idOf('stat', number + 1),
  label,
}));

/** Types of `resources/opportunity-statuses`. */
export const PIPELINE = {
  id: idOf('pipe', 1),
  name: 'Sales',
  organization_id: ORGANISATION,
  statuses: [
    ['Demo', 'active'],
    ['Proposal', 'active'],
    ['Won', 'won'],
    ['Lost', 'lost'],
  ].map(([label, type], number) => ({ id: idOf('stat', number + 101), label, type })),
};

export function userName(id) {
  const user = USERS.find((known) => known.id === id);
  return user ? `${user.first_name} ${user.last_name}` : null;
}
