//! The list of sins: what the caller is told, what the log says beside the digest of the connector's version, and how much
//! of it reaches the provider.

/// A guest and what must come of it. Its source is `guests/{name}.wat`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sin {
    pub(crate) name: &'static str,
    pub(crate) verdict: Verdict,
    /// Part of a log line that also holds the digest.
    pub(crate) log: &'static str,
    /// How many requests the provider gets.
    pub(crate) reaches: usize,
    pub(crate) place: Place,
    /// It takes half a minute, because that is how long a call may take.
    pub(crate) slow: bool,
}

/// What the caller is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verdict {
    /// An error with this status, code, and part of its message.
    Error(u16, &'static str, &'static str),
    /// The guest got nothing out of it, so its record is served.
    Harmless,
    /// It is not even loaded, so there is no such provider.
    NotLoaded,
}

/// What stands behind the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Provider,
    Sandbox,
}

/// The connector failed, or asked for what it must not have: `why` stands in the answer and in the log.
const fn fails(name: &'static str, why: &'static str) -> Sin {
    told(name, 502, "CONNECTOR_FAILED", why, why)
}

const fn told(
    name: &'static str,
    status: u16,
    code: &'static str,
    message: &'static str,
    log: &'static str,
) -> Sin {
    Sin {
        name,
        verdict: Verdict::Error(status, code, message),
        log,
        reaches: 0,
        place: Place::Provider,
        slow: false,
    }
}

const fn not_loaded(name: &'static str, log: &'static str) -> Sin {
    Sin {
        verdict: Verdict::NotLoaded,
        ..fails(name, log)
    }
}

const fn harmless(name: &'static str, log: &'static str) -> Sin {
    Sin {
        verdict: Verdict::Harmless,
        ..fails(name, log)
    }
}

impl Sin {
    const fn reaching(mut self, requests: usize) -> Self {
        self.reaches = requests;
        self
    }

    const fn slowly(mut self) -> Self {
        self.slow = true;
        self
    }

    const fn in_sandbox(mut self) -> Self {
        self.place = Place::Sandbox;
        self
    }
}

/// All of them.
pub(crate) const SINS: &[Sin] = &[
    // Taking more than its share of the machine.
    fails("endless-loop", "used up its CPU time"),
    fails("endless-recursion", "used up its stack"),
    fails("memory-bomb", "used up its memory"),
    fails("several-memories", "used up its memory"),
    fails("table-bomb", "used up its memory"),
    fails("huge-return", "used up what may be passed to the host"),
    fails("return-from-nowhere", "crashed"),
    fails("many-records", "broke the contract"),
    fails("many-values", "used up its JSON values"),
    fails("many-parsed-answers", "used up its JSON values").reaching(3),
    fails("deep-json", "broke the contract"),
    harmless("huge-log", "the rest of this call's log is dropped"),
    fails("huge-log-line", "used up what may be passed to the host"),
    harmless(
        "forged-log-line",
        "all is well  1999-01-01T00:00:00Z ERROR forged:  [31m",
    ),
    fails("many-handles", "used up what may be passed to the host"),
    told(
        "sleeps-forever",
        504,
        "PROVIDER_TIMEOUT",
        "did not answer in time",
        "used up its time",
    )
    .slowly(),
    // Talking nonsense.
    fails("invalid-utf8", "broke the contract"),
    fails("invalid-json", "broke the contract"),
    fails("forged-handle", "crashed"),
    not_loaded("trap-in-describe", "describe() failed: the connector crashed"),
    not_loaded(
        "loop-in-describe",
        "describe() failed: the connector used up its CPU time",
    ),
    not_loaded("request-in-describe", "describe() failed: the connector crashed"),
    fails("trap-in-list", "crashed"),
    // Going where it must not.
    fails(
        "host-not-granted",
        "\"https://elsewhere.example\" is not granted: add",
    ),
    harmless("hidden-refusal", "\"https://elsewhere.example\" is not granted"),
    fails("loopback", "\"127.0.0.1\" is refused: its address is loopback"),
    fails(
        "loopback-in-disguise",
        "\"127.0.0.1\" is refused: its address is loopback",
    ),
    fails(
        "cloud-metadata",
        "\"169.254.169.254\" is refused: its address is a cloud metadata address",
    ),
    fails("ipv4-mapped-ipv6", "is not granted: add"),
    fails(
        "private-name",
        "\"localhost\" is refused: its address is loopback",
    ),
    fails("target-two-slashes", "must not start with \"//\""),
    fails("target-user", "must not hold a user name or password"),
    harmless("target-in-path", "").reaching(1),
    fails("target-dots", "\"..\" segments could leave the base path"),
    fails("target-line-break", "control characters must be percent-encoded"),
    fails("follows-redirect", "is not granted: add").reaching(1),
    not_loaded("imports-wasi-http", "call `routemcp:connector/http` instead"),
    fails("imports-sockets", "the host denies sockets"),
    fails("imports-files", "the host opens no directory"),
    not_loaded("imports-of-its-own", "which this host does not offer"),
    // Saying what is the host's to say.
    fails(
        "header-authorization",
        "header \"Authorization\" is refused: the host sets it",
    ),
    fails("header-host", "header \"Host\" is refused: the host sets it"),
    fails(
        "header-transfer-encoding",
        "header \"Transfer-Encoding\" is refused: the host sets it",
    ),
    fails("header-line-break", "must not have line breaks"),
    fails("header-name-line-break", "a name is letters, digits and hyphens"),
    // Tiring the network out.
    fails("endless-answer", "the answer is too large").reaching(1),
    told(
        "dripping-answer",
        504,
        "PROVIDER_TIMEOUT",
        "did not answer in time",
        "kind=\"timeout\"",
    )
    .reaching(1)
    .slowly(),
    fails("many-requests", "too many requests: one call may send 20").reaching(20),
    fails("endless-requests", "used up its CPU time"),
    // Misusing the sandbox.
    told(
        "sandbox-loop",
        502,
        "PROVIDER_ERROR",
        "the sandbox failed: the connector used up its CPU time",
        "the sandbox failed",
    )
    .in_sandbox(),
    told(
        "sandbox-flood",
        502,
        "PROVIDER_ERROR",
        "one turn may write 16777216 bytes",
        "the sandbox failed",
    )
    .in_sandbox(),
];

/// Sources that have a test of their own.
pub(crate) const ELSEWHERE: [&str; 2] = ["leftovers", "rebinding-name"];
