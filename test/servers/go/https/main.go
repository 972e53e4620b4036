// https server PORT [CERTIFICATE KEY] answers /s/STATUS/BYTES by HTTP/1.1, https server2 … over HTTP/2 as well.
// https client PORT COUNT [http] asks such a server over one connection, when a line comes; https client2 … by HTTP/2.
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
)

var onlyHTTP1 = map[string]func(*http.Server, *tls.Conn, http.Handler){}

func main() {
	isHTTP2 := strings.HasSuffix(os.Args[1], "2")
	if strings.HasPrefix(os.Args[1], "server") {
		server := &http.Server{Addr: "127.0.0.1:" + os.Args[2], Handler: http.HandlerFunc(answer)}
		if !isHTTP2 {
			server.TLSNextProto = onlyHTTP1
		}
		if len(os.Args) == 3 {
			log.Fatal(server.ListenAndServe())
		}
		log.Fatal(server.ListenAndServeTLS(os.Args[3], os.Args[4]))
	}
	input := bufio.NewReader(os.Stdin)
	fmt.Println("waiting")
	input.ReadString('\n')
	count, _ := strconv.Atoi(os.Args[3])
	scheme := "https"
	if len(os.Args) > 4 {
		scheme = os.Args[4]
	}
	askAll(scheme+"://127.0.0.1:"+os.Args[2], count, isHTTP2)
	fmt.Println("done")
	input.ReadString('\n')
}

func answer(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	parts := strings.Split(r.URL.Path, "/")
	status, _ := strconv.Atoi(parts[2])
	size, _ := strconv.Atoi(parts[3])
	w.Header().Set("Content-Length", parts[3])
	w.WriteHeader(status)
	w.Write(bytes.Repeat([]byte("x"), size))
}

func askAll(base string, count int, isHTTP2 bool) {
	trusting := &tls.Config{InsecureSkipVerify: true}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trusting, ForceAttemptHTTP2: isHTTP2}}
	statuses := []int{200, 201, 404, 500}
	for i := 0; i < count; i++ {
		method, body := "GET", ""
		if i%2 == 1 {
			method, body = "POST", strings.Repeat("x", i*7%1000+1)
		}
		url := fmt.Sprintf("%s/s/%d/%d", base, statuses[i%4], i*37%5000)
		request, _ := http.NewRequest(method, url, strings.NewReader(body))
		response, err := client.Do(request)
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
}
