//! A value of a document as JSON.

use std::collections::HashMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::node::{Kind, Node};

impl fmt::Display for Node<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        formatter.write_str(&text)
    }
}

/// Of members with the same name the last is written.
impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.kind() {
            Kind::List => serializer.collect_seq(self.elements()),
            Kind::Object => {
                let Some(last) = last_of(self.members().map(|(name, _)| name)) else {
                    return serializer.collect_map(self.members());
                };
                let counts = |(index, (name, _)): &(usize, (&str, Self))| last.get(name) == Some(index);
                let members = self.members().enumerate().filter(counts);
                serializer.collect_map(members.map(|(_, member)| member))
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => self.to_value().serialize(serializer),
        }
    }
}

/// Where each name stands last; none if each stands there once.
fn last_of<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<HashMap<&'a str, usize>> {
    /// Of so many names each is compared with each sooner than they are hashed.
    const FEW: usize = 12;
    let count = names.clone().count();
    let mut rest = names.clone();
    if count <= FEW
        && names
            .clone()
            .all(|name| rest.next().is_some() && !rest.clone().any(|other| other == name))
    {
        return None;
    }
    let last: HashMap<&str, usize> = names.enumerate().map(|(index, name)| (name, index)).collect();
    (last.len() < count).then_some(last)
}
