// go-versions PORT TLS-PORT CERTIFICATE KEY answers what the path says, /s/STATUS/BYTES, and at /call/N by asking itself for
// /s/200/N; in plain text and inside TLS, there by HTTP/2 for those who can. A line of standard input asks itself:
// "PROTOCOL PATH COUNT" with PROTOCOL http, https or h2 and PATH s or call. Compiles with Go 1.18 and later.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

const atOnce = 10

var statuses = []int{200, 201, 404, 500}

type peer struct {
	base   string
	client *http.Client
}

func main() {
	port, tlsPort, certificate, key := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	insecure := func() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }
	noHTTP2 := map[string]func(string, *tls.Conn) http.RoundTripper{}
	peers := map[string]peer{
		"http":  {"http://127.0.0.1:" + port, clientOf(&http.Transport{})},
		"https": {"https://127.0.0.1:" + tlsPort, clientOf(&http.Transport{TLSClientConfig: insecure(), TLSNextProto: noHTTP2})},
		"h2":    {"https://127.0.0.1:" + tlsPort, clientOf(&http.Transport{TLSClientConfig: insecure(), ForceAttemptHTTP2: true})},
	}
	serve(port, tlsPort, certificate, key, peers)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		count, _ := strconv.Atoi(words[2])
		ask(peers[words[0]], words[1], count)
		fmt.Println("done", lines.Text())
	}
}

func clientOf(transport *http.Transport) *http.Client {
	transport.MaxIdleConnsPerHost = atOnce
	return &http.Client{Transport: transport}
}

func serve(port, tlsPort, certificate, key string, peers map[string]peer) {
	mux := http.NewServeMux()
	mux.HandleFunc("/s/", answer)
	mux.HandleFunc("/s/{status}/{bytes}", answer) // a pattern since Go 1.22
	mux.HandleFunc("/call/", func(w http.ResponseWriter, r *http.Request) {
		protocol := "http"
		if r.TLS != nil {
			protocol = "https"
		}
		if r.ProtoMajor == 2 {
			protocol = "h2"
		}
		get(peers[protocol], "/s/200/"+strings.TrimPrefix(r.URL.Path, "/call/"))
	})
	go func() { log.Fatal(http.ListenAndServe("127.0.0.1:"+port, mux)) }()
	go func() { log.Fatal(http.ListenAndServeTLS("127.0.0.1:"+tlsPort, certificate, key, mux)) }()
}

func answer(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	words := strings.Split(r.URL.Path, "/")
	status, _ := strconv.Atoi(words[2])
	size, _ := strconv.Atoi(words[3])
	w.Header().Set("Content-Length", words[3])
	w.WriteHeader(status)
	w.Write(bytes.Repeat([]byte("x"), size))
}

func ask(to peer, path string, count int) {
	var asking sync.WaitGroup
	next := make(chan int)
	for i := 0; i < atOnce; i++ {
		asking.Add(1)
		go func() {
			defer asking.Done()
			for i := range next {
				if path == "call" {
					get(to, fmt.Sprintf("/call/%d", i))
				} else {
					planned(to, i)
				}
			}
		}()
	}
	for i := 0; i < count; i++ {
		next <- i
	}
	close(next)
	asking.Wait()
}

// As plannedExchanges of test/support/https.ts.
func planned(to peer, i int) {
	url := fmt.Sprintf("/s/%d/%d", statuses[i%4], i*37%5000)
	if i%2 == 0 {
		get(to, url)
		return
	}
	body := bytes.NewReader(bytes.Repeat([]byte("y"), i*7%1000+1))
	take(to.client.Post(to.base+url, "text/plain", body))
}

func get(from peer, path string) {
	take(from.client.Get(from.base + path))
}

func take(response *http.Response, err error) {
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}
