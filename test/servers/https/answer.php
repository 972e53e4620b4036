<?php
// For Apache's PHP: answers /s/STATUS/BYTES.
file_get_contents('php://input');
[, , $status, $size] = explode('/', $_SERVER['REQUEST_URI']);
http_response_code((int) $status);
header("Content-Length: $size");
echo str_repeat('x', (int) $size);
