//! What both databases can keep: the same text is refused on both, before it reaches either.

use crate::error::StoreError;

/// PostgreSQL cannot keep U+0000 in text, SQLite can; so nobody may.
pub(crate) fn text(field: &'static str, text: &str) -> Result<(), StoreError> {
    if text.contains('\0') {
        return Err(StoreError::Invalid {
            field,
            problem: "must not contain the character U+0000",
        });
    }
    Ok(())
}

/// Whether rows with these texts can exist. A look-up for one that cannot finds nothing, where PostgreSQL would fail.
pub(crate) fn can_exist(texts: &[&str]) -> bool {
    !texts.iter().any(|text| text.contains('\0'))
}

/// Text that names something.
pub(crate) fn name(field: &'static str, name: &str) -> Result<(), StoreError> {
    text(field, name)?;
    if name.trim().is_empty() {
        return Err(StoreError::Invalid {
            field,
            problem: "must not be empty",
        });
    }
    Ok(())
}

/// Like [`text`], where there is one.
pub(crate) fn optional(field: &'static str, value: Option<&str>) -> Result<(), StoreError> {
    value.map_or(Ok(()), |value| text(field, value))
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_must_say_something_that_both_databases_can_keep() {
        for (name, good) in [
            ("a", true),
            ("Ünïcode ✓", true),
            ("", false),
            (" \t", false),
            ("a\0b", false),
        ] {
            assert_eq!(super::name("name", name).is_ok(), good, "{name:?}");
        }
        assert!(super::can_exist(&["a", ""]) && !super::can_exist(&["a", "b\0"]));
        assert!(super::optional("email", None).is_ok());
        let error = super::optional("email", Some("\0")).unwrap_err();
        assert_eq!(error.to_string(), "`email` must not contain the character U+0000");
    }
}
