//! A session with a transport that is not the network.

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use async_trait::async_trait;
    use bytes::Bytes;
    use http::HeaderMap;
    use routemcp_broker::{
        Body, Credential, Grant, Limits, Placement, Prepared, Request, Response, SendError, Session,
        Transport,
    };

    /// Answers with a body of this many bytes; none never answers. Keeps what it was sent.
    struct Fake {
        body: Option<usize>,
        sent: Mutex<Vec<Prepared>>,
    }

    #[async_trait]
    impl Transport for Fake {
        async fn send(&self, request: Prepared) -> Result<Response, SendError> {
            self.sent.lock().unwrap().push(request);
            match self.body {
                Some(length) => Ok(Response {
                    status: 200,
                    headers: HeaderMap::new(),
                    body: Bytes::from(vec![b'x'; length]),
                }),
                None => std::future::pending().await,
            }
        }
    }

    fn fake(body: Option<usize>) -> Arc<Fake> {
        Arc::new(Fake {
            body,
            sent: Mutex::default(),
        })
    }

    fn session(transport: &Arc<Fake>, credential: Option<Credential>, time: Duration) -> Session {
        let grant = Arc::new(Grant::new("https://api.example.com", &[]).unwrap());
        let limits = Limits {
            response_bytes: 100,
            ..Limits::default()
        };
        let transport: Arc<dyn Transport> = transport.clone();
        Session::new(grant, credential, transport, limits, Instant::now() + time)
    }

    fn get(target: &str) -> Request {
        Request {
            method: "GET".into(),
            target: target.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            repeatable: false,
        }
    }

    #[tokio::test]
    async fn a_closed_session_refuses_everything() {
        let session = Session::closed();
        let error = session.send(get("/x")).await.unwrap_err();
        assert_eq!((&error, error.kind()), (&SendError::Closed, "refused"));
        assert_eq!(session.spent().requests, 0);
    }

    #[tokio::test]
    async fn a_transport_cannot_forget_the_size_limit() {
        let transport = fake(Some(101));
        let error = session(&transport, None, Duration::from_secs(5))
            .send(get("/x"))
            .await
            .unwrap_err();
        assert_eq!(error, SendError::ResponseTooLarge { limit: 100 });
    }

    #[tokio::test]
    async fn a_transport_cannot_outlive_the_deadline() {
        let transport = fake(None);
        let session = session(&transport, None, Duration::from_millis(50));
        assert_eq!(session.send(get("/x")).await.unwrap_err(), SendError::Deadline);
        assert_eq!(session.send(get("/x")).await.unwrap_err(), SendError::Deadline);
        assert_eq!(
            transport.sent.lock().unwrap().len(),
            1,
            "nothing is begun after the deadline"
        );
        assert!(session.spent().provider >= Duration::from_millis(50));
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_still_counts_its_time() {
        let session = session(&fake(None), None, Duration::from_secs(5));
        let _ = tokio::time::timeout(Duration::from_millis(30), session.send(get("/x"))).await;
        assert!(session.spent().provider >= Duration::from_millis(30));
    }

    #[tokio::test]
    async fn a_prepared_request_has_limits_cut_to_the_call_and_hides_the_credential() {
        let transport = fake(Some(1));
        let placement = Placement::from_query("api_token").unwrap();
        let credential = Credential::fixed(placement, "s3cr3t".into());
        session(&transport, Some(credential), Duration::from_secs(2))
            .send(get("/x"))
            .await
            .unwrap();
        let sent = transport.sent.lock().unwrap();
        assert_eq!(sent[0].url.query(), Some("api_token=s3cr3t"));
        assert!(sent[0].total <= Duration::from_secs(2) && sent[0].first_byte <= Duration::from_secs(2));
        assert_eq!(sent[0].response_bytes, 100);
        assert!(!format!("{:?}", sent[0]).contains("s3cr3t"));
    }

    #[tokio::test]
    async fn what_policy_refuses_never_reaches_the_transport() {
        let transport = fake(Some(1));
        let session = session(&transport, None, Duration::from_secs(5));
        for target in [
            "https://evil.com/",
            "//evil.com/",
            "/../x",
            "https://u@api.example.com/",
            "ftp://a.example/",
        ] {
            assert_eq!(
                session.send(get(target)).await.unwrap_err().kind(),
                "refused",
                "{target}"
            );
        }
        assert!(transport.sent.lock().unwrap().is_empty());
        assert_eq!(session.spent().requests, 0);
    }
}
