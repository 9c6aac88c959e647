/**
 * What the component exports as `connector`.
 *
 * @param {import('./connector.js').Connector} connector
 */
export function exportConnector(connector: import("./connector.js").Connector): {
    describe: () => string;
    listRecords: (resource: string, query: any) => {
        records: {
            tag: string;
            val: string[];
        } | {
            tag: string;
            val: (string[] | import("./host.js").RawResponse)[];
        };
        next: string | undefined;
    };
    getRecord: (resource: string, id: string, fields: string[]) => {
        tag: string;
        val: (string | import("./host.js").RawResponse)[];
    } | {
        tag: string;
        val: string;
    };
    createRecord: (resource: string, values: string, fields: string[]) => {
        tag: string;
        val: (string | import("./host.js").RawResponse)[];
    } | {
        tag: string;
        val: string;
    };
    updateRecord: (resource: string, id: string, values: string, fields: string[]) => {
        tag: string;
        val: (string | import("./host.js").RawResponse)[];
    } | {
        tag: string;
        val: string;
    };
    deleteRecord: (resource: string, id: string) => void;
};
/**
 * What the component exports as `sandbox`. `store` is the interface `sandbox-store`.
 *
 * @param {import('./sandbox.js').Sandbox} sandbox
 * @param {import('./sandbox/state.js').Store} store
 */
export function exportSandbox(sandbox: import("./sandbox.js").Sandbox, store: import("./sandbox/state.js").Store): {
    handle(request: any): {
        status: number;
        headers: [string, string][];
        body: Uint8Array<ArrayBuffer>;
    };
};
