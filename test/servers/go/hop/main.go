// Command hop is as hop.py, with a goroutine a connection and connections to the next service that are kept.
package main

import (
	"io"
	"log"
	"math/rand"
	"net/http"
	"os"
	"time"
)

func main() {
	port, next := os.Args[1], os.Args[2]
	handler := func(w http.ResponseWriter, r *http.Request) {
		if next == "0" {
			time.Sleep(time.Duration(rand.Intn(5000)) * time.Microsecond)
			return
		}
		answer, err := http.Get("http://127.0.0.1:" + next + r.URL.Path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		io.Copy(io.Discard, answer.Body)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, http.HandlerFunc(handler)))
}
