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
export function defineConnector(definition: Definition): Connector;
export type Document = import("./records.js").Document;
export type Page = import("./records.js").Page;
export type Query = import("./records.js").Query;
/**
 * A connector. Only the manifest and `list` have to be written: an operation that the manifest leaves out is never called, and
 * what is not written here answers `unsupported`. `resource` is contact, lead, deal, meeting or owner.
 */
export type Definition = {
    /**
     * What `describe` answers; usually imported from `manifest.json`.
     */
    manifest: object;
    /**
     * A page of records.
     */
    list: (resource: string, query: Query) => Page;
    /**
     * One record. Throws `not-found` when
     * there is none with this id.
     */
    get?: ((resource: string, id: string, fields: string[]) => Document | object) | undefined;
    /**
     * Makes a record
     * from provider field and value, and answers it as it now is. Throws `rejected` or `conflict` with the fields at fault.
     */
    create?: ((resource: string, values: Record<string, any>, fields: string[]) => Document | object) | undefined;
    /**
     * Changes the given fields and no others (null clears a field), and answers the record as it now is.
     */
    update?: ((resource: string, id: string, values: Record<string, any>, fields: string[]) => Document | object) | undefined;
    /**
     * Deletes a record.
     */
    delete?: ((resource: string, id: string) => void) | undefined;
    /**
     * The provider, played in its own wire format.
     */
    sandbox?: import("./sandbox.js").Sandbox | undefined;
};
/**
 * A definition with every operation in place.
 */
export type Connector = Required<Omit<Definition, "sandbox">> & Pick<Definition, "sandbox">;
