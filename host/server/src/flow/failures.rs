//! What a failed call means to the caller.

use std::collections::BTreeMap;

use http::StatusCode;
use routemcp_broker::SendError;
use routemcp_runtime::{CallError, Failure, LimitExceeded, LoadedConnector};
use routemcp_unified::mapping::{EffectiveMapping, ReadError};
use routemcp_unified::schema::{Operation, Resource};

use crate::http::error::{ApiError, Code};

/// What the call was about; decides how failures are put.
pub(crate) struct Subject<'a> {
    pub(crate) resource: Resource,
    pub(crate) operation: Operation,
    pub(crate) connector: &'a LoadedConnector,
    pub(crate) mapping: &'a EffectiveMapping,
}

impl Subject<'_> {
    fn is_about_many(&self) -> bool {
        matches!(self.operation, Operation::List | Operation::Create)
    }

    fn provider(&self) -> &str {
        &self.connector.manifest().slug
    }

    /// The error that a failed call becomes. Connector faults are logged here with the digest of the version.
    pub(crate) fn error(&self, error: CallError) -> ApiError {
        match error {
            CallError::Failure(failure) => self.failure(failure),
            CallError::Overloaded { .. } => overloaded(&error),
            CallError::Host(cause) => ApiError::internal(cause),
            CallError::Limit(LimitExceeded::WallClock) => {
                self.log(&error);
                let message = format!("{} did not answer in time.", self.connector.manifest().name);
                ApiError::new(Code::ProviderTimeout, message).with_provider(self.provider())
            }
            CallError::Limit(limit) => self.connector_failed(&error, &format!("it used up {limit}")),
            CallError::Contract(_) => self.connector_failed(&error, "it broke the contract"),
            CallError::Trap(_) => self.connector_failed(&error, "it crashed"),
        }
    }

    /// The error that an unreadable record becomes.
    pub(crate) fn unreadable(&self, error: &ReadError) -> ApiError {
        if let ReadError::TooLarge { .. } = error {
            return ApiError::invalid("fields", error.to_string());
        }
        self.log(error);
        let message = format!(
            "{} sent a record that cannot be read: {error}",
            self.connector.manifest().name
        );
        ApiError::new(Code::ProviderError, message).with_provider(self.provider())
    }

    fn connector_failed(&self, error: &CallError, why: &str) -> ApiError {
        self.log(error);
        let message = format!(
            "The connector for {} failed: {why}.",
            self.connector.manifest().name
        );
        ApiError::new(Code::ConnectorFailed, message).with_provider(self.provider())
    }

    fn log(&self, error: &dyn std::fmt::Display) {
        let digest = self.connector.digest().short();
        tracing::warn!(connector = self.provider(), digest, resource = self.resource.name(), %error, "call failed");
    }

    fn failure(&self, failure: Failure) -> ApiError {
        let provider = &self.connector.manifest().name;
        let code = match code(&failure.kind, self.resource) {
            // Only a call about one record can miss that record; otherwise the provider has no such route.
            code if code.status() == StatusCode::NOT_FOUND && self.is_about_many() => Code::ProviderError,
            code => code,
        };
        let message = match code {
            Code::ProviderRejected => format!("{provider} refused the values: {}", failure.message),
            Code::DuplicateRecord => format!("{provider} has such a record already: {}", failure.message),
            Code::ConnectionNeedsReauth => {
                format!(
                    "{provider} no longer accepts the connection's credential. Its end user must connect again."
                )
            }
            Code::ProviderRateLimited => rate_limited(provider),
            Code::ProviderTimeout => format!("{provider} did not answer in time: {}", failure.message),
            Code::ProviderError => format!("{provider} could not do it: {}", failure.message),
            Code::ConnectorFailed => format!(
                "The connector asked for something that is not allowed: {}",
                failure.message
            ),
            Code::InvalidCursor => "The cursor is not valid any more. Start again without one.".to_owned(),
            Code::OperationNotSupported => failure.message.clone(),
            _ => format!("{} does not exist", self.resource.label()),
        };
        if matches!(code, Code::ProviderError | Code::ConnectorFailed) {
            self.log(&format!("{}: {}", failure.kind, failure.message));
        }
        let error = ApiError::new(code, message)
            .with_provider(self.provider())
            .with_errors(self.unified_fields(&failure.fields))
            .with_retry_after(failure.retry_after);
        match failure.status {
            Some(_) => error.with_provider_error(failure.status, &failure.message),
            None => error,
        }
    }

    /// Errors by provider field become errors by unified field where the mapping knows it.
    fn unified_fields(&self, fields: &[(String, String)]) -> BTreeMap<String, String> {
        let unified = |field: &String| self.mapping.unified_field_of(field).unwrap_or(field).to_owned();
        fields
            .iter()
            .map(|(field, why)| (unified(field), why.clone()))
            .collect()
    }
}

/// The error for a call that found no place.
pub(crate) fn overloaded(error: &CallError) -> ApiError {
    let retry_after = match error {
        CallError::Overloaded { retry_after } => Some(*retry_after),
        _ => None,
    };
    let message = "The server is at its limit of calls under way. Try again soon.";
    ApiError::new(Code::Overloaded, message).with_retry_after(retry_after)
}

/// The error that a request of the caller's own becomes when it got no answer.
pub(crate) fn not_sent(error: &SendError, connector: &LoadedConnector) -> ApiError {
    let manifest = connector.manifest();
    let retry_after = error.retry_after();
    let error = match error.kind() {
        "refused" if !is_budget(error) => {
            return ApiError::invalid(part_of(error), error.to_string()).with_provider(&manifest.slug);
        }
        "timeout" => ApiError::new(
            Code::ProviderTimeout,
            format!("{} did not answer in time: {error}", manifest.name),
        ),
        "unauthorized" => ApiError::new(Code::ConnectionNeedsReauth, error.to_string()),
        "rate-limited" => ApiError::new(Code::ProviderRateLimited, rate_limited(&manifest.name)),
        _ => ApiError::new(
            Code::ProviderError,
            format!("{} could not be reached: {error}", manifest.name),
        ),
    };
    error.with_provider(&manifest.slug).with_retry_after(retry_after)
}

fn rate_limited(provider: &str) -> String {
    format!("{provider} limits its rate of requests. Try again later.")
}

/// Whether a refusal is about what came back or how much of it, not about what was asked.
fn is_budget(error: &SendError) -> bool {
    matches!(
        error,
        SendError::ResponseTooLarge { .. } | SendError::TotalBytes { .. } | SendError::RequestQuota { .. }
    )
}

/// The part of a pass-through request that was refused.
fn part_of(error: &SendError) -> &'static str {
    match error {
        SendError::BadMethod { .. } => "method",
        SendError::HeaderRefused { .. }
        | SendError::HeaderMalformed { .. }
        | SendError::HeadersTooLarge { .. } => "headers",
        SendError::ParameterRefused { .. } => "query",
        SendError::BodyNotAllowed { .. } => "body",
        _ => "path",
    }
}

/// The code for a failure kind of the contract.
fn code(kind: &str, resource: Resource) -> Code {
    match kind {
        "not-found" => not_found(resource),
        "rejected" => Code::ProviderRejected,
        "conflict" => Code::DuplicateRecord,
        "unauthorized" => Code::ConnectionNeedsReauth,
        "rate-limited" => Code::ProviderRateLimited,
        "unsupported" => Code::OperationNotSupported,
        "invalid-cursor" => Code::InvalidCursor,
        "timeout" => Code::ProviderTimeout,
        "refused" => Code::ConnectorFailed,
        // forbidden, unavailable, unexpected, and kinds that this host does not know.
        _ => Code::ProviderError,
    }
}

/// The code for a record that is not there.
pub(crate) fn not_found(resource: Resource) -> Code {
    match resource {
        Resource::Contact => Code::ContactNotFound,
        Resource::Lead => Code::LeadNotFound,
        Resource::Deal => Code::DealNotFound,
        Resource::Meeting => Code::MeetingNotFound,
        Resource::Owner => Code::OwnerNotFound,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Code, Resource, code};

    #[test]
    fn every_kind_of_the_contract_has_its_code() {
        for (kind, expected) in [
            ("not-found", Code::DealNotFound),
            ("rejected", Code::ProviderRejected),
            ("conflict", Code::DuplicateRecord),
            ("unauthorized", Code::ConnectionNeedsReauth),
            ("forbidden", Code::ProviderError),
            ("rate-limited", Code::ProviderRateLimited),
            ("unsupported", Code::OperationNotSupported),
            ("invalid-cursor", Code::InvalidCursor),
            ("unavailable", Code::ProviderError),
            ("timeout", Code::ProviderTimeout),
            ("refused", Code::ConnectorFailed),
            ("unexpected", Code::ProviderError),
            ("something-new", Code::ProviderError),
        ] {
            assert_eq!(code(kind, Resource::Deal), expected, "{kind}");
        }
    }

    #[test]
    fn missing_records_have_the_code_of_the_schema() {
        for resource in Resource::ALL {
            assert_eq!(json!(super::not_found(resource)), resource.not_found_code());
        }
    }
}
