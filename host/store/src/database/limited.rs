//! Statements with a time limit, which a database that is lost in the network never reaches: neither sqlx nor the kernel's
//! defaults notice within a quarter of an hour, and an answer that gets lost is waited for without end.

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{self, BoxStream, StreamExt as _};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, AnyConnection, AnyPool, Describe, Either, Error, Execute, Executor, SqlStr, Transaction};
use tokio::time::Instant;

/// How long a statement may take: longer than it may wait for a connection and then keep a server at work, so that it is
/// only reached when no answer comes.
const ANSWER: Duration = Duration::from_secs(16);

/// One step of a result.
type Step = Result<Either<AnyQueryResult, AnyRow>, Error>;

/// What runs one statement, under the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limited<E>(pub(super) E);

/// A pool, for one statement.
pub(crate) type Pooled<'p> = Limited<&'p AnyPool>;

/// The next statement of a transaction.
pub(crate) fn inside<'c>(transaction: &'c mut Transaction<'static, Any>) -> Limited<&'c mut AnyConnection> {
    Limited(transaction)
}

/// What begins or ends a transaction, under the same limit.
pub(crate) async fn answered<T>(statement: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(ANSWER, statement)
        .await
        .unwrap_or_else(|_| Err(lost()))
}

fn lost() -> Error {
    Error::Io(std::io::ErrorKind::TimedOut.into())
}

/// The steps that come in time. After an error there are none.
fn steps_in_time<'e>(steps: BoxStream<'e, Step>) -> BoxStream<'e, Step> {
    let deadline = Instant::now() + ANSWER;
    let next = move |steps: Option<BoxStream<'e, Step>>| async move {
        let mut steps = steps?;
        match tokio::time::timeout_at(deadline, steps.next()).await {
            Ok(Some(Ok(step))) => Some((Ok(step), Some(steps))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Ok(None) => None,
            Err(_) => Some((Err(lost()), None)),
        }
    };
    stream::unfold(Some(steps), next).boxed()
}

impl<'c, C: Executor<'c, Database = Any>> Executor<'c> for Limited<C> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        steps_in_time(self.0.fetch_many(query))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        answered(self.0.fetch_optional(query)).boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        answered(self.0.prepare_with(sql, parameters)).boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, Error>>
    where
        'c: 'e,
    {
        answered(self.0.describe(sql)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use futures::stream::{self, StreamExt as _};
    use sqlx::Error;

    use super::{ANSWER, answered, steps_in_time};

    #[tokio::test(start_paused = true)]
    async fn what_gives_no_answer_is_given_up() {
        let begun = tokio::time::Instant::now();
        let given_up = answered(std::future::pending::<Result<(), Error>>()).await;
        assert!(matches!(given_up, Err(Error::Io(_))), "{given_up:?}");
        let steps: Vec<_> = steps_in_time(stream::pending().boxed()).collect().await;
        assert!(matches!(&*steps, [Err(Error::Io(_))]), "{}", steps.len());
        assert!(begun.elapsed() >= ANSWER * 2);
        assert!(matches!(answered(async { Ok(7) }).await, Ok(7)));
    }
}
