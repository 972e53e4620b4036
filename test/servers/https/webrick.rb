# webrick.rb PORT CERTIFICATE KEY: answers /s/STATUS/BYTES over TLS.
require 'webrick'
require 'webrick/https'

port, certificate, key = ARGV
server = WEBrick::HTTPServer.new(
  Port: port.to_i, BindAddress: '127.0.0.1', AccessLog: [], Logger: WEBrick::Log.new(File::NULL), SSLEnable: true,
  SSLCertificate: OpenSSL::X509::Certificate.new(File.read(certificate)), SSLPrivateKey: OpenSSL::PKey.read(File.read(key))
)
server.mount_proc('/s') do |request, response|
  request.body
  _, _, status, size = request.path.split('/')
  response.status = status.to_i
  response.body = 'x' * size.to_i
end
trap('TERM') { server.shutdown }
server.start
