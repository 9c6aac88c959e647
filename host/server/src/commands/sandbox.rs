//! `routemcp sandbox serve`: a connector's simulator of its provider on a real socket.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clap::{Args, Subcommand};
use http::StatusCode;
use routemcp_runtime::{
    EngineOptions, LoadedConnector, MemorySandboxState, Runtime, SandboxPlayer, SandboxReply, SandboxRequest,
    SandboxScope,
};
use tokio::net::TcpListener;

use super::say;
use crate::connectors::folder::files;
use crate::start::logging;

/// The largest request body taken, in bytes.
const BODY_LIMIT: usize = 8 << 20;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve one provider's sandbox.
    Serve(Serve),
}

#[derive(Args)]
pub(crate) struct Serve {
    /// The provider's slug, or a connector file.
    provider: String,
    /// Port to listen on, at 127.0.0.1; 0 takes a free one.
    #[arg(long, env = "ROUTEMCP_SANDBOX_PORT", default_value_t = 0)]
    port: u16,
    /// Folder of connector files (*.wasm).
    #[arg(long, env = "ROUTEMCP_CONNECTORS", default_value = "target/connectors")]
    connectors: PathBuf,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    let Command::Serve(arguments) = command;
    logging::start(logging::Format::Text, "info", None);
    let runtime = Runtime::new(EngineOptions {
        concurrent_calls: 64,
        ..EngineOptions::default()
    })?;
    let connector = find(&runtime, &arguments.provider, &arguments.connectors).await?;
    let Some(sandbox) = connector
        .manifest()
        .sandbox
        .clone()
        .filter(|_| connector.has_sandbox())
    else {
        bail!("the connector `{}` has no sandbox", connector.manifest().slug);
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    let (name, port) = (connector.manifest().name.clone(), listener.local_addr()?.port());
    say(format_args!(
        "{name} sandbox at http://localhost:{port} (accepts the token {})",
        sandbox.token
    ));
    let scope = SandboxScope {
        organisation: "sandbox".to_owned(),
        provider: connector.manifest().slug.clone(),
    };
    let player = SandboxPlayer::new(
        connector,
        scope,
        Arc::new(MemorySandboxState::default()),
        Arc::default(),
    );
    let router = Router::new().fallback(play).with_state(Arc::new(player));
    let interrupted = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, router)
        .with_graceful_shutdown(interrupted)
        .await
        .context("serving failed")
}

/// The connector of a slug in a folder, or of a file.
async fn find(runtime: &Runtime, provider: &str, folder: &Path) -> anyhow::Result<Arc<LoadedConnector>> {
    let file = if provider.ends_with(".wasm") {
        PathBuf::from(provider)
    } else {
        folder.join(format!("{provider}.wasm"))
    };
    if !file.exists() {
        let built = files(folder).unwrap_or_default();
        let names: Vec<String> = built
            .iter()
            .filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned()))
            .collect();
        bail!(
            "there is no connector {}; built: {}",
            file.display(),
            names.join(", ")
        );
    }
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Arc::new(runtime.load(bytes).await?))
}

async fn play(State(player): State<Arc<SandboxPlayer>>, request: Request) -> Response {
    let request = match into_sandbox_request(request).await {
        Ok(request) => request,
        Err(status) => return status.into_response(),
    };
    match player.play(request).await {
        Ok(reply) => into_response(reply),
        Err(error) => {
            tracing::error!(%error, "the sandbox failed");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("the sandbox failed: {error}\n"),
            )
                .into_response()
        }
    }
}

async fn into_sandbox_request(request: Request) -> Result<SandboxRequest, StatusCode> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(SandboxRequest {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: query.into_owned().collect(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body: body.to_vec(),
    })
}

fn into_response(reply: SandboxReply) -> Response {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(reply.body)).unwrap_or_else(|error| {
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the sandbox's answer is malformed: {error}\n"),
        )
            .into_response()
    })
}
