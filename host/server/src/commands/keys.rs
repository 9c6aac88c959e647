//! `routemcp keys`: API keys.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use routemcp_store::{ApiKey, Environment, NewApiKey, Plan, Scope, Store};
use secrecy::ExposeSecret;

use super::arguments::{StoreArguments, write_private};
use super::organisations::find;
use super::say;
use crate::connectors::publishers::PublisherKey;
use crate::http::envelope::time_text;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create a key. It is shown once.
    Create(Create),
    /// List the keys of an organisation.
    List(List),
    /// Revoke a key.
    Revoke(Revoke),
    /// Encrypt everything that stands under a previous master key under the present one. Servers may go on meanwhile.
    RotateMaster(RotateMaster),
    /// Make a key pair that signs connectors.
    Publisher(Publisher),
}

#[derive(Args)]
pub(crate) struct Create {
    /// Organisation, by name or id.
    #[arg(long)]
    org: String,
    /// live reaches real providers, test reaches sandboxes.
    #[arg(long, value_parser = Environment::parse)]
    environment: Environment,
    /// What the key may do: read, write, connect, manage.
    #[arg(long, value_delimiter = ',', default_value = "read,write", value_parser = Scope::parse)]
    scopes: Vec<Scope>,
    /// Rate limit: individual (100 a minute), team (500), organization (2,000), unlimited (for who runs the server).
    #[arg(long, default_value = "individual", value_parser = Plan::parse)]
    plan: Plan,
    /// A name to tell keys apart.
    #[arg(long, default_value = "unnamed")]
    name: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Args)]
pub(crate) struct List {
    /// Organisation, by name or id.
    #[arg(long)]
    org: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Args)]
pub(crate) struct Revoke {
    /// Id of the key, or the beginning of the key as `keys list` shows it.
    key: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Args)]
pub(crate) struct RotateMaster {
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Args)]
pub(crate) struct Publisher {
    /// Who publishes, as a server's file of publishers' keys will name them.
    name: String,
    /// Where to write the private key (PKCS #8 PEM), for its owner only.
    #[arg(long, short)]
    output: PathBuf,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create(arguments) => create(arguments).await,
        Command::List(arguments) => list(arguments).await,
        Command::Revoke(arguments) => revoke(arguments).await,
        Command::RotateMaster(arguments) => rotate_master(arguments).await,
        Command::Publisher(arguments) => publisher(&arguments),
    }
}

async fn create(arguments: Create) -> anyhow::Result<()> {
    let store = arguments.store.open().await?;
    let new = NewApiKey {
        organisation_id: find(&store, &arguments.org).await?.id,
        environment: arguments.environment,
        name: arguments.name,
        scopes: arguments.scopes,
        plan: arguments.plan,
    };
    let (key, text) = store.create_api_key(new).await?;
    say(text.expose_secret());
    say(format_args!(
        "Keep it now, it is not shown again. Its id is {}.",
        key.id
    ));
    Ok(())
}

async fn list(arguments: List) -> anyhow::Result<()> {
    let store: Store = arguments.store.open().await?;
    let organisation = find(&store, &arguments.org).await?;
    for key in store.list_api_keys(&organisation.id).await? {
        say(line(&key));
    }
    Ok(())
}

async fn revoke(arguments: Revoke) -> anyhow::Result<()> {
    let store = arguments.store.open().await?;
    let key = store.revoke_api_key(&arguments.key).await?;
    say(format_args!("revoked {}", line(&key)));
    Ok(())
}

async fn rotate_master(arguments: RotateMaster) -> anyhow::Result<()> {
    let store = arguments.store.open().await?;
    let report = store.rotate_master().await?;
    for column in &report.columns {
        let (table, name) = (column.table, column.column);
        say(format_args!("{table}.{name}: {} encrypted anew", column.rotated));
        if column.unreadable > 0 {
            say(format_args!(
                "{table}.{name}: {} cannot be read and were left alone",
                column.unreadable
            ));
        }
    }
    if !report.is_complete() {
        anyhow::bail!(
            "some values stand under a key that was not given; add it to ROUTEMCP_PREVIOUS_MASTER_KEYS"
        );
    }
    say(format_args!(
        "Everything is under master key {} now. Take the previous keys away once every server encrypts under it.",
        report.primary
    ));
    Ok(())
}

fn publisher(arguments: &Publisher) -> anyhow::Result<()> {
    let output = &arguments.output;
    if output.exists() {
        bail!("{} exists already", output.display());
    }
    let key = PublisherKey::generate().context("no random bytes for a key")?;
    let pem = key.to_pem().context("the key cannot be written")?;
    write_private(output, pem.expose_secret())?;
    say(format_args!("{} {}", arguments.name, key.public()));
    Ok(())
}

fn line(key: &ApiKey) -> String {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let state = key
        .revoked_at
        .map_or("active".to_owned(), |time| format!("revoked {}", time_text(time)));
    let (plan, created) = (key.plan.as_str(), time_text(key.created_at));
    format!(
        "{}  {}…  {}  {plan}  {state}  created {created}  {}",
        key.id,
        key.prefix,
        scopes.join(","),
        key.name
    )
}
