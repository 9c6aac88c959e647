//! One unified field out of a provider's record.

use std::cell::OnceCell;
use std::sync::Arc;

use hashbrown::HashMap;
use serde_json::Value;

use super::ReadError;
use crate::json::Node;
use crate::mapping::effective::Row;
use crate::mapping::transform::Expression;
use crate::mapping::{FieldPath, Transform, coerce};
use crate::record::Cell;
use crate::schema::FieldKind;

/// Reads one field.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    unified_field: String,
    path: FieldPath,
    place: Place,
    further: Vec<FieldPath>,
    transform: Option<Transform>,
    /// What an expression was parsed to.
    expression: Option<Arc<Expression>>,
    kind: FieldKind,
}

/// Where its value is in a record.
#[derive(Clone, Debug)]
enum Place {
    /// Among the provider's fields: which of those that are [looked for](Wanted).
    Field(usize),
    /// Somewhere below the provider's fields.
    BelowFields(FieldPath),
    /// Elsewhere: where the path leads.
    Elsewhere,
}

/// Provider fields that are found by going through them once, instead of once for each. The map is one with a quick hash, as
/// every name of every record is looked up; the names in it are the mapping's, whoever wrote the record.
#[derive(Debug, Default)]
pub(super) struct Wanted(HashMap<String, usize>);

/// A record of the provider while it is read.
pub(super) struct Source<'a> {
    document: Node<'a>,
    /// The object that the provider's fields are in.
    fields: Option<Node<'a>>,
    /// Those that are wanted.
    found: Vec<Option<Node<'a>>>,
    /// The same for expressions, which work on values: built once for all of them.
    built: OnceCell<Value>,
}

impl Reader {
    pub(super) fn new(row: &Row, fields: &FieldPath, wanted: &mut Wanted) -> Result<Self, String> {
        let kind = row.target.kind();
        let transform = row.mapping.transform.clone();
        // What a date time of the schema takes anyway.
        let transform = transform.filter(|transform| kind != FieldKind::DateTime || !transform.is_iso8601());
        let further = transform.iter().flat_map(|transform| transform.further_fields());
        let expression = match &transform {
            Some(Transform::Expression { expression, .. }) => Some(Arc::new(Expression::parse(expression)?)),
            _ => None,
        };
        Ok(Self {
            expression,
            unified_field: row.mapping.unified_field.clone(),
            place: match row.path.rest_from(fields) {
                Some(path) => match path.single_step() {
                    Some(name) => Place::Field(wanted.index(name)),
                    None => Place::BelowFields(path),
                },
                None => Place::Elsewhere,
            },
            path: row.path.clone(),
            further: further
                .map(|field| FieldPath::parse(field, fields.as_str()))
                .collect::<Result<_, _>>()?,
            transform,
            kind,
        })
    }

    /// The provider fields that it needs.
    pub(super) fn paths(&self) -> impl Iterator<Item = &FieldPath> {
        std::iter::once(&self.path).chain(&self.further)
    }

    pub(super) fn read<'a>(&self, source: &Source<'a>) -> Result<Cell<'a>, ReadError> {
        self.cell(source).map_err(|reason| ReadError::Value {
            unified_field: self.unified_field.clone(),
            provider_field: self.path.as_str().to_owned(),
            reason,
        })
    }

    fn find<'a>(&self, source: &Source<'a>) -> Option<Node<'a>> {
        match &self.place {
            Place::Field(index) => source.found.get(*index).copied().flatten(),
            Place::BelowFields(path) => path.find(source.fields?),
            Place::Elsewhere => self.path.find(source.document),
        }
    }

    fn cell<'a>(&self, source: &Source<'a>) -> Result<Cell<'a>, String> {
        let Some(transform) = &self.transform else {
            return coerce::cell(self.kind, self.find(source));
        };
        let value = self.find(source).map(Node::to_value).unwrap_or_default();
        let read = match (transform, self.expression.as_deref()) {
            (_, Some(expression)) => expression.evaluate(source.values(), &value),
            (Transform::Join { .. }, _) => {
                let parts = self.paths().map(|path| value_at(path, source.document));
                transform.read(&parts.collect())
            }
            _ => transform.read(&value),
        };
        coerce::coerce(self.kind, read?).map(Cell::from)
    }
}

impl Wanted {
    /// Where to find a field of this name among those that were found.
    fn index(&mut self, name: &str) -> usize {
        let next = self.0.len();
        *self.0.entry(name.to_owned()).or_insert(next)
    }

    /// Of members with the same name the last counts.
    fn find<'a>(&self, fields: Node<'a>) -> Vec<Option<Node<'a>>> {
        let mut found = vec![None; self.0.len()];
        for (name, member) in fields.members() {
            if let Some(place) = self.0.get(name).and_then(|index| found.get_mut(*index)) {
                *place = Some(member);
            }
        }
        found
    }
}

impl<'a> Source<'a> {
    pub(super) fn new(document: Node<'a>, fields: Option<Node<'a>>, wanted: &Wanted) -> Self {
        Self {
            document,
            fields,
            found: fields.map(|fields| wanted.find(fields)).unwrap_or_default(),
            built: OnceCell::new(),
        }
    }

    fn values(&self) -> &Value {
        self.built
            .get_or_init(|| self.fields.map(Node::to_value).unwrap_or_default())
    }
}

fn value_at(path: &FieldPath, document: Node<'_>) -> Value {
    path.find(document).map(Node::to_value).unwrap_or_default()
}
