//! Where a request may go, whatever name or number it is called by.

use routemcp_broker::{Grant, SendError};
use url::Url;

use crate::fixture::{get, open_network, overridden, public_network, session_with, short_limits};
use crate::server::{Reply, Server};

#[tokio::test]
async fn loopback_is_refused_without_the_switch_by_name_and_by_number() {
    let server = Server::start(vec![Reply::ok("reached")]).await;
    for host in [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "0.0.0.0",
    ] {
        let grant = Grant::new(&format!("http://{host}:{}", server.port()), &[]).unwrap();
        let session = session_with(&public_network(), grant, None, short_limits());
        let error = session.send(get("/x")).await.unwrap_err();
        assert!(
            matches!(error, SendError::AddressNotAllowed { .. }),
            "{host}: {error}"
        );
        assert_eq!(error.kind(), "refused");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_switch_opens_loopback_by_name_and_by_number() {
    let server = Server::start(vec![Reply::ok("reached")]).await;
    for host in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]"] {
        let grant = Grant::new(&format!("http://{host}:{}", server.port()), &[]).unwrap();
        let session = session_with(&open_network(), grant, None, short_limits());
        assert_eq!(session.send(get("/x")).await.unwrap().status, 200, "{host}");
    }
}

#[tokio::test]
async fn the_switch_never_opens_link_local_or_metadata_addresses() {
    for host in [
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "169.254.1.1",
        "[fe80::1]",
    ] {
        let grant = Grant::new(&format!("http://{host}"), &[]).unwrap();
        let error = session_with(&open_network(), grant, None, short_limits())
            .send(get("/"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, SendError::AddressNotAllowed { .. }),
            "{host}: {error}"
        );
        let by_override = overridden(&format!("http://{host}"));
        let error = session_with(&open_network(), by_override, None, short_limits())
            .send(get("/"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, SendError::AddressNotAllowed { .. }),
            "{host}: {error}"
        );
    }
}

#[tokio::test]
async fn an_override_is_let_through_without_the_switch() {
    for host in ["127.0.0.1", "localhost"] {
        let server = Server::start(vec![Reply::ok("reached")]).await;
        let to = format!("http://{host}:{}", server.port());
        let session = session_with(&public_network(), overridden(&to), None, short_limits());
        for target in [
            "/contacts",
            "https://api.example.com/v2/contacts",
            &format!("{to}/v2/contacts"),
        ] {
            assert_eq!(session.send(get(target)).await.unwrap().status, 200, "{target}");
        }
        let sent = server.requests();
        assert!(
            sent.iter()
                .all(|request| request.starts_with("GET /v2/contacts HTTP/1.1\r\n")),
            "{sent:?}"
        );
        assert_eq!(sent.len(), 3);
    }
}

#[tokio::test]
async fn an_override_opens_exactly_its_own_origin() {
    let named = Server::start(vec![Reply::ok("named")]).await;
    let other = Server::start(vec![Reply::ok("other")]).await;
    let granted = [other.url(), format!("http://localhost:{}", named.port())];
    let grant = Grant::new("https://api.example.com", &granted)
        .unwrap()
        .with_override(&Url::parse(&named.url()).unwrap());
    let session = session_with(&public_network(), grant, None, short_limits());
    assert_eq!(session.send(get("/x")).await.unwrap().status, 200);
    for origin in granted {
        let error = session.send(get(&format!("{origin}/x"))).await.unwrap_err();
        assert!(
            matches!(error, SendError::AddressNotAllowed { .. }),
            "{origin}: {error}"
        );
    }
    assert_eq!((named.requests().len(), other.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_without_an_address_is_unavailable() {
    let grant = Grant::new("https://nothing.invalid", &[]).unwrap();
    let session = session_with(&open_network(), grant, None, short_limits());
    let error = session.send(get("/x")).await.unwrap_err();
    assert_eq!(
        error,
        SendError::Resolve {
            host: "nothing.invalid".into()
        }
    );
    assert_eq!(error.kind(), "unavailable");
}
