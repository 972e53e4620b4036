package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const greetMethod = "/sample.Greeter/Greet"

// A service of one method, described by hand since it takes no generated code: a name in, a greeting out.
var greeter = grpc.ServiceDesc{
	ServiceName: "sample.Greeter",
	HandlerType: (*any)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Greet", Handler: greet}},
}

func greet(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	name := new(wrapperspb.StringValue)
	if err := decode(name); err != nil {
		return nil, err
	}
	if name.Value == "" {
		return nil, status.Error(codes.InvalidArgument, "greet whom?")
	}
	return wrapperspb.String("Hello " + name.Value), nil
}
