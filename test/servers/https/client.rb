# client.rb PORT COUNT [http]: asks the server on PORT by net/http over one connection, when a line comes.
require 'net/http'

STATUSES = [200, 201, 404, 500].freeze
port, count = ARGV.first(2).map(&:to_i)
$stdout.sync = true
puts 'waiting'
$stdin.gets
Net::HTTP.start('127.0.0.1', port, use_ssl: ARGV[2] != 'http', verify_mode: OpenSSL::SSL::VERIFY_NONE) do |http|
  count.times do |i|
    path = "/s/#{STATUSES[i % 4]}/#{i * 37 % 5000}"
    i.odd? ? http.post(path, 'x' * (i * 7 % 1000 + 1)) : http.get(path)
  end
end
puts 'done'
$stdin.gets
