//! Guests that want more than a call may have, and files that are no connectors: each gets its own clear error.
//!
//! The guests are written in the text format. `describe` is the one export that is called here, because loading calls it
//! under the limits of any call.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::{Duration, Instant};

use routemcp_runtime::{CallError, CallLimits, EngineOptions, LimitExceeded, LoadError, Runtime};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A component that exports the connector interface of the contract; `describe` runs `body`, which leaves the address of
/// (pointer, length) on the stack.
fn connector(memory: &str, functions: &str, body: &str) -> Vec<u8> {
    let source = include_str!("guests/connector.wat")
        .replace("{{memory}}", memory)
        .replace("{{functions}}", functions)
        .replace("{{describe}}", body);
    let mut module = wat::parse_str(source).unwrap();
    let mut contract = Resolve::default();
    let (package, _) = contract.push_path("../../wit").unwrap();
    let world = contract.select_world(&[package], Some("provider")).unwrap();
    embed_component_metadata(&mut module, &contract, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

fn options() -> EngineOptions {
    let limits = CallLimits {
        wall_clock: Duration::from_secs(5),
        cpu: Duration::from_millis(200),
        memory_bytes: 4 << 20,
        ..CallLimits::default()
    };
    EngineOptions {
        concurrent_calls: 4,
        limits,
        ..EngineOptions::default()
    }
}

async fn load(bytes: Vec<u8>) -> LoadError {
    load_with(options(), bytes).await
}

async fn load_with(options: EngineOptions, bytes: Vec<u8>) -> LoadError {
    match Runtime::new(options).unwrap().load(bytes).await {
        Ok(_) => panic!("it must not load"),
        Err(error) => error,
    }
}

fn limit(error: &LoadError) -> Option<LimitExceeded> {
    match error {
        LoadError::Describe(CallError::Limit(limit)) => Some(*limit),
        _ => None,
    }
}

const ONE_PAGE: &str = "(memory (export \"memory\") 1)";

#[tokio::test]
async fn an_endless_loop_is_stopped_while_other_work_goes_on() {
    // Long enough for many ticks, even where the ticker is kept waiting for a core.
    let mut options = options();
    options.limits.cpu = Duration::from_secs(1);
    options.limits.wall_clock = Duration::from_secs(60);
    let endless = connector(ONE_PAGE, "", "(loop (br 0)) (i32.const 0)");
    let started = Instant::now();
    let looping = tokio::spawn(load_with(options, endless));
    // All on one thread: if the loop did not yield, this would have one turn before it and none until its end.
    let mut turns = 0;
    while !looping.is_finished() && started.elapsed() < Duration::from_secs(50) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        turns += 1;
    }
    let error = looping.await.unwrap();
    assert_eq!(limit(&error), Some(LimitExceeded::Cpu), "{error}");
    assert!(turns > 2, "other work had {turns} turns");
}

#[tokio::test]
async fn endless_recursion_is_stopped() {
    let functions =
        "(func $recurse (param i32) (result i32) (call $recurse (i32.add (local.get 0) (i32.const 1))))";
    let error = load(connector(ONE_PAGE, functions, "(call $recurse (i32.const 0))")).await;
    assert_eq!(limit(&error), Some(LimitExceeded::Stack), "{error}");
}

#[tokio::test]
async fn a_memory_bomb_is_stopped() {
    // Grows page by page and gives up when refused.
    let body = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable";
    let error = load(connector(ONE_PAGE, "", body)).await;
    assert_eq!(limit(&error), Some(LimitExceeded::Memory), "{error}");
}

#[tokio::test]
async fn memories_are_summed() {
    // Two memories of 3 MiB each, where one alone would fit into the 4 MiB.
    let memory = "(memory (export \"memory\") 48) (memory $second 48)";
    let error = load(connector(memory, "", "(i32.const 0)")).await;
    assert_eq!(limit(&error), Some(LimitExceeded::Memory), "{error}");
}

#[tokio::test]
async fn a_trap_is_told_apart_from_a_limit() {
    let error = load(connector(ONE_PAGE, "", "unreachable")).await;
    assert!(
        matches!(error, LoadError::Describe(CallError::Trap(_))),
        "{error}"
    );
}

#[tokio::test]
async fn a_huge_result_is_refused() {
    // Says that the manifest is 3 MiB long, all zeros; then that it is 64 KiB beyond the end of memory.
    let big = "(memory (export \"memory\") 60)";
    let body = "(i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 3145728)) (i32.const 16)";
    let error = load(connector(big, "", body)).await;
    assert!(matches!(error, LoadError::Manifest(_)), "{error}");
    let beyond = body.replace("3145728", "99999999");
    let error = load(connector(big, "", &beyond)).await;
    assert!(
        matches!(error, LoadError::Describe(CallError::Trap(_))),
        "{error}"
    );
}

#[tokio::test]
async fn a_result_beyond_what_a_host_call_may_lift_is_refused() {
    let mut options = options();
    options.limits.host_call_bytes = 1 << 20;
    let body = "(i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 3145728)) (i32.const 16)";
    let bytes = connector("(memory (export \"memory\") 60)", "", body);
    let error = Runtime::new(options).unwrap().load(bytes).await.err().unwrap();
    assert_eq!(limit(&error), Some(LimitExceeded::HostCall), "{error}");
}

#[tokio::test]
async fn text_that_is_not_utf8_or_not_a_manifest_is_refused() {
    let with = |text: &str| {
        let memory = format!("{ONE_PAGE} (data (i32.const 1024) \"{text}\")");
        let length = if text.starts_with('\\') { 2 } else { text.len() };
        let body = format!(
            "(i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const {length})) (i32.const 16)"
        );
        connector(&memory, "", &body)
    };
    let error = load(with("\\ff\\fe")).await;
    assert!(
        matches!(error, LoadError::Describe(CallError::Contract(_))),
        "{error}"
    );
    let error = load(with("{}")).await;
    assert!(matches!(error, LoadError::Manifest(_)), "{error}");
}

#[tokio::test]
async fn files_that_are_no_connectors_get_advice() {
    let error = load(b"#!/bin/sh".to_vec()).await;
    assert!(error.to_string().contains("not a WebAssembly file"), "{error}");
    let error = load(wat::parse_str("(module)").unwrap()).await;
    assert!(error.to_string().contains("connector build"), "{error}");
    let error = load(wat::parse_str("(component)").unwrap()).await;
    assert!(
        error
            .to_string()
            .contains("does not export routemcp:connector/connector@0.1.0"),
        "{error}"
    );
    let http = "(component (import \"wasi:http/types@0.2.3\" (instance)))";
    let error = load(wat::parse_str(http).unwrap()).await;
    assert!(error.to_string().contains("disableFeatures"), "{error}");
    let mut options = options();
    options.max_file_bytes = 3;
    let error = Runtime::new(options)
        .unwrap()
        .load(vec![0; 4])
        .await
        .err()
        .unwrap();
    assert!(
        matches!(error, LoadError::TooLarge { bytes: 4, limit: 3 }),
        "{error}"
    );
}
