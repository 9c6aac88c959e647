//! Files that are made to hurt a compiler.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{A, put};
use crate::harness::{Production, twin};

/// A component with one core module whose functions are as large as the format allows: compiling one takes gigabytes and
/// minutes, though the file is small.
fn bomb() -> Vec<u8> {
    let mut body = String::new();
    for number in 0..60_000 {
        let _ = write!(
            body,
            "(local.set {a} (i64.add (i64.mul (local.get {b}) (local.get {a})) (i64.load (i32.wrap_i64 (local.get {b})))))\
             (if (i64.eqz (local.get {a})) (then (local.set {b} (i64.const {number}))))",
            a = number % 1_000,
            b = (number * 7 + 3) % 1_000,
        );
    }
    let function = format!("(func (local {}) {body})", "i64 ".repeat(1_000));
    let functions = function.repeat(2);
    let text = format!("(component (core module (memory 1) {functions}))");
    wat::parse_str(text).unwrap()
}

/// Uploads the bomb to a server with these limits, and holds the server to its promises meanwhile.
async fn explode(limits: &[&str], within: Duration, hint: &str) {
    let limits: Vec<String> = limits.iter().map(|text| (*text).to_owned()).collect();
    let (production, _folder) = Production::with_files(&[], &limits);
    let operator = production.operator();
    // Made before the clock runs: it takes a second of this thread.
    let bomb = bomb();
    let upload = tokio::spawn({
        let operator = operator.clone();
        async move { put(&operator, "", bomb).await }
    });
    let started = Instant::now();
    let mut asked = 0;
    while !upload.is_finished() {
        let asking = Instant::now();
        operator.get("//healthz").await.expect(200);
        assert!(
            asking.elapsed() < Duration::from_secs(2),
            "{:?}",
            asking.elapsed()
        );
        asked += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let refused = upload.await.unwrap().refused(422, "CONNECTOR_REFUSED");
    assert!(refused.message().contains(hint), "{}", refused.text);
    assert!(started.elapsed() < within, "{:?}", started.elapsed());
    assert!(asked > 2, "the server was asked {asked} times meanwhile");
    let peak = production.process.peak_memory();
    assert!(peak < 400 << 20, "the server itself took {} MiB", peak >> 20);
}

#[test]
fn a_file_that_was_compiled_apart_is_not_compiled_again() {
    let (production, _folder) = Production::with_files(&[("twin.wasm", &twin(A))], &[]);
    let log = production.process.errors();
    let live = log
        .lines()
        .find(|line| line.contains("connector is live"))
        .unwrap_or_default();
    assert!(live.contains("\"cached\":true"), "{log}");
}

#[tokio::test]
async fn a_file_that_takes_too_much_memory_to_compile_is_refused() {
    let limits = ["--compile-memory", "128", "--compile-seconds", "120"];
    explode(&limits, Duration::from_secs(60), "128 MiB of memory").await;
}

#[tokio::test]
async fn a_file_that_takes_too_long_to_compile_is_refused() {
    let limits = ["--compile-memory", "8192", "--compile-seconds", "2"];
    explode(&limits, Duration::from_secs(20), "2 seconds").await;
}
