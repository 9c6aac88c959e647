//! For a host that compiles a connector into itself instead of loading it as a component. RouteMCP does so only to measure
//! what WebAssembly costs.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Arc;

use crate::http::{Body, Request};
use crate::records::Documents;
use crate::{Failure, Page, Response};

/// What a connector's code asks for while it runs.
pub trait Host: Send + Sync {
    /// Sends a request; any HTTP status is an answer.
    ///
    /// # Errors
    /// When no answer came, or policy refused.
    fn send(&self, request: Request) -> Result<Response, Failure>;

    /// A setting of the connection.
    fn setting(&self, name: &str) -> Option<String>;

    /// Takes a log line.
    fn log(&self, level: &str, message: &str);
}

/// An answer that stays the host's: as the contract's `response`.
pub trait HostAnswer: Any + Debug + Send {
    /// The HTTP status.
    fn status(&self) -> u16;
    /// The first header of this name, in any case.
    fn header(&self, name: &str) -> Option<String>;
    /// The value at a pointer, as JSON text.
    fn json_at(&self, pointer: &str) -> Option<String>;
    /// One value of each element of an array.
    fn pluck(&self, array: &str, member: &str) -> Vec<Option<String>>;
    /// The whole body, if it is text.
    fn text(&self) -> Option<String>;
}

thread_local! {
    static HOST: RefCell<Option<Arc<dyn Host>>> = const { RefCell::new(None) };
}

/// Runs code of a connector with a host. Code that is suspended must be resumed within this function again, since it may go
/// on in another thread.
pub fn with_host<R>(host: Arc<dyn Host>, work: impl FnOnce() -> R) -> R {
    let before = HOST.replace(Some(host));
    let _after = Restore(before);
    work()
}

/// Puts the host of before back, also when the code panics.
struct Restore(Option<Arc<dyn Host>>);

impl Drop for Restore {
    fn drop(&mut self) {
        HOST.set(self.0.take());
    }
}

// Never inlined: where the thread-local is must be found anew after each request, because the code may go on in another
// thread.
#[inline(never)]
pub(crate) fn current() -> Option<Arc<dyn Host>> {
    HOST.with_borrow(Clone::clone)
}

/// The parts of a request, as the contract has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestParts {
    /// GET and so on.
    pub method: String,
    /// A path, or an absolute URL.
    pub target: String,
    /// Not encoded.
    pub query: Vec<(String, String)>,
    /// The connector's own.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: RequestBody,
    /// Sending it twice does no harm.
    pub repeatable: bool,
}

/// What a request carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestBody {
    /// Nothing.
    None,
    /// JSON text.
    Json(String),
    /// A form.
    Form(Vec<(String, String)>),
    /// Bytes as they are.
    Bytes(Vec<u8>),
}

impl Request {
    /// Takes a request apart.
    #[must_use]
    pub fn into_parts(self) -> RequestParts {
        RequestParts {
            method: self.method,
            target: self.target,
            query: self.query,
            headers: self.headers,
            body: match self.body {
                Body::None => RequestBody::None,
                Body::Json(text) => RequestBody::Json(text),
                Body::Form(pairs) => RequestBody::Form(pairs),
                Body::Bytes(bytes) => RequestBody::Bytes(bytes),
            },
            repeatable: self.repeatable,
        }
    }
}

impl Response {
    /// An answer of an embedding host.
    #[must_use]
    pub fn from_host(answer: Box<dyn HostAnswer>) -> Self {
        Self {
            answer: crate::host::Answer::Host(answer),
        }
    }

    /// Gives the host's answer back; none for one of a test.
    #[must_use]
    pub fn into_host(self) -> Option<Box<dyn HostAnswer>> {
        match self.answer {
            crate::host::Answer::Host(answer) => Some(answer),
            crate::host::Answer::Test(_) => None,
        }
    }
}

impl Page {
    /// Where the records are, and the next cursor.
    #[must_use]
    pub fn into_parts(self) -> (Documents, Option<String>) {
        (self.records, self.next)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Host, HostAnswer, with_host};
    use crate::http::{self, Request};
    use crate::{Failure, Response, connection, testing};

    #[derive(Debug)]
    struct Echo(String);

    impl HostAnswer for Echo {
        fn status(&self) -> u16 {
            200
        }

        fn header(&self, _: &str) -> Option<String> {
            None
        }

        fn json_at(&self, _: &str) -> Option<String> {
            None
        }

        fn pluck(&self, _: &str, _: &str) -> Vec<Option<String>> {
            Vec::new()
        }

        fn text(&self) -> Option<String> {
            Some(self.0.clone())
        }
    }

    struct Embedder;

    impl Host for Embedder {
        fn send(&self, request: Request) -> Result<Response, Failure> {
            Ok(Response::from_host(Box::new(Echo(request.into_parts().target))))
        }

        fn setting(&self, name: &str) -> Option<String> {
            Some(format!("{name} of the embedder"))
        }

        fn log(&self, _: &str, _: &str) {}
    }

    #[test]
    fn a_connector_asks_the_host_that_runs_it_and_nobody_else() {
        testing::Host::new().setting("account", "of a test").install();
        let answer = with_host(Arc::new(Embedder), || {
            assert_eq!(
                connection::setting("account").as_deref(),
                Some("account of the embedder")
            );
            http::get("/people").send().unwrap()
        });
        assert_eq!(answer.text().as_deref(), Some("/people"));
        assert!(answer.into_host().is_some());
        assert_eq!(connection::setting("account").as_deref(), Some("of a test"));
    }
}
