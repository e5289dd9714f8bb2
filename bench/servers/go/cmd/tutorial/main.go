// Peer "Go net, the tutorial's way": package net of the standard library (Go 1.21 or
// later), a goroutine a connection, binary.Read for the length, io.ReadFull for the rest,
// one Write a reply. Nothing is buffered: three system calls a request, however many
// requests wait.
//
//	tutorial --threads 1
//
// It does not: no deadlines, no cap on connections, no graceful end.
package main

import (
	"encoding/binary"
	"io"
	"net"

	"hawser.example/bench/internal/program"
	"hawser.example/bench/internal/wire"
)

func main() {
	program.Threads()
	program.Serve(handle)
}

func handle(connection net.Conn) {
	defer connection.Close()
	for {
		var length uint32
		if err := binary.Read(connection, binary.BigEndian, &length); err != nil {
			return
		}
		if length < wire.MinFrame || length > wire.MaxFrame {
			return
		}
		body := make([]byte, length-wire.HeaderSize)
		if _, err := io.ReadFull(connection, body); err != nil {
			return
		}
		reply, err := wire.AppendAck(nil, body)
		if err != nil {
			return
		}
		if _, err := connection.Write(reply); err != nil {
			return
		}
	}
}
