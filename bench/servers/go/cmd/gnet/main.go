// Peer "gnet": github.com/panjf2000/gnet/v2, version 2.9 (go.mod pins it), event loops
// on epoll, level-triggered, default options. The codec is the one of gnet's own examples
// (simple_protocol): Peek the length, return if the frame is not whole yet, Peek and
// Discard the frame. All replies to what one read brought go out in one Write, from
// gnet's own pool of buffers.
//
//	gnet --threads 1      so many event loops; one more goroutine accepts
//
// It does not: no deadlines, no cap on connections or on unsent replies.
package main

import (
	"errors"
	"log"
	"net"
	"os"

	"github.com/panjf2000/gnet/v2"
	"github.com/panjf2000/gnet/v2/pkg/pool/bytebuffer"
	"go.uber.org/zap"

	"hawser.example/bench/internal/program"
	"hawser.example/bench/internal/wire"
)

func main() {
	threads := program.Threads()
	logger := zap.Must(zap.NewProduction()).Sugar() // to standard error; gnet's own writes to standard output
	log.Fatal(gnet.Run(&server{}, "tcp://"+program.Address, gnet.WithNumEventLoop(threads), gnet.WithLogger(logger)))
}

type server struct {
	gnet.BuiltinEventEngine
}

// OnBoot runs when the engine listens. gnet does not tell the port, its socket does.
func (*server) OnBoot(engine gnet.Engine) gnet.Action {
	descriptor, err := engine.Dup()
	if err != nil {
		log.Fatal(err)
	}
	file := os.NewFile(uintptr(descriptor), "listener")
	defer file.Close()
	listener, err := net.FileListener(file)
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	program.Announce(listener.Addr())
	return gnet.None
}

func (*server) OnTraffic(connection gnet.Conn) gnet.Action {
	replies := bytebuffer.Get()
	defer bytebuffer.Put(replies)
	for {
		body, err := decode(connection)
		if errors.Is(err, errIncomplete) {
			break
		}
		if err == nil {
			replies.B, err = wire.AppendAck(replies.B, body)
		}
		if err != nil {
			return gnet.Close
		}
		// Only now: Discard ends the life of what Peek returned.
		connection.Discard(wire.HeaderSize + len(body))
	}
	if replies.Len() > 0 {
		if _, err := connection.Write(replies.B); err != nil {
			return gnet.Close
		}
	}
	return gnet.None
}

var errIncomplete = errors.New("incomplete frame")

// decode returns the first frame of what was read, without its length and not yet discarded.
func decode(connection gnet.Conn) ([]byte, error) {
	header, err := connection.Peek(wire.HeaderSize)
	if err != nil {
		return nil, errIncomplete
	}
	total, err := wire.Length(header)
	if err != nil {
		return nil, err
	}
	if connection.InboundBuffered() < total {
		return nil, errIncomplete
	}
	frame, err := connection.Peek(total)
	if err != nil {
		return nil, err
	}
	return frame[wire.HeaderSize:], nil
}
