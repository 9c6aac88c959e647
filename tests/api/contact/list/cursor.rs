//! `cursor`

use std::collections::BTreeSet;

use crate::harness::shared;

#[tokio::test]
async fn a_page_may_have_another_limit_than_the_one_before() {
    let client = shared().client();
    let first = client.get("/contact?limit=10").await.expect(200);
    let cursor = first.cursor().unwrap();
    let second = client
        .get(&format!("/contact?limit=100&cursor={cursor}"))
        .await
        .expect(200);
    let both: BTreeSet<&str> = first.ids().into_iter().chain(second.ids()).collect();
    assert_eq!(both.len(), 110);
}

#[tokio::test]
async fn cursors_are_url_safe_and_hold_for_their_own_list_only() {
    let client = shared().client();
    let page = client.get("/contact?limit=5").await.expect(200);
    let cursor = page.cursor().unwrap();
    let safe = |letter: char| letter.is_ascii_alphanumeric() || "-_.~".contains(letter);
    assert!(cursor.chars().all(safe), "{cursor}");
    for foreign in [
        format!("/deal?cursor={cursor}"),
        format!("/contact?sort=createdAt&cursor={cursor}"),
        format!("/contact?filter[email]=a%40example.com&cursor={cursor}"),
        format!("/contact?updatedSince=2025-01-01T00:00:00Z&cursor={cursor}"),
        format!("/contact?endUserId=user-001&cursor={cursor}"),
    ] {
        client.get(&foreign).await.refused(400, "INVALID_CURSOR");
    }
}

#[tokio::test]
async fn broken_cursors_are_refused() {
    let client = shared().client();
    let page = client.get("/contact?limit=5").await.expect(200);
    let cursor = page.cursor().unwrap();
    let (head, last) = cursor.split_at(cursor.len() - 1);
    let other = if last == "A" { "B" } else { "A" };
    let swapped: String = cursor.chars().rev().collect();
    for broken in [
        "x".to_owned(),
        "%00".to_owned(),
        "eyJhIjoxfQ".to_owned(),
        "A".repeat(5_000),
        head.to_owned(),
        format!("{cursor}A"),
        format!("{}{other}{}", &cursor[..20], &cursor[21..]),
        swapped,
    ] {
        if broken != *cursor {
            let path = format!("/contact?cursor={broken}");
            client.get(&path).await.refused(400, "INVALID_CURSOR");
        }
    }
    client.get("/contact?cursor=").await.invalid(&["cursor"]);
}
