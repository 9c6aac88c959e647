//! `routemcp org`: organisations.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use routemcp_store::{Organisation, Store};

use super::arguments::StoreArguments;
use super::say;
use crate::http::envelope::time_text;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create an organisation.
    Create(Create),
    /// List all organisations.
    List(List),
}

#[derive(Args)]
pub(crate) struct Create {
    /// Its name.
    name: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    store: StoreArguments,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create(arguments) => {
            let organisation = arguments
                .store
                .open()
                .await?
                .create_organisation(&arguments.name)
                .await?;
            say(line(&organisation));
        }
        Command::List(arguments) => {
            for organisation in arguments.store.open().await?.list_organisations().await? {
                say(line(&organisation));
            }
        }
    }
    Ok(())
}

/// An organisation by name or id.
pub(super) async fn find(store: &Store, name_or_id: &str) -> anyhow::Result<Organisation> {
    let found = store.find_organisation(name_or_id).await?;
    found.with_context(|| format!("there is no organisation `{name_or_id}`; `routemcp org list` shows all"))
}

fn line(organisation: &Organisation) -> String {
    format!(
        "{}  {}  created {}",
        organisation.id,
        organisation.name,
        time_text(organisation.created_at)
    )
}
