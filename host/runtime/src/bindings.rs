//! Host bindings, generated from `wit/connector.wit`.
//!
//! The world with a sandbox is the wider one. Its exports are looked up one interface at a time, so that a connector
//! without a sandbox loads just as well.

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "provider-with-sandbox",
    imports: {
        "routemcp:connector/http.send": async | trappable,
        "routemcp:connector/sandbox-store.get": async | trappable,
        "routemcp:connector/sandbox-store.delete": async | trappable,
        "routemcp:connector/sandbox-store.scan": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: { "routemcp:connector/http.response": crate::imports::StoredResponse },
    require_store_data_send: true,
});
