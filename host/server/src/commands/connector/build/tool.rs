//! Running the tools of others: their output is shown, and what is missing is said.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// Runs a command to its end, showing its output. `advice` says how to get a program that is not there.
pub(super) fn run(command: &mut Command, advice: &str) -> anyhow::Result<()> {
    let shown = shown(command);
    let status = command.stdin(Stdio::null()).status();
    let status = status.map_err(|error| missing(command, error, advice))?;
    if !status.success() {
        bail!("`{shown}` failed ({status}); what it said stands above");
    }
    Ok(())
}

/// Major and minor version that a program prints, as in `v20.10.0` or `Python 3.11.2`.
pub(super) fn version(program: &str, advice: &str) -> anyhow::Result<(u32, u32)> {
    let mut command = Command::new(program);
    let output = command.arg("--version").stdin(Stdio::null()).output();
    let output = output.map_err(|error| missing(&command, error, advice))?;
    let text = String::from_utf8_lossy(&output.stdout);
    parse(&text).with_context(|| format!("`{program} --version` printed no version. {advice}"))
}

fn parse(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text
        .trim_start_matches(|letter: char| !letter.is_ascii_digit())
        .split(|letter: char| !letter.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

pub(super) fn missing(command: &Command, error: std::io::Error, advice: &str) -> anyhow::Error {
    let program = command.get_program().display();
    if error.kind() == ErrorKind::NotFound {
        anyhow::anyhow!("`{program}` is not installed. {advice}")
    } else {
        anyhow::Error::new(error).context(format!("`{program}` cannot be started"))
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{parse, run, version};

    #[test]
    fn versions_are_read_as_programs_print_them() {
        for (text, expected) in [
            ("v20.10.0\n", Some((20, 10))),
            ("Python 3.11.2\n", Some((3, 11))),
            ("Python 3.13.0rc1", Some((3, 13))),
            ("10.9", Some((10, 9))),
            ("7", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_installed_is_said_with_advice() {
        let refused = version("no-such-program-at-all", "Get it.").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`no-such-program-at-all` is not installed. Get it."
        );
    }

    #[test]
    fn a_failure_names_the_command() {
        let refused = run(Command::new("sh").args(["-c", "exit 3"]), "").unwrap_err();
        assert!(
            refused
                .to_string()
                .starts_with("`sh -c exit 3` failed (exit status: 3)")
        );
    }
}
