//! The life of a resource request between HTTP and the connector, left to right: which connections ([`connected`]) by which
//! way ([`mod@line`]) and how fast ([`traffic`]), which mapping ([`mappings`]), the call ([`list`], [`record`]), owner names
//! ([`owners`]), what a failure means to the caller ([`failures`]), and what a failed write may have done ([`outcome`]);
//! [`measure`] counts.

pub(crate) mod connected;
pub(crate) mod credential;
pub(crate) mod failures;
pub(crate) mod line;
pub(crate) mod list;
pub(crate) mod mappings;
pub(crate) mod measure;
pub(crate) mod outcome;
pub(crate) mod owners;
pub(crate) mod record;
pub(crate) mod sandboxes;
pub(crate) mod settings;
pub(crate) mod traffic;
