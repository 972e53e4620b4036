package main

import (
	"sort"
	"time"
)

type result struct {
	Count     int         `json:"count"`
	Ok        int         `json:"ok"`
	Errors    int         `json:"errors"`
	LastError string      `json:"lastError,omitempty"`
	Statuses  map[int]int `json:"statuses"`
	Seconds   float64     `json:"seconds"`
	P50Us     float64     `json:"p50Us"`
	P99Us     float64     `json:"p99Us"`
	MaxUs     float64     `json:"maxUs"`
	CPUUs     float64     `json:"cpuUs"` // of this process, meanwhile
}

func summary(workers []*worker, took time.Duration) result {
	r := result{Statuses: map[int]int{}, Seconds: took.Seconds()}
	var latencies []time.Duration
	for _, w := range workers {
		r.Errors += w.errors
		if w.lastError != "" {
			r.LastError = w.lastError
		}
		latencies = append(latencies, w.latencies...)
		for status, count := range w.statuses {
			r.Statuses[status] += count
		}
	}
	r.Ok = len(latencies)
	r.Count = r.Ok + r.Errors
	sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
	r.P50Us = at(latencies, 0.5)
	r.P99Us = at(latencies, 0.99)
	r.MaxUs = at(latencies, 1)
	return r
}

func at(sorted []time.Duration, quantile float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	index := int(quantile * float64(len(sorted)-1))
	return float64(sorted[index].Nanoseconds()) / 1000
}
