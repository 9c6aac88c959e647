//! Several servers on one database renew a token once.

use futures::future::join;

use super::super::set_app;
use super::super::stand_in::StandIn;
use super::{assert_all_succeeded, crowd};
use crate::harness::{Site, hubspot};

/// A second use of a rotated refresh token would end the connection, so that is what the provider has.
async fn two_servers_make_one_refresh(site: &Site) {
    let provider = StandIn::start(true).await;
    let arguments = provider.arguments();
    let key = site.create_live_key();
    let replicas = [site.serve(&arguments, &[]), site.serve(&arguments, &[])];
    let [one, other] = replicas.each_ref().map(|replica| replica.client(&key));
    set_app(&one, "hubspot", "client-7", "s").await;
    for round in 1..=3 {
        let end_user = format!("user-{round}");
        let id = provider.import_expired(&one, &end_user).await;
        provider.set_manner(|reply| reply.after(std::time::Duration::from_millis(150)));
        let path = format!("/contact?endUserId={end_user}&limit=1");
        let (ours, theirs) = join(crowd(&one, &path, 100), crowd(&other, &path, 100)).await;
        assert_all_succeeded(&ours);
        assert_all_succeeded(&theirs);
        assert_eq!(provider.asked(), round, "one refresh for each connection");
        let shown = other.get(&format!("/connections/{id}")).await.expect(200);
        assert_eq!(shown.record()["status"], "active");
    }
}

#[tokio::test]
async fn two_servers_on_one_file_make_one_refresh() {
    two_servers_make_one_refresh(&Site::on_a_file(&[hubspot()])).await;
}

#[tokio::test]
async fn two_servers_on_postgresql_make_one_refresh() {
    let Some(site) = Site::on_a_server(&[hubspot()]) else {
        return;
    };
    two_servers_make_one_refresh(&site).await;
}
