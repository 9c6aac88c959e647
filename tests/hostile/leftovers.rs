//! Nothing of one call is there in the next, whoever's it is.

use futures::future::join_all;

use crate::harness::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_finds_nothing_that_another_tenant_left() {
    let scene = Scene::start(["leftovers"]).await;
    let tenants = [scene.live(), scene.stranger("Strangers")];
    for tenant in &tenants {
        Scene::connect(tenant, "leftovers").await.expect(201);
    }
    // One after the other, so that the same slot of the pool is used again; then side by side.
    for _ in 0..3 {
        for tenant in &tenants {
            let answer = Scene::list(tenant, "leftovers").await.expect(200);
            assert!(answer.text.contains("it got through"), "{}", answer.text);
        }
    }
    let calls = tenants.iter().chain(&tenants).chain(&tenants);
    for answer in join_all(calls.map(|tenant| Scene::list(tenant, "leftovers"))).await {
        let answer = answer.expect(200);
        assert!(answer.text.contains("it got through"), "{}", answer.text);
    }
}
