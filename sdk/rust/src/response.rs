//! An answer of the provider. Its body stays in the host until a connector asks for a part of it.

use serde::de::DeserializeOwned;

use crate::Failure;
use crate::host::Answer;

/// An answer. Look at the few values you need, and hand records back by pointing at them ([`crate::Page::at`]): copying a
/// page into a guest costs more than the rest of the call. Pointers are RFC 6901.
#[derive(Debug)]
pub struct Response {
    pub(crate) answer: Answer,
}

impl Response {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.answer.status()
    }

    /// Whether the status is 2xx.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// Passes an answer with a 2xx status on, and makes a failure of any other by its status alone. A connector that can
    /// read its provider's errors says more, and does that itself.
    ///
    /// # Errors
    /// The failure that HTTP gives this status.
    pub fn accept(self) -> Result<Self, Failure> {
        if self.ok() {
            Ok(self)
        } else {
            Err(Failure::of_status(self.status()))
        }
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<String> {
        self.answer.header(name)
    }

    /// The value at a pointer; none if there is nothing, if it is of another type, or if the body is not JSON.
    pub fn at<T: DeserializeOwned>(&self, pointer: &str) -> Option<T> {
        serde_json::from_str(&self.answer.json_at(pointer)?).ok()
    }

    /// Whether there is a value at a pointer, null included. Point at something small: the host writes the value out.
    pub fn has(&self, pointer: &str) -> bool {
        self.answer.json_at(pointer).is_some()
    }

    /// For every element of the array at `array` the value at `member` in it, in order; empty if there is no such array.
    pub fn pluck<T: DeserializeOwned>(&self, array: &str, member: &str) -> Vec<Option<T>> {
        let texts = self.answer.pluck(array, member);
        texts
            .into_iter()
            .map(|text| serde_json::from_str(&text?).ok())
            .collect()
    }

    /// The whole body; none if it is not UTF-8.
    pub fn text(&self) -> Option<String> {
        self.answer.text()
    }
}
