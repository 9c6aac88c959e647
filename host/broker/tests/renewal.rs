//! A secret that is renewed while a call is under way.

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use async_trait::async_trait;
    use bytes::Bytes;
    use http::HeaderMap;
    use routemcp_broker::{
        Body, Credential, Grant, Limits, Placement, Prepared, Request, Response, SecretSource, SendError,
        Session, Transport,
    };
    use secrecy::{ExposeSecret as _, SecretString};

    /// Takes one secret only, answers 401 to all others, and echoes what it got.
    struct Provider {
        accepts: &'static str,
        seen: Mutex<Vec<String>>,
    }

    #[async_trait]
    impl Transport for Provider {
        async fn send(&self, request: Prepared) -> Result<Response, SendError> {
            let secret = request.headers["x-key"].to_str().unwrap().to_owned();
            let status = if secret == self.accepts { 200 } else { 401 };
            self.seen.lock().unwrap().push(secret.clone());
            Ok(Response {
                status,
                headers: HeaderMap::new(),
                body: Bytes::from(secret),
            })
        }
    }

    /// Gives one secret after the other, each when the one before was refused.
    struct Secrets {
        current: &'static str,
        next: Mutex<VecDeque<Result<Option<&'static str>, SendError>>>,
    }

    #[async_trait]
    impl SecretSource for Secrets {
        async fn current(&self) -> Result<SecretString, SendError> {
            Ok(self.current.into())
        }

        async fn renewed(&self, refused: &SecretString) -> Result<Option<SecretString>, SendError> {
            assert_eq!(refused.expose_secret(), self.current);
            let next = self.next.lock().unwrap().pop_front();
            next.expect("asked too often").map(|next| next.map(Into::into))
        }
    }

    fn ended() -> SendError {
        SendError::CredentialEnded {
            reason: "revoked".to_owned(),
        }
    }

    async fn send(
        method: &str,
        next: Vec<Result<Option<&'static str>, SendError>>,
    ) -> (Result<Response, SendError>, Vec<String>) {
        let provider = Arc::new(Provider {
            accepts: "second-secret",
            seen: Mutex::default(),
        });
        let credential = Credential {
            placement: Placement::from_header("x-key", "").unwrap(),
            source: Arc::new(Secrets {
                current: "first-secret",
                next: Mutex::new(next.into()),
            }),
        };
        let session = Session::new(
            Arc::new(Grant::new("https://api.example.com", &[]).unwrap()),
            Some(credential),
            provider.clone(),
            Limits::default(),
            Instant::now() + Duration::from_secs(5),
        );
        let request = Request {
            method: method.into(),
            target: "/x".into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            repeatable: false,
        };
        let result = session.send(request).await;
        let seen = provider.seen.lock().unwrap().clone();
        (result, seen)
    }

    #[tokio::test]
    async fn a_refused_secret_is_renewed_once_whatever_the_method() {
        for method in ["GET", "POST", "DELETE"] {
            let (result, seen) = send(method, vec![Ok(Some("second-secret"))]).await;
            let answer = result.unwrap();
            assert_eq!(answer.status, 200, "{method}");
            assert_eq!(seen, ["first-secret", "second-secret"]);
            assert_eq!(
                answer.body, "[credential]",
                "the renewed secret is taken out of the answer"
            );
        }
    }

    #[tokio::test]
    async fn a_renewed_secret_that_is_refused_too_is_not_renewed_again() {
        let (result, seen) = send("GET", vec![Ok(Some("third-secret"))]).await;
        assert_eq!(result.unwrap().status, 401);
        assert_eq!(seen, ["first-secret", "third-secret"]);
    }

    #[tokio::test]
    async fn without_another_secret_the_refusal_stands() {
        let (result, seen) = send("GET", vec![Ok(None)]).await;
        let answer = result.unwrap();
        assert_eq!((answer.status, answer.body), (401, Bytes::from("[credential]")));
        assert_eq!(seen, ["first-secret"]);
    }

    #[tokio::test]
    async fn a_credential_that_has_ended_is_said_to_have_ended() {
        let (result, _) = send("GET", vec![Err(ended())]).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), &error), ("unauthorized", &ended()));
    }
}
