//! `DELETE /contact/{id}`

use http::Method;

use crate::harness::Server;

#[tokio::test]
async fn a_deleted_contact_leaves_lists_and_searches() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=2").await.expect(200);
    let (gone, email) = (page.ids()[0], page.records()[0]["email"].as_str().unwrap());
    client.delete(&format!("/contact/{gone}")).await.expect(200);
    let after = client.get("/contact?limit=1").await.expect(200);
    assert_eq!(after.ids(), [page.ids()[1]]);
    let path = format!("/contact?filter[email]={}", email.replace('@', "%40"));
    assert!(client.get(&path).await.expect(200).records().is_empty());
}

#[tokio::test]
async fn a_walk_over_a_deleted_record_goes_on() {
    let server = Server::start();
    let client = server.client();
    let first = client.get("/contact?limit=10").await.expect(200);
    let next = format!("/contact?limit=10&cursor={}", first.cursor().unwrap());
    let second = client.get(&next).await.expect(200);
    client
        .delete(&format!("/contact/{}", second.ids()[0]))
        .await
        .expect(200);
    let again = client.get(&next).await.expect(200);
    assert_eq!(again.ids()[..9], second.ids()[1..]);
}

#[tokio::test]
async fn a_delete_needs_no_body_and_takes_any_content_type() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    let call = client
        .call(Method::DELETE, &path)
        .header("content-type", "text/plain");
    call.send().await.expect(200);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_deleted() {
    let server = Server::start();
    let client = server.client();
    for id in ["1", "abc", "..%2F.."] {
        let refused = client.delete(&format!("/contact/{id}")).await;
        refused.refused(404, "CONTACT_NOT_FOUND");
    }
}
