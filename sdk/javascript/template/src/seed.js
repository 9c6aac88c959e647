/**
 * The test data that the sandbox begins with: the same for everybody, so that tests can rely on it.
 */

import { person } from '@routemcp/connector/sandbox';

const PEOPLE = 40;
const FIRST_DAY = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

export const USERS = [0, 1, 2].map((number) => {
  const { firstName, lastName, email } = person(900 + number);
  return { id: `user-${number + 1}`, name: `${firstName} ${lastName}`, email, active: number < 2 };
});

/** Fills an empty sandbox. */
export function seed(state) {
  if (state.get('seed', 'done')) {
    return;
  }
  state.put('seed', 'done', true);
  for (let number = 0; number < PEOPLE; number++) {
    const id = `person-${state.count('people', 1001)}`;
    state.put('people', id, { id, ...fields(number) });
  }
}

function fields(number) {
  const { firstName, lastName, email, phone, company, jobTitle, street, city, postalCode, country } = person(number);
  const created = FIRST_DAY + number * DAY;
  return {
    first_name: firstName,
    last_name: lastName,
    email,
    phone,
    company,
    job_title: jobTitle,
    address: { street, city, zip: postalCode, country },
    owner_id: USERS[number % USERS.length].id,
    tags: number % 3 === 0 ? ['vip'] : [],
    created_at: new Date(created).toISOString(),
    updated_at: new Date(created + DAY / 2).toISOString(),
  };
}
