//! The first and the last step of a round trip: to the provider, and to its outcome.

use secrecy::SecretString;

use super::{AUTHORIZE_URL, AuthorizationOutcome, place, read, select};
use crate::error::StoreError;
use crate::ids::AuthorizationId;
use crate::names::AuthorizationStatus;
use crate::seal::Sealed;
use crate::store::Store;
use crate::{check, row, secret, time};

impl Store {
    /// Where to send the browser, which from now on is the only one that can bring the answer. `browser` is a secret that the
    /// browser keeps, in a cookie. None if there is no such round trip, if it was launched before, or if it has expired.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the URL does not decrypt.
    pub async fn launch_authorization(
        &self,
        id: &AuthorizationId,
        browser: &SecretString,
    ) -> Result<Option<SecretString>, StoreError> {
        if !check::can_exist(&[id.as_str()]) {
            return Ok(None);
        }
        let row = sqlx::query(select!(", authorize_url", "WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(self.readers())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let Some(sealed) = row::optional_text(&row, "authorize_url")?.map(Sealed) else {
            return Ok(None);
        };
        let found = read(&row)?;
        let place = place(AUTHORIZE_URL, &found.id, &found.session_id);
        let authorize_url = self.sealer().open(&sealed, &place)?;
        // The URL has done its work, and with it goes the last trace of the state.
        let launched = sqlx::query(
            "UPDATE authorizations SET status = $1, browser_hash = $2, authorize_url = NULL \
             WHERE id = $3 AND status = $4 AND expires_at > $5",
        )
        .bind(AuthorizationStatus::Launched.as_str())
        .bind(secret::hash(browser))
        .bind(id.as_str())
        .bind(AuthorizationStatus::Pending.as_str())
        .bind(time::now().as_millisecond())
        .execute(self.writer())
        .await?;
        Ok((launched.rows_affected() > 0).then_some(authorize_url))
    }

    /// Records how a round trip ended. It ends once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none, or it has ended already; a success also needs one that was taken.
    pub async fn finish_authorization(
        &self,
        id: &AuthorizationId,
        outcome: AuthorizationOutcome,
    ) -> Result<(), StoreError> {
        let (status, code, message, connection_id) = match &outcome {
            AuthorizationOutcome::Succeeded(connection_id) => (
                AuthorizationStatus::Succeeded,
                None,
                None,
                Some(connection_id.as_str()),
            ),
            AuthorizationOutcome::Failed { code, message } => (
                AuthorizationStatus::Failed,
                Some(code.as_str()),
                Some(message.as_str()),
                None,
            ),
        };
        check::text("authorization", id.as_str())?;
        check::optional("code", code)?;
        check::optional("message", message)?;
        let finished = sqlx::query(
            "UPDATE authorizations SET status = $1, error_code = $2, error_message = $3, connection_id = $4, \
             verifier = NULL, authorize_url = NULL WHERE id = $5 \
             AND (status = 'exchanging' OR $1 = 'failed' AND status IN ('pending', 'launched'))",
        )
        .bind(status.as_str())
        .bind(code)
        .bind(message)
        .bind(connection_id)
        .bind(id.as_str())
        .execute(self.writer())
        .await?;
        if finished.rows_affected() == 0 {
            Err(StoreError::NotFound("authorisation under way"))
        } else {
            Ok(())
        }
    }
}
