//! Rate limits over all servers, where they have a Redis in common.

use std::time::{Duration, Instant};

use futures::future::join_all;

use crate::harness::{Client, MASTER_KEY, Redis, Replica, Site, hubspot};

const GONE: &str = "Redis does not answer";
const BACK: &str = "Redis answers again";

fn start(site: &Site, redis: &str) -> [Replica; 2] {
    let environment = [
        ("ROUTEMCP_REDIS_URL", redis),
        ("ROUTEMCP_LOG", "info,redis=trace"),
    ];
    [(); 2].map(|()| site.serve(&[], &environment))
}

/// A key with 100 requests a minute.
fn individual(site: &Site, organisation: &str) -> String {
    site.command(MASTER_KEY, &["org", "create", organisation])
        .first_line();
    let key = [
        "keys",
        "create",
        "--org",
        organisation,
        "--environment",
        "live",
        "--scopes",
        "connect",
    ];
    site.command(MASTER_KEY, &key).first_line().to_owned()
}

async fn is_up(replica: &Replica) -> bool {
    let metrics = replica.client("").get("//metrics").await;
    let gauge = metrics
        .text
        .lines()
        .find_map(|line| line.strip_prefix("routemcp_redis_up "));
    gauge.expect("there is a gauge for Redis") == "1"
}

async fn until(replicas: &[Replica; 2], up: bool, patience: Duration) {
    let deadline = Instant::now() + patience;
    for replica in replicas {
        while is_up(replica).await != up {
            assert!(Instant::now() < deadline, "{}", replica.process.errors());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// How many of so many requests at each are let through.
async fn admitted(clients: &[Client], each: usize) -> usize {
    let calls = clients
        .iter()
        .flat_map(|client| (0..each).map(|_| client.get("/connections")));
    let answers = join_all(calls).await;
    assert!(answers.iter().all(|answer| [200, 429].contains(&answer.status)));
    answers.iter().filter(|answer| answer.status == 200).count()
}

fn clients(replicas: &[Replica; 2], key: &str) -> Vec<Client> {
    replicas.iter().map(|replica| replica.client(key)).collect()
}

fn told(replica: &Replica, text: &str) -> usize {
    replica.process.errors().matches(text).count()
}

#[tokio::test]
async fn a_key_has_its_limit_once_over_all_servers() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let site = Site::new(&[hubspot()]);
    let replicas = start(&site, &redis.url());
    until(&replicas, true, Duration::from_secs(10)).await;
    let both = clients(&replicas, &individual(&site, "Solo"));
    // Few at a time, so that a busy machine answers in time.
    let mut sum = 0;
    for _ in 0..7 {
        sum += admitted(&both, 10).await;
    }
    assert_eq!(sum, 100);
    let refused = both[1].get("/connections").await.refused(429, "RATE_LIMITED");
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Another key has its own.
    assert_eq!(
        admitted(&clients(&replicas, &individual(&site, "Duo")), 5).await,
        10
    );
    for replica in &replicas {
        assert_eq!(told(replica, GONE), 0, "{}", replica.process.errors());
        assert!(
            !replica.process.output().contains(redis.password()),
            "the log holds the password"
        );
    }
}

#[tokio::test]
async fn a_redis_that_dies_is_done_without_until_it_is_back() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let site = Site::new(&[hubspot()]);
    let replicas = start(&site, &redis.url());
    until(&replicas, true, Duration::from_secs(10)).await;
    let key = individual(&site, "Solo");
    let both = clients(&replicas, &key);
    assert_eq!(admitted(&both, 20).await, 40);
    redis.kill();
    // Each goes on from what it let through itself.
    assert_eq!(admitted(&both, 90).await, 160);
    until(&replicas, false, Duration::from_secs(5)).await;
    for replica in &replicas {
        replica.client("").get("//readyz").await.expect(200);
        assert_eq!(told(replica, GONE), 1, "{}", replica.process.errors());
    }
    redis.run();
    until(&replicas, true, Duration::from_secs(10)).await;
    for replica in &replicas {
        assert_eq!((told(replica, GONE), told(replica, BACK)), (1, 1));
    }
    // The new Redis has forgotten everything, and is the one that counts.
    assert_eq!(admitted(&both, 5).await, 10);
}

#[tokio::test]
async fn a_redis_that_hangs_delays_nobody() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let site = Site::new(&[hubspot()]);
    let replicas = start(&site, &redis.url());
    until(&replicas, true, Duration::from_secs(10)).await;
    let client = replicas[0].client(&individual(&site, "Solo"));
    client.get("/connections").await.expect(200);
    redis.signal("STOP");
    let start = Instant::now();
    for _ in 0..30 {
        client.get("/connections").await.expect(200);
    }
    // Each on its own would have taken three seconds more.
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    redis.signal("CONT");
    until(&replicas, true, Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_server_starts_without_its_redis_and_does_without_tls_that_fails() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let site = Site::new(&[hubspot()]);
    let key = individual(&site, "Solo");
    // The port has no TLS.
    let secure = redis.url().replace("redis://", "rediss://");
    let replicas = start(&site, &secure);
    for client in clients(&replicas, &key) {
        client.get("/connections").await.expect(200);
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    for replica in &replicas {
        while told(replica, GONE) == 0 {
            assert!(Instant::now() < deadline, "{}", replica.process.errors());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(!replica.process.output().contains(redis.password()));
    }
    drop(replicas);
    redis.kill();
    let replicas = start(&site, &redis.url());
    assert_eq!(admitted(&clients(&replicas, &key), 3).await, 6);
    redis.run();
    until(&replicas, true, Duration::from_secs(10)).await;
}

#[test]
fn an_address_that_is_none_is_explained_and_not_quoted() {
    let site = Site::new(&[hubspot()]);
    let address = [("ROUTEMCP_REDIS_URL", "https://:secret@redis.example")];
    let (mut process, _folder) = site.begin(&[], &address);
    assert!(!process.wait(Duration::from_secs(20)).success());
    let errors = process.errors();
    assert!(
        errors.contains("ROUTEMCP_REDIS_URL") && errors.contains("rediss://"),
        "{errors}"
    );
    assert!(!errors.contains("secret"), "{errors}");
}
