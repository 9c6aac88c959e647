//! Why a connector was not installed, or is not what it was asked to be.

use routemcp_broker::HostPatternError;
use routemcp_runtime::LoadError;
use routemcp_store::StoreError;

use super::apart::CompileError;
use super::grants::Asked;
use super::publishers::SignatureError;

/// Why a change of the connectors was refused. Every text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectorError {
    /// The file does not become a connector.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The file cannot be compiled within the limits.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// The signature is missing or not good.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A host that it asks for, or that was granted, is not one.
    #[error(transparent)]
    Host(#[from] HostPatternError),
    /// It asks for more than the operator has granted.
    #[error("{}", grant_required(.slug, .missing))]
    GrantRequired {
        /// The connector.
        slug: String,
        /// What is missing.
        missing: Vec<Asked>,
    },
    /// There is no such connector.
    #[error("there is no connector `{0}`")]
    UnknownConnector(String),
    /// No version, or more than one, begins with what was given.
    #[error("{0}")]
    UnknownVersion(String),
    /// There is nothing to return to.
    #[error("no other version of `{0}` was active before, so there is nothing to roll back to")]
    NothingBefore(String),
    /// What the store has is not what was put there.
    #[error("version {sha256} of `{slug}` in the database is damaged: its bytes are not those of its digest")]
    Damaged {
        /// The connector.
        slug: String,
        /// The version.
        sha256: String,
    },
    /// The store refused, or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn grant_required(slug: &str, missing: &[Asked]) -> String {
    let hosts: Vec<String> = missing
        .iter()
        .map(|asked| format!("{} ({})", asked.pattern, asked.purposes.join(", ")))
        .collect();
    let count = match missing.len() {
        1 => "one more host".to_owned(),
        more => format!("{more} more hosts"),
    };
    format!(
        "`{slug}` asks for {count} than is granted: {}. Nothing was changed; grant with `--grant HOST` or `?grant=HOST`, or \
         with `--grant-all` on the command line",
        hosts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use routemcp_broker::HostPattern;

    use super::{Asked, grant_required};

    #[test]
    fn what_is_missing_is_named_with_its_purpose() {
        let asked = |host: &str| Asked {
            pattern: HostPattern::parse(host).unwrap(),
            purposes: vec!["API requests".to_owned()],
        };
        let one = grant_required("acme", &[asked("eu.acme.example")]);
        assert!(
            one.starts_with(
                "`acme` asks for one more host than is granted: https://eu.acme.example (API requests)."
            ),
            "{one}"
        );
        let two = grant_required("acme", &[asked("a.example"), asked("b.example")]);
        assert!(two.contains("2 more hosts"), "{two}");
    }
}
