//! Which part of `JSONata` can be used, and where the [limits](super::limits) go into it.
//!
//! Left out: functions of one's own other than the argument of `$map` and its like, and so recursion; `$eval`; what
//! depends on the clock or on chance, because a record reads the same every time; `$distinct`, which takes the square of
//! its list without a stop; `$formatInteger` and `$parseInteger`, whose Roman numerals have no end; `**`, `%`, `@`, `#` and `|…|`, which visit values many times over.

mod functions;

use jsonata_core::ast::{AstNode, BinaryOp, PathStep, Stage};

use super::limits::{BOUND, CHARGE};

/// Deepest nesting of the source, so that walking along it needs little stack.
pub(super) const MAX_DEPTH: usize = 64;

/// The variable that holds the mapped field's value.
pub(super) const VALUE: &str = "value";

/// Checks the tree and puts the limits into it. An error completes "`expression` …".
pub(super) fn admit(tree: AstNode) -> Result<AstNode, String> {
    Scope { depth: 0 }.node(tree)
}

pub(super) fn too_deep() -> String {
    format!("is nested deeper than {MAX_DEPTH} levels")
}

#[derive(Clone, Copy)]
struct Scope {
    depth: usize,
}

type Admitted = Result<AstNode, String>;

impl Scope {
    fn node(self, node: AstNode) -> Admitted {
        let inner = self.deeper()?;
        Ok(match node {
            AstNode::String(_)
            | AstNode::Name(_)
            | AstNode::Number(_)
            | AstNode::Boolean(_)
            | AstNode::Null
            | AstNode::Undefined
            | AstNode::Wildcard => node,
            AstNode::Variable(name) => variable(name)?,
            AstNode::ParentVariable(name) if name.is_empty() => AstNode::ParentVariable(name),
            AstNode::Path { steps } => inner.path(steps)?,
            AstNode::Binary { op, lhs, rhs } => inner.binary(op, *lhs, *rhs)?,
            AstNode::Unary { op, operand } => AstNode::Unary {
                op,
                operand: inner.boxed(*operand)?,
            },
            AstNode::Function {
                name,
                args,
                is_builtin,
            } => functions::call(inner, &name, args, is_builtin)?,
            AstNode::Array(elements) => AstNode::Array(inner.elements(elements)?),
            AstNode::ArrayGroup(elements) => AstNode::ArrayGroup(inner.elements(elements)?),
            AstNode::Object(members) => AstNode::Object(inner.members(members)?),
            AstNode::ObjectTransform { input, pattern } => AstNode::ObjectTransform {
                input: Box::new(uncharged(inner.node(*input)?)),
                pattern: inner.members(pattern)?,
            },
            AstNode::Block(parts) => AstNode::Block(inner.nodes(parts)?),
            AstNode::FunctionApplication(body) => AstNode::FunctionApplication(inner.boxed(*body)?),
            AstNode::Conditional {
                condition,
                then_branch,
                else_branch,
            } => AstNode::Conditional {
                condition: inner.boxed(*condition)?,
                then_branch: inner.boxed(*then_branch)?,
                else_branch: else_branch.map(|branch| inner.boxed(*branch)).transpose()?,
            },
            AstNode::Sort { input, terms } => AstNode::Sort {
                input: Box::new(uncharged(inner.node(*input)?)),
                terms: inner.terms(terms)?,
            },
            other => return Err(format!("must not contain {}", words(&other))),
        })
    }

    fn deeper(self) -> Result<Self, String> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }

    fn boxed(self, node: AstNode) -> Result<Box<AstNode>, String> {
        self.node(node).map(Box::new)
    }

    fn nodes(self, nodes: Vec<AstNode>) -> Result<Vec<AstNode>, String> {
        nodes.into_iter().map(|node| self.node(node)).collect()
    }

    /// A constructor within a constructor and a range stay as they are: the engine tells them apart from other elements.
    fn elements(self, elements: Vec<AstNode>) -> Result<Vec<AstNode>, String> {
        let admit = |element| match element {
            AstNode::Binary {
                op: BinaryOp::Range,
                lhs,
                rhs,
            } => Ok(AstNode::Binary {
                op: BinaryOp::Range,
                lhs: Box::new(functions::limit(BOUND, self.node(*lhs)?)),
                rhs: Box::new(functions::limit(BOUND, self.node(*rhs)?)),
            }),
            element @ (AstNode::Array(_) | AstNode::Object(_)) => self.node(element),
            element => self.node(element).map(charged),
        };
        elements.into_iter().map(admit).collect()
    }

    fn members(self, members: Vec<(AstNode, AstNode)>) -> Result<Vec<(AstNode, AstNode)>, String> {
        let admit = |(name, value)| Ok((self.node(name)?, charged(self.node(value)?)));
        members.into_iter().map(admit).collect()
    }

    fn terms(self, terms: Vec<(AstNode, bool)>) -> Result<Vec<(AstNode, bool)>, String> {
        let admit = |(term, descending)| Ok((self.node(term)?, descending));
        terms.into_iter().map(admit).collect()
    }

    fn binary(self, op: BinaryOp, lhs: AstNode, rhs: AstNode) -> Admitted {
        match (op, rhs) {
            // `a ~> $f(b)` is `$f(a, b)`.
            (
                BinaryOp::ChainPipe,
                AstNode::Function {
                    name,
                    mut args,
                    is_builtin,
                },
            ) => {
                args.insert(0, lhs);
                functions::call(self, &name, args, is_builtin)
            }
            (BinaryOp::ChainPipe, AstNode::Variable(name)) => functions::call(self, &name, vec![lhs], true),
            (BinaryOp::ChainPipe, _) => Err("must have a function after `~>`".to_owned()),
            (BinaryOp::Range, _) => Err("must have ranges within `[` and `]`".to_owned()),
            (BinaryOp::FocusBind | BinaryOp::IndexBind, _) => Err("must not contain `@` or `#`".to_owned()),
            (BinaryOp::ColonEqual, rhs) => self.assignment(lhs, rhs),
            (op, rhs) => {
                let combined = AstNode::Binary {
                    op,
                    lhs: self.boxed(lhs)?,
                    rhs: self.boxed(rhs)?,
                };
                Ok(if op == BinaryOp::Concatenate {
                    charged(combined)
                } else {
                    combined
                })
            }
        }
    }

    fn assignment(self, variable: AstNode, value: AstNode) -> Admitted {
        if let AstNode::Variable(name) = &variable {
            functions::check_new_name(name)?;
        }
        Ok(AstNode::Binary {
            op: BinaryOp::ColonEqual,
            lhs: Box::new(variable),
            rhs: self.boxed(value)?,
        })
    }

    /// Names lead to parts of a value, each once. Other steps may give the same value for each of many, so the whole is
    /// counted.
    fn path(self, steps: Vec<PathStep>) -> Admitted {
        let rest = steps.iter().skip(1);
        let names_only = rest
            .clone()
            .all(|step| matches!(step.node, AstNode::Name(_) | AstNode::Wildcard));
        let steps = steps
            .into_iter()
            .map(|step| self.step(step))
            .collect::<Result<_, _>>()?;
        let path = AstNode::Path { steps };
        Ok(if names_only { path } else { charged(path) })
    }

    fn step(self, mut step: PathStep) -> Result<PathStep, String> {
        if step.focus.is_some() || step.index_var.is_some() || step.ancestor_label.is_some() {
            return Err("must not contain `%`, `@` or `#`".to_owned());
        }
        // A new step, because the engine remembers by a step's id what it compiled it to.
        let mut admitted = PathStep::new(self.node(step.node)?);
        for stage in step.stages.drain(..) {
            admitted.stages.push(match stage {
                Stage::Filter(filter) => Stage::Filter(self.boxed(*filter)?),
                Stage::KeepArray => Stage::KeepArray,
                Stage::Index(_) => return Err("must not contain `#`".to_owned()),
            });
        }
        Ok(admitted)
    }
}

fn variable(name: String) -> Admitted {
    if functions::exists(&name) {
        return Err(format!("must call `${name}`, as in `${name}(…)`"));
    }
    if functions::known_to_engine(&name) {
        return Err(format!("must not use `${name}`"));
    }
    Ok(AstNode::Variable(name))
}

/// Counts what the node gives.
fn charged(node: AstNode) -> AstNode {
    match node {
        AstNode::Function { ref name, .. } if name == CHARGE => node,
        node => functions::limit(CHARGE, node),
    }
}

/// Where the engine looks at the sort of node; what comes of it is counted further out.
fn uncharged(node: AstNode) -> AstNode {
    match node {
        AstNode::Function {
            name,
            mut args,
            is_builtin,
        } => match (name.as_str(), args.pop()) {
            (CHARGE, Some(inner)) => inner,
            (_, last) => {
                args.extend(last);
                AstNode::Function {
                    name,
                    args,
                    is_builtin,
                }
            }
        },
        node => node,
    }
}

fn words(node: &AstNode) -> &'static str {
    match node {
        AstNode::Lambda { .. } => {
            "a function other than as the second argument of `$map`, `$filter` and the like"
        }
        AstNode::Call { .. } => "a call of a function of its own",
        AstNode::Placeholder => "`?` as an argument",
        AstNode::Descendant => "`**`",
        AstNode::Parent(_) => "`%`",
        AstNode::Transform { .. } => "`|…|`",
        AstNode::Regex { .. } => {
            "a pattern other than as the second argument of `$match`, `$replace`, `$contains` and `$split`"
        }
        _ => "this construct",
    }
}
