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
export function person(number: number): Person;
/**
 * A person for test data.
 */
export type Person = {
    /**
     * In any script.
     */
    firstName: string;
    /**
     * In any script.
     */
    lastName: string;
    /**
     * Plain letters, unique, and under a domain that never receives mail.
     */
    email: string;
    /**
     * With the country's code.
     */
    phone: string;
    /**
     * The name of a company.
     */
    company: string;
    /**
     * What the person does there.
     */
    jobTitle: string;
    /**
     * Street and number.
     */
    street: string;
    /**
     * City.
     */
    city: string;
    /**
     * State, province or county.
     */
    region: string;
    /**
     * In the country's form.
     */
    postalCode: string;
    /**
     * In English.
     */
    country: string;
};
