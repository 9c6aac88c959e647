//! What a version of a connector can do and asks for, and how that differs from the live version. Pure.

use std::collections::BTreeSet;

use routemcp_broker::HostPatternError;
use routemcp_runtime::LoadedConnector;
use routemcp_unified::manifest::Manifest;
use serde::Serialize;

use super::grants;

/// What there is to compare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capabilities {
    version: String,
    contract: String,
    hosts: BTreeSet<String>,
    auth_methods: BTreeSet<String>,
    operations: BTreeSet<String>,
    required_settings: BTreeSet<String>,
}

/// How a version differs from the live one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changes {
    /// The live version; none if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    /// The version that is compared with it.
    pub(crate) to: String,
    /// The live version's contract, if it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contract_before: Option<String>,
    pub(crate) contract: String,
    pub(crate) hosts: Difference,
    pub(crate) auth_methods: Difference,
    /// `contact.list` and so on.
    pub(crate) operations: Difference,
    /// Settings that a connection cannot be made without.
    pub(crate) required_settings: Difference,
}

/// What came and what went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
}

impl Capabilities {
    /// What a loaded version can do and asks for.
    pub(crate) fn of(connector: &LoadedConnector) -> Result<Self, HostPatternError> {
        Self::of_manifest(connector.manifest(), &connector.inspection().contract)
    }

    fn of_manifest(manifest: &Manifest, contract: &str) -> Result<Self, HostPatternError> {
        let hosts = grants::asked(manifest)?;
        let operations = manifest.resources.iter().flat_map(|(resource, declared)| {
            let name = |operation: &routemcp_unified::schema::Operation| {
                format!("{}.{}", resource.name(), operation.name())
            };
            declared.operations.iter().map(name)
        });
        let required = manifest.settings.iter().filter(|setting| setting.required);
        Ok(Self {
            version: manifest.version.clone(),
            contract: contract.to_owned(),
            hosts: hosts.iter().map(|asked| asked.pattern.to_string()).collect(),
            auth_methods: manifest
                .auth
                .iter()
                .map(|method| method.id().to_owned())
                .collect(),
            operations: operations.collect(),
            required_settings: required.map(|setting| setting.name.clone()).collect(),
        })
    }

    /// How this version differs from the live one.
    pub(crate) fn changes_since(&self, live: Option<&Self>) -> Changes {
        let nothing = Self::default();
        let before = live.unwrap_or(&nothing);
        Changes {
            from: live.map(|live| live.version.clone()),
            to: self.version.clone(),
            contract_before: live
                .map(|live| live.contract.clone())
                .filter(|contract| *contract != self.contract),
            contract: self.contract.clone(),
            hosts: Difference::between(&before.hosts, &self.hosts),
            auth_methods: Difference::between(&before.auth_methods, &self.auth_methods),
            operations: Difference::between(&before.operations, &self.operations),
            required_settings: Difference::between(&before.required_settings, &self.required_settings),
        }
    }
}

impl Difference {
    fn between(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Self {
        Self {
            added: after.difference(before).cloned().collect(),
            removed: before.difference(after).cloned().collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

impl Changes {
    /// What an operator should read before the swap, a line each.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(before) = &self.contract_before {
            lines.push(format!("contract: {before} -> {}", self.contract));
        }
        for (what, difference) in [
            ("hosts", &self.hosts),
            ("auth methods", &self.auth_methods),
            ("operations", &self.operations),
            ("required settings", &self.required_settings),
        ] {
            if !difference.is_empty() && self.from.is_some() {
                let added = difference.added.iter().map(|text| format!("+{text}"));
                let removed = difference.removed.iter().map(|text| format!("-{text}"));
                let all: Vec<String> = added.chain(removed).collect();
                lines.push(format!("{what}: {}", all.join(" ")));
            }
        }
        lines
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use routemcp_unified::manifest::Manifest;
    use serde_json::{Value, json};

    use super::{Capabilities, Difference};

    /// A manifest with one resource and an OAuth method.
    pub(crate) fn manifest() -> Value {
        json!({
            "manifestVersion": 1, "slug": "acme", "name": "Acme", "version": "1.0.0", "category": "crm",
            "baseUrl": "https://api.acme.example", "allowedHosts": ["https://api.acme.example"],
            "auth": [{
                "kind": "oauth2", "id": "oauth", "name": "OAuth",
                "authorizeUrl": "https://login.acme.example/authorize",
                "tokenUrl": "https://api.acme.example/token",
                "scopes": ["read"],
                "placement": { "header": "Authorization", "prefix": "Bearer " }
            }],
            "resources": { "owner": {
                "operations": ["list"], "idPointer": "/id", "fieldsPointer": "",
                "mappings": [{ "unifiedField": "name", "providerField": "name", "direction": "read" }]
            } }
        })
    }

    pub(crate) fn parsed(manifest: &Value) -> Manifest {
        Manifest::parse(&manifest.to_string()).unwrap()
    }

    fn capabilities(change: impl FnOnce(&mut Value)) -> Capabilities {
        let mut manifest = manifest();
        change(&mut manifest);
        Capabilities::of_manifest(&parsed(&manifest), "0.1.0").unwrap()
    }

    #[test]
    fn every_kind_of_change_is_told() {
        let live = capabilities(|_| {});
        type Change = fn(&mut Value);
        let table: [(Change, &[&str]); 7] = [
            (|_| {}, &[]),
            (|manifest| manifest["version"] = json!("1.1.0"), &[]),
            (
                |manifest| {
                    manifest["allowedHosts"] = json!(["https://api.acme.example", "https://eu.acme.example"])
                },
                &["hosts: +https://eu.acme.example"],
            ),
            (
                |manifest| manifest["auth"][0]["tokenUrl"] = json!("https://evil.example/token"),
                &["hosts: +https://evil.example"],
            ),
            (
                |manifest| manifest["auth"][0]["authorizeUrl"] = json!("https://api.acme.example/authorize"),
                &["hosts: -https://login.acme.example"],
            ),
            (
                |manifest| manifest["resources"]["owner"]["operations"] = json!(["get"]),
                &["operations: +owner.get -owner.list"],
            ),
            (
                |manifest| {
                    manifest["auth"][0]["id"] = json!("login");
                    manifest["settings"] = json!([{ "name": "domain", "label": "Domain", "required": true }]);
                },
                &["auth methods: +login -oauth", "required settings: +domain"],
            ),
        ];
        for (change, expected) in table {
            let new = capabilities(change);
            assert_eq!(new.changes_since(Some(&live)).lines(), expected);
        }
    }

    #[test]
    fn another_contract_is_told_with_both_versions() {
        let live = Capabilities::of_manifest(&parsed(&manifest()), "0.1.0").unwrap();
        let new = Capabilities::of_manifest(&parsed(&manifest()), "0.1.3").unwrap();
        assert_eq!(
            new.changes_since(Some(&live)).lines(),
            ["contract: 0.1.0 -> 0.1.3"]
        );
    }

    #[test]
    fn a_first_version_adds_everything_and_has_no_lines() {
        let changes = capabilities(|_| {}).changes_since(None);
        assert_eq!(changes.from, None);
        assert_eq!(changes.operations.added, ["owner.list"]);
        assert_eq!(changes.hosts.added.len(), 2);
        assert_eq!(changes.required_settings, Difference::default());
        assert!(changes.lines().is_empty());
    }
}
