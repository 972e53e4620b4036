//! The service beyla.Test on tonic: see go/main.go for what all peers do.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use tokio_stream::{Stream, StreamExt};
use tonic::body::BoxBody;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::{BoxFuture, Service};
use tonic::{Code, Request, Response, Status, Streaming};

const PATIENCE: Duration = Duration::from_millis(200);
type Answers = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

/// Messages are bytes as they are.
#[derive(Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Raw;
    type Decoder = Raw;
    fn encoder(&mut self) -> Raw {
        Raw
    }
    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;
    fn encode(&mut self, item: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;
    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

fn asked(message: &Bytes) -> Result<(), Status> {
    match std::str::from_utf8(message).unwrap_or("2").parse().unwrap_or(2) {
        0 => Ok(()),
        code => Err(Status::new(Code::from_i32(code), "as asked")),
    }
}

async fn last(mut messages: Streaming<Bytes>) -> Result<Bytes, Status> {
    let mut last = Bytes::new();
    while let Some(message) = messages.message().await? {
        last = message;
    }
    Ok(last)
}

fn unary(message: Bytes) -> BoxFuture<Response<Bytes>, Status> {
    Box::pin(async move { asked(&message).map(|()| Response::new(message)) })
}

fn with_end(messages: Vec<Bytes>, end: Result<(), Status>) -> Answers {
    let answers: Vec<_> = messages.into_iter().map(Ok).chain(end.err().map(Err)).collect();
    Box::pin(tokio_stream::iter(answers))
}

struct Wait;
impl tonic::server::UnaryService<Bytes> for Wait {
    type Response = Bytes;
    type Future = BoxFuture<Response<Bytes>, Status>;
    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let has_deadline = request.metadata().contains_key("grpc-timeout");
        Box::pin(async move {
            // Of a deadline tonic's own clock would say CANCELLED, or the client, whichever is faster: so it is kept well before.
            let patience = if has_deadline { PATIENCE / 2 } else { Duration::MAX };
            tokio::time::sleep(patience).await;
            Err(Status::deadline_exceeded("in vain"))
        })
    }
}

struct Unary;
impl tonic::server::UnaryService<Bytes> for Unary {
    type Response = Bytes;
    type Future = BoxFuture<Response<Bytes>, Status>;
    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        unary(request.into_inner())
    }
}

struct ClientStream;
impl tonic::server::ClientStreamingService<Bytes> for ClientStream {
    type Response = Bytes;
    type Future = BoxFuture<Response<Bytes>, Status>;
    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        Box::pin(async move { unary(last(request.into_inner()).await?).await })
    }
}

struct ServerStream;
impl tonic::server::ServerStreamingService<Bytes> for ServerStream {
    type Response = Bytes;
    type ResponseStream = Answers;
    type Future = BoxFuture<Response<Answers>, Status>;
    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let message = request.into_inner();
        let answers = with_end(vec![message.clone(); 3], asked(&message));
        Box::pin(async move { Ok(Response::new(answers)) })
    }
}

struct Bidi;
impl tonic::server::StreamingService<Bytes> for Bidi {
    type Response = Bytes;
    type ResponseStream = Answers;
    type Future = BoxFuture<Response<Answers>, Status>;
    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        Box::pin(async move {
            let message = last(request.into_inner()).await?;
            Ok(Response::new(with_end(vec![message.clone(); 3], asked(&message))))
        })
    }
}

#[derive(Clone)]
struct Test;

impl tonic::server::NamedService for Test {
    const NAME: &'static str = "beyla.Test";
}

impl Service<http::Request<BoxBody>> for Test {
    type Response = http::Response<BoxBody>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;
    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }
    fn call(&mut self, request: http::Request<BoxBody>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(Raw);
            Ok(match request.uri().path().rsplit('/').next().unwrap_or("") {
                "Unary" => grpc.unary(Unary, request).await,
                "ClientStream" => grpc.client_streaming(ClientStream, request).await,
                "ServerStream" => grpc.server_streaming(ServerStream, request).await,
                "Bidi" => grpc.streaming(Bidi, request).await,
                _ => grpc.unary(Wait, request).await,
            })
        })
    }
}

type Client = tonic::client::Grpc<tonic::transport::Channel>;

async fn call(client: &mut Client, method: &'static str, code: i32) -> Result<(), Status> {
    let path = http::uri::PathAndQuery::from_maybe_shared(format!("/beyla.Test/{method}")).unwrap();
    client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    let message = Bytes::from(code.to_string());
    let three = tokio_stream::iter(vec![message.clone(); 3]);
    let mut answers = match method {
        "Unary" | "Wait" => return client.unary(Request::new(message), path, Raw).await.map(|_: Response<Bytes>| ()),
        "ClientStream" => return client.client_streaming(Request::new(three), path, Raw).await.map(|_: Response<Bytes>| ()),
        "ServerStream" => client.server_streaming(Request::new(message), path, Raw).await?.into_inner(),
        _ => client.streaming(Request::new(three), path, Raw).await?.into_inner(),
    };
    while let Some(answer) = answers.next().await {
        let _: Bytes = answer?;
    }
    Ok(())
}

async fn call_in_vain(client: &mut Client) {
    let path = http::uri::PathAndQuery::from_static("/beyla.Test/Wait");
    let _ = client.ready().await;
    let mut limited = Request::new(Bytes::new());
    limited.set_timeout(PATIENCE);
    let _: Result<Response<Bytes>, Status> = client.unary(limited, path.clone(), Raw).await;
    let _ = client.ready().await;
    let _ = tokio::time::timeout(PATIENCE, client.unary::<_, Bytes, _>(Request::new(Bytes::new()), path, Raw)).await;
    // what was dropped leaves with the next turn of the runtime
    tokio::time::sleep(Duration::from_millis(1)).await;
}

fn line() {
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments[1] == "server" {
        let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{}", arguments[2])).await?;
        println!("listening");
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        tonic::transport::Server::builder().add_service(Test).serve_with_incoming(incoming).await?;
        return Ok(());
    }
    let _own = std::net::TcpListener::bind(format!("127.0.0.1:{}", arguments[4]))?;
    println!("waiting");
    line();
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://127.0.0.1:{}", arguments[2]))?;
    let mut client = tonic::client::Grpc::new(endpoint.connect().await?);
    for _ in 0..arguments[3].parse()? {
        for method in ["Unary", "ClientStream", "ServerStream", "Bidi"] {
            for code in [0, 5, 13, 14, 4] {
                let got = call(&mut client, method, code).await.map_or_else(|status| status.code(), |()| Code::Ok);
                if got != Code::from_i32(code) {
                    return Err(format!("{method} ended with {got:?}, not {code}").into());
                }
            }
        }
        // last: before there is a connection, and a server that is awake, a call can be in vain without being made
        call_in_vain(&mut client).await;
    }
    println!("done");
    line();
    Ok(())
}
