//! nginx with `proxy_pass`: about the least that anything between caller and provider can cost.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::Start;
use crate::contestant::Contestant;
use crate::folders;
use crate::process::Process;

pub(super) async fn start(provider: &str) -> anyhow::Result<Start> {
    if Command::new("nginx").arg("-v").output().is_err() {
        return Ok(Start::Skipped("nginx is not installed".to_owned()));
    }
    let folder = folders::fresh("nginx")?;
    let port = free_port()?;
    let configuration = folder.join("nginx.conf");
    let upstream = provider.trim_start_matches("http://");
    let folder_text = folder.display().to_string();
    std::fs::write(&configuration, text(&folder_text, port, upstream)).context("nginx.conf")?;
    let mut command = Command::new("nginx");
    command
        .arg("-c")
        .arg(&configuration)
        .arg("-p")
        .arg(&folder)
        .args(["-e", "stderr"]);
    let process = Process::start(&folder, &command)?;
    wait_for(port).await?;
    let base = format!("http://127.0.0.1:{port}");
    Ok(Start::Running(Contestant::passing_on(
        "nginx",
        base,
        Some(process),
    )))
}

/// nginx cannot choose a port itself.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(listener.local_addr()?.port())
}

async fn wait_for(port: u16) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(10);
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if Instant::now() > deadline {
            bail!("nginx does not listen on port {port}; see target/bench/run/nginx/stderr");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

fn text(folder: &str, port: u16, upstream: &str) -> String {
    format!(
        "daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  upstream provider {{ server {upstream}; keepalive 128; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
      proxy_buffer_size 16k;
      proxy_buffers 16 16k;
    }}
  }}
}}
"
    )
}
