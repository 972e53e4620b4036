// The server of the tutorial: it answers any request on port 8080, as package answer tells. The folder "full" holds the one
// of the stacks, which speaks HTTPS and gRPC as well.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"

	"beyla.example/sample-server/answer"
)

func main() {
	port := flag.String("port", valueOr(os.Getenv("PORT"), "8080"), "TCP port to listen on; the variable PORT does the same")
	flag.Parse()
	log.Fatal(http.ListenAndServe(":"+*port, http.HandlerFunc(answer.HandleRequest)))
}

func valueOr(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
