// Package program is what every server of this module does around its protocol.
//
//	threads := program.Threads()               // --threads N, and GOMAXPROCS with it
//	listener := program.Listen()
//	program.Announce(listener.Addr())          // "listening PORT"
package program

import (
	"flag"
	"fmt"
	"log"
	"net"
	"runtime"
)

// Address is loopback, any free port.
const Address = "127.0.0.1:0"

// Threads reads --threads N, by default 1, and lets so many threads run Go code at once.
func Threads() int {
	threads := flag.Int("threads", 1, "threads that run Go code at once")
	flag.Parse()
	if *threads < 1 || flag.NArg() > 0 {
		log.Fatal("usage: [--threads N], N at least 1")
	}
	runtime.GOMAXPROCS(*threads)
	return *threads
}

// Listen listens at Address.
func Listen() net.Listener {
	listener, err := net.Listen("tcp", Address)
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

// Announce prints the one line that whoever started the server waits for.
func Announce(address net.Addr) {
	fmt.Println("listening", address.(*net.TCPAddr).Port)
}

// Serve accepts for ever and runs handle in a goroutine for each connection. Go sets
// TCP_NODELAY itself.
func Serve(handle func(net.Conn)) {
	listener := Listen()
	Announce(listener.Addr())
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		go handle(connection)
	}
}
