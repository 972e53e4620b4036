// Mimir's paths in front of what stands in for it: a Prometheus, and for OTLP a Collector that writes to it.
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

func main() {
	prometheus := &url.URL{Scheme: "http", Host: "localhost:9090"}
	collector := &url.URL{Scheme: "http", Host: "localhost:4318"}
	proxy := httputil.ReverseProxy{Rewrite: func(request *httputil.ProxyRequest) {
		switch path := request.In.URL.Path; {
		case path == "/api/v1/push":
			request.Out.URL.Path = "/api/v1/write"
			request.SetURL(prometheus)
		case strings.HasPrefix(path, "/otlp/"):
			request.Out.URL.Path = strings.TrimPrefix(path, "/otlp")
			request.SetURL(collector)
		default:
			request.Out.URL.Path = strings.TrimPrefix(path, "/prometheus")
			request.SetURL(prometheus)
		}
	}}
	log.Fatal(http.ListenAndServe(":9009", &proxy))
}
