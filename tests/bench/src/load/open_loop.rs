//! Load that does not wait: requests begin when they are due, however long earlier ones take. Latency counts from then, so
//! that a server that stalls does not get away with fewer requests.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::connection::{Connection, Target};
use super::{Tally, exchange};

/// The most requests under way. Beyond it none is begun: nobody has more sockets.
const MOST: usize = 10_000;

/// Begins requests at a rate until the tally says stop.
pub(super) async fn dispatch(targets: Vec<Target>, rate: f64, tally: Rc<RefCell<Tally>>) {
    // One pool for each target, so that a connection never changes its address.
    let pools: Vec<Rc<RefCell<Vec<Connection>>>> = targets.iter().map(|_| Rc::default()).collect();
    let under_way = Rc::new(());
    let mut due = clock(rate);
    let mut turns = targets.iter().zip(&pools).cycle();
    while let Some(at) = due.recv().await {
        let Some((target, pool)) = turns.next().filter(|_| !tally.borrow().stop) else {
            return;
        };
        if Rc::strong_count(&under_way) > MOST {
            tally.borrow_mut().count_not_begun();
            continue;
        }
        let (pool, tally, under_way) = (Rc::clone(pool), Rc::clone(&tally), Rc::clone(&under_way));
        tokio::task::spawn_local(one(target.clone(), pool, tally, at, under_way));
    }
}

/// When requests are due, from a thread of its own: the timer of tokio counts in milliseconds, which is as long as a
/// request takes. It ends when nobody listens any more.
fn clock(rate: f64) -> UnboundedReceiver<Instant> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        let started = Instant::now();
        let mut number: u64 = 0;
        loop {
            let at = started + Duration::from_secs_f64(number as f64 / rate);
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if sender.send(at).is_err() {
                return;
            }
            number += 1;
        }
    });
    receiver
}

async fn one(
    target: Target,
    pool: Rc<RefCell<Vec<Connection>>>,
    tally: Rc<RefCell<Tally>>,
    due: Instant,
    _under_way: Rc<()>,
) {
    let mut connection = pool.borrow_mut().pop();
    let answer = exchange(&target, &mut connection).await;
    if let (Ok(_), Some(connection)) = (&answer, connection) {
        pool.borrow_mut().push(connection);
    }
    tally.borrow_mut().count(answer, due.elapsed());
}
