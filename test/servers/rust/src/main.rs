//! http-rust server TLS PORT CERTIFICATE KEY   answers /s/STATUS/BYTES by axum
//! http-rust client TLS PORT COUNT             asks such a server by hyper over one connection, when a line comes
//! TLS is one of: plain, openssl, rustls.

mod tls;

use std::io::stdin;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::any;
use axum::Router;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper::header::HOST;
use hyper::server::conn::http1;
use hyper::Request;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tls::{Acceptor, Failure};
use tokio::net::{TcpListener, TcpStream};

const STATUSES: [u16; 4] = [200, 201, 404, 500];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let port = arguments[3].parse()?;
    match arguments[1].as_str() {
        "server" => serve(port, Acceptor::new(&arguments[2], &arguments[4..])?).await,
        _ => client(&arguments[2], port, arguments[4].parse()?).await,
    }
}

async fn answer(Path((status, size)): Path<(u16, usize)>, _: Bytes) -> (StatusCode, Vec<u8>) {
    (StatusCode::from_u16(status).unwrap_or_default(), vec![b'x'; size])
}

async fn serve(port: u16, acceptor: Acceptor) -> Result<(), Failure> {
    let router = Router::new().route("/s/{status}/{size}", any(answer));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (socket, _) = listener.accept().await?;
        let (acceptor, service) = (acceptor.clone(), TowerToHyperService::new(router.clone()));
        tokio::spawn(async move {
            let stream = TokioIo::new(acceptor.accept(socket).await?);
            http1::Builder::new().serve_connection(stream, service).await?;
            Ok::<(), Failure>(())
        });
    }
}

async fn client(kind: &str, port: u16, count: usize) -> Result<(), Failure> {
    println!("waiting");
    stdin().read_line(&mut String::new())?;
    let socket = TcpStream::connect(("127.0.0.1", port)).await?;
    let (mut sender, connection) = handshake(TokioIo::new(tls::connect(kind, socket).await?)).await?;
    tokio::spawn(connection);
    for i in 0..count {
        let body = if i % 2 == 1 { vec![b'x'; i * 7 % 1000 + 1] } else { vec![] };
        let path = format!("/s/{}/{}", STATUSES[i % 4], i * 37 % 5000);
        let method = if body.is_empty() { "GET" } else { "POST" };
        let request = Request::builder().method(method).uri(path).header(HOST, "localhost");
        sender.ready().await?;
        let response = sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?;
        response.into_body().collect().await?;
    }
    println!("done");
    stdin().read_line(&mut String::new())?;
    Ok(())
}
