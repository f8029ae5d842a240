//! One limit, kept for many clients.

use crate::config::Rate;
use crate::problem::{Code, Problem};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::time::Duration;

/// How a client stands (`RateLimit`), and the policy it stands under (`RateLimit-Policy`), as
/// structured fields of draft-ietf-httpapi-ratelimit-headers-10.
const HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("ratelimit"), HeaderName::from_static("ratelimit-policy")];

/// A limit: its name, and what everybody it applies to has used of it.
pub(super) struct Policy<K: Hash + Eq + Clone> {
    name: &'static str,
    rate: Rate,
    limiter: RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
}

/// How a client stands after a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    policy: &'static str,
    rate: Rate,
    /// Requests that would be answered now.
    remaining: u32,
    /// Seconds until that is the whole quota again, or the first request is answered.
    reset: u64,
}

impl<K: Hash + Eq + Clone> Policy<K> {
    pub(super) fn new(name: &'static str, rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        let clock = DefaultClock::default();
        Self { name, rate, limiter: RateLimiter::dashmap(quota).with_middleware(), clock }
    }

    /// Counts a request of `client`.
    ///
    /// # Errors
    /// `rate_limited` when it is one too many.
    pub(super) fn count(&self, client: &K) -> Result<Standing, Problem> {
        let Self { name: policy, rate, .. } = *self;
        match self.limiter.check_key(client) {
            Ok(snapshot) => {
                let remaining = snapshot.remaining_burst_capacity();
                let used = rate.burst.get().saturating_sub(remaining);
                let reset = u64::from(used.div_ceil(rate.per_second.get()));
                Ok(Standing { policy, rate, remaining, reset })
            }
            Err(refused) => {
                let wait = seconds(refused.wait_time_from(self.clock.now()));
                Err(Standing { policy, rate, remaining: 0, reset: wait }.refuse())
            }
        }
    }

    pub(super) fn sweep(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// Whole seconds, none too early.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl Standing {
    /// What the client is told in each answer.
    fn values(self) -> [String; 2] {
        let Self { policy, rate, remaining, reset } = self;
        let (quota, window) = (rate.burst, rate.burst.get().div_ceil(rate.per_second.get()));
        [
            format!("\"{policy}\";r={remaining};t={reset}"),
            format!("\"{policy}\";q={quota};w={window}"),
        ]
    }

    /// Tells the client how it stands.
    pub(crate) fn mark(self, headers: &mut HeaderMap) {
        for (name, value) in HEADERS.into_iter().zip(self.values()) {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }

    fn refuse(self) -> Problem {
        let Self { policy, rate: Rate { per_second, burst }, reset, .. } = self;
        let detail = format!(
            "More than {burst} requests at once, or {per_second} a second in the long run, are \
             not answered for one {policy}. Come back in {reset} s."
        );
        let problem =
            Problem::new(Code::RateLimited, detail).header(RETRY_AFTER, reset.to_string());
        HEADERS
            .into_iter()
            .zip(self.values())
            .fold(problem, |problem, (name, value)| problem.header(name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;
    use crate::config::Rate;
    use std::num::NonZeroU32;

    #[test]
    fn a_client_may_ask_as_much_as_its_policy_says() {
        let number = |n| NonZeroU32::new(n).expect("not zero");
        let policy = Policy::new("address", Rate { per_second: number(1), burst: number(3) });
        for (remaining, reset) in [(2, 1), (1, 2), (0, 3)] {
            let standing = policy.count(&"a").expect("within the quota");
            assert_eq!((standing.remaining, standing.reset), (remaining, reset));
            let [stands, quota] = standing.values();
            assert_eq!(stands, format!("\"address\";r={remaining};t={reset}"));
            assert_eq!(quota, "\"address\";q=3;w=3");
        }
        let refused = policy.count(&"a").expect_err("one too many").response("");
        let header = |name| refused.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("retry-after"), Some("1"));
        assert_eq!(header("ratelimit"), Some("\"address\";r=0;t=1"));
        policy.count(&"b").expect("another client has its own quota");
        policy.sweep();
        assert_eq!(policy.limiter.len(), 2, "both count still");
    }
}
