//! Takes the provider's answer for a round trip: by its state, once, and only from the browser that was sent there.

use jiff::Timestamp;
use secrecy::SecretString;
use sqlx::any::AnyRow;

use super::{Authorization, VERIFIER, place, read, select};
use crate::error::StoreError;
use crate::names::AuthorizationStatus;
use crate::seal::Sealed;
use crate::store::Store;
use crate::{row, secret, time};

/// A status can change between the look at it and the step away from it, and only twice in a life.
const ATTEMPTS: usize = 4;

/// What a state stands for.
#[derive(Debug)]
pub enum TakenAuthorization {
    /// A round trip that is now the caller's to finish, with its verifier. Nobody else gets it.
    Taken(Box<Authorization>),
    /// One that another browser was sent on, or none yet. It stays open for that browser.
    OtherBrowser,
    /// None that is known.
    Unknown,
    /// One that was taken before, or has ended.
    Used,
    /// One that is too old.
    Expired,
}

/// What to do about a round trip that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Take,
    OtherBrowser,
    Used,
    Expired,
}

impl Store {
    /// Uses up a state. Of any number of simultaneous calls at most one gets [`TakenAuthorization::Taken`]. `browser` is the
    /// secret that the browser was given by [`Store::launch_authorization`], none if it shows none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the verifier does not decrypt; the state is not used up then.
    pub async fn take_authorization(
        &self,
        state: &SecretString,
        browser: Option<&SecretString>,
    ) -> Result<TakenAuthorization, StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(row) = self.look_by_state(state).await? else {
                return Ok(TakenAuthorization::Unknown);
            };
            let mut found = read(&row)?;
            let same_browser = is_same(browser, &row)?;
            match judge(found.status, found.expires_at, same_browser, time::now()) {
                Verdict::OtherBrowser => return Ok(TakenAuthorization::OtherBrowser),
                Verdict::Used => return Ok(TakenAuthorization::Used),
                Verdict::Expired => return Ok(TakenAuthorization::Expired),
                Verdict::Take => {}
            }
            found.verifier = self.open_verifier(&found, &row)?;
            if self.step_to_exchanging(&found).await? {
                found.status = AuthorizationStatus::Exchanging;
                return Ok(TakenAuthorization::Taken(Box::new(found)));
            }
        }
        Err(StoreError::Busy)
    }

    async fn look_by_state(&self, state: &SecretString) -> Result<Option<AnyRow>, StoreError> {
        let row = sqlx::query(select!(", verifier, browser_hash", "WHERE state_hash = $1"))
            .bind(secret::hash(state))
            .fetch_optional(self.readers())
            .await?;
        Ok(row)
    }

    fn open_verifier(&self, found: &Authorization, row: &AnyRow) -> Result<Option<SecretString>, StoreError> {
        let place = place(VERIFIER, &found.id, &found.session_id);
        row::optional_text(row, "verifier")?
            .map(|text| self.sealer().open(&Sealed(text), &place))
            .transpose()
    }

    /// Whether it was this call that did it. The browser need not be asked for again: it is set together with the status.
    async fn step_to_exchanging(&self, found: &Authorization) -> Result<bool, StoreError> {
        let taken = sqlx::query(
            "UPDATE authorizations SET status = $1, verifier = NULL \
             WHERE id = $2 AND status = $3 AND expires_at > $4",
        )
        .bind(AuthorizationStatus::Exchanging.as_str())
        .bind(found.id.as_str())
        .bind(AuthorizationStatus::Launched.as_str())
        .bind(time::now().as_millisecond())
        .execute(self.writer())
        .await?;
        Ok(taken.rows_affected() > 0)
    }
}

fn is_same(browser: Option<&SecretString>, row: &AnyRow) -> Result<bool, StoreError> {
    let remembered = row::optional_text(row, "browser_hash")?;
    Ok(browser
        .zip(remembered)
        .is_some_and(|(browser, hash)| secret::matches(browser, &hash)))
}

fn judge(status: AuthorizationStatus, expires_at: Timestamp, same_browser: bool, now: Timestamp) -> Verdict {
    use AuthorizationStatus::{Exchanging, Failed, Launched, Pending, Succeeded};
    match status {
        Exchanging | Succeeded | Failed => Verdict::Used,
        Pending | Launched if now >= expires_at => Verdict::Expired,
        Launched if same_browser => Verdict::Take,
        Pending | Launched => Verdict::OtherBrowser,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Verdict, judge};
    use crate::names::AuthorizationStatus::{Exchanging, Failed, Launched, Pending, Succeeded};

    #[test]
    fn only_the_browser_that_was_launched_takes_it_and_in_time() {
        let now = Timestamp::now();
        let (later, past) = (now + SignedDuration::from_secs(1), now);
        for (status, expires_at, same_browser, expected) in [
            (Launched, later, true, Verdict::Take),
            (Launched, later, false, Verdict::OtherBrowser),
            (Launched, past, true, Verdict::Expired),
            (Launched, past, false, Verdict::Expired),
            (Pending, later, false, Verdict::OtherBrowser),
            (Pending, later, true, Verdict::OtherBrowser),
            (Pending, past, false, Verdict::Expired),
            (Exchanging, later, true, Verdict::Used),
            (Exchanging, past, true, Verdict::Used),
            (Succeeded, later, true, Verdict::Used),
            (Failed, later, false, Verdict::Used),
        ] {
            let verdict = judge(status, expires_at, same_browser, now);
            assert_eq!(verdict, expected, "{status:?} {same_browser}");
        }
    }
}
