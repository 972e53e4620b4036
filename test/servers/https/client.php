<?php
// client.php PORT COUNT [http]: asks the server on PORT, over a connection each, when a line comes.
[, $port, $count] = $argv;
$scheme = $argv[3] ?? 'https';
$trusting = ['verify_peer' => false, 'verify_peer_name' => false];
echo "waiting\n";
fgets(STDIN);
for ($i = 0; $i < $count; $i++) {
    $http = ['method' => $i % 2 ? 'POST' : 'GET', 'ignore_errors' => true, 'protocol_version' => 1.1];
    $http['header'] = "Connection: close\r\n";
    if ($i % 2) {
        $http['header'] .= "Content-Type: text/plain\r\n";
        $http['content'] = str_repeat('x', $i * 7 % 1000 + 1);
    }
    $path = '/s/' . [200, 201, 404, 500][$i % 4] . '/' . ($i * 37 % 5000);
    file_get_contents("$scheme://127.0.0.1:$port$path", false, stream_context_create(['ssl' => $trusting, 'http' => $http]));
}
echo "done\n";
fgets(STDIN);
