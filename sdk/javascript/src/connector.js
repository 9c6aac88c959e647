/**
 * What a connector does.
 *
 * @module
 */

import { Failure } from './failure.js';

/** @typedef {import('./records.js').Document} Document */
/** @typedef {import('./records.js').Page} Page */
/** @typedef {import('./records.js').Query} Query */

/**
 * A connector. Only the manifest and `list` have to be written: an operation that the manifest leaves out is never called, and
 * what is not written here answers `unsupported`. `resource` is contact, lead, deal, meeting or owner.
 *
 * @typedef {object} Definition
 * @property {object} manifest What `describe` answers; usually imported from `manifest.json`.
 * @property {(resource: string, query: Query) => Page} list A page of records.
 * @property {(resource: string, id: string, fields: string[]) => Document | object} [get] One record. Throws `not-found` when
 *   there is none with this id.
 * @property {(resource: string, values: Record<string, any>, fields: string[]) => Document | object} [create] Makes a record
 *   from provider field and value, and answers it as it now is. Throws `rejected` or `conflict` with the fields at fault.
 * @property {(resource: string, id: string, values: Record<string, any>, fields: string[]) => Document | object} [update]
 *   Changes the given fields and no others (null clears a field), and answers the record as it now is.
 * @property {(resource: string, id: string) => void} [delete] Deletes a record.
 * @property {import('./sandbox.js').Sandbox} [sandbox] The provider, played in its own wire format.
 */

/**
 * A definition with every operation in place.
 *
 * @typedef {Required<Omit<Definition, 'sandbox'>> & Pick<Definition, 'sandbox'>} Connector
 */

/**
 * Checks a definition and puts in what it leaves out. A connector's module exports the result as its default.
 *
 * @param {Definition} definition
 * @returns {Connector}
 */
export function defineConnector(definition) {
  if (typeof definition.manifest !== 'object' || definition.manifest === null) {
    throw new TypeError('defineConnector: `manifest` must be an object, such as the imported manifest.json');
  }
  if (typeof definition.list !== 'function') {
    throw new TypeError('defineConnector: `list` must be a function');
  }
  return {
    get: (resource) => unsupported('read one', resource),
    create: (resource) => unsupported('create a', resource),
    update: (resource) => unsupported('update a', resource),
    delete: (resource) => unsupported('delete a', resource),
    ...definition,
  };
}

/**
 * @param {string} operation
 * @param {string} resource
 * @returns {never}
 */
function unsupported(operation, resource) {
  throw Failure.unsupported(`this connector cannot ${operation} ${resource}`);
}
