//! The layers that every request passes, outermost first: [`observe`] (id, log line, metrics, error bodies),
//! [`authenticate`] (who is it), [`throttle`] (may it go on now).

pub(crate) mod authenticate;
pub(crate) mod observe;
pub(crate) mod throttle;
