//! The macros that make a component's exports.

#[cfg(target_arch = "wasm32")]
mod component;
#[cfg(target_arch = "wasm32")]
mod panic;

use std::marker::PhantomData;

use crate::{Connector, Sandbox};

/// Makes a type the connector of this component. With `sandbox: Type` the component also plays its provider.
///
/// `export_connector!(Acme)` or `export_connector!(Acme, sandbox: AcmeSandbox)`, once in a crate of the type `cdylib`.
#[macro_export]
macro_rules! export_connector {
    ($connector:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "the exports of a component are C functions")]
        const _: () = {
            type Exported = $crate::ExportedConnector<$connector>;
            $crate::bindings::provider::export_provider!(Exported with_types_in $crate::bindings::provider);
        };
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() = $crate::ExportedConnector::<$connector>::link;
    };
    ($connector:ty, sandbox: $sandbox:ty) => {
        $crate::export_connector!($connector);
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "the exports of a component are C functions")]
        const _: () = {
            type Exported = $crate::ExportedSandbox<$sandbox>;
            $crate::bindings::simulator::export_simulator!(Exported with_types_in $crate::bindings::simulator);
        };
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() = $crate::ExportedSandbox::<$sandbox>::link;
    };
}

/// The exports that [`export_connector`] makes for a connector.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExportedConnector<C>(PhantomData<C>);

/// The exports that [`export_connector`] makes for a sandbox.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExportedSandbox<S>(PhantomData<S>);

impl<C: Connector> ExportedConnector<C> {
    /// Makes a native build check the bounds that the component's exports need.
    pub fn link() {}
}

impl<S: Sandbox> ExportedSandbox<S> {
    /// Makes a native build check the bounds that the component's exports need.
    pub fn link() {}
}
