//! From a file to a connector that can be called: verify, compile, link, probe.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use routemcp_broker::{Grant, GrantError, Session};
use routemcp_unified::manifest::{AuthMethod, Manifest, OAuth2Method};
use wasmtime::Cache;
use wasmtime::component::Component;

use crate::advice;
use crate::bindings::exports::routemcp::connector::{connector, sandbox};
use crate::call::CallContext;
use crate::digest::Digest;
use crate::engine::Runtime;
use crate::error::{CallError, LoadError};
use crate::invoke::{Answer, Callee, Linked, Operation};
use crate::state::Label;

/// One version of one connector: compiled, linked, probed, and ready to be called. Clones share the compiled code, and can
/// be granted other hosts.
#[derive(Clone)]
pub struct LoadedConnector {
    /// Its component, for what only a component can do.
    pub(crate) linked: Arc<Linked>,
    /// What answers its calls: the component.
    pub(crate) callee: Arc<dyn Callee>,
    manifest: Arc<Manifest>,
    digest: Digest,
    inspection: Inspection,
    allowed_hosts: Vec<String>,
    token_hosts: Vec<String>,
    /// For the base URL as the manifest has it, if it is one: without settings of the connection in it.
    usual_grant: Option<Grant>,
}

/// Facts about a loaded file, for people.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Size of the file in bytes.
    pub bytes: usize,
    /// Names of all imports.
    pub imports: Vec<String>,
    /// Names of all exports.
    pub exports: Vec<String>,
    /// The contract version that it was built for: that of its connector interface.
    pub contract: String,
    /// Time to compile it, or to find it in the cache.
    pub compile: Duration,
    /// Whether the code was in the cache, so that nothing was compiled.
    pub cached: bool,
    /// Time of the first `describe` call, instantiation included.
    pub describe: Duration,
    /// Linear memory after `describe`, in bytes, over all memories.
    pub memory_bytes: usize,
}

impl LoadedConnector {
    /// What the connector says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    /// The content address of its file.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether it can play its provider.
    #[must_use]
    pub fn has_sandbox(&self) -> bool {
        self.linked.sandbox.is_some()
    }

    /// The hosts that it may reach, as its manifest writes them. None until somebody grants them.
    #[must_use]
    pub fn allowed_hosts(&self) -> &[String] {
        &self.allowed_hosts
    }

    /// The hosts that codes, refresh tokens and client secrets may be sent to on its behalf, as its manifest writes them.
    /// None until somebody grants them.
    #[must_use]
    pub fn token_hosts(&self) -> &[String] {
        &self.token_hosts
    }

    /// Lets it reach those hosts of its manifest for which `granted` holds: what it asks for and what it gets must both say
    /// so.
    pub fn grant_hosts(&mut self, granted: impl Fn(&str) -> bool) {
        let asked = self.manifest.allowed_hosts.iter();
        self.allowed_hosts = asked.filter(|host| granted(host)).cloned().collect();
        let methods = self.manifest.auth.iter().filter_map(AuthMethod::oauth2);
        let asked = methods.flat_map(OAuth2Method::token_hosts);
        self.token_hosts = asked.filter(|host| granted(host)).collect();
        self.usual_grant = Grant::within(&self.manifest.base_url, &self.allowed_hosts).ok();
    }

    /// Where the requests of a connection with this base URL may go.
    ///
    /// # Errors
    /// When the base URL is not one, or on none of the hosts that were granted.
    pub fn grant(&self, base_url: &str) -> Result<Grant, GrantError> {
        match &self.usual_grant {
            Some(grant) if base_url == self.manifest.base_url => Ok(grant.clone()),
            _ => Grant::within(base_url, &self.allowed_hosts),
        }
    }

    /// The median time that an instance takes, over so many.
    ///
    /// # Errors
    /// When none can be made.
    pub async fn time_instantiation(&self, times: usize) -> Result<Duration, CallError> {
        let mut took = Vec::with_capacity(times);
        for _ in 0..times.max(1) {
            took.push(self.linked.instantiate(nothing()).await?);
        }
        took.sort_unstable();
        Ok(took.get(took.len() / 2).copied().unwrap_or_default())
    }

    /// Answers calls with the same connector compiled into the host, under the same limits but for CPU and memory. Its
    /// component goes on giving the manifest and playing the sandbox.
    #[cfg(feature = "native-connectors")]
    pub fn call_natively(&mut self, native: crate::native::NativeConnector) {
        self.callee = Arc::new(crate::native::Native::new(native, Arc::clone(&self.linked)));
    }

    /// Facts about the file.
    #[must_use]
    pub fn inspection(&self) -> &Inspection {
        &self.inspection
    }
}

impl Runtime {
    /// Loads a connector from the bytes of its file.
    ///
    /// # Errors
    /// [`LoadError`] says at which step it failed and what the author can do.
    pub async fn load(&self, bytes: Vec<u8>) -> Result<LoadedConnector, LoadError> {
        let digest = Digest::of(&bytes);
        let loaded = self.load_as(digest, bytes).await;
        if let Err(error) = &loaded {
            tracing::warn!(digest = digest.short(), %error, "a connector was not loaded");
        }
        loaded
    }

    async fn load_as(&self, digest: Digest, bytes: Vec<u8>) -> Result<LoadedConnector, LoadError> {
        self.check_file(&bytes)?;
        let size = bytes.len();
        let started = Instant::now();
        let (component, cached) = self.compile(bytes).await?;
        let compile = started.elapsed();
        let linked = self.link(&component, digest)?;
        let inspection = Inspection {
            bytes: size,
            compile,
            cached,
            ..inspect(self, &component)
        };
        probe(linked, digest, inspection).await
    }

    /// Compiles a file for the cache of compiled code and does nothing else with it.
    ///
    /// # Errors
    /// [`LoadError`], as [`load`](Self::load) up to compiling.
    pub async fn compile_into_cache(&self, bytes: Vec<u8>) -> Result<(), LoadError> {
        self.check_file(&bytes)?;
        self.compile(bytes).await.map(drop)
    }

    /// Looks at size and kind of a file, which costs nothing.
    ///
    /// # Errors
    /// [`LoadError::TooLarge`] and [`LoadError::NotAComponent`].
    pub fn check_file(&self, bytes: &[u8]) -> Result<(), LoadError> {
        let limit = self.shared.options.max_file_bytes;
        if bytes.len() > limit {
            return Err(LoadError::TooLarge {
                bytes: bytes.len(),
                limit,
            });
        }
        advice::on_file(bytes).map_or(Ok(()), |advice| Err(LoadError::NotAComponent(advice)))
    }

    /// Compiles off the async threads, one file at a time.
    /// Also says whether it was in the cache.
    async fn compile(&self, bytes: Vec<u8>) -> Result<(Component, bool), LoadError> {
        let _alone = self.shared.compiling.lock().await;
        let hits = || self.shared.cache.as_ref().map_or(0, Cache::cache_hits);
        let before = hits();
        let engine = self.shared.engine.clone();
        let compiled = tokio::task::spawn_blocking(move || Component::new(&engine, bytes)).await;
        let compiled = compiled.map_err(|error| LoadError::Compile(error.to_string()))?;
        let component = compiled.map_err(|error| LoadError::Compile(format!("{error:#}")))?;
        Ok((component, hits() > before))
    }

    fn link(&self, component: &Component, digest: Digest) -> Result<Linked, LoadError> {
        let engine = &self.shared.engine;
        let ty = component.component_type();
        if let Some(advice) = ty.imports(engine).find_map(|(name, _)| advice::on_import(name)) {
            return Err(LoadError::Import(advice));
        }
        let misfit = |error: wasmtime::Error| LoadError::Import(format!("its imports do not fit: {error:#}"));
        let pre = self.shared.linker.instantiate_pre(component).map_err(misfit)?;
        let connector = connector::GuestIndices::new(&pre).map_err(|error| {
            let exports = ty.exports(engine).map(|(name, _)| name);
            LoadError::Export(advice::on_exports(exports, &format!("{error:#}")))
        })?;
        let label = Label {
            slug: "(loading)".into(),
            digest: digest.short().into(),
        };
        let sandbox = sandbox::GuestIndices::new(&pre).ok();
        Ok(Linked {
            shared: Arc::clone(&self.shared),
            pre,
            connector,
            sandbox,
            label,
        })
    }
}

/// A context in which there is nothing to reach.
fn nothing() -> CallContext {
    CallContext {
        session: Arc::new(Session::closed()),
        tenant: "".into(),
        settings: Arc::new(BTreeMap::new()),
    }
}

/// Calls `describe` under the limits of any call, with HTTP shut and no settings.
async fn probe(
    mut linked: Linked,
    digest: Digest,
    mut inspection: Inspection,
) -> Result<LoadedConnector, LoadError> {
    let described = linked.call(nothing(), Operation::Describe).await;
    inspection.describe = described.usage.total;
    inspection.memory_bytes = described.usage.memory_bytes;
    let text = match described.result.map_err(LoadError::Describe)? {
        Answer::Text(text) => text,
        _ => {
            return Err(LoadError::Describe(CallError::Host(
                "describe gave no text".to_owned(),
            )));
        }
    };
    let manifest = Manifest::parse(&text)?;
    linked.label.slug = manifest.slug.as_str().into();
    let linked = Arc::new(linked);
    Ok(LoadedConnector {
        callee: Arc::clone(&linked) as Arc<dyn Callee>,
        linked,
        manifest: Arc::new(manifest),
        digest,
        inspection,
        allowed_hosts: Vec::new(),
        token_hosts: Vec::new(),
        usual_grant: None,
    })
}

fn inspect(runtime: &Runtime, component: &Component) -> Inspection {
    let engine = &runtime.shared.engine;
    let ty = component.component_type();
    let exports: Vec<String> = ty.exports(engine).map(|(name, _)| name.to_owned()).collect();
    Inspection {
        bytes: 0,
        imports: ty.imports(engine).map(|(name, _)| name.to_owned()).collect(),
        contract: advice::contract_of(&exports),
        exports,
        compile: Duration::ZERO,
        cached: false,
        describe: Duration::ZERO,
        memory_bytes: 0,
    }
}
