//! The generated side of the contract. Two worlds that wit-component merges: every connector exports the first, a
//! connector with a sandbox the second too. `wit/connector.wit` spells the sum of both as `provider-with-sandbox`.

#[allow(
    missing_docs,
    unsafe_code,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::nursery,
    reason = "generated code"
)]
pub mod provider {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "routemcp:connector/provider@0.1.0",
        pub_export_macro: true,
        export_macro_name: "export_provider",
        default_bindings_module: "routemcp_sdk::bindings::provider",
        runtime_path: "::routemcp_sdk::bindings::runtime",
    });
}

#[allow(
    missing_docs,
    unsafe_code,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::nursery,
    reason = "generated code"
)]
pub mod simulator {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package routemcp:sdk;
            world simulator {
                import routemcp:connector/sandbox-store@0.1.0;
                export routemcp:connector/sandbox@0.1.0;
            }
        ",
        world: "routemcp:sdk/simulator",
        generate_all,
        pub_export_macro: true,
        export_macro_name: "export_simulator",
        default_bindings_module: "routemcp_sdk::bindings::simulator",
        runtime_path: "::routemcp_sdk::bindings::runtime",
    });
}

#[doc(hidden)]
pub use wit_bindgen::rt as runtime;
