//! The life of a resource request between HTTP and the connector, left to right: which connections ([`connected`]) by which
//! way ([`mod@line`]), which mapping ([`mappings`]), the call ([`list`], [`record`]), owner names ([`owners`]), and what a
//! failure means to the caller ([`failures`]).

pub(crate) mod connected;
pub(crate) mod credential;
pub(crate) mod failures;
pub(crate) mod line;
pub(crate) mod list;
pub(crate) mod mappings;
pub(crate) mod owners;
pub(crate) mod record;
pub(crate) mod sandboxes;
pub(crate) mod settings;
