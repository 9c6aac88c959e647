//! One operation of a document: which requests are its own, and what they and their answers have to be like.

use std::collections::BTreeMap;

use http::StatusCode;
use percent_encoding::percent_decode_str;

use crate::exchange::{Exchange, Fault, read_body};
use crate::parameter::{self, Parameter, Place};
use crate::schema::Schema;

/// One step of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    Parameter(String),
}

/// Schemas by media type, in lower case.
pub(crate) type Contents = BTreeMap<String, Schema>;

/// What a request's body has to be like.
#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) required: bool,
    pub(crate) contents: Contents,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    /// In upper case.
    pub(crate) method: String,
    /// The path template as the document has it, without the server's path.
    pub(crate) template: String,
    /// With the server's path.
    pub(crate) segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    /// By status as the document writes it: `200`, `4XX`, `default`.
    pub(crate) responses: BTreeMap<String, Contents>,
}

impl Segment {
    /// The steps of a template.
    pub(crate) fn parse(template: &str) -> Vec<Self> {
        let step = |step: &str| match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
            Some(name) => Self::Parameter(name.to_owned()),
            None => Self::Literal(step.to_owned()),
        };
        template.trim_start_matches('/').split('/').map(step).collect()
    }
}

impl Operation {
    /// `GET /pets/{id}`
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    /// The parameters in a path, decoded, if it is one of the template's.
    pub(crate) fn matches(&self, path: &str) -> Option<BTreeMap<String, String>> {
        let steps: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if steps.len() != self.segments.len() {
            return None;
        }
        let mut parameters = BTreeMap::new();
        for (step, segment) in steps.into_iter().zip(&self.segments) {
            let step = percent_decode_str(step).decode_utf8().ok()?;
            match segment {
                Segment::Literal(literal) if *literal == step => {}
                Segment::Parameter(name) if !step.is_empty() => {
                    parameters.insert(name.clone(), step.into_owned());
                }
                _ => return None,
            }
        }
        Some(parameters)
    }

    /// How exact the template is: the one with the earlier literal step goes before others.
    pub(crate) fn exactness(&self) -> Vec<bool> {
        self.segments
            .iter()
            .map(|segment| matches!(segment, Segment::Literal(_)))
            .collect()
    }

    /// How many header parameters a request gets wrong. Documents for several versions of one API differ in that.
    pub(crate) fn wrong_headers(&self, exchange: &Exchange) -> usize {
        let headers = self
            .parameters
            .iter()
            .filter(|parameter| parameter.place == Place::Header);
        let value = |name: &str| exchange.headers.get(name).and_then(|value| value.to_str().ok());
        headers
            .filter(|header| !header.faults(value(&header.name).as_slice()).is_empty())
            .count()
    }

    /// Everything wrong with an exchange of this operation.
    ///
    /// A request that the provider refused with 4xx is not judged, only its answer: the wrong values are then what was
    /// being tried.
    pub(crate) fn faults(&self, exchange: &Exchange, path: &BTreeMap<String, String>) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !exchange.status.is_client_error() {
            faults.extend(parameter::faults(
                &self.parameters,
                path,
                &exchange.query,
                &exchange.headers,
            ));
            faults.extend(
                self.body_faults(exchange)
                    .into_iter()
                    .map(|fault| fault.within("request body")),
            );
        }
        let part = format!("response {}", exchange.status.as_u16());
        faults.extend(
            self.answer_faults(exchange)
                .into_iter()
                .map(|fault| fault.within(&part)),
        );
        faults
    }

    fn body_faults(&self, exchange: &Exchange) -> Vec<Fault> {
        let single = |what: &str| vec![Fault::new("", what)];
        match &self.body {
            None if exchange.body.is_empty() => Vec::new(),
            None => single("is not declared"),
            Some(body) if exchange.body.is_empty() && body.required => single("is required and missing"),
            Some(_) if exchange.body.is_empty() => Vec::new(),
            Some(body) => content_faults(
                &body.contents,
                &Exchange::media_type(&exchange.headers),
                &exchange.body,
            ),
        }
    }

    fn answer_faults(&self, exchange: &Exchange) -> Vec<Fault> {
        let Some(contents) = self.response(exchange.status) else {
            let declared: Vec<&str> = self.responses.keys().map(String::as_str).collect();
            return vec![Fault::new(
                "",
                format!("is not declared; declared: {}", declared.join(", ")),
            )];
        };
        match (contents.is_empty(), exchange.answer.is_empty()) {
            (true, true) => Vec::new(),
            (true, false) => vec![Fault::new("", "has a body, and none is declared")],
            (false, true) => vec![Fault::new("", "has no body, and one is declared")],
            (false, false) => content_faults(
                contents,
                &Exchange::media_type(&exchange.answer_headers),
                &exchange.answer,
            ),
        }
    }

    fn response(&self, status: StatusCode) -> Option<&Contents> {
        let range = format!("{}XX", status.as_u16() / 100);
        let names = [status.as_str(), range.as_str(), "default"];
        names.into_iter().find_map(|name| self.responses.get(name))
    }
}

fn content_faults(contents: &Contents, media_type: &str, body: &[u8]) -> Vec<Fault> {
    let Some(schema) = contents.get(media_type) else {
        let declared: Vec<&str> = contents.keys().map(String::as_str).collect();
        let what = format!(
            "has the media type `{media_type}`; declared: {}",
            declared.join(", ")
        );
        return vec![Fault::new("", what)];
    };
    match read_body(media_type, body) {
        Ok(value) if media_type == "application/x-www-form-urlencoded" => {
            schema.faults(&schema.read_members(value))
        }
        Ok(value) => schema.faults(&value),
        Err(what) => vec![Fault::new("", what)],
    }
}
