module beyla.example/test-servers

go 1.19
