// The service beyla.Test on grpc-go: `peer server PORT [QUEUE]`, or `peer client PORT COUNT OWN_PORT`. All peers speak alike: a message is the
// decimal code that the call shall end with, streams carry three. Wait has no answer: its caller has a deadline, or cancels. QUEUE, such
// as 30ms, is how long each call waits before it is handled.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
)

const patience = 200 * time.Millisecond

// Messages are bytes as they are.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
func (raw) Name() string { return "proto" }

func end(message []byte) error {
	code, _ := strconv.Atoi(string(message))
	return status.Error(codes.Code(code), "as asked")
}

func wait(_ any, ctx context.Context, _ func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	<-ctx.Done()
	return nil, status.FromContextError(ctx.Err()).Err()
}

func unary(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var message []byte
	if err := decode(&message); err != nil {
		return nil, err
	}
	return &message, end(message)
}

func stream(_ any, s grpc.ServerStream) error {
	var message []byte
	method, _ := grpc.Method(s.Context())
	for {
		var next []byte
		if err := s.RecvMsg(&next); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		message = next
		if method == "/beyla.Test/Bidi" {
			if err := s.SendMsg(&message); err != nil {
				return err
			}
		}
	}
	answers := map[string]int{"/beyla.Test/ServerStream": 3, "/beyla.Test/ClientStream": 1}[method]
	err := end(message)
	for i := 0; i < answers && (err == nil || method == "/beyla.Test/ServerStream"); i++ {
		if err := s.SendMsg(&message); err != nil {
			return err
		}
	}
	return err
}

var service = grpc.ServiceDesc{
	ServiceName: "beyla.Test",
	HandlerType: (*any)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Unary", Handler: unary}, {MethodName: "Wait", Handler: wait}},
	Streams: []grpc.StreamDesc{
		{StreamName: "ClientStream", Handler: stream, ClientStreams: true},
		{StreamName: "ServerStream", Handler: stream, ServerStreams: true},
		{StreamName: "Bidi", Handler: stream, ClientStreams: true, ServerStreams: true},
	},
}

func serve(port string, queue time.Duration) error {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.ForceServerCodec(raw{}), grpc.InTapHandle(func(ctx context.Context, _ *tap.Info) (context.Context, error) {
		time.Sleep(queue)
		return ctx, nil
	}))
	server.RegisterService(&service, nil)
	fmt.Println("listening")
	return server.Serve(listener)
}

func call(connection *grpc.ClientConn, method string, code codes.Code) error {
	ctx := context.Background()
	message := []byte(strconv.Itoa(int(code)))
	var answer []byte
	if method == "Unary" {
		return connection.Invoke(ctx, "/beyla.Test/Unary", &message, &answer)
	}
	desc := &grpc.StreamDesc{ClientStreams: method != "ServerStream", ServerStreams: method != "ClientStream"}
	s, err := connection.NewStream(ctx, desc, "/beyla.Test/"+method)
	if err != nil {
		return err
	}
	requests := 3
	if method == "ServerStream" {
		requests = 1
	}
	for i := 0; i < requests; i++ {
		if s.SendMsg(&message) != nil {
			break // RecvMsg says why
		}
	}
	_ = s.CloseSend()
	for {
		if err := s.RecvMsg(&answer); err == io.EOF {
			return nil
		} else if err != nil || method == "ClientStream" {
			return err
		}
	}
}

// Which end notices first, and so what the library says, is a matter of chance.
func callInVain(connection *grpc.ClientConn) {
	var nothing, answer []byte
	limited, cancel := context.WithTimeout(context.Background(), patience)
	_ = connection.Invoke(limited, "/beyla.Test/Wait", &nothing, &answer)
	cancel()
	cancelled, cancel := context.WithCancel(context.Background())
	time.AfterFunc(patience, cancel)
	_ = connection.Invoke(cancelled, "/beyla.Test/Wait", &nothing, &answer)
}

func ask(port string, count int) error {
	connection, err := grpc.NewClient("127.0.0.1:"+port,
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{})))
	if err != nil {
		return err
	}
	for i := 0; i < count; i++ {
		for _, method := range []string{"Unary", "ClientStream", "ServerStream", "Bidi"} {
			for _, code := range []codes.Code{0, 5, 13, 14, 4} {
				if got := status.Code(call(connection, method, code)); got != code {
					return fmt.Errorf("%s ended with %v, not %v", method, got, code)
				}
			}
		}
		// last: before there is a connection a call can be in vain without being made
		callInVain(connection)
	}
	return connection.Close()
}

func main() {
	run := func() error {
		var queue time.Duration
		if len(os.Args) > 3 {
			queue, _ = time.ParseDuration(os.Args[3])
		}
		return serve(os.Args[2], queue)
	}
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
