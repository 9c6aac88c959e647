//! Arguments that several commands share.

mod rate;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use routemcp_broker::Allowance;
use routemcp_store::{MasterKey, MasterKeys, Store, sqlite_url};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::connectors::publishers::Publishers;
use crate::flow::traffic::Allowances;

/// What the host serves and whom it may reach.
#[derive(Args)]
pub(crate) struct HostArguments {
    /// Folder of connector files (*.wasm).
    #[arg(long, env = "ROUTEMCP_CONNECTORS", default_value = "target/connectors")]
    pub(crate) connectors: PathBuf,
    /// Where browsers reach this server, for connecting end users: `https://api.example.com`. The redirect URI to give to
    /// providers is this and /api/v1/auth/callback.
    #[arg(long, env = "ROUTEMCP_PUBLIC_URL", value_parser = public_url)]
    pub(crate) public_url: Option<Url>,
    /// Send a provider's live traffic to this base URL instead, as SLUG=URL. Repeatable. For tests.
    #[arg(long = "provider-base-url", env = "ROUTEMCP_PROVIDER_BASE_URL", value_delimiter = ',', value_parser = slug_and_url)]
    pub(crate) provider_base_urls: Vec<(String, Url)>,
    /// What a provider allows each connection, where an account's plan differs from what the connector's manifest says:
    /// SLUG=REQUESTS/SECONDS, SLUG=REQUESTS/SECONDS/CONCURRENT, or SLUG=unlimited. Repeatable.
    #[arg(long = "provider-rate", env = "ROUTEMCP_PROVIDER_RATE", value_delimiter = ',', value_parser = rate::slug_and_allowance)]
    provider_rates: Vec<(String, Allowance)>,
    /// Let connectors reach loopback and private addresses. For tests.
    #[arg(long, env = "ROUTEMCP_ALLOW_PRIVATE_NETWORKS")]
    pub(crate) allow_private_networks: bool,
    /// For how many days finished API requests are kept for `GET /admin/v1/requests`. With 0 this server keeps none, and deletes
    /// none either: those there are may be other servers'.
    #[arg(long, env = "ROUTEMCP_REQUEST_LOG_DAYS", default_value_t = 7, value_parser = clap::value_parser!(u16).range(0..=3_650))]
    pub(crate) request_log_days: u16,
    /// Take only connectors that are signed by one of the publishers in this file, with lines of `NAME KEY`.
    #[arg(long, env = "ROUTEMCP_PUBLISHER_KEYS")]
    publisher_keys: Option<PathBuf>,
}

fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {error}"))?;
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !bare || !matches!(url.scheme(), "http" | "https") {
        return Err(format!(
            "`{text}` must be like https://api.example.com, without query"
        ));
    }
    Ok(url)
}

impl HostArguments {
    /// The publishers whose signatures are required, if any are.
    pub(crate) fn publishers(&self) -> anyhow::Result<Option<Publishers>> {
        let Some(file) = &self.publisher_keys else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read the publishers' keys {}", file.display()))?;
        let publishers = Publishers::parse(&text);
        let publishers = publishers.with_context(|| format!("the publishers' keys {}", file.display()))?;
        Ok(Some(publishers))
    }

    pub(crate) fn base_urls(&self) -> BTreeMap<String, Url> {
        self.provider_base_urls.iter().cloned().collect()
    }

    pub(crate) fn rates(&self) -> Allowances {
        self.provider_rates.iter().cloned().collect()
    }
}

fn slug_and_url(text: &str) -> Result<(String, Url), String> {
    let (slug, url) = text
        .split_once('=')
        .ok_or("give SLUG=URL, for example hubspot=http://127.0.0.1:7001")?;
    let url = Url::parse(url).map_err(|error| format!("`{url}` is not a URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{url}` must begin with http:// or https://"));
    }
    Ok((slug.to_owned(), url))
}

/// Which store a command works on.
#[derive(Args)]
pub(crate) struct StoreArguments {
    /// Folder of `routemcp dev`, used when no database URL is given.
    #[arg(long, env = "ROUTEMCP_DATA_DIR", default_value = ".routemcp")]
    data_dir: PathBuf,
    /// Database of `routemcp serve`, for example `sqlite:///var/lib/routemcp/routemcp.db`
    #[arg(long, env = "ROUTEMCP_DATABASE_URL")]
    database_url: Option<String>,
    #[command(flatten)]
    master_key: MasterKeyArguments,
}

impl StoreArguments {
    pub(crate) async fn open(self) -> anyhow::Result<Store> {
        let (url, keys) = match self.database_url {
            Some(url) => (url, self.master_key.read()?),
            None => {
                let key = self.data_dir.join(MASTER_KEY_FILE);
                if !key.exists() {
                    bail!(
                        "there is no `routemcp dev` data in {}; give --data-dir, or --database-url and a master key",
                        self.data_dir.display()
                    );
                }
                let key = read_key_file(&key)?;
                (database_url(&self.data_dir), self.master_key.previous.with(key)?)
            }
        };
        Store::open(&url, keys).await.context("cannot open the database")
    }
}

/// The key that encrypts credentials.
#[derive(Args)]
pub(crate) struct MasterKeyArguments {
    /// 32 random bytes in base64, best from the environment. Make one: openssl rand -base64 32
    #[arg(long, env = "ROUTEMCP_MASTER_KEY", hide_env_values = true, value_parser = secret)]
    master_key: Option<SecretString>,
    /// A file that holds the master key.
    #[arg(long, env = "ROUTEMCP_MASTER_KEY_FILE", conflicts_with = "master_key")]
    master_key_file: Option<PathBuf>,
    #[command(flatten)]
    previous: PreviousKeysArguments,
}

/// Keys that once encrypted credentials.
#[derive(Args)]
pub(crate) struct PreviousKeysArguments {
    /// Further master keys that stored credentials may still be encrypted under, separated by commas; `keys rotate-master`
    /// brings them to the master key.
    #[arg(long = "previous-master-key", env = "ROUTEMCP_PREVIOUS_MASTER_KEYS", hide_env_values = true,
          value_delimiter = ',', value_parser = secret)]
    previous_master_keys: Vec<SecretString>,
}

impl PreviousKeysArguments {
    /// The ring of all keys.
    pub(crate) fn with(&self, primary: MasterKey) -> anyhow::Result<MasterKeys> {
        let given = self.previous_master_keys.iter();
        let previous = given
            .filter(|text| !text.expose_secret().is_empty())
            .map(MasterKey::parse)
            .collect::<Result<_, _>>()
            .context("ROUTEMCP_PREVIOUS_MASTER_KEYS is not usable")?;
        Ok(MasterKeys { primary, previous })
    }
}

pub(super) fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(text.into())
}

impl MasterKeyArguments {
    pub(crate) fn read(&self) -> anyhow::Result<MasterKeys> {
        self.previous.with(self.primary()?)
    }

    fn primary(&self) -> anyhow::Result<MasterKey> {
        match (&self.master_key, &self.master_key_file) {
            (Some(text), _) => Ok(MasterKey::parse(text).context("ROUTEMCP_MASTER_KEY is not usable")?),
            (None, Some(file)) => read_key_file(file),
            (None, None) => bail!(
                "a master key is needed to encrypt credentials: set ROUTEMCP_MASTER_KEY or --master-key-file. \
                 Make one with: openssl rand -base64 32"
            ),
        }
    }
}

/// Name of the master key's file in a data folder.
pub(crate) const MASTER_KEY_FILE: &str = "master.key";

/// The database in a data folder.
pub(crate) fn database_url(data_dir: &Path) -> String {
    sqlite_url(&data_dir.join("routemcp.db"))
}

pub(crate) fn read_key_file(file: &Path) -> anyhow::Result<MasterKey> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the master key {}", file.display()))?;
    let text = SecretString::from(text);
    let text = SecretString::from(text.expose_secret().trim());
    MasterKey::parse(&text).with_context(|| format!("the master key in {} is not usable", file.display()))
}

/// Writes a file that only its owner can read.
pub(crate) fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", file.display());
    let mut open = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)
        .with_context(cannot)?;
    open.write_all(text.as_bytes()).with_context(cannot)
}

#[cfg(test)]
mod tests {
    use super::slug_and_url;

    #[test]
    fn a_base_url_is_given_with_its_slug() {
        let (slug, url) = slug_and_url("hubspot=http://127.0.0.1:7001").unwrap();
        assert_eq!(
            (slug.as_str(), url.as_str()),
            ("hubspot", "http://127.0.0.1:7001/")
        );
        for bad in ["hubspot", "hubspot=127.0.0.1", "hubspot=ftp://x", "hubspot="] {
            assert!(slug_and_url(bad).is_err(), "{bad}");
        }
    }
}
