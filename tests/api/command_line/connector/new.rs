//! `routemcp connector new`

use std::path::{Path, PathBuf};

use crate::harness::routemcp;

const LANGUAGES: [&str; 3] = ["rust", "javascript", "python"];
/// Names that people give to things, with what is legal and awkward in comments, JSON and TOML.
const NAME: &str = "Zoë's <CRM> & `more` ${x} 100%";

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[test]
fn a_project_has_a_connector_a_sandbox_and_the_whole_sdk() {
    for (language, expected) in [
        (
            "rust",
            &[
                "Cargo.toml",
                "Cargo.lock",
                "src/lib.rs",
                "src/sandbox.rs",
                "sdk/Cargo.toml",
                "sdk/src/lib.rs",
            ][..],
        ),
        (
            "javascript",
            &[
                "package.json",
                "package-lock.json",
                "src/connector.js",
                "src/sandbox.js",
                "sdk/build.mjs",
            ],
        ),
        (
            "python",
            &[
                "requirements.txt",
                "connector.py",
                "sandbox.py",
                "routemcp_connector/connector.wit",
            ],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        let shown = project.to_str().unwrap();
        let arguments = [
            "connector",
            "new",
            "--lang",
            language,
            NAME,
            "--slug",
            "zoe-crm",
            "--directory",
            shown,
        ];
        let made = routemcp(&arguments);
        assert!(made.first_line().contains(NAME), "{made:?}");
        assert!(
            made.stdout.contains("routemcp connector test zoe-crm.wasm"),
            "{made:?}"
        );
        for file in [".gitignore", "README.md", "manifest.json", "manifest.schema.json"]
            .iter()
            .chain(expected)
        {
            assert!(project.join(file).is_file(), "{language}: {file}");
        }
        for file in files(&project) {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(
                !text.contains("{{name}}") && !text.contains("{{slug}}"),
                "{}",
                file.display()
            );
        }
        let manifest = std::fs::read_to_string(project.join("manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(
            (&manifest["slug"], &manifest["name"]),
            (&"zoe-crm".into(), &NAME.into())
        );
    }
}

/// The contract is part of every project, as the host has it.
#[test]
fn a_project_has_the_contract_of_this_host() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let contract = std::fs::read_to_string(root.join("wit/connector.wit")).unwrap();
    for (language, place) in [
        ("rust", "sdk/wit/connector.wit"),
        ("javascript", "sdk/wit/connector.wit"),
        ("python", "routemcp_connector/connector.wit"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let shown = folder.path().to_str().unwrap();
        assert!(
            routemcp(&[
                "connector",
                "new",
                "--lang",
                language,
                "Acme",
                "--directory",
                shown
            ])
            .success
        );
        assert_eq!(
            std::fs::read_to_string(folder.path().join(place)).unwrap(),
            contract,
            "{language}"
        );
    }
}

#[test]
fn nothing_is_written_over() {
    for language in LANGUAGES {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("precious"), "x").unwrap();
        for place in [folder.path().to_owned(), folder.path().join("precious")] {
            let shown = place.to_str().unwrap();
            let refused = routemcp(&[
                "connector",
                "new",
                "--lang",
                language,
                "Acme",
                "--directory",
                shown,
            ]);
            assert!(refused.complaint().contains("--directory"), "{refused:?}");
        }
        assert_eq!(files(folder.path()).len(), 1);
    }
}

#[test]
fn names_that_would_break_a_project_are_refused_with_what_would_be_right() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("project");
    for (arguments, complaint) in [
        (&["Acme \"CRM\""][..], "must not contain \""),
        (&["Acme \\ CRM"], "must not contain \\"),
        (&["Acme */ CRM"], "must not contain */"),
        (&["Acme\nCRM"], "must not contain control characters"),
        (&[""], "1 to 100 characters"),
        (&["商事"], "--slug acme-crm"),
        (&["Acme", "--slug", "Acme"], "lower-case letters"),
        (&["Acme", "--slug", "../acme"], "lower-case letters"),
    ] {
        let fixed = [
            "connector",
            "new",
            "--lang",
            "rust",
            "--directory",
            place.to_str().unwrap(),
        ];
        let refused = routemcp(&[&fixed[..], arguments].concat());
        assert!(refused.complaint().contains(complaint), "{refused:?}");
        assert!(!place.exists(), "{arguments:?}");
    }
    let refused = routemcp(&["connector", "new", "--lang", "cobol", "Acme"]);
    assert!(
        refused.complaint().contains("rust, javascript, python"),
        "{refused:?}"
    );
}
