module beyla.example/sample-server

go 1.19
