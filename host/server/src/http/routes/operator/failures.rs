//! Refused changes of connectors, as errors of the operator API.

use std::collections::BTreeMap;

use routemcp_runtime::{CallError, LoadError};
use routemcp_store::StoreError;

use crate::connectors::ConnectorError;
use crate::connectors::apart::CompileError;
use crate::flow::failures::overloaded;
use crate::http::error::{ApiError, Code};

impl From<ConnectorError> for ApiError {
    fn from(error: ConnectorError) -> Self {
        let code = match &error {
            ConnectorError::Load(LoadError::Describe(cause @ CallError::Overloaded { .. })) => {
                return overloaded(cause);
            }
            ConnectorError::Load(LoadError::Engine(_)) | ConnectorError::Compile(CompileError::Start(_)) => {
                return Self::internal(error);
            }
            ConnectorError::Load(LoadError::TooLarge { .. }) => Code::PayloadTooLarge,
            ConnectorError::Load(_)
            | ConnectorError::Compile(_)
            | ConnectorError::Host(_)
            | ConnectorError::Damaged { .. } => Code::ConnectorRefused,
            ConnectorError::Signature(_) => Code::SignatureRefused,
            ConnectorError::GrantRequired { missing, .. } => {
                let hosts = missing
                    .iter()
                    .map(|asked| (asked.pattern.to_string(), asked.purposes.join(", ")));
                let hosts: BTreeMap<String, String> = hosts.collect();
                return Self::new(Code::GrantRequired, sentence(&error)).with_errors(hosts);
            }
            ConnectorError::UnknownConnector(_) | ConnectorError::UnknownVersion(_) => Code::NotFound,
            ConnectorError::NothingBefore(_) => Code::ConnectorConflict,
            ConnectorError::Store(StoreError::Conflict(_)) => Code::ConnectorConflict,
            ConnectorError::Store(StoreError::NotFound(_)) => Code::NotFound,
            ConnectorError::Store(_) => {
                return match error {
                    ConnectorError::Store(error) => error.into(),
                    other => Self::internal(other),
                };
            }
        };
        Self::new(code, sentence(&error))
    }
}

/// Our errors begin with a small letter and have no full stop; messages of the API are sentences.
fn sentence(error: &ConnectorError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let mut sentence = first.unwrap_or_default() + letters.as_str();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use routemcp_broker::HostPattern;
    use routemcp_runtime::LoadError;
    use routemcp_store::StoreError;

    use super::{ApiError, Code, ConnectorError};
    use crate::connectors::grants::Asked;

    #[test]
    fn every_refusal_has_its_code_and_is_a_sentence() {
        let missing = vec![Asked {
            pattern: HostPattern::parse("a.example").unwrap(),
            purposes: vec!["API requests".to_owned()],
        }];
        let slug = || "acme".to_owned();
        for (error, code) in [
            (
                ConnectorError::Load(LoadError::Import("it imports `x`".to_owned())),
                Code::ConnectorRefused,
            ),
            (
                ConnectorError::Load(LoadError::TooLarge { bytes: 2, limit: 1 }),
                Code::PayloadTooLarge,
            ),
            (
                ConnectorError::GrantRequired {
                    slug: slug(),
                    missing,
                },
                Code::GrantRequired,
            ),
            (ConnectorError::UnknownConnector(slug()), Code::NotFound),
            (ConnectorError::NothingBefore(slug()), Code::ConnectorConflict),
            (
                ConnectorError::Store(StoreError::Conflict("it is active".to_owned())),
                Code::ConnectorConflict,
            ),
            (ConnectorError::Store(StoreError::Busy), Code::StoreUnavailable),
        ] {
            let error = ApiError::from(error);
            assert_eq!(error.code, code, "{error:?}");
            assert!(error.message.ends_with('.'), "{error:?}");
            assert!(!error.message.starts_with(char::is_lowercase), "{error:?}");
        }
    }
}
