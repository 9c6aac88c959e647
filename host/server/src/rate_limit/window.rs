//! The sliding window of one key, in the memory of this process.

use std::collections::VecDeque;

/// Seconds in the window. Requests are counted by the second, so the window slides in steps of one second.
pub(super) const WINDOW: u64 = 60;

/// What a window says to a request. All times are in seconds of one clock.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Count {
    /// Whether the request may go on. Only then it is counted.
    pub(super) admitted: bool,
    /// Requests in the window.
    pub(super) counted: u32,
    /// When the first of them came.
    pub(super) oldest: u64,
    pub(super) now: u64,
}

/// Requests of the last minute: (second, count), oldest first.
#[derive(Debug, Default)]
pub(super) struct Window {
    seconds: VecDeque<(u64, u32)>,
    counted: u32,
}

impl Window {
    /// Counts a request, if fewer than `limit` are in the window.
    pub(super) fn admit(&mut self, limit: u32, now: u64) -> Count {
        self.forget_before(now.saturating_sub(WINDOW - 1));
        let admitted = self.counted < limit;
        if admitted {
            self.count(now);
        }
        Count {
            admitted,
            counted: self.counted,
            oldest: self.seconds.front().map_or(now, |(second, _)| *second),
            now,
        }
    }

    /// Counts a request that somebody else has admitted.
    pub(super) fn note(&mut self, now: u64) {
        self.forget_before(now.saturating_sub(WINDOW - 1));
        self.count(now);
    }

    fn forget_before(&mut self, first: u64) {
        while let Some((_, count)) = self.seconds.pop_front_if(|(second, _)| *second < first) {
            self.counted -= count;
        }
    }

    fn count(&mut self, now: u64) {
        match self.seconds.back_mut() {
            Some((second, count)) if *second == now => *count += 1,
            _ => self.seconds.push_back((now, 1)),
        }
        self.counted += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Window};

    #[test]
    fn the_window_slides() {
        let mut window = Window::default();
        assert_eq!(window.admit(2, 100).counted, 1);
        assert_eq!(window.admit(2, 130).counted, 2);
        let refused = Count {
            admitted: false,
            counted: 2,
            oldest: 100,
            now: 131,
        };
        assert_eq!(window.admit(2, 131), refused);
        assert!(!window.admit(2, 159).admitted);
        let admitted = Count {
            admitted: true,
            counted: 2,
            oldest: 130,
            now: 160,
        };
        assert_eq!(window.admit(2, 160), admitted);
    }

    #[test]
    fn what_others_admitted_counts_too() {
        let mut window = Window::default();
        for now in [100, 101, 102] {
            window.note(now);
        }
        let refused = window.admit(2, 103);
        assert_eq!(
            (refused.admitted, refused.counted, refused.oldest),
            (false, 3, 100)
        );
        assert!(window.admit(2, 161).admitted);
    }

    #[test]
    fn no_minute_holds_more_than_the_limit_whatever_the_arrivals() {
        let mut window = Window::default();
        let mut admitted = Vec::new();
        for now in 0..400u64 {
            for _ in 0..(now % 7) {
                if window.admit(10, now).admitted {
                    admitted.push(now);
                }
            }
        }
        for start in 0..340 {
            let inside = admitted
                .iter()
                .filter(|second| (start..start + 60).contains(*second))
                .count();
            assert!(inside <= 10, "{inside} from {start}");
        }
        assert!(admitted.len() >= 60);
    }
}
