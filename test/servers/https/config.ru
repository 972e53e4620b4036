# An application for puma that answers /s/STATUS/BYTES.
run(lambda do |env|
  env['rack.input'].read
  _, _, status, size = env['PATH_INFO'].split('/')
  [status.to_i, { 'Content-Length' => size }, ['x' * size.to_i]]
end)
