package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

type worker struct {
	options
	begin     time.Time
	take      func() int64
	conn      net.Conn
	reader    *bufio.Reader
	latencies []time.Duration
	statuses  map[int]int
	errors    int
	lastError string
}

func newWorker(o options, begin time.Time, take func() int64) *worker {
	return &worker{options: o, begin: begin, take: take, statuses: map[int]int{}}
}

func (w *worker) work() {
	defer w.hangUp()
	for {
		number := w.take()
		if number >= w.requests || time.Since(w.begin) > w.limit {
			return
		}
		start := w.paced(number)
		status, err := w.exchange(number)
		if err != nil {
			w.errors++
			w.lastError = err.Error()
			w.hangUp()
			continue
		}
		w.statuses[status]++
		w.latencies = append(w.latencies, time.Since(start))
	}
}

// paced waits for the request's turn. Latency counts from the turn, so that a stall is not hidden by the requests that
// could not be sent during it.
func (w *worker) paced(number int64) time.Time {
	if w.rate <= 0 {
		return time.Now()
	}
	due := w.begin.Add(time.Duration(float64(number) / w.rate * float64(time.Second)))
	time.Sleep(time.Until(due))
	return due
}

func (w *worker) exchange(number int64) (int, error) {
	if w.conn == nil {
		conn, err := w.dial()
		if err != nil {
			return 0, err
		}
		w.conn = conn
		w.reader = bufio.NewReader(conn)
	}
	_ = w.conn.SetDeadline(w.begin.Add(w.limit))
	if _, err := w.conn.Write(w.request(number)); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(w.reader, &http.Request{Method: w.method})
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err == nil && w.fresh {
		err = w.untilClosed()
	}
	return response.StatusCode, err
}

func (w *worker) dial() (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if w.tls {
		return tls.DialWithDialer(dialer, "tcp", w.address, &tls.Config{InsecureSkipVerify: true})
	}
	return dialer.Dial("tcp", w.address)
}

// untilClosed lets the server close first, so that closed connections wait out their time on its side and the client
// does not run out of ports.
func (w *worker) untilClosed() error {
	_, err := w.reader.ReadByte()
	w.hangUp()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("the server did not close: %v", err)
}

func (w *worker) request(number int64) []byte {
	path := strings.Replace(w.path, "%d", fmt.Sprint(number), 1)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: load\r\n", w.method, path, w.address)
	if w.fresh {
		b.WriteString("Connection: close\r\n")
	}
	if w.bodyBytes > 0 {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", w.bodyBytes)
	}
	b.WriteString("\r\n")
	b.Write(bytes.Repeat([]byte{'x'}, w.bodyBytes))
	return b.Bytes()
}

func (w *worker) hangUp() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}
