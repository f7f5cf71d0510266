//! Threads of the generator: with stacks that are large enough, and several where that is faster.

use std::panic::resume_unwind;
use std::thread::{Builder, ScopedJoinHandle};

/// Schemas refer to each other in long chains, and types nest; the stages follow them by recursion, bounded.
const STACK: usize = 256 * 1024 * 1024;

/// Runs a part of the work on a thread with a large stack, whatever the caller's is.
pub(crate) fn on_large_stack<T: Send>(work: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        let thread = Builder::new().stack_size(STACK).spawn_scoped(scope, &work);
        // Without a thread to spare, this one's stack must do.
        thread.map_or_else(|_| work(), joined)
    })
}

/// Does the work for all items at the same time, each on a large stack; the results are in the items' order.
pub(crate) fn for_each<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let work = &work;
        let begin = |item| Builder::new().stack_size(STACK).spawn_scoped(scope, move || work(item));
        let threads: Vec<_> = items.iter().map(begin).collect();
        threads.into_iter().zip(items).map(|(thread, item)| thread.map_or_else(|_| work(item), joined)).collect()
    })
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
