// The service beyla.Test by connect-go as gRPC-Web: `web server PORT`, or `web client PORT COUNT OWN_PORT`. A message is the code
// that the call shall end with, streams carry three. Over HTTP/2, or over HTTP/1 where HTTP1 is set, which has no way to ask and answer at once.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const patience = 200 * time.Millisecond
const prefix = "/beyla.Test/"

type message = wrapperspb.Int32Value
type client = connect.Client[message, message]

func asked(m *message) error {
	if m.GetValue() == 0 {
		return nil
	}
	return connect.NewError(connect.Code(m.GetValue()), errors.New("as asked"))
}

func unary(_ context.Context, request *connect.Request[message]) (*connect.Response[message], error) {
	return connect.NewResponse(request.Msg), asked(request.Msg)
}

func wait(ctx context.Context, _ *connect.Request[message]) (*connect.Response[message], error) {
	if deadline, is := ctx.Deadline(); is && isHTTP1 {
		// well before the client hangs up, which is a cancel to the server
		earlier, cancel := context.WithDeadline(ctx, deadline.Add(-patience/4))
		defer cancel()
		ctx = earlier
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

func clientStream(_ context.Context, requests *connect.ClientStream[message]) (*connect.Response[message], error) {
	last := &message{}
	for requests.Receive() {
		last = requests.Msg()
	}
	return connect.NewResponse(last), errors.Join(requests.Err(), asked(last))
}

func serverStream(_ context.Context, request *connect.Request[message], answers *connect.ServerStream[message]) error {
	for i := 0; i < 3; i++ {
		if err := answers.Send(request.Msg); err != nil {
			return err
		}
	}
	return asked(request.Msg)
}

func bidi(_ context.Context, both *connect.BidiStream[message, message]) error {
	last := &message{}
	for {
		next, err := both.Receive()
		if errors.Is(err, io.EOF) {
			return asked(last)
		} else if err != nil {
			return err
		}
		last = next
		if err := both.Send(last); err != nil {
			return err
		}
	}
}

var isHTTP1 = os.Getenv("HTTP1") != ""

func unencrypted() *http.Protocols {
	var only http.Protocols
	only.SetHTTP1(isHTTP1)
	only.SetUnencryptedHTTP2(!isHTTP1)
	return &only
}

func methods() []string {
	each := []string{"Unary", "ClientStream", "ServerStream"}
	if isHTTP1 {
		return each
	}
	return append(each, "Bidi")
}

func serve(port string) error {
	routes := http.NewServeMux()
	routes.Handle(prefix+"Unary", connect.NewUnaryHandler(prefix+"Unary", unary))
	routes.Handle(prefix+"Wait", connect.NewUnaryHandler(prefix+"Wait", wait))
	routes.Handle(prefix+"ClientStream", connect.NewClientStreamHandler(prefix+"ClientStream", clientStream))
	routes.Handle(prefix+"ServerStream", connect.NewServerStreamHandler(prefix+"ServerStream", serverStream))
	routes.Handle(prefix+"Bidi", connect.NewBidiStreamHandler(prefix+"Bidi", bidi))
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	fmt.Println("listening")
	return (&http.Server{Handler: routes, Protocols: unencrypted()}).Serve(listener)
}

func sendThree(send func(*message) error, m *message) {
	for i := 0; i < 3; i++ {
		if send(m) != nil {
			return // what is received says why
		}
	}
}

func call(one *client, method string, m *message) error {
	ctx := context.Background()
	switch method {
	case "Unary":
		_, err := one.CallUnary(ctx, connect.NewRequest(m))
		return err
	case "ClientStream":
		stream := one.CallClientStream(ctx)
		sendThree(stream.Send, m)
		_, err := stream.CloseAndReceive()
		return err
	case "ServerStream":
		stream, err := one.CallServerStream(ctx, connect.NewRequest(m))
		if err != nil {
			return err
		}
		for stream.Receive() {
		}
		return errors.Join(stream.Err(), stream.Close())
	}
	stream := one.CallBidiStream(ctx)
	sendThree(stream.Send, m)
	_ = stream.CloseRequest()
	for {
		if _, err := stream.Receive(); errors.Is(err, io.EOF) {
			return stream.CloseResponse()
		} else if err != nil {
			return errors.Join(err, stream.CloseResponse())
		}
	}
}

func callInVain(one *client) {
	limited, cancel := context.WithTimeout(context.Background(), patience)
	_, _ = one.CallUnary(limited, connect.NewRequest(&message{}))
	cancel()
	cancelled, cancel := context.WithCancel(context.Background())
	time.AfterFunc(patience, cancel)
	_, _ = one.CallUnary(cancelled, connect.NewRequest(&message{}))
}

func ask(port string, count int) error {
	web := &http.Client{Transport: &http.Transport{Protocols: unencrypted()}}
	of := func(method string) *client {
		return connect.NewClient[message, message](web, "http://127.0.0.1:"+port+prefix+method, connect.WithGRPCWeb())
	}
	for i := 0; i < count; i++ {
		for _, method := range methods() {
			for _, code := range []int32{0, 5, 13, 14, 4} {
				got := connect.Code(0)
				if err := call(of(method), method, &message{Value: code}); err != nil {
					got = connect.CodeOf(err)
				}
				if got != connect.Code(code) {
					return fmt.Errorf("%s ended with %v, not %d", method, got, code)
				}
			}
		}
		// last: before there is a connection a call can be in vain without being made
		callInVain(of("Wait"))
	}
	return nil
}

func main() {
	run := func() error { return serve(os.Args[2]) }
	if os.Args[1] == "client" {
		run = func() error {
			count, _ := strconv.Atoi(os.Args[3])
			if _, err := net.Listen("tcp", "127.0.0.1:"+os.Args[4]); err != nil {
				return err
			}
			fmt.Println("waiting")
			lines := bufio.NewScanner(os.Stdin)
			lines.Scan()
			if err := ask(os.Args[2], count); err != nil {
				return err
			}
			fmt.Println("done")
			lines.Scan()
			return nil
		}
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
