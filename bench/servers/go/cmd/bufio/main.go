// Peer "Go net with bufio": package net of the standard library (Go 1.21 or later), a
// goroutine a connection, bufio.Reader and bufio.Writer of their default sizes. Replies
// are flushed when the reader has used up what it holds, just before it asks the socket
// for more: one read and one write for all that came together.
//
//	bufio --threads 1
//
// It does not: no deadlines, no cap on connections, no graceful end. The body's buffer is
// kept at the size of the connection's largest frame.
package main

import (
	"bufio"
	"io"
	"net"

	"hawser.example/bench/internal/program"
	"hawser.example/bench/internal/wire"
)

func main() {
	program.Threads()
	program.Serve(handle)
}

// flushing flushes the replies before a read that may block, so none waits for a
// request that only comes after it.
type flushing struct {
	connection net.Conn
	replies    *bufio.Writer
}

func (f flushing) Read(into []byte) (int, error) {
	if err := f.replies.Flush(); err != nil {
		return 0, err
	}
	return f.connection.Read(into)
}

func handle(connection net.Conn) {
	defer connection.Close()
	replies := bufio.NewWriter(connection)
	requests := bufio.NewReader(flushing{connection, replies})
	var body []byte
	for {
		var err error
		if body, err = read(requests, body); err != nil {
			return
		}
		reply, err := wire.AppendAck(replies.AvailableBuffer(), body)
		if err != nil {
			return
		}
		if _, err = replies.Write(reply); err != nil {
			return
		}
	}
}

// read returns the next frame without its length, in body's memory if that is enough.
func read(requests *bufio.Reader, body []byte) ([]byte, error) {
	header, err := requests.Peek(wire.HeaderSize)
	if err != nil {
		return body, err
	}
	total, err := wire.Length(header)
	if err != nil {
		return body, err
	}
	requests.Discard(wire.HeaderSize)
	size := total - wire.HeaderSize
	if cap(body) < size {
		body = make([]byte, size)
	}
	body = body[:size]
	_, err = io.ReadFull(requests, body)
	return body, err
}
