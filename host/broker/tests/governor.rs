//! A governor in front of a transport: pace, places, and breaker as the calls of a connection feel them.

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use async_trait::async_trait;
    use bytes::Bytes;
    use http::HeaderMap;
    use routemcp_broker::{
        Allowance, Body, BreakerObserver, BreakerState, Governor, Grant, Limits, Prepared, Rate, Request,
        Response, SendError, Session, Transport, Writes,
    };
    use tokio::task::JoinSet;
    use tokio::time::{self, Instant};

    /// Answers every request with this status after some time, and remembers when they came.
    #[derive(Default)]
    struct Provider {
        status: AtomicU32,
        takes: Duration,
        came: Mutex<Vec<Instant>>,
        under_way: AtomicU32,
        most: AtomicU32,
    }

    #[async_trait]
    impl Transport for Provider {
        async fn send(&self, _request: Prepared) -> Result<Response, SendError> {
            self.came.lock().unwrap().push(Instant::now());
            let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(under_way, Ordering::SeqCst);
            time::sleep(self.takes).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            Ok(Response {
                status: u16::try_from(self.status.load(Ordering::SeqCst)).unwrap(),
                headers: HeaderMap::new(),
                body: Bytes::new(),
            })
        }
    }

    impl Provider {
        fn new(status: u32, takes: Duration) -> Arc<Self> {
            Arc::new(Self {
                status: AtomicU32::new(status),
                takes,
                ..Self::default()
            })
        }

        fn asked(&self) -> usize {
            self.came.lock().unwrap().len()
        }
    }

    #[derive(Clone, Default)]
    struct Changes(Arc<Mutex<Vec<(BreakerState, BreakerState)>>>);

    impl BreakerObserver for Changes {
        fn changed(&self, from: BreakerState, to: BreakerState) {
            self.0.lock().unwrap().push((from, to));
        }
    }

    fn session(provider: &Arc<Provider>, governor: &Arc<Governor>, time: Duration) -> Session {
        let grant = Arc::new(Grant::new("https://api.example.com", &[]).unwrap());
        let transport: Arc<dyn Transport> = Arc::clone(provider) as Arc<dyn Transport>;
        Session::new(grant, None, transport, Limits::default(), Instant::now() + time)
            .governed_by(Arc::clone(governor))
    }

    fn post() -> Request {
        Request {
            method: "POST".into(),
            target: "/x".into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            repeatable: false,
        }
    }

    fn governor(rate: Option<Rate>) -> (Arc<Governor>, Changes) {
        let changes = Changes::default();
        let allowance = Allowance {
            rate,
            concurrent: Some(10),
        };
        let governor = Governor::new(allowance, Box::new(changes.clone()));
        (Arc::new(governor), changes)
    }

    const MINUTE: Duration = Duration::from_secs(60);

    /// So many calls at once, each with a session of its own.
    async fn at_once(
        provider: &Arc<Provider>,
        governor: &Arc<Governor>,
        calls: usize,
        time: Duration,
    ) -> Vec<Result<u16, SendError>> {
        let mut all = JoinSet::new();
        for _ in 0..calls {
            let session = session(provider, governor, time);
            all.spawn(async move { session.send(post()).await.map(|response| response.status) });
        }
        all.join_all().await
    }

    #[tokio::test(start_paused = true)]
    async fn calls_of_a_connection_share_its_rate_and_its_places() {
        let provider = Provider::new(200, Duration::from_millis(10));
        let per = Duration::from_secs(1);
        let (governor, _) = governor(Some(Rate { requests: 20, per }));
        let results = at_once(&provider, &governor, 90, MINUTE).await;
        assert!(results.iter().all(|result| *result == Ok(200)));
        let mut came = provider.came.lock().unwrap().clone();
        came.sort();
        for window in came.windows(21) {
            assert!(window[20] - window[0] >= per, "more than 20 in a second");
        }
        assert!(came[89] - came[0] < per * 5, "no slower than it must be");
        assert_eq!(provider.most.load(Ordering::SeqCst), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_for_too_long_is_told_when_to_come_back() {
        let provider = Provider::new(200, Duration::ZERO);
        let (governor, _) = governor(Some(Rate {
            requests: 5,
            per: MINUTE,
        }));
        let results = at_once(&provider, &governor, 7, Duration::from_secs(30)).await;
        let refused: Vec<&SendError> = results
            .iter()
            .filter_map(|result| result.as_ref().err())
            .collect();
        assert_eq!((refused.len(), provider.asked()), (2, 5));
        for error in refused {
            assert_eq!(error.kind(), "rate-limited");
            assert!(
                error.retry_after().unwrap() > Duration::from_secs(58),
                "{error:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_no_time_left_is_told_so_unless_the_provider_limits_it() {
        let provider = Provider::new(200, Duration::ZERO);
        let (governor, _) = governor(Some(Rate {
            requests: 1,
            per: MINUTE,
        }));
        let hurried = || session(&provider, &governor, Duration::from_millis(200));
        assert_eq!(hurried().send(post()).await.unwrap_err(), SendError::Deadline);
        assert_eq!(provider.asked(), 0);
        assert_eq!(at_once(&provider, &governor, 1, MINUTE).await, [Ok(200)]);
        let limited = hurried().send(post()).await.unwrap_err();
        assert_eq!(limited.kind(), "rate-limited");
        assert!(
            limited.retry_after().unwrap() > Duration::from_secs(58),
            "{limited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_place_in_time_has_sent_nothing() {
        let provider = Provider::new(200, MINUTE);
        let (governor, _) = governor(None);
        let busy = tokio::spawn({
            let (provider, governor) = (Arc::clone(&provider), Arc::clone(&governor));
            async move { at_once(&provider, &governor, 10, MINUTE * 2).await }
        });
        time::sleep(Duration::from_secs(1)).await;
        let late = session(&provider, &governor, Duration::from_secs(5));
        let error = late.send(post()).await.unwrap_err();
        assert_eq!((&error, error.kind()), (&SendError::Crowded, "timeout"));
        assert_eq!(error.retry_after(), None, "no provider said when to come back");
        assert_eq!((late.writes(), late.spent().requests), (Writes::default(), 0));
        assert_eq!(provider.asked(), 10);
        busy.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_fails_is_left_alone_until_one_request_has_tried_it() {
        let provider = Provider::new(500, Duration::from_millis(10));
        let (governor, changes) = governor(None);
        at_once(&provider, &governor, 8, MINUTE).await;
        let refused = at_once(&provider, &governor, 5, MINUTE).await;
        assert_eq!(provider.asked(), 8);
        for result in refused {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), "unavailable");
            assert!(error.retry_after().unwrap() <= Duration::from_secs(5));
        }
        time::sleep(Duration::from_secs(5)).await;
        provider.status.store(200, Ordering::SeqCst);
        let tried = at_once(&provider, &governor, 5, MINUTE).await;
        assert_eq!(
            tried.iter().filter(|result| result.is_ok()).count(),
            1,
            "one probe"
        );
        assert_eq!(at_once(&provider, &governor, 5, MINUTE).await, vec![Ok(200); 5]);
        let (closed, open, half) = (BreakerState::Closed, BreakerState::Open, BreakerState::HalfOpen);
        assert_eq!(
            *changes.0.lock().unwrap(),
            [(closed, open), (open, half), (half, closed)]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_given_up_makes_room_for_the_next() {
        let provider = Provider::new(500, Duration::from_secs(1));
        let (governor, changes) = governor(None);
        at_once(&provider, &governor, 8, MINUTE).await;
        time::sleep(Duration::from_secs(5)).await;
        let probe = session(&provider, &governor, MINUTE);
        let given_up = time::timeout(Duration::from_millis(100), probe.send(post())).await;
        assert!(given_up.is_err());
        assert!(probe.writes().unanswered, "it was sent");
        provider.status.store(200, Ordering::SeqCst);
        assert_eq!(at_once(&provider, &governor, 1, MINUTE).await, [Ok(200)]);
        assert_eq!(changes.0.lock().unwrap().last().unwrap().1, BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn hanging_and_being_given_up_is_a_failure_too() {
        let provider = Provider::new(200, MINUTE);
        let (governor, _) = governor(None);
        at_once(&provider, &governor, 8, Duration::from_secs(10)).await;
        let after = at_once(&provider, &governor, 1, Duration::from_secs(10)).await;
        assert_eq!(after[0].as_ref().unwrap_err().kind(), "unavailable");
        assert_eq!(provider.asked(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn a_breaker_that_is_forgotten_counts_as_closed() {
        let provider = Provider::new(500, Duration::ZERO);
        let (governor, changes) = governor(None);
        at_once(&provider, &governor, 8, MINUTE).await;
        drop(governor);
        let last = *changes.0.lock().unwrap().last().unwrap();
        assert_eq!(last, (BreakerState::Open, BreakerState::Closed));
    }
}
