//! Whether an access token should be renewed: pure.

use jiff::{SignedDuration, Timestamp};

use crate::flow::credential::Credential;

/// An access token that has less time left than this is renewed while it still works.
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// An access token that has less time left than this is not sent any more: the request has to get there.
const LATE: SignedDuration = SignedDuration::from_secs(5);
/// A provider that refuses a token this young means something other than its age.
const YOUNG: SignedDuration = SignedDuration::from_secs(30);

/// How an access token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Send it.
    Good,
    /// Send it, and get another one meanwhile.
    Due,
    /// Get another one first.
    Expired,
}

/// How the token stands now.
pub(crate) fn standing(credential: &Credential, now: Timestamp) -> Standing {
    let Some(renewal) = &credential.renewal else {
        return Standing::Good;
    };
    let (Some(expires_at), Some(_)) = (renewal.expires_at, &renewal.refresh_token) else {
        return Standing::Good;
    };
    // A quarter of its life at most, for tokens that live for minutes.
    let life = expires_at.duration_since(renewal.obtained_at);
    let early = EARLY.min(life / 4);
    let left = expires_at.duration_since(now);
    if left <= LATE.min(life / 4) {
        Standing::Expired
    } else if left <= early {
        Standing::Due
    } else {
        Standing::Good
    }
}

/// Whether another token may help after the provider refused this one.
pub(crate) fn may_help(credential: &Credential, now: Timestamp) -> bool {
    credential.renewal.as_ref().is_some_and(|renewal| {
        renewal.refresh_token.is_some() && now.duration_since(renewal.obtained_at) > YOUNG
    })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Standing, may_help, standing};
    use crate::flow::credential::{Credential, Renewal};

    fn obtained() -> Timestamp {
        "2026-11-24T10:00:00Z".parse().unwrap()
    }

    fn credential(lifetime: Option<i64>, refresh_token: Option<&str>) -> Credential {
        Credential {
            token: "access".into(),
            renewal: Some(Renewal {
                refresh_token: refresh_token.map(Into::into),
                expires_at: lifetime.map(|seconds| obtained() + SignedDuration::from_secs(seconds)),
                obtained_at: obtained(),
                client_id: "client".to_owned(),
            }),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        obtained() + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_token_is_renewed_early_and_not_sent_late() {
        for (lifetime, age, expected) in [
            (1_800, 0, Standing::Good),
            (1_800, 1_499, Standing::Good),
            (1_800, 1_500, Standing::Due),
            (1_800, 1_794, Standing::Due),
            (1_800, 1_795, Standing::Expired),
            (1_800, 9_000, Standing::Expired),
            // A token of 20 seconds is due after 15.
            (20, 14, Standing::Good),
            (20, 15, Standing::Expired),
            (0, 0, Standing::Expired),
        ] {
            let credential = credential(Some(lifetime), Some("refresh"));
            assert_eq!(standing(&credential, at(age)), expected, "{lifetime} {age}");
        }
    }

    #[test]
    fn what_cannot_be_renewed_or_has_no_end_is_sent_as_it_is() {
        assert_eq!(standing(&credential(Some(60), None), at(600)), Standing::Good);
        assert_eq!(
            standing(&credential(None, Some("refresh")), at(600)),
            Standing::Good
        );
        assert_eq!(
            standing(&Credential::fixed("key".into()), at(600)),
            Standing::Good
        );
    }

    #[test]
    fn a_refusal_is_answered_with_another_token_unless_this_one_is_young() {
        assert!(!may_help(&credential(None, Some("refresh")), at(30)));
        assert!(may_help(&credential(None, Some("refresh")), at(31)));
        assert!(!may_help(&credential(None, None), at(600)));
        assert!(!may_help(&Credential::fixed("key".into()), at(600)));
    }
}
