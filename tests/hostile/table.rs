//! Every sin of the list: first one after the other, then all at once.

use std::time::{Duration, Instant};

use futures::future::join_all;

use crate::harness::{Answer, Client, Guests, Scene};
use crate::sins::{ELSEWHERE, Place, SINS, Sin, Verdict};

/// How long an innocent caller may wait while a guest sins. Tests share their machine with builds.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long one sin may take, with its retries.
const LONGEST: Duration = Duration::from_secs(15);
/// As long as all guests together, on two cores.
const PATIENCE_WITH_ALL: Duration = Duration::from_secs(5);
/// What a server may have more after all the sins than before, in MiB: slots of the pool keep what they touched.
const LEFT_BEHIND: usize = 150;
/// What one call may write to the log: 16 KiB, of which each line costs 64 bytes at least; and what the host says of it.
const MOST_LINES: usize = 300;
/// What it may have had more at any time, in MiB, with one guest sinning.
const AT_MOST: usize = 250;

#[tokio::test(flavor = "multi_thread")]
async fn each_sin_has_its_answer_and_its_log_line_while_others_are_served() {
    let sins = || SINS.iter().filter(|sin| !sin.slow);
    let scene = Scene::start(sins().map(|sin| sin.name)).await;
    // The first requests make what is then kept.
    scene
        .meanwhile(tokio::time::sleep(Duration::from_millis(500)))
        .await;
    let before = scene.memory();
    let mut faults = Vec::new();
    for sin in sins() {
        let started = Instant::now();
        let (found, waited) = scene.meanwhile(commit(&scene, sin)).await;
        let took = started.elapsed();
        faults.extend(found);
        if waited > PATIENCE {
            faults.push(format!("{}: an innocent caller waited {waited:?}", sin.name));
        }
        if took > LONGEST {
            faults.push(format!("{}: it took {took:?}", sin.name));
        }
        let peak = scene.memory().peak.saturating_sub(before.peak);
        let name = sin.name;
        eprintln!(
            "{name:24} took {took:7.1?}, innocent callers waited {waited:7.1?} at most; peak +{peak} MiB"
        );
    }
    assert!(faults.is_empty(), "\n{}\n\n{}", faults.join("\n"), scene.log());
    assert_eq!(scene.canary.visits(), [""; 0], "a guest reached what it must not");
    let after = scene.memory();
    assert!(
        after.resident < before.resident + LEFT_BEHIND,
        "{before:?} {after:?}"
    );
    assert!(after.peak < before.peak + AT_MOST, "{before:?} {after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sins_at_once_leave_room_for_others() {
    let scene = Scene::start(SINS.iter().map(|sin| sin.name)).await;
    scene
        .meanwhile(tokio::time::sleep(Duration::from_millis(500)))
        .await;
    let before = scene.memory();
    let sinning = join_all(SINS.iter().map(|sin| commit(&scene, sin)));
    let (faults, waited) = scene.meanwhile(sinning).await;
    let faults: Vec<String> = faults.into_iter().flatten().collect();
    assert!(faults.is_empty(), "\n{}\n\n{}", faults.join("\n"), scene.log());
    assert_eq!(scene.canary.visits(), [""; 0], "a guest reached what it must not");
    let after = scene.memory();
    eprintln!("all at once: innocent callers waited {waited:.1?} at most; {before:?}, then {after:?}");
    assert!(waited < PATIENCE_WITH_ALL, "an innocent caller waited {waited:?}");
    assert!(
        after.resident < before.resident + LEFT_BEHIND,
        "{before:?} {after:?}"
    );
}

#[test]
fn no_source_is_forgotten() {
    let mut listed: Vec<&str> = SINS.iter().map(|sin| sin.name).chain(ELSEWHERE).collect();
    listed.sort_unstable();
    assert_eq!(Guests::sources(), listed);
}

/// Lets a guest sin, and says what did not come as the list has it.
async fn commit(scene: &Scene, sin: &Sin) -> Vec<String> {
    let client = match sin.place {
        Place::Provider => scene.live(),
        Place::Sandbox => scene.test(),
    };
    let mut faults = Vec::new();
    if let Err(fault) = answer(&client, sin).await {
        faults.push(fault);
    }
    let digest = scene.guests.digest(sin.name);
    let log = scene.log();
    if !sin.log.is_empty()
        && !log
            .lines()
            .any(|line| line.contains(digest) && line.contains(sin.log))
    {
        faults.push(format!(
            "{}: no log line with {digest} and `{}`",
            sin.name, sin.log
        ));
    }
    if log.contains('\u{1b}') || log.lines().any(|line| line.starts_with("1999")) {
        faults.push(format!("{}: the log is not clean", sin.name));
    }
    let lines = log.lines().filter(|line| line.contains(digest)).count();
    if lines > MOST_LINES {
        faults.push(format!("{}: {lines} lines in the log", sin.name));
    }
    let received = scene.provider.received(&format!("/{}", sin.name));
    if received.len() != sin.reaches {
        faults.push(format!("{}: the provider got {received:?}", sin.name));
    }
    if received.iter().any(|head| head.contains("stolen")) {
        faults.push(format!("{}: a smuggled header arrived", sin.name));
    }
    faults
}

async fn answer(client: &Client, sin: &Sin) -> Result<(), String> {
    let wrong = |answer: Answer| format!("{}: {} {}", sin.name, answer.status, answer.text);
    let connected = Scene::connect(client, sin.name).await;
    if matches!(sin.verdict, Verdict::NotLoaded) {
        let told = connected.status == 400 && connected.code() == "UNKNOWN_PROVIDER";
        return if told { Ok(()) } else { Err(wrong(connected)) };
    }
    if connected.status != 201 {
        return Err(wrong(connected));
    }
    let answer = Scene::list(client, sin.name).await;
    let fits = match sin.verdict {
        Verdict::Error(status, code, message) => {
            answer.status == status && answer.code() == code && answer.message().contains(message)
        }
        Verdict::Harmless => answer.status == 200 && answer.text.contains("it got through"),
        Verdict::NotLoaded => false,
    };
    if fits { Ok(()) } else { Err(wrong(answer)) }
}
