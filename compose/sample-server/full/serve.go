package main

import (
	"io"
	"net"
	"net/http"
	"time"

	"beyla.example/sample-server/answer"
	"google.golang.org/grpc"
)

func serve() error {
	mux := http.NewServeMux()
	mux.HandleFunc("/", answer.HandleRequest)
	if backend := setting("BACKEND_URL", ""); backend != "" {
		mux.HandleFunc("/call/", func(rw http.ResponseWriter, req *http.Request) { call(rw, backend, req) })
	}
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", ":"+ports.grpc)
	if err != nil {
		return err
	}
	ended := make(chan error)
	go func() { ended <- http.ListenAndServe(":"+ports.http, mux) }()
	go func() {
		server := &http.Server{Addr: ":" + ports.https, Handler: mux, TLSConfig: certificate}
		ended <- server.ListenAndServeTLS("", "")
	}()
	go func() {
		server := grpc.NewServer()
		server.RegisterService(&greeter, nil)
		ended <- server.Serve(listener)
	}()
	return <-ended
}

var client = http.Client{Timeout: 10 * time.Second}

// call asks the backend the same, without the prefix, and passes its status on.
func call(rw http.ResponseWriter, backend string, req *http.Request) {
	target := backend + req.URL.Path[len("/call"):] + "?" + req.URL.RawQuery
	response, err := client.Get(target)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	rw.WriteHeader(response.StatusCode)
	_, _ = io.Copy(rw, response.Body)
}

func check() error {
	for _, port := range []string{ports.http, ports.grpc} {
		connection, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
		if err != nil {
			return err
		}
		connection.Close()
	}
	return nil
}
