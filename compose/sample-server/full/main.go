// The sample server of the stacks, and the load for it:
//
//	sample serve   HTTP, HTTPS and gRPC, at the ports that HTTP_PORT, HTTPS_PORT and GRPC_PORT tell (8080, 8443, 50051);
//	               what is asked below /call/ is asked of BACKEND_URL in turn
//	sample load    LOAD_RATE requests a second for LOAD_SECONDS to the host LOAD_TARGET, then the counts of the answers
//	sample check   exits with 0 when the ports of a server on this host take connections; sends no request
package main

import (
	"log"
	"os"
)

func main() {
	command := "serve"
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	var err error
	switch command {
	case "serve":
		err = serve()
	case "load":
		err = load()
	case "check":
		err = check()
	default:
		log.Fatalf("no such command: %s", command)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

var ports = struct{ http, https, grpc string }{
	setting("HTTP_PORT", "8080"), setting("HTTPS_PORT", "8443"), setting("GRPC_PORT", "50051"),
}
