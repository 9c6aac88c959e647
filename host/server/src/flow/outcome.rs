//! What a failed call may have written: what its session saw, and what the error says.

use http::StatusCode;
use routemcp_broker::Writes;

use crate::http::error::{ApiError, Code, Outcome};

/// Says in an error what is known of the call's writes. Reads have none, so their errors stay as they are.
pub(crate) fn tell(error: ApiError, writes: Writes) -> ApiError {
    let outcome = of(error.code, writes);
    error.with_outcome(outcome)
}

fn of(code: Code, writes: Writes) -> Outcome {
    match writes {
        Writes { unanswered: true, .. } => Outcome::Unknown,
        // The provider refused a step, and the connector has taken back those before.
        Writes { accepted: true, .. } if is_clear_refusal(code) => Outcome::NotSaid,
        // It was done, but nobody can say how the record now is: the answer or reading it back went wrong.
        Writes { accepted: true, .. } => Outcome::Unknown,
        Writes { .. } => Outcome::NothingWritten,
    }
}

fn is_clear_refusal(code: Code) -> bool {
    matches!(code, Code::ProviderRejected | Code::DuplicateRecord) || code.status() == StatusCode::NOT_FOUND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_depends_on_the_writes_and_on_the_error() {
        let writes = |accepted, unanswered| Writes { accepted, unanswered };
        let cases = [
            (Code::ProviderTimeout, writes(false, true), Outcome::Unknown),
            (Code::ProviderRejected, writes(false, true), Outcome::Unknown),
            (Code::ContactNotFound, writes(false, true), Outcome::Unknown),
            (Code::ConnectorFailed, writes(true, false), Outcome::Unknown),
            (Code::ProviderRateLimited, writes(true, false), Outcome::Unknown),
            (Code::ProviderError, writes(true, false), Outcome::Unknown),
            (Code::ProviderRejected, writes(true, false), Outcome::NotSaid),
            (Code::ContactNotFound, writes(true, false), Outcome::NotSaid),
            (Code::ProviderError, writes(false, false), Outcome::NothingWritten),
            (
                Code::ProviderRateLimited,
                writes(false, false),
                Outcome::NothingWritten,
            ),
        ];
        for (code, writes, expected) in cases {
            assert_eq!(of(code, writes), expected, "{code:?}, {writes:?}");
        }
    }
}
