//! Gateways that count together, as long as Redis is there.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use domain::UserId;
use runtime::{Clock, identity::Authentication};
use testing::eventually;
use tokio::process::{Child, Command};

use crate::support::{Recorder, Served, gateway_with};

/// A Redis of a test's own, on a socket in a folder of its own.
struct Redis {
    process: Option<Child>,
    folder: tempfile::TempDir,
}

impl Redis {
    async fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("dormouse-redis-")
            .tempdir_in("/tmp")
            .expect("a folder can be made in /tmp");
        let mut redis = Self { process: None, folder };
        redis.come_back().await;
        redis
    }

    async fn come_back(&mut self) {
        let socket = self.socket();
        let process = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(&socket)
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("redis-server is installed");
        self.process = Some(process);
        eventually("Redis listens", async || {
            tokio::net::UnixStream::connect(&socket).await.is_ok()
        })
        .await;
    }

    async fn go_away(&mut self) {
        self.process
            .take()
            .expect("it runs")
            .kill()
            .await
            .expect("it is our child");
        fs::remove_file(self.socket()).expect("it listened there");
    }

    async fn signal(&self, signal: &str) {
        let process = self.process.as_ref().and_then(Child::id).expect("it runs").to_string();
        let mut kill = Command::new("kill");
        let done = kill.args(["-s", signal, &process]).status().await;
        assert!(done.expect("there is kill").success());
    }

    async fn configure(&self, name: &str, value: &str) {
        self.tell(redis::cmd("CONFIG").arg("SET").arg(name).arg(value)).await;
    }

    async fn tell(&self, command: &redis::Cmd) {
        let client = redis::Client::open(format!("unix://{}", self.socket().display()));
        let client = client.expect("it is a URL");
        let mut connection = client.get_multiplexed_async_connection().await.expect("it listens");
        let () = command.query_async(&mut connection).await.expect("it does so");
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }
}

async fn gateway_on(socket: &Path, quota: &str) -> Served {
    let functions = format!("http://{}", Recorder::default().start().await);
    let redis = format!("unix://{}", socket.display());
    let variables = [
        ("FUNCTIONS_URL", functions.as_str()),
        ("REDIS_URL", &redis),
        ("RATE_LIMIT_PER_MINUTE", quota),
    ];
    gateway_with(&variables, Authentication::LocalUser, &Clock::system()).await
}

/// How the user stands after one more request.
async fn standing(gateway: &Served) -> String {
    let response = gateway.get("/v1/tasks").await;
    format!(
        "{} {}",
        response.status().as_u16(),
        response.headers()["ratelimit"].to_str().expect("it is text")
    )
}

/// How many requests the user has left.
async fn left(gateway: &Served) -> u32 {
    let standing = standing(gateway).await;
    let left = standing.split("r=").nth(1).and_then(|rest| rest.split(';').next());
    left.expect("there is a number").parse().expect("it is a number")
}

/// Asserts that what one of them counts, the other does not see.
async fn count_apart(gateways: &[Served; 2]) {
    for _ in 0..10 {
        assert!(left(&gateways[0]).await >= 580);
    }
    assert!(left(&gateways[1]).await >= 598);
}

async fn count_together_again(gateways: &[Served; 2]) {
    eventually("they count together again", async || {
        for _ in 0..50 {
            left(&gateways[0]).await;
        }
        left(&gateways[1]).await < 580
    })
    .await;
}

#[tokio::test]
async fn gateways_count_together() {
    let redis = Redis::start().await;
    let gateways = [
        gateway_on(&redis.socket(), "3").await,
        gateway_on(&redis.socket(), "3").await,
    ];
    assert_eq!(standing(&gateways[0]).await, "200 \"default\";r=2;t=20");
    assert_eq!(standing(&gateways[1]).await, "200 \"default\";r=1;t=40");
    assert_eq!(standing(&gateways[0]).await, "200 \"default\";r=0;t=60");
    for gateway in &gateways {
        let refused = standing(gateway).await;
        assert!(refused.starts_with("429 \"default\";r=0;t="), "{refused}");
    }
}

#[tokio::test]
async fn each_gateway_counts_by_itself_while_redis_is_away() {
    let mut redis = Redis::start().await;
    let gateways = [
        gateway_on(&redis.socket(), "600").await,
        gateway_on(&redis.socket(), "600").await,
    ];
    for gateway in &gateways {
        assert!(left(gateway).await >= 598);
    }
    redis.go_away().await;
    count_apart(&gateways).await;

    redis.come_back().await;
    // What was counted before is gone with the Redis that held it.
    count_together_again(&gateways).await;
}

#[tokio::test]
async fn clock_of_redis_that_is_set_back_shuts_nobody_out() {
    let redis = Redis::start().await;
    let gateway = gateway_on(&redis.socket(), "60").await;
    assert_eq!(standing(&gateway).await, "200 \"default\";r=59;t=1");
    // As it stands when the clock was an hour ahead at the last request.
    let key = format!("dormouse:rate:user:{}", UserId::LOCAL);
    let ahead = Clock::system().now().timestamp_micros() + 3_600_000_000;
    redis.tell(redis::cmd("SET").arg(key).arg(ahead)).await;
    assert_eq!(standing(&gateway).await, "200 \"default\";r=59;t=1");
}

#[tokio::test]
async fn redis_that_takes_nothing_is_away_until_it_does() {
    let redis = Redis::start().await;
    let gateways = [
        gateway_on(&redis.socket(), "600").await,
        gateway_on(&redis.socket(), "600").await,
    ];
    redis.configure("maxmemory", "1").await;
    count_apart(&gateways).await;
    redis.configure("maxmemory", "0").await;
    count_together_again(&gateways).await;
}

#[tokio::test]
async fn redis_that_falls_silent_keeps_nobody_waiting() {
    let redis = Redis::start().await;
    let gateway = gateway_on(&redis.socket(), "2").await;
    assert_eq!(standing(&gateway).await, "200 \"default\";r=1;t=30");
    redis.signal("STOP").await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(gateway.get("/v1/tasks").await.status().as_u16());
    }
    redis.signal("CONT").await;
    assert_eq!(statuses, [200, 200, 429], "it counts by itself");
}

#[tokio::test]
async fn redis_that_is_not_there_keeps_nobody_waiting() {
    let functions = format!("http://{}", Recorder::default().start().await);
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("redis://{}", silent.local_addr().unwrap());
    for url in [silent.as_str(), "unix:///nowhere/socket", "redis://127.0.0.1:1"] {
        let variables = [
            ("FUNCTIONS_URL", functions.as_str()),
            ("REDIS_URL", url),
            ("RATE_LIMIT_PER_MINUTE", "2"),
        ];
        let gateway = gateway_with(&variables, Authentication::LocalUser, &Clock::system()).await;
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(gateway.get("/v1/tasks").await.status().as_u16());
        }
        assert_eq!(statuses, [200, 200, 429], "{url}");
    }
}
