/**
 * Test people. The same number always gives the same person, and no two numbers share an email address. They are the people of
 * the Rust SDK.
 *
 * @module
 */

/** Displayed and in plain letters, for the email address. Names from several scripts, because records have them. */
const FIRST = [
  ['Mara', 'mara'],
  ['Zoë', 'zoe'],
  ['Łukasz', 'lukasz'],
  ['José', 'jose'],
  ['Søren', 'soren'],
  ['Émilie', 'emilie'],
  ['Олена', 'olena'],
  ['陽子', 'yoko'],
  ['Ines', 'ines'],
  ['Tariq', 'tariq'],
  ['Priya', 'priya'],
  ['Jürgen', 'juergen'],
  ['Thảo', 'thao'],
  ['Ayşe', 'ayse'],
  ['Daniel', 'daniel'],
  ['Grace', 'grace'],
  ['Mateusz', 'mateusz'],
  ['Νίκος', 'nikos'],
  ['Amara', 'amara'],
  ['Björk', 'bjork'],
  ['Noah', 'noah'],
  ['Siobhán', 'siobhan'],
  ['Leila', 'leila'],
  ['Tom', 'tom'],
];

const LAST = [
  ['Lind', 'lind'],
  ["O'Neill", 'oneill'],
  ['Müller', 'mueller'],
  ['Nguyễn', 'nguyen'],
  ['García', 'garcia'],
  ['Kowalski', 'kowalski'],
  ['Шевченко', 'shevchenko'],
  ['佐藤', 'sato'],
  ['Okafor', 'okafor'],
  ['Haddad', 'haddad'],
  ['Sørensen', 'sorensen'],
  ['Patel', 'patel'],
  ['Yılmaz', 'yilmaz'],
  ['Dubois', 'dubois'],
  ['Smith-Jones', 'smith-jones'],
  ['Παπαδόπουλος', 'papadopoulos'],
  ['Þórsdóttir', 'thorsdottir'],
  ['Roth', 'roth'],
  ['van den Berg', 'vandenberg'],
];

const COMPANIES = [
  'Northwind Traders',
  'Müller & Söhne GmbH',
  'Café Lumière',
  'Kite Analytics',
  'Öresund Logistik AB',
  'Blue Harbour Ltd',
  'Sakura 商事',
  'Fjord Data AS',
  'Casa Verde, S.L.',
  'Granite Peak',
  'Łódź Software',
  'Redwood "R" Partners',
  'Tidewater Co.',
];

const JOBS = [
  'Head of Operations',
  'Account Manager',
  'CTO',
  'Buyer',
  'Managing Director',
  'Marketing Lead',
  'Engineer',
];

/** City, region, postal code, country, and the country's telephone code. */
const PLACES = [
  ['Berlin', 'Berlin', '10115', 'Germany', '+49 30'],
  ['Dublin', 'Leinster', 'D02 X285', 'Ireland', '+353 1'],
  ['São Paulo', 'SP', '01310-100', 'Brazil', '+55 11'],
  ['Kraków', 'Małopolskie', '31-042', 'Poland', '+48 12'],
  ['Boston', 'MA', '02108', 'United States', '+1 617'],
  ['大阪市', '大阪府', '530-0001', 'Japan', '+81 6'],
  ['København', 'Hovedstaden', '1050', 'Denmark', '+45'],
  ['Bengaluru', 'Karnataka', '560001', 'India', '+91 80'],
];

/**
 * A person for test data.
 *
 * @typedef {object} Person
 * @property {string} firstName In any script.
 * @property {string} lastName In any script.
 * @property {string} email Plain letters, unique, and under a domain that never receives mail.
 * @property {string} phone With the country's code.
 * @property {string} company The name of a company.
 * @property {string} jobTitle What the person does there.
 * @property {string} street Street and number.
 * @property {string} city City.
 * @property {string} region State, province or county.
 * @property {string} postalCode In the country's form.
 * @property {string} country In English.
 */

/**
 * The person with this number.
 *
 * @param {number} number
 * @returns {Person}
 */
export function person(number) {
  // The tables' lengths have no common factor, so pairs repeat late: 24 * 19 people before the first namesake.
  const [firstName, firstPlain] = pick(FIRST, number);
  const [lastName, lastPlain] = pick(LAST, number);
  const [city, region, postalCode, country, code] = pick(PLACES, number);
  const line = String((number * 7919 + 1234) % 10000).padStart(4, '0');
  return {
    firstName,
    lastName,
    email: `${firstPlain}.${lastPlain}.${number}@example.com`,
    phone: `${code} 555 ${line}`,
    company: pick(COMPANIES, number),
    jobTitle: pick(JOBS, number),
    street: `${(number % 180) + 1} Harbour Street`,
    city,
    region,
    postalCode,
    country,
  };
}

/**
 * @template T
 * @param {T[]} table
 * @param {number} number
 * @returns {T}
 */
function pick(table, number) {
  return table[number % table.length];
}
