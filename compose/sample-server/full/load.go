package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// One round of requests; each returns what it got.
type request func() (string, error)

func load() error {
	rate, err := strconv.ParseFloat(setting("LOAD_RATE", "10"), 64)
	if err != nil || rate <= 0 {
		return fmt.Errorf("LOAD_RATE: %s is no rate", os.Getenv("LOAD_RATE"))
	}
	seconds, err := strconv.ParseFloat(setting("LOAD_SECONDS", "600"), 64)
	if err != nil {
		return fmt.Errorf("LOAD_SECONDS: %w", err)
	}
	round, err := requests(setting("LOAD_TARGET", "localhost"))
	if err != nil {
		return err
	}
	counts := map[string]int{}
	ticker := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer ticker.Stop()
	for i := 0; i < int(rate*seconds); i++ {
		<-ticker.C
		got, err := round[i%len(round)]()
		if err != nil {
			got = "failed"
			fmt.Fprintln(os.Stderr, err)
		}
		counts[got]++
	}
	return json.NewEncoder(os.Stdout).Encode(counts)
}

func requests(host string) ([]request, error) {
	https := &http.Client{
		Timeout:   client.Timeout,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, // its certificate is its own
	}
	plain := "http://" + host + ":" + ports.http
	connection, err := grpc.NewClient(host+":"+ports.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	return []request{
		get(&client, plain+"/hello"),
		get(&client, plain+"/bye?status=404"),
		post(plain + "/post?delay=20ms"),
		get(&client, plain+"/broken?status=500"),
		get(&client, plain+"/call/hello"),
		get(&client, plain+"/call/missing?status=404"),
		get(https, "https://"+host+":"+ports.https+"/secret"),
		greeting(connection, "Beyla"),
		greeting(connection, ""),
	}, nil
}

func get(client *http.Client, url string) request {
	return func() (string, error) { return outcome(client.Get(url)) }
}

func post(url string) request {
	return func() (string, error) { return outcome(client.Post(url, "text/plain", strings.NewReader("abcdef"))) }
}

func outcome(response *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return fmt.Sprintf("%s %d", response.Request.URL.Scheme, response.StatusCode), nil
}

func greeting(connection *grpc.ClientConn, name string) request {
	return func() (string, error) {
		err := connection.Invoke(context.Background(), greetMethod, wrapperspb.String(name), new(wrapperspb.StringValue))
		return "grpc " + status.Code(err).String(), nil
	}
}
