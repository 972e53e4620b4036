# As hop.py, in puma: NEXT=PORT puma -b tcp://127.0.0.1:PORT -t 64:64 hop.ru
require 'net/http'

following = Integer(ENV.fetch('NEXT'))

run(lambda do |env|
  if following.zero?
    sleep(rand * 0.005)
  else
    Net::HTTP.start('127.0.0.1', following) { |http| http.get(env['PATH_INFO']).body }
  end
  [200, { 'content-length' => '0' }, []]
end)
