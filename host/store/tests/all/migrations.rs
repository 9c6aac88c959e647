//! Databases of the version before, and of the next one.

use std::path::{Path, PathBuf};

use sqlx::migrate::Migrator;
use sqlx::{Executor as _, Row as _};

use crate::support::{Fresh, Place};

/// Every migration there is, oldest first.
fn all() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A database as the version before the newest migration left it.
async fn of_the_version_before() -> Place {
    let (place, folder) = (Place::empty(), tempfile::tempdir().unwrap());
    let (_newest, before) = all()
        .split_last()
        .map(|(last, rest)| (last.clone(), rest.to_vec()))
        .unwrap();
    for file in before {
        std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let migrator = Migrator::new(folder.path()).await.unwrap();
    migrator
        .run_direct(None, &mut place.raw().await, false)
        .await
        .unwrap();
    place
}

#[tokio::test]
async fn a_database_of_the_version_before_is_brought_up_to_date_with_what_is_in_it() {
    let place = of_the_version_before().await;
    let mut raw = place.raw().await;
    for row in [
        "INSERT INTO organisations (id, name, created_at) VALUES ('org_1', 'Acme', 1)",
        "INSERT INTO end_users (id, organisation_id, environment, external_id, created_at, updated_at) \
         VALUES ('eu_1', 'org_1', 'live', 'user-1', 1, 1)",
        "INSERT INTO connections (id, organisation_id, environment, end_user, provider, status, auth_method, settings, \
         credential, created_at, updated_at) \
         VALUES ('con_1', 'org_1', 'live', 'user-1', 'hubspot', 'active', 'token', '{}', 'sealed', 1, 1)",
    ] {
        raw.execute(row).await.unwrap();
    }
    drop(raw);
    let fresh = Fresh::on(place).await;
    assert_eq!(
        fresh
            .store
            .find_organisation("Acme")
            .await
            .unwrap()
            .unwrap()
            .id
            .as_str(),
        "org_1"
    );
    let connection = fresh
        .store
        .connection_by_id(&"con_1".into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (connection.end_user.as_str(), connection.provider.as_str()),
        ("user-1", "hubspot")
    );
    let applied = fresh
        .raw()
        .await
        .fetch_one("SELECT COUNT(*) FROM _sqlx_migrations")
        .await
        .unwrap();
    assert_eq!(usize::try_from(applied.get::<i64, _>(0)).unwrap(), all().len());
}

/// The rule of ARCHITECTURE.md, as far as a test can hold it: nothing that the version before reads or writes goes away.
#[test]
fn migrations_only_add() {
    for file in all() {
        let text = std::fs::read_to_string(&file).unwrap();
        let statements = text.lines().filter(|line| !line.trim_start().starts_with("--"));
        let statements = statements.collect::<Vec<_>>().join(" ").to_uppercase();
        for word in ["DROP TABLE", "DROP COLUMN", "RENAME ", "ALTER COLUMN"] {
            assert!(!statements.contains(word), "{}: {word}", file.display());
        }
        for statement in statements
            .split(';')
            .filter(|statement| statement.contains(" ADD COLUMN "))
        {
            let has_default = statement.contains(" DEFAULT ") || !statement.contains(" NOT NULL");
            assert!(has_default, "{}: {statement}", file.display());
        }
    }
}
