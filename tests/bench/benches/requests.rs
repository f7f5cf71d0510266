//! The time of a request, without a socket, by Criterion: `cargo bench` in this folder.

use std::hint::black_box;
use std::time::Instant;

use bench::{Server, requests};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn answers(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    for request in ["post", "get"] {
        let sent = requests::named(request).expect("it is one of `requests::named`").remove(0);
        let mut group = criterion.benchmark_group(request);
        group.throughput(Throughput::Elements(1));
        for name in ["buildflow", "axum", "hyper"] {
            let mut server = Server::named(name).expect("it is one of `Server::named`");
            group.bench_function(name, |bencher| {
                bencher.iter_custom(|times| {
                    runtime.block_on(async {
                        let started = Instant::now();
                        for _ in 0..times {
                            black_box(server.answer(sent.request()).await);
                        }
                        started.elapsed()
                    })
                });
            });
        }
    }
}

criterion_group!(benches, answers);
criterion_main!(benches);
