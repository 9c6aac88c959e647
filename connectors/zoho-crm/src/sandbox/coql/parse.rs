//! From text to a query.

use serde_json::json;

use crate::sandbox::error::ApiError;

const MAX_LIMIT: usize = 2_000;
const DEFAULT_LIMIT: usize = 200;
/// Zoho takes 25 conditions, which never need more brackets than this.
const MAX_BRACKETS: usize = 50;

/// A query.
#[derive(Debug, PartialEq)]
pub(super) struct Select {
    pub(super) columns: Vec<String>,
    pub(super) module: String,
    pub(super) condition: Option<Condition>,
    /// (column, descending)
    pub(super) order: Vec<(String, bool)>,
    pub(super) offset: usize,
    pub(super) limit: usize,
}

/// What records have to be like.
#[derive(Debug, PartialEq)]
pub(super) enum Condition {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    /// (column, whether it is null)
    Null(String, bool),
    Compare(String, Operator, String),
}

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Operator {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "=" => Some(Self::Equal),
            "!=" => Some(Self::NotEqual),
            "<" => Some(Self::Less),
            "<=" => Some(Self::AtMost),
            ">" => Some(Self::Greater),
            ">=" => Some(Self::AtLeast),
            _ => None,
        }
    }

    pub(super) fn allows(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

impl Condition {
    pub(super) fn columns(&self) -> Vec<&String> {
        match self {
            Self::And(one, two) | Self::Or(one, two) => [one.columns(), two.columns()].concat(),
            Self::Null(name, _) | Self::Compare(name, ..) => vec![name],
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A name, number, operator or bracket.
    Word(String),
    /// What stood between quotes.
    Quoted(String),
}

impl Select {
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let mut tokens = Tokens {
            rest: tokens(text).ok_or_else(|| syntax("'"))?,
        };
        if tokens
            .rest
            .iter()
            .filter(|token| **token == Token::Word("(".to_owned()))
            .count()
            > MAX_BRACKETS
        {
            return Err(syntax("("));
        }
        tokens.expect("select")?;
        let columns = tokens.names()?;
        tokens.expect("from")?;
        let module = tokens.name()?;
        let condition = if tokens.skip("where") {
            Some(tokens.condition()?)
        } else {
            None
        };
        let order = if tokens.skip("order") {
            tokens.order()?
        } else {
            vec![("id".to_owned(), false)]
        };
        let (offset, limit) = if tokens.skip("limit") {
            tokens.limit()?
        } else {
            (0, DEFAULT_LIMIT)
        };
        match tokens.rest.first() {
            None => Ok(Self {
                columns,
                module,
                condition,
                order,
                offset,
                limit,
            }),
            Some(Token::Word(text) | Token::Quoted(text)) => Err(syntax(text)),
        }
    }
}

fn syntax(near: &str) -> ApiError {
    ApiError::new(
        400,
        "SYNTAX_ERROR",
        "error occurred while parsing the query",
        json!({ "near": near }),
    )
}

/// None for a quote without end.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut word = letter.to_string();
        match letter {
            _ if letter.is_whitespace() => continue,
            '\'' => {
                found.push(Token::Quoted(quoted(&mut letters)?));
                continue;
            }
            '(' | ')' | ',' => {}
            '<' | '>' | '!' | '=' => word.extend(letters.next_if_eq(&'=')),
            _ => {
                while let Some(next) =
                    letters.next_if(|next| !next.is_whitespace() && !"(),'<>=!".contains(*next))
                {
                    word.push(next);
                }
            }
        }
        found.push(Token::Word(word));
    }
    Some(found)
}

/// Two quotes are one in the text.
fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match letters.next()? {
            '\'' if letters.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => return Some(text),
            letter => text.push(letter),
        }
    }
}

struct Tokens {
    rest: Vec<Token>,
}

impl Tokens {
    fn next(&mut self) -> Result<Token, ApiError> {
        if self.rest.is_empty() {
            Err(syntax(""))
        } else {
            Ok(self.rest.remove(0))
        }
    }

    /// Passes over a word, in any case, if it is next.
    fn skip(&mut self, word: &str) -> bool {
        let found = matches!(self.rest.first(), Some(Token::Word(text)) if text.eq_ignore_ascii_case(word));
        if found {
            self.rest.remove(0);
        }
        found
    }

    fn expect(&mut self, word: &str) -> Result<(), ApiError> {
        if self.skip(word) {
            Ok(())
        } else {
            Err(syntax(word))
        }
    }

    fn name(&mut self) -> Result<String, ApiError> {
        match self.next()? {
            Token::Word(text)
                if text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '$') =>
            {
                Ok(text)
            }
            Token::Word(text) | Token::Quoted(text) => Err(syntax(&text)),
        }
    }

    fn names(&mut self) -> Result<Vec<String>, ApiError> {
        let mut names = vec![self.name()?];
        while self.skip(",") {
            names.push(self.name()?);
        }
        Ok(names)
    }

    /// At most two conditions without brackets, as Zoho wants it.
    fn condition(&mut self) -> Result<Condition, ApiError> {
        let one = self.operand()?;
        if self.skip("and") {
            return Ok(Condition::And(Box::new(one), Box::new(self.operand()?)));
        }
        if self.skip("or") {
            return Ok(Condition::Or(Box::new(one), Box::new(self.operand()?)));
        }
        Ok(one)
    }

    fn operand(&mut self) -> Result<Condition, ApiError> {
        if self.skip("(") {
            let inner = self.condition()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let name = self.name()?;
        if self.skip("is") {
            let null = !self.skip("not");
            self.expect("null")?;
            return Ok(Condition::Null(name, null));
        }
        let operator = match self.next()? {
            Token::Word(text) => Operator::parse(&text).ok_or_else(|| syntax(&text))?,
            Token::Quoted(text) => return Err(syntax(&text)),
        };
        match self.next()? {
            Token::Word(text) if "(),".contains(&text) => Err(syntax(&text)),
            Token::Word(text) | Token::Quoted(text) => Ok(Condition::Compare(name, operator, text)),
        }
    }

    fn order(&mut self) -> Result<Vec<(String, bool)>, ApiError> {
        self.expect("by")?;
        let mut order = Vec::new();
        loop {
            let name = self.name()?;
            let descending = self.skip("desc");
            if !descending {
                self.skip("asc");
            }
            order.push((name, descending));
            if !self.skip(",") {
                return Ok(order);
            }
        }
    }

    /// `limit n` or `limit offset, n`
    fn limit(&mut self) -> Result<(usize, usize), ApiError> {
        let first = self.number()?;
        let (offset, limit) = if self.skip(",") {
            (first, self.number()?)
        } else {
            (0, first)
        };
        if (1..=MAX_LIMIT).contains(&limit) {
            return Ok((offset, limit));
        }
        let details = json!({ "limit": MAX_LIMIT.to_string() });
        Err(ApiError::new(
            400,
            "LIMIT_EXCEEDED",
            "the limit given is out of range",
            details,
        ))
    }

    fn number(&mut self) -> Result<usize, ApiError> {
        match self.next()? {
            Token::Word(text) | Token::Quoted(text) => text.parse().map_err(|_| syntax(&text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_understood() {
        let text = "SELECT id, Email FROM Contacts WHERE ((Email = 'o''neill@example.com' and Owner is not null) \
                    or id>'5') order by Modified_Time DESC, id asc LIMIT 10, 5";
        let select = Select::parse(text).unwrap();
        assert_eq!(
            (select.columns.join(" "), select.offset, select.limit),
            ("id Email".to_owned(), 10, 5)
        );
        assert_eq!(
            select.order,
            [("Modified_Time".to_owned(), true), ("id".to_owned(), false)]
        );
        let Some(Condition::Or(one, two)) = select.condition else {
            panic!("an or")
        };
        assert_eq!(
            *two,
            Condition::Compare("id".to_owned(), Operator::Greater, "5".to_owned())
        );
        let Condition::And(email, owner) = *one else {
            panic!("an and")
        };
        let wanted = Condition::Compare(
            "Email".to_owned(),
            Operator::Equal,
            "o'neill@example.com".to_owned(),
        );
        assert_eq!(*email, wanted);
        assert_eq!(*owner, Condition::Null("Owner".to_owned(), false));
    }

    #[test]
    fn what_zoho_refuses_is_refused() {
        for text in [
            "",
            "select id",
            "select from Contacts",
            "select id from Contacts where",
            "select id from Contacts where a = '1' and b = '2' and c = '3'",
            "select id from Contacts where a = 'x",
            "select id from Contacts where (a = 'x'",
            "select id from Contacts where a like 'x'",
            "select id from Contacts limit ten",
            "select id from Contacts; drop",
        ] {
            assert_eq!(Select::parse(text).unwrap_err().code, "SYNTAX_ERROR", "{text}");
        }
        let refused = Select::parse("select id from Contacts limit 2001");
        assert_eq!(refused.unwrap_err().code, "LIMIT_EXCEEDED");
    }
}
