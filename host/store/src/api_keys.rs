//! API keys: who may call. A key's text is shown once and never stored.

mod text;

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use sqlx::any::AnyRow;

use crate::changes::{Change, Topic};
use crate::database::inside;
use crate::error::StoreError;
use crate::ids::{ApiKeyId, OrganisationId};
use crate::names::{Environment, Plan, Scope};
use crate::store::Store;
use crate::{check, row, time};

/// An API key, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, which is not secret.
    pub id: ApiKeyId,
    /// Whose key it is.
    pub organisation_id: OrganisationId,
    /// Which world it opens.
    pub environment: Environment,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How often.
    pub plan: Plan,
    /// The first 12 characters of its text, to tell keys apart.
    pub prefix: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Since when it no longer works.
    pub revoked_at: Option<Timestamp>,
}

/// A key to create.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Whose key it will be.
    pub organisation_id: OrganisationId,
    /// Which world it opens.
    pub environment: Environment,
    /// What its owner calls it.
    pub name: String,
    /// What it may do; at least one.
    pub scopes: Vec<Scope>,
    /// How often.
    pub plan: Plan,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT id, organisation_id, environment, name, scopes, plan, prefix, created_at, revoked_at FROM api_keys ",
            $where
        )
    };
}

impl Store {
    /// Creates a key. The second value is its text, which cannot be had again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such organisation; [`StoreError::Invalid`] without name or scope.
    pub async fn create_api_key(&self, new: NewApiKey) -> Result<(ApiKey, SecretString), StoreError> {
        check::name("name", &new.name)?;
        let mut scopes = new.scopes;
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(StoreError::Invalid {
                field: "scopes",
                problem: "must name at least one scope",
            });
        }
        let text = text::generate(new.environment)?;
        let key = ApiKey {
            id: ApiKeyId::generate(),
            organisation_id: new.organisation_id,
            environment: new.environment,
            name: new.name,
            scopes,
            plan: new.plan,
            prefix: text::prefix(&text),
            created_at: time::now(),
            revoked_at: None,
        };
        self.insert_api_key(&key, &text::hash(&text)).await?;
        Ok((key, text))
    }

    async fn insert_api_key(&self, key: &ApiKey, hash: &str) -> Result<(), StoreError> {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        sqlx::query(
            "INSERT INTO api_keys (id, organisation_id, environment, name, hash, prefix, scopes, plan, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(key.id.as_str())
        .bind(key.organisation_id.as_str())
        .bind(key.environment.as_str())
        .bind(&*key.name)
        .bind(hash)
        .bind(&*key.prefix)
        .bind(scopes.join(","))
        .bind(key.plan.as_str())
        .bind(key.created_at.as_millisecond())
        .execute(self.writer())
        .await
        .map_err(|error| StoreError::of_write(error, "organisation"))?;
        Ok(())
    }

    /// An organisation's keys of both environments, oldest first, with the revoked ones.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_api_keys(&self, organisation_id: &OrganisationId) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query(select!("WHERE organisation_id = $1 ORDER BY created_at, id"))
            .bind(organisation_id.as_str())
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(read).collect()
    }

    /// The key that a caller presents; none if it is malformed, unknown or revoked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn authenticate(&self, presented: &SecretString) -> Result<Option<Arc<ApiKey>>, StoreError> {
        if !text::is_well_formed(presented) {
            return Ok(None);
        }
        let (hash, kept) = (text::hash(presented), &self.caches().api_keys);
        let stamp = self.feed().stamp(Topic::ApiKeys);
        if let Some(key) = kept.get(&hash, stamp) {
            return Ok(Some(key));
        }
        let row = sqlx::query(select!("WHERE hash = $1 AND revoked_at IS NULL"))
            .bind(&*hash)
            .fetch_optional(self.readers())
            .await?;
        let key = row.as_ref().map(read).transpose()?.map(Arc::new);
        if let Some(key) = &key {
            kept.put(hash, stamp, Arc::clone(key));
        }
        Ok(key)
    }

    /// Revokes a key, named by its id, its prefix (the first 12 characters, as lists show it) or, for one that leaked, its
    /// whole text. For operators: it looks at the keys of all organisations.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] if it is revoked already or the prefix fits several keys.
    pub async fn revoke_api_key(&self, id_or_prefix: &str) -> Result<ApiKey, StoreError> {
        if !check::can_exist(&[id_or_prefix]) {
            return Err(StoreError::NotFound("API key"));
        }
        let mut transaction = self.begin().await?;
        let rows = sqlx::query(select!("WHERE id = $1 OR prefix = $1 OR hash = $2"))
            .bind(id_or_prefix)
            .bind(text::hash(&id_or_prefix.into()))
            .fetch_all(inside(&mut transaction))
            .await?;
        let mut key = one_to_revoke(rows.iter().map(read).collect::<Result<_, _>>()?)?;
        let now = time::now();
        let revoked = sqlx::query("UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
            .bind(now.as_millisecond())
            .bind(key.id.as_str())
            .execute(inside(&mut transaction))
            .await?;
        if revoked.rows_affected() == 0 {
            return Err(revoked_already());
        }
        self.commit(transaction, Change::ApiKeys).await?;
        key.revoked_at = Some(now);
        Ok(key)
    }
}

/// The one that still works, among those that fit.
fn one_to_revoke(keys: Vec<ApiKey>) -> Result<ApiKey, StoreError> {
    if keys.is_empty() {
        return Err(StoreError::NotFound("API key"));
    }
    let mut working = keys.into_iter().filter(|key| key.revoked_at.is_none());
    match (working.next(), working.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(revoked_already()),
        (Some(_), Some(_)) => Err(StoreError::Conflict(
            "several API keys begin like this; give the id".to_owned(),
        )),
    }
}

fn revoked_already() -> StoreError {
    StoreError::Conflict("the API key is revoked already".to_owned())
}

fn read(row: &AnyRow) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row::text(row, "id")?.into(),
        organisation_id: row::text(row, "organisation_id")?.into(),
        environment: row::name(row, "environment", Environment::parse)?,
        name: row::text(row, "name")?,
        scopes: row::names(row, "scopes", Scope::parse)?,
        plan: row::name(row, "plan", Plan::parse)?,
        prefix: row::text(row, "prefix")?,
        created_at: row::time(row, "created_at")?,
        revoked_at: row::optional_time(row, "revoked_at")?,
    })
}
