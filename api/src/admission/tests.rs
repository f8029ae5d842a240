//! Who is let in, and who is not.

use super::{Admission, Client, Full, Long, Pass, Underway, client_turn, step_aside};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[actix_web::test]
async fn a_request_beyond_places_and_queue_is_sent_away_at_once() {
    let admission = Admission::new(1, 1);
    let first = admission.enter(None).await.expect("a place");
    assert_eq!(admission.at_work(), 1);
    let second = async { admission.enter(None).await.map(|_| ()) };
    let third = async {
        assert_eq!(admission.waiting(), 1);
        assert!(admission.enter_later(None).is_err(), "a body would come in vain");
        let refused = admission.enter(None).await.err().expect("the queue is full");
        drop(first);
        refused.code().name()
    };
    let (second, third) = futures_util::future::join(second, third).await;
    assert!(second.is_ok(), "it waited for its turn");
    assert_eq!(third, "overloaded");
    assert_eq!((admission.at_work(), admission.waiting(), admission.shed()), (0, 0, 2));
}

#[actix_web::test]
async fn who_waits_for_something_else_leaves_its_place_to_others() {
    let admission = Admission::new(1, 1);
    let pass = admission.enter(None).await.expect("a place");
    pass.scope(async {
        let work = admission.place().await;
        assert_eq!(admission.at_work(), 1, "the place is the request's own");
        step_aside();
        assert_eq!(admission.at_work(), 1, "the work goes on");
        drop(work);
        assert_eq!(admission.at_work(), 0);
        let _again = admission.place().await;
        assert_eq!(admission.at_work(), 1);
    })
    .await;
    assert_eq!(admission.at_work(), 0);
    let uncounted = Pass::Free.scope(admission.place()).await;
    assert!(uncounted.iter().flatten().count() == 0 && admission.at_work() == 0);
}

#[actix_web::test]
async fn in_a_crowd_fewer_wait() {
    let admission = Admission::new(2, 100);
    assert_eq!(admission.room(), 102);
    for _ in 0..100 {
        admission.count_shed();
    }
    assert_eq!(admission.room(), 6);
    for _ in 0..100 {
        drop(admission.enter(None).await.expect("a place"));
    }
    assert_eq!(admission.room(), 102, "the crowd is gone");
}

#[actix_web::test]
async fn streams_have_half_of_the_places_at_most() {
    let admission = Admission::new(4, 1);
    let _pieces = [admission.place().await, admission.place().await];
    let third = tokio::time::timeout(Duration::from_millis(10), admission.place()).await;
    assert!(third.is_err() && admission.at_work() == 2);
    let _lasting = admission.place_of_stream().await.expect("what lasts has a share of its own");
    assert!(admission.place_of_stream().await.is_err(), "a quarter");
    assert!(admission.enter(None).await.is_ok(), "others have the rest");
}

/// Has so many requests of `client` ask at once, and tells how those were refused that were.
async fn crowd(admission: &Admission, client: Client, requests: usize) -> Vec<&'static str> {
    let asking = (0..requests).map(|_| admission.enter(Some(client)));
    let answered = futures_util::future::join_all(asking).await;
    answered.into_iter().filter_map(|pass| Some(pass.err()?.code().name())).collect()
}

#[actix_web::test]
async fn one_client_leaves_places_and_queue_to_others() {
    let (one, other) = (Client::Bearer(1), Client::Bearer(2));
    let admission = Admission::new(4, 8);
    let _at_work = [admission.enter(Some(one)).await, admission.enter(Some(one)).await];
    // Of the room of twelve nine are for one client, who has two of the four places.
    let greedy = crowd(&admission, one, 10);
    let others = async {
        assert_eq!((admission.at_work(), admission.waiting()), (2, 0), "it waits for itself");
        let late = admission.enter_later(Some(one)).err().expect("a body would come in vain");
        assert_eq!(late.code().name(), "too_many_at_once");
        assert!(late.to_string().contains("which is 9 requests now"), "{late}");
        assert!(admission.enter_later(Some(other)).is_ok());
        drop(admission.enter(Some(other)).await.expect("a place at once"));
        drop(admission.enter(None).await.expect("a place at once"));
    };
    let (refused, ()) = futures_util::future::join(greedy, others).await;
    assert_eq!(refused, ["too_many_at_once"; 10], "three at once, seven after a second");
    assert_eq!((admission.over_share(), admission.shed()), (11, 0), "nobody else is there");
    assert_eq!(admission.room(), 12, "that is no crowd");
}

#[actix_web::test]
async fn one_client_has_half_of_a_queue_apart() {
    let (queue, most) = (Arc::new(AtomicUsize::new(0)), 3);
    let admission = Admission::new(1, 1);
    let pass = async |n| admission.enter_later(Some(Client::Bearer(n))).expect("room");
    let (one, again, other) = (pass(1).await, pass(1).await, pass(2).await);
    let wait = async || Admission::wait_apart(queue.clone(), most);
    let _first = one.scope(async { [wait().await, wait().await].map(Result::ok) }).await;
    let full = again.scope(wait()).await.err();
    assert!(matches!(full, Some(Full::Share(2))));
    let (third, full) = other.scope(async { (wait().await, wait().await.err()) }).await;
    assert!(third.is_ok() && matches!(full, Some(Full::Queue)));
}

#[actix_web::test]
async fn what_is_long_waits_for_its_own_client_first() {
    let admission = Admission::new(1, 1);
    let turn = async |client| {
        let pass = admission.enter_later(Some(Client::Bearer(client))).expect("room");
        pass.scope(async { client_turn(Long::Measure) }).await
    };
    let first = turn(1).await.begin().await;
    let mut second = Box::pin(turn(1).await.begin());
    let early = tokio::time::timeout(Duration::from_millis(10), &mut second).await;
    assert!(early.is_err(), "one at a time");
    assert!(turn(2).await.begin().await.is_some(), "others do not wait for it");
    drop(first);
    assert!(second.await.is_some());
}

#[actix_web::test]
async fn an_answer_that_lasts_never_has_the_only_place() {
    let admission = Admission::new(1, 1);
    let pass = admission.enter(None).await.expect("a place");
    let lasting = pass.scope(admission.place_of_stream()).await.expect("room");
    assert!(admission.enter(None).await.is_ok(), "others are answered meanwhile");
    assert!(admission.place_of_stream().await.is_err(), "one at a time");
    drop(lasting);
    assert!(admission.place_of_stream().await.is_ok());
}

#[test]
fn answers_that_nobody_reads_are_kept_for_a_client_up_to_a_bound() {
    const ANSWER: usize = 24 << 20;
    let admission = Admission::new(2, 2);
    let client = |of| Underway::of(Some(admission.shares.of(Client::Bearer(of))));
    let mut one: Vec<_> = (0..3).map(|_| client(0)).collect();
    admission.hold(&mut one[0], ANSWER).expect("its first");
    admission.hold(&mut one[1], ANSWER).expect("its second");
    let refused = admission.hold(&mut one[2], ANSWER).expect_err("72 MiB of 64");
    assert_eq!((refused.code().name(), admission.over_share()), ("too_many_at_once", 1));
    one.remove(0);
    admission.hold(&mut one[1], ANSWER).expect("it read the first");
    // One answer is sent however long it is. What many hold together is bounded too, first for
    // those for whom some wait already.
    let mut others: Vec<_> = (1..20).map(client).collect();
    for (of, other) in others.iter_mut().enumerate() {
        let held = admission.hold(other, 3 * ANSWER);
        let code = held.err().map(|problem| problem.code().name());
        assert_eq!(code, (of >= 13).then_some("overloaded"), "the client {of}");
    }
    let refused = admission.hold(&mut client(0), ANSWER / 3).expect_err("above 512 MiB in all");
    assert_eq!(refused.code().name(), "overloaded");
    drop((one, others));
    assert_eq!(admission.held.load(Ordering::Relaxed), 0);
}
