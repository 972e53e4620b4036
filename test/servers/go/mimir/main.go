// Mimir's paths in front of what stands in for it: a Prometheus, and for OTLP a Collector that writes to it.
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"strings"
)

const (
	prometheus = "localhost:9090"
	collector  = "localhost:4318"
)

func main() {
	proxy := httputil.ReverseProxy{Director: func(request *http.Request) {
		url := request.URL
		url.Scheme, url.Host = "http", prometheus
		switch {
		case url.Path == "/api/v1/push":
			url.Path = "/api/v1/write"
		case strings.HasPrefix(url.Path, "/otlp/"):
			url.Host, url.Path = collector, strings.TrimPrefix(url.Path, "/otlp")
		default:
			url.Path = strings.TrimPrefix(url.Path, "/prometheus")
		}
	}}
	log.Fatal(http.ListenAndServe(":9009", &proxy))
}
