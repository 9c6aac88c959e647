//! Load that does not wait: requests begin when they are due, however long earlier ones take. Latency counts from then, so
//! that a server that stalls does not get away with fewer requests.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::connection::{Connection, Target};
use super::{Tally, exchange};

/// The most requests under way. Beyond it they are counted as broken at once: nobody has more sockets.
const MOST: usize = 10_000;

/// Begins requests at a rate until the tally says stop.
pub(super) async fn dispatch(targets: Vec<Target>, rate: f64, tally: Rc<RefCell<Tally>>) {
    // One pool for each target, so that a connection never changes its address.
    let pools: Vec<Rc<RefCell<Vec<Connection>>>> = targets.iter().map(|_| Rc::default()).collect();
    let under_way = Rc::new(());
    let started = Instant::now();
    let mut begun: u64 = 0;
    while !tally.borrow().stop {
        let due = (started.elapsed().as_secs_f64() * rate) as u64;
        while begun < due {
            let at = started + Duration::from_secs_f64(begun as f64 / rate);
            let turn = usize::try_from(begun).unwrap_or_default() % targets.len().max(1);
            begun += 1;
            let (Some(target), Some(pool)) = (targets.get(turn), pools.get(turn)) else {
                return;
            };
            if Rc::strong_count(&under_way) > MOST {
                tally
                    .borrow_mut()
                    .count(Err(std::io::ErrorKind::WouldBlock.into()), Duration::ZERO);
                continue;
            }
            tokio::task::spawn_local(one(
                target.clone(),
                Rc::clone(pool),
                Rc::clone(&tally),
                at,
                Rc::clone(&under_way),
            ));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
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
