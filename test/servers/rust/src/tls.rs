//! A connection of each kind, as one type.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use openssl::ssl::{Ssl, SslAcceptor, SslConnector, SslFiletype, SslMethod, SslVerifyMode};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme};
use tokio_rustls::{rustls, TlsAcceptor, TlsConnector};

pub type Failure = Box<dyn Error + Send + Sync>;

pub trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}
pub type Stream = Box<dyn Duplex>;

#[derive(Clone)]
pub enum Acceptor {
    Plain,
    OpenSsl(SslAcceptor),
    Rustls(TlsAcceptor),
}

impl Acceptor {
    /// `files`: certificate and key.
    pub fn new(kind: &str, files: &[String]) -> Result<Acceptor, Failure> {
        Ok(match kind {
            "openssl" => {
                let mut builder = SslAcceptor::mozilla_intermediate(SslMethod::tls_server())?;
                builder.set_certificate_chain_file(&files[0])?;
                builder.set_private_key_file(&files[1], SslFiletype::PEM)?;
                Acceptor::OpenSsl(builder.build())
            }
            "rustls" => {
                let chain = vec![CertificateDer::from_pem_file(&files[0])?];
                let config = ServerConfig::builder()
                    .with_no_client_auth()
                    .with_single_cert(chain, PrivateKeyDer::from_pem_file(&files[1])?)?;
                Acceptor::Rustls(Arc::new(config).into())
            }
            _ => Acceptor::Plain,
        })
    }

    pub async fn accept(&self, socket: TcpStream) -> Result<Stream, Failure> {
        Ok(match self {
            Acceptor::Plain => Box::new(socket),
            Acceptor::OpenSsl(acceptor) => {
                let mut stream = SslStream::new(Ssl::new(acceptor.context())?, socket)?;
                Pin::new(&mut stream).accept().await?;
                Box::new(stream)
            }
            Acceptor::Rustls(acceptor) => Box::new(acceptor.accept(socket).await?),
        })
    }
}

pub async fn connect(kind: &str, socket: TcpStream) -> Result<Stream, Failure> {
    Ok(match kind {
        "openssl" => {
            let mut builder = SslConnector::builder(SslMethod::tls_client())?;
            builder.set_verify(SslVerifyMode::NONE);
            let ssl = builder.build().configure()?.into_ssl("localhost")?;
            let mut stream = SslStream::new(ssl, socket)?;
            Pin::new(&mut stream).connect().await?;
            Box::new(stream)
        }
        "rustls" => {
            let config = ClientConfig::builder()
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Trusting))
                .with_no_client_auth();
            let name = ServerName::try_from("localhost")?;
            Box::new(TlsConnector::from(Arc::new(config)).connect(name, socket).await?)
        }
        _ => Box::new(socket),
    })
}

/// Takes any certificate: the tests sign their own.
#[derive(Debug)]
struct Trusting;

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}
