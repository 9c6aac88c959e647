//! The one error that callers see, and its JSON.
//!
//! An [`ApiError`] becomes a response in two steps: here it sets status and headers and travels in the response's
//! extensions; the outermost layer writes the body, because only it knows the path and the request id.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use routemcp_store::StoreError;
use serde::Serialize;
use serde_json::{Value, json};

/// Every `code` of the API; the table of `api.md` section 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Code {
    ValidationError,
    InvalidCursor,
    UnknownProvider,
    EndUserRequired,
    InvalidApiKey,
    InsufficientScope,
    InvalidConnectToken,
    ConnectSessionExpired,
    OriginNotAllowed,
    ContactNotFound,
    LeadNotFound,
    DealNotFound,
    MeetingNotFound,
    OwnerNotFound,
    NotFound,
    MethodNotAllowed,
    ReadOnlyResource,
    ProviderNotConnected,
    ConnectionNeedsReauth,
    ConnectSessionUsed,
    OauthAppMissing,
    IdempotencyConflict,
    DuplicateRecord,
    PayloadTooLarge,
    UnsupportedMediaType,
    ProviderRejected,
    RateLimited,
    ProviderRateLimited,
    OperationNotSupported,
    InternalError,
    ProviderError,
    ConnectorFailed,
    Overloaded,
    StoreUnavailable,
    ProviderTimeout,
    ProviderDisabled,
    /// Operator API: a connector asks for hosts that are not granted.
    GrantRequired,
    /// Operator API: a file does not become a connector.
    ConnectorRefused,
    /// Operator API: a signature is missing or not good.
    SignatureRefused,
    /// Operator API: the state of a connector stands against it.
    ConnectorConflict,
}

impl Code {
    /// All codes of the product API, for the OpenAPI document.
    pub(crate) const ALL: [Self; 36] = [
        Self::ValidationError,
        Self::InvalidCursor,
        Self::UnknownProvider,
        Self::EndUserRequired,
        Self::InvalidApiKey,
        Self::InsufficientScope,
        Self::InvalidConnectToken,
        Self::ConnectSessionExpired,
        Self::OriginNotAllowed,
        Self::ContactNotFound,
        Self::LeadNotFound,
        Self::DealNotFound,
        Self::MeetingNotFound,
        Self::OwnerNotFound,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::ReadOnlyResource,
        Self::ProviderNotConnected,
        Self::ConnectionNeedsReauth,
        Self::ConnectSessionUsed,
        Self::OauthAppMissing,
        Self::IdempotencyConflict,
        Self::DuplicateRecord,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::ProviderRejected,
        Self::RateLimited,
        Self::ProviderRateLimited,
        Self::OperationNotSupported,
        Self::InternalError,
        Self::ProviderError,
        Self::ConnectorFailed,
        Self::Overloaded,
        Self::StoreUnavailable,
        Self::ProviderTimeout,
        Self::ProviderDisabled,
    ];

    /// The code as it is written.
    pub(crate) fn name(self) -> String {
        json!(self).as_str().unwrap_or_default().to_owned()
    }

    /// The HTTP status that belongs to the code.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::ValidationError | Self::InvalidCursor | Self::UnknownProvider | Self::EndUserRequired => {
                StatusCode::BAD_REQUEST
            }
            Self::InvalidApiKey | Self::InvalidConnectToken | Self::ConnectSessionExpired => {
                StatusCode::UNAUTHORIZED
            }
            Self::InsufficientScope | Self::OriginNotAllowed | Self::SignatureRefused => {
                StatusCode::FORBIDDEN
            }
            Self::ContactNotFound
            | Self::LeadNotFound
            | Self::DealNotFound
            | Self::MeetingNotFound
            | Self::OwnerNotFound
            | Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed | Self::ReadOnlyResource => StatusCode::METHOD_NOT_ALLOWED,
            Self::ProviderNotConnected
            | Self::ConnectionNeedsReauth
            | Self::ConnectSessionUsed
            | Self::OauthAppMissing
            | Self::IdempotencyConflict
            | Self::DuplicateRecord
            | Self::GrantRequired
            | Self::ConnectorConflict => StatusCode::CONFLICT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ProviderRejected | Self::ConnectorRefused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited | Self::ProviderRateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::OperationNotSupported => StatusCode::NOT_IMPLEMENTED,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ProviderError | Self::ConnectorFailed => StatusCode::BAD_GATEWAY,
            Self::Overloaded | Self::StoreUnavailable | Self::ProviderDisabled => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::ProviderTimeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }
}

/// The most fields that a validation error names; a caller mends them in turns.
const SHOWN_ERRORS: usize = 50;

/// What the provider itself said, cut and escaped by the runtime.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProviderError {
    status: Option<u16>,
    message: String,
}

/// What is known of a failed write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The code says it all.
    #[default]
    NotSaid,
    /// Certainly nothing.
    NothingWritten,
    /// Nobody knows whether the provider has carried it out. The only one that callers are shown.
    Unknown,
}

/// An error for the caller.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) errors: Option<BTreeMap<String, String>>,
    pub(crate) provider: Option<String>,
    pub(crate) provider_error: Option<ProviderError>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) outcome: Outcome,
    allow: Option<&'static str>,
}

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            errors: None,
            provider: None,
            provider_error: None,
            retry_after: None,
            outcome: Outcome::NotSaid,
            allow: None,
        }
    }

    /// 400 with one message for each field or parameter.
    pub(crate) fn validation(mut errors: BTreeMap<String, String>) -> Self {
        if errors.len() > SHOWN_ERRORS {
            let more = format!("and {} more", errors.len() - SHOWN_ERRORS);
            errors = errors.into_iter().take(SHOWN_ERRORS).collect();
            errors.insert("…".to_owned(), more);
        }
        Self {
            errors: Some(errors),
            ..Self::new(Code::ValidationError, "Validation Errors.")
        }
    }

    /// 400 about a single field or parameter.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::validation(BTreeMap::from([(field.to_owned(), message.into())]))
    }

    /// 500. The cause is logged here, once, and is not shown.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "internal error");
        Self::new(
            Code::InternalError,
            "Something went wrong on our side. The request id helps us to find it.",
        )
    }

    /// 503 for a database that is busy, full or away. What exactly is wrong with it is for our log.
    pub(crate) fn store_unavailable(cause: &StoreError) -> Self {
        let (message, seconds) = match cause {
            StoreError::Busy => ("The server's database is busy. Try again soon.", 1),
            StoreError::Full => (
                "The server's database cannot take anything at the moment; reading still works. Try again later.",
                30,
            ),
            _ => (
                "The server cannot reach its database at the moment. Try again soon.",
                5,
            ),
        };
        Self::new(Code::StoreUnavailable, message).with_retry_after(Some(Duration::from_secs(seconds)))
    }

    pub(crate) fn with_errors(mut self, errors: BTreeMap<String, String>) -> Self {
        self.errors = (!errors.is_empty()).then_some(errors);
        self
    }

    pub(crate) fn with_provider(mut self, provider: &str) -> Self {
        self.provider = Some(provider.to_owned());
        self
    }

    pub(crate) fn with_provider_error(mut self, status: Option<u16>, message: &str) -> Self {
        self.provider_error = Some(ProviderError {
            status,
            message: message.to_owned(),
        });
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.retry_after = retry_after;
        self
    }

    pub(crate) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    pub(crate) fn with_allow(mut self, allow: &'static str) -> Self {
        self.allow = Some(allow);
        self
    }

    /// Whole seconds for `Retry-After`, rounded up so that coming back then is not too early.
    pub(crate) fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after
            .map(|wait| wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
    }

    /// The body of the answer.
    pub(crate) fn body(&self, path: &str, request_id: &str) -> Value {
        let body = json!({
            "success": false,
            "statusCode": self.code.status().as_u16(),
            "message": self.message,
            "code": self.code,
            "errors": self.errors,
            "provider": self.provider,
            "providerError": self.provider_error,
            "outcome": (self.outcome == Outcome::Unknown).then_some("unknown"),
            "timestamp": crate::http::envelope::now(),
            "path": path,
            "requestId": request_id,
        });
        // What does not apply is left out: null would read as if it could be something.
        match body {
            Value::Object(members) => members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect(),
            other => other,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Invalid { field, problem } => Self::invalid(field, problem),
            StoreError::Busy | StoreError::Full | StoreError::NoConnection | StoreError::Unavailable(_) => {
                tracing::warn!(%error, "the database could not do it");
                Self::store_unavailable(&error)
            }
            _ => Self::internal(error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use routemcp_store::StoreError;
    use serde_json::json;

    use super::{ApiError, Code};

    #[test]
    fn codes_are_written_as_in_the_table() {
        assert_eq!(json!(Code::InvalidApiKey), "INVALID_API_KEY");
        assert_eq!(json!(Code::ProviderNotConnected), "PROVIDER_NOT_CONNECTED");
    }

    #[test]
    fn a_validation_error_names_the_fields() {
        let body = ApiError::invalid("limit", "must be 1 to 100").body("/api/v1/contact", "req_1");
        assert_eq!(body["statusCode"], 400);
        assert_eq!(body["message"], "Validation Errors.");
        assert_eq!(body["errors"]["limit"], "must be 1 to 100");
        assert_eq!(body["path"], "/api/v1/contact");
        assert!(body.get("provider").is_none());
    }

    #[test]
    fn whatever_ails_the_database_is_told_without_its_words() {
        for (error, retry_after) in [
            (StoreError::Busy, 1),
            (StoreError::Full, 30),
            (StoreError::NoConnection, 5),
            (
                StoreError::Unavailable("code 57P01 of host db.internal".to_owned()),
                5,
            ),
        ] {
            let told = ApiError::from(error);
            assert_eq!(
                (told.code, told.retry_after_seconds()),
                (Code::StoreUnavailable, Some(retry_after))
            );
            assert!(!told.message.contains("57P01"), "{told:?}");
        }
    }

    #[test]
    fn retry_after_is_rounded_up() {
        let error = ApiError::new(Code::RateLimited, "").with_retry_after(Some(Duration::from_millis(1_001)));
        assert_eq!(error.retry_after_seconds(), Some(2));
    }
}
