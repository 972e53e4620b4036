// load sends a fixed number of HTTP/1.1 requests and prints one JSON line about them.
//
// It speaks HTTP on plain connections instead of using http.Client, so that the number of connections, requests and
// writes is exactly what the flags say: one write a request, and in keep-alive mode one connection a worker.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

type options struct {
	address     string
	method      string
	path        string
	bodyBytes   int
	requests    int64
	connections int
	fresh       bool
	tls         bool
	rate        float64
	limit       time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.address, "address", "127.0.0.1:8080", "host:port of the server")
	flag.StringVar(&o.method, "method", "GET", "method of the requests")
	flag.StringVar(&o.path, "path", "/load", "request target; %d becomes the number of the request")
	flag.IntVar(&o.bodyBytes, "body", 0, "bytes of request body")
	flag.Int64Var(&o.requests, "n", 1000, "how many requests")
	flag.IntVar(&o.connections, "c", 10, "how many connections at a time")
	flag.BoolVar(&o.fresh, "new", false, "a new connection for every request")
	flag.BoolVar(&o.tls, "tls", false, "speak TLS, and trust whoever answers")
	flag.Float64Var(&o.rate, "rate", 0, "requests a second over all connections; 0 is as fast as answers come")
	flag.DurationVar(&o.limit, "limit", time.Minute, "give up after this time")
	listen := flag.Int("listen", 0, "keep this port open meanwhile, for agents that select processes by port")
	wait := flag.Bool("wait", false, "begin when a line comes on standard input")
	flag.Parse()

	if *listen != 0 {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *listen))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer listener.Close()
	}
	if *wait {
		fmt.Println(`{"waiting":true}`)
		if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
			os.Exit(1)
		}
	}
	result := run(o)
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
	if result.Errors > 0 {
		os.Exit(3)
	}
}

func run(o options) result {
	var next int64
	var group sync.WaitGroup
	workers := make([]*worker, o.connections)
	begin := time.Now()
	cpuBegin := cpuTime()
	for i := range workers {
		workers[i] = newWorker(o, begin, func() int64 { return atomic.AddInt64(&next, 1) - 1 })
		group.Add(1)
		go func(w *worker) {
			defer group.Done()
			w.work()
		}(workers[i])
	}
	group.Wait()
	r := summary(workers, time.Since(begin))
	r.CPUUs = float64((cpuTime() - cpuBegin).Nanoseconds()) / 1000
	return r
}
