// Peer "netpoll": github.com/cloudwego/netpoll, version 0.7 (go.mod pins it), OnRequest
// with the nocopy Reader and Writer: Next for what came, Malloc for the replies, one Flush and
// one Release for all that came together.
//
//	netpoll --threads 1      so many pollers
//
// OnRequest has to take all there is, so the rest of a frame is waited for inside Next. The
// pool of goroutines is off, as netpoll's guide advises where stacks do not grow.
// It does not: no deadlines, no cap on connections or on unsent replies.
package main

import (
	"context"
	"log"

	"github.com/cloudwego/netpoll"

	"hawser.example/bench/internal/program"
	"hawser.example/bench/internal/wire"
)

func main() {
	if err := netpoll.SetNumLoops(program.Threads()); err != nil {
		log.Fatal(err)
	}
	if err := netpoll.DisableGopool(); err != nil {
		log.Fatal(err)
	}
	listener, err := netpoll.CreateListener("tcp", program.Address)
	if err != nil {
		log.Fatal(err)
	}
	loop, err := netpoll.NewEventLoop(handle)
	if err != nil {
		log.Fatal(err)
	}
	program.Announce(listener.Addr())
	log.Fatal(loop.Serve(listener))
}

// handle answers what is there when it is called. netpoll calls it again for what comes
// meanwhile, so no reply waits for the end of a stream that never pauses.
func handle(_ context.Context, connection netpoll.Connection) error {
	reader := connection.Reader()
	defer reader.Release()
	for waiting := reader.Len(); waiting > 0; {
		total, err := answer(connection)
		if err != nil {
			connection.Close()
			return err
		}
		waiting -= total
	}
	return connection.Writer().Flush()
}

// answer takes one frame and puts its reply among those to be flushed.
func answer(connection netpoll.Connection) (int, error) {
	header, err := next(connection, wire.HeaderSize)
	if err != nil {
		return 0, err
	}
	total, err := wire.Length(header)
	if err != nil {
		return 0, err
	}
	body, err := next(connection, total-wire.HeaderSize)
	if err != nil {
		return 0, err
	}
	reply, err := connection.Writer().Malloc(wire.AckSize)
	if err != nil {
		return 0, err
	}
	_, err = wire.AppendAck(reply[:0], body)
	return total, err
}

// next is Reader.Next, which may block: earlier replies must not wait with it.
func next(connection netpoll.Connection, size int) ([]byte, error) {
	if connection.Reader().Len() < size && connection.Writer().MallocLen() > 0 {
		if err := connection.Writer().Flush(); err != nil {
			return nil, err
		}
	}
	return connection.Reader().Next(size)
}
