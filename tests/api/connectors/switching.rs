//! Activating, rolling back, switching off.

use std::time::Duration;

use serde_json::json;

use super::{A, B, mark, post, put, server, twin_of, twins_provider};
use crate::harness::twin;

const C: &str = "TWINMARKC";

#[tokio::test]
async fn rolling_back_returns_step_by_step_and_versions_can_be_chosen() {
    let provider = twins_provider(Duration::ZERO).await;
    let (_server, operator, caller) = server(&provider).await;
    let mut digests = Vec::new();
    for name in [A, B, C] {
        let installed = put(&operator, "?grant=*", twin(name)).await.expect(200);
        digests.push(installed.data()["sha256"].as_str().unwrap().to_owned());
    }
    caller.connect("twin", "user-1", Some("secret")).await;
    assert_eq!(mark(&caller).await, C);
    for expected in [B, A] {
        post(&operator, "twin/rollback", None).await.expect(200);
        assert_eq!(mark(&caller).await, expected);
    }
    let nothing = post(&operator, "twin/rollback", None)
        .await
        .refused(409, "CONNECTOR_CONFLICT");
    assert!(
        nothing.message().contains("nothing to roll back to"),
        "{}",
        nothing.text
    );
    assert_eq!(mark(&caller).await, A);

    let body = json!({ "sha256": &digests[2][..10] });
    post(&operator, "twin/activate", Some(&body)).await.expect(200);
    assert_eq!(mark(&caller).await, C);
    let twin = twin_of(&operator).await;
    let versions = twin["versions"].as_array().unwrap();
    let active: Vec<&str> = versions
        .iter()
        .filter(|version| version["active"] == true)
        .filter_map(|version| version["sha256"].as_str())
        .collect();
    assert_eq!((versions.len(), active), (3, vec![digests[2].as_str()]), "{twin}");
    assert_eq!(twin["digest"], format!("sha256:{}", digests[2]));

    let path = |digest: &str| format!("//admin/v1/connectors/twin/versions/{digest}");
    operator
        .delete(&path(&digests[2]))
        .await
        .refused(409, "CONNECTOR_CONFLICT");
    operator.delete(&path(&digests[0])).await.expect(200);
    operator
        .delete(&path(&digests[0]))
        .await
        .refused(404, "NOT_FOUND");
    assert_eq!(mark(&caller).await, C);
}

#[tokio::test]
async fn what_cannot_be_activated_is_explained() {
    let provider = twins_provider(Duration::ZERO).await;
    let (_server, operator, _) = server(&provider).await;
    put(&operator, "?grant=*", twin(A)).await.expect(200);
    post(&operator, "other/rollback", None)
        .await
        .refused(404, "NOT_FOUND");
    post(&operator, "other/disable", None)
        .await
        .refused(404, "NOT_FOUND");
    post(&operator, "other/activate", Some(&json!({ "sha256": "a" })))
        .await
        .refused(404, "NOT_FOUND");
    post(&operator, "twin/activate", Some(&json!({})))
        .await
        .invalid(&["sha256"]);
    let unknown = post(&operator, "twin/activate", Some(&json!({ "sha256": "zz" }))).await;
    let unknown = unknown.refused(404, "NOT_FOUND");
    assert!(
        unknown.message().contains("(1.0.0)"),
        "it names what there is: {}",
        unknown.text
    );
}

#[tokio::test]
async fn a_disabled_provider_says_so_and_comes_back() {
    let provider = twins_provider(Duration::ZERO).await;
    let (_server, operator, caller) = server(&provider).await;
    put(&operator, "?grant=*", twin(A)).await.expect(200);
    caller.connect("twin", "user-1", Some("secret")).await;
    post(&operator, "twin/disable", None).await.expect(200);
    let refused = caller
        .get("/contact?provider=twin")
        .await
        .refused(503, "PROVIDER_DISABLED");
    assert_eq!(refused.body["provider"], "twin");
    assert!(
        refused.message().contains("switched `twin` off"),
        "{}",
        refused.text
    );
    assert_eq!(twin_of(&operator).await["status"], "disabled");

    // What is installed meanwhile is served when it is enabled again, and not before.
    let installed = put(&operator, "", twin(B)).await.expect(200);
    assert_eq!(installed.data()["disabled"], true);
    caller
        .get("/contact?provider=twin")
        .await
        .refused(503, "PROVIDER_DISABLED");
    post(&operator, "twin/enable", None).await.expect(200);
    assert_eq!(mark(&caller).await, B);
}
