# webrick.rb PORT [CERTIFICATE KEY]: answers /s/STATUS/BYTES.
require 'webrick'
require 'webrick/https'

port, certificate, key = ARGV
options = { Port: port.to_i, BindAddress: '127.0.0.1', AccessLog: [], Logger: WEBrick::Log.new(File::NULL) }
if certificate
  options[:SSLEnable] = true
  options[:SSLCertificate] = OpenSSL::X509::Certificate.new(File.read(certificate))
  options[:SSLPrivateKey] = OpenSSL::PKey.read(File.read(key))
end
server = WEBrick::HTTPServer.new(options)
server.mount_proc('/s') do |request, response|
  request.body
  _, _, status, size = request.path.split('/')
  response.status = status.to_i
  response.body = 'x' * size.to_i
end
trap('TERM') { server.shutdown }
server.start
