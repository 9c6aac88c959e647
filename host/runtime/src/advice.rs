//! Says in plain words why a component does not fit, and what its author can do.
//!
//! wasmtime's own link errors ("resource implementation is missing") tell an author nothing, so the import and export
//! lists are looked at first.

use crate::engine::CONTRACT_VERSION;

const OUR_PACKAGE: &str = "routemcp:connector/";
/// The interfaces that a connector may import from our package.
const OUR_IMPORTS: [&str; 6] = ["types", "http", "connection", "clock", "log", "sandbox-store"];
/// Packages of WASI 0.2 that are linked, with nothing behind them but clocks and random numbers.
const WASI_PACKAGES: [&str; 6] = ["cli", "clocks", "filesystem", "io", "random", "sockets"];

/// What is wrong with an import; none if the host offers it.
pub(crate) fn on_import(name: &str) -> Option<String> {
    let (interface, version) = split_version(name);
    if let Some(interface) = interface.strip_prefix(OUR_PACKAGE) {
        return on_our_import(interface, version);
    }
    let wasi_package = interface
        .strip_prefix("wasi:")
        .and_then(|rest| rest.split('/').next());
    match wasi_package {
        Some("http") => Some(format!(
            "it imports `{name}`, which connectors do not get: call `routemcp:connector/http` instead. For JavaScript, \
             build with componentize-js and disableFeatures: ['http', 'fetch-event']"
        )),
        Some(package) if WASI_PACKAGES.contains(&package) && version.starts_with("0.2.") => None,
        Some(_) => Some(format!(
            "it imports `{name}`; of WASI this host links 0.2 of {}",
            WASI_PACKAGES.join(", ")
        )),
        None => Some(format!(
            "it imports `{name}`, which this host does not offer; a connector imports only interfaces of \
             routemcp:connector@{CONTRACT_VERSION}"
        )),
    }
}

fn on_our_import(interface: &str, version: &str) -> Option<String> {
    if !compatible(version) {
        return Some(other_contract(version));
    }
    (!OUR_IMPORTS.contains(&interface)).then(|| {
        format!(
            "it imports `{interface}` of contract {version}, which this host ({CONTRACT_VERSION}) does not offer; update \
             the host or build with an older SDK"
        )
    })
}

/// Why the connector interface was not found among the exports, or did not fit.
pub(crate) fn on_exports<'a>(names: impl Iterator<Item = &'a str>, error: &str) -> String {
    for name in names {
        let (interface, version) = split_version(name);
        if interface == "routemcp:connector/connector" {
            return if compatible(version) {
                format!("its connector interface does not fit contract {CONTRACT_VERSION}: {error}")
            } else {
                other_contract(version)
            };
        }
    }
    format!("it does not export routemcp:connector/connector@{CONTRACT_VERSION}, so it is not a connector")
}

/// Why these bytes are not a component.
pub(crate) fn on_file(bytes: &[u8]) -> Option<String> {
    if wasmparser::Parser::is_component(bytes) {
        return None;
    }
    Some(if wasmparser::Parser::is_core_wasm(bytes) {
        "this is a core WebAssembly module; `routemcp connector build FILE` turns it into a component"
            .to_owned()
    } else {
        "this is not a WebAssembly file".to_owned()
    })
}

/// The contract version of the connector interface among the exports; empty if there is none.
pub(crate) fn contract_of(exports: &[String]) -> String {
    let connector = exports.iter().map(|name| split_version(name));
    connector
        .filter(|(interface, _)| *interface == "routemcp:connector/connector")
        .map(|(_, version)| version.to_owned())
        .next()
        .unwrap_or_default()
}

fn other_contract(version: &str) -> String {
    format!("it was built for connector contract {version}; this host offers {CONTRACT_VERSION}")
}

fn split_version(name: &str) -> (&str, &str) {
    name.split_once('@').unwrap_or((name, ""))
}

/// Whether versions lie on the same track: below 1.0 the minor number is the track.
fn compatible(version: &str) -> bool {
    fn track(version: &str) -> Option<(&str, &str)> {
        let mut numbers = version.split('.');
        Some((numbers.next()?, numbers.next()?))
    }
    track(version).is_some() && track(version) == track(CONTRACT_VERSION)
}

#[cfg(test)]
mod tests {
    use super::{on_exports, on_file, on_import};

    #[test]
    fn offered_imports_need_no_advice() {
        for name in [
            "routemcp:connector/http@0.1.0",
            "routemcp:connector/types@0.1.7",
            "wasi:clocks/monotonic-clock@0.2.6",
            "wasi:sockets/tcp@0.2.0",
        ] {
            assert_eq!(on_import(name), None, "{name}");
        }
    }

    #[test]
    fn each_misfit_gets_its_own_advice() {
        for (name, expected) in [
            ("wasi:http/types@0.2.3", "disableFeatures"),
            ("wasi:keyvalue/store@0.2.0", "of WASI this host links"),
            ("wasi:io/streams@0.3.0", "of WASI this host links"),
            (
                "routemcp:connector/http@0.2.0",
                "built for connector contract 0.2.0; this host offers 0.1.0",
            ),
            ("routemcp:connector/webhook@0.1.3", "update the host"),
            ("env", "does not offer"),
        ] {
            let advice = on_import(name).unwrap_or_default();
            assert!(advice.contains(expected), "{name}: {advice}");
        }
    }

    #[test]
    fn exports_of_another_contract_name_both_versions() {
        let newer = on_exports(["routemcp:connector/connector@1.0.0"].into_iter(), "");
        assert!(
            newer.contains("contract 1.0.0") && newer.contains("0.1.0"),
            "{newer}"
        );
        assert!(on_exports(std::iter::empty(), "").contains("not a connector"));
    }

    #[test]
    fn files_that_are_no_components_are_told_apart() {
        assert!(on_file(b"hello").is_some_and(|advice| advice.contains("not a WebAssembly file")));
        let module = wat::parse_str("(module)").unwrap();
        assert!(on_file(&module).is_some_and(|advice| advice.contains("core WebAssembly module")));
        assert_eq!(on_file(&wat::parse_str("(component)").unwrap()), None);
    }
}
