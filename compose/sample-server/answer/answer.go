// Package answer is what the sample server does with a request:
//
//	?status=404   is the status of the response, 200 without it
//	?delay=200ms  is how long the response takes, as Go writes durations
package answer

import (
	"io"
	"net/http"
	"strconv"
	"time"
)

// HandleRequest answers any request.
func HandleRequest(rw http.ResponseWriter, req *http.Request) {
	status := http.StatusOK
	for key, values := range req.URL.Query() {
		if len(values) == 0 {
			continue
		}
		switch key {
		case "status":
			// net/http panics on codes that are no final status of three digits.
			if code, err := strconv.Atoi(values[0]); err == nil && code >= 200 && code <= 999 {
				status = code
			}
		case "delay":
			if delay, err := time.ParseDuration(values[0]); err == nil {
				time.Sleep(delay)
			}
		}
	}
	// A body left unread would make net/http close the connection when it is large.
	_, _ = io.Copy(io.Discard, req.Body)
	rw.WriteHeader(status)
}
