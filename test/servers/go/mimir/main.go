// Stands in for Mimir: a Prometheus behind Mimir's paths. What is given as arguments is the command that starts it.
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"strings"
)

var paths = map[string]string{
	"/api/v1/push":     "/api/v1/write",
	"/otlp/v1/metrics": "/api/v1/otlp/v1/metrics",
}

func main() {
	prometheus := exec.Command(os.Args[1], os.Args[2:]...)
	prometheus.Stdout, prometheus.Stderr = os.Stdout, os.Stderr
	if err := prometheus.Start(); err != nil {
		log.Fatal(err)
	}
	proxy := httputil.ReverseProxy{Director: func(request *http.Request) {
		request.URL.Scheme, request.URL.Host = "http", "localhost:9090"
		if path, known := paths[request.URL.Path]; known {
			request.URL.Path = path
		} else {
			request.URL.Path = strings.TrimPrefix(request.URL.Path, "/prometheus")
		}
	}}
	log.Fatal(http.ListenAndServe(":9009", &proxy))
}
